"""The place of a fault is the offending statement, in the layer that holds it or should, and a wrong code names others.

One copy of the plan is spoilt in many ways and checked once.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from govplan.config import load
from govplan.content import Problem
from govplan.release.check import check
from tests.conftest import ROOT, copied

PLAN = "data/plans/be-ai-convergence"
ACTIONS, AREAS, INSTRUMENTS = f"{PLAN}/actions.ttl", f"{PLAN}/coding/areas.ttl", f"{PLAN}/coding/instruments.ttl"
CLAIMS, LINKS = "data/powers/claims.ttl", "data/shared/links/ror.ttl"
LAVENIR = f"{PLAN}/sources/press/lavenir.ttl"


@dataclass(frozen=True)
class Spoilt:
    """One fault: in the block of `subject` in `file`, the pattern `old` becomes `new`.

    It is told at the line of that file that holds `marker`, under the rule, with the words of `said`.
    """

    file: str
    subject: str
    old: str
    new: str
    marker: str
    rule: str
    said: tuple[str, ...] = ()


def _action(number: int) -> str:
    return f"action:be-ai-convergence-{number:03}"


CASES = {
    "misspelt code": Spoilt(
        ACTIONS,
        _action(2),
        "status:planned",
        "status:planed",
        "status:planed",
        "Action-statusReported",
        ("Nearest: status:planned.", "status:dropped, status:exploratory", "status:unknown."),
    ),
    "missing value": Spoilt(
        ACTIONS, _action(3), "    gp:statusReported .*\n", "", f"{_action(3)} a gp:Action", "Action-statusReported"
    ),
    "missing in the layer of others": Spoilt(
        AREAS, _action(4), r"(?s)\A.*\n", "", f"{_action(3)} gp:policyArea", "Layer-coded-fully"
    ),
    "missing in one of two layers": Spoilt(
        INSTRUMENTS, _action(9), r"(?s)\A.*\n", "", f"{_action(8)} gp:primaryInstrument", "Layer-coded-fully"
    ),
    "one too many": Spoilt(
        ACTIONS,
        _action(5),
        "status:planned ;",
        "status:planned ;\n    gp:statusReported status:dropped ;",
        "status:dropped",
        "Action-statusReported",
        (f"Also at {ACTIONS}:",),
    ),
    "code of another scheme": Spoilt(
        INSTRUMENTS,
        _action(6),
        "instrument:[a-z-]+",
        "method:case-by-case",
        f"{_action(6)} gp:primaryInstrument method:case-by-case",
        "Action-primaryInstrument",
        ("Allowed: ", "instrument:soft-law"),
    ),
    "words for a code": Spoilt(
        ACTIONS,
        _action(7),
        "gp:levelMentioned level:federal",
        'gp:levelMentioned "Federaal niveau"@nl',
        '"Federaal niveau"',
        "Action-levelMentioned",
        ("Nearest: level:federal.",),
    ),
    "misspelt property": Spoilt(
        ACTIONS,
        _action(8),
        "gp:beneficiaryGroup",
        "gp:benificiaryGroup",
        "gp:benificiaryGroup",
        "Layer-declared",
        ("Nearest: gp:beneficiaryGroup.",),
    ),
    "statement of another layer": Spoilt(
        ACTIONS,
        _action(10),
        "    gp:statusReported",
        "    gp:policyArea <https://w3id.org/govplan/auth/area/international> ;\n    gp:statusReported",
        "gp:policyArea <",
        "Layer-coding",
    ),
    "value beside silence": Spoilt(
        ACTIONS,
        _action(11),
        "    gp:statusReported",
        '    gp:deadline "2024"^^<http://www.w3.org/2001/XMLSchema#gYear> ;\n    gp:statusReported',
        'gp:deadline "2024"',
        "Absence-beside-value",
    ),
    "label of one language": Spoilt(
        ACTIONS, _action(12), "    rdfs:label .*@de ;\n", "", '"Focus on training around AI', "abel"
    ),
    "claim without its law": Spoilt(
        CLAIMS, "claim:law-01", "    gp:legalGround .*\n", "", "claim:law-01 a gp:PowerClaim", "Layer-law"
    ),
    "link without evidence": Spoilt(
        LINKS,
        "organisation:belspo",
        r"owl:sameAs",
        "owl:sameAs <https://ror.org/000000000> ;\n    owl:sameAs",
        "<https://ror.org/000000000>",
        "Layer-link-evidence",
    ),
    "statement about another source": Spoilt(
        LAVENIR,
        "measure:be-ai-convergence-05",
        "passage:lavenir-measures",
        "<https://w3id.org/govplan/id/unit/policy-monitor/o1-s3>",
        "unit/policy-monitor/o1-s3>",
        "Layer-source",
    ),
    "thing that is not there": Spoilt(
        ACTIONS,
        _action(13),
        "objective:be-ai-convergence-",
        "objective:be-ai-convergance-",
        "objective:be-ai-convergance-",
        "Action-underObjective",
        ("Nearest: objective:be-ai-convergence-",),
    ),
}


def _block(text: str, subject: str) -> re.Match[str]:
    found = re.search(rf"^{re.escape(subject)} .*?(?:\n(?=\n)|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, subject
    return found


@pytest.fixture(scope="module", name="root")
def _root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the plan with one fault per case."""
    root = copied(tmp_path_factory.mktemp("spoilt"))
    # In the place of the file of the profile.
    claims = (ROOT / "profiles/be" / CLAIMS).read_text(encoding="utf-8")
    (root / CLAIMS).parent.mkdir()
    (root / CLAIMS).write_text(claims.replace("graph/profiles/be/", "graph/"), encoding="utf-8")
    for case in CASES.values():
        path = root / case.file
        text = path.read_text(encoding="utf-8")
        block = _block(text, case.subject)
        new, count = re.subn(case.old, case.new, block[0], count=1)
        assert 1 == count, case
        path.write_text(text[: block.start()] + new + text[block.end() :], encoding="utf-8")
    return root


@pytest.fixture(scope="module", name="problems")
def _problems(root: Path) -> tuple[Problem, ...]:
    """What the gate says of that copy."""
    return check(load(root, environ={})).problems


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_place_of_statement(root: Path, problems: tuple[Problem, ...], case: Spoilt) -> None:
    """A fault is told where the offending statement stands, or where the layer that should hold it would have it."""
    iri = f"https://w3id.org/govplan/id/{case.subject.replace(':', '/')}"
    told = [each for each in problems if each.subject == iri and case.rule in each.rule]
    assert told, [each for each in problems if each.subject == iri]
    text = (root / case.file).read_text(encoding="utf-8")
    line = text.count("\n", 0, text.index(case.marker)) + 1

    assert {f"{case.file}:{line}"} == {each.place for each in told}
    for words in case.said:
        assert any(words in f"{each.what} {each.mend}" for each in told), told
