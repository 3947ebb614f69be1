"""What somebody could write by mistake, or to mislead, is refused, and the message says where it stands.

The changes to data are made at once, each to another block, and judged by the gate as `govplan check` runs it.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from govplan.config import Settings
from govplan.content import Content, Problem, source_file
from govplan.content.register import check_registers
from govplan.release.check import judge, judge_questions
from govplan.release.consistency import check_derived
from govplan.release.inference import infer
from tests.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mutations")]
PLAN = "data/plans/be-ai-convergence/"
MUTATIONS: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("mutations.toml").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Told:
    """The texts of the changed files by path, and what the gate says of them all."""

    texts: dict[str, str]
    problems: tuple[Problem, ...]


def _path(file: str) -> str:
    return file[1:] if file.startswith("/") else PLAN + file


def _block(text: str, subject: str) -> tuple[int, int]:
    """Where the block of a subject, or a line of prefixes, begins and ends."""
    found = re.search(rf"^{re.escape(subject)}(?=\s)", text, re.MULTILINE)
    assert found, subject
    end = " .\n" if not subject.startswith("@") else "\n"
    return found.start(), text.index(end, found.start()) + len(end)


def _changed(block: str, mutation: dict[str, Any]) -> str:
    if "swap" in mutation:
        one, other = (f'"@{tag}' for tag in mutation["swap"])
        return other.join(part.replace(other, one) for part in block.split(one))
    new = mutation.get("new", "")
    if "old" in mutation:
        assert mutation["old"] in block, mutation
        return block.replace(mutation["old"], new, 1)
    return f"{block.removesuffix(' .' + chr(10))} ;\n    {new} .\n"


def _mutated(text: str, mutations: Iterable[dict[str, Any]]) -> str:
    def change(text: str, mutation: dict[str, Any]) -> str:
        begin, end = _block(text, mutation["subject"])
        return text[:begin] + _changed(text[begin:end], mutation) + text[end:]

    return reduce(change, mutations, text)


@pytest.fixture(scope="module", name="told")
def _told(content: Content, settings: Settings) -> Told:
    """The project with all mutations, and what the gate says."""
    texts = {file.path: file.text for file in content.files}
    mutated = content
    for path in {_path(mutation["file"]) for mutation in MUTATIONS.values()}:
        file = next(file for file in content.files if file.path == path)
        texts[path] = _mutated(file.text, (each for each in MUTATIONS.values() if _path(each["file"]) == path))
        mutated = mutated.with_file(source_file(path, texts[path], file.base))
    return Told(texts, judge(mutated, settings, fresh=True).problems)


def _places(told: Told, mutation: dict[str, Any]) -> set[str]:
    """Where the problem may stand: on a line of the mutation, else anywhere in the block that it is told of."""
    where = mutation.get("told", mutation)
    path = _path(where["file"])
    begin, end = _block(told.texts[path], where["subject"])
    lines = dict(enumerate(told.texts[path][begin:end].splitlines(), told.texts[path].count("\n", 0, begin) + 1))
    mark = "" if "told" in mutation else mutation.get("at") or mutation.get("new", "")
    return {f"{path}:{number}" for number, line in lines.items() if mark in line}


@pytest.fixture(scope="module", name="statements")
def _statements(content: Content, settings: Settings) -> list[ox.Quad]:
    """What is published of the project."""
    return [*content.quads, *(quad for each in infer(content, settings) for quad in each.quads)]


@pytest.mark.parametrize("name", MUTATIONS)
def test_mutation_of_data(told: Told, name: str) -> None:
    """A mutation of the data breaks the rule that is meant for it, and is told where it stands."""
    rule = MUTATIONS[name]["rule"]
    found = {each.place for each in told.problems if each.rule.endswith(rule) and each.severity == "violation"}
    # The column of a character is told too.
    at_line = {":".join(place.split(":")[:2]) for place in found}

    assert at_line & _places(told, MUTATIONS[name]), found


def test_there_are_fifty() -> None:
    """There are fifty mutations of data, and the twelve that once passed are among them or below."""
    assert 50 <= len(MUTATIONS)


def test_repository_has_none_of_them(content: Content, settings: Settings) -> None:
    """Without the mutations nothing is refused."""
    assert [] == [*judge(content, settings).violations]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("derived/flags.ttl", "gp:confidence 0.5", "gp:confidence 0.9"),
        ("derived/flags.ttl", "    gp:restsOn claim:law-47 ;\n", ""),
        ("derived/agreement.ttl", "dqv:value 0.827", "dqv:value 0.927"),
        ("coding/areas.ttl", "area:health", "area:mobility"),
    ],
)
def test_mutation_of_what_is_derived(content: Content, settings: Settings, path: str, old: str, new: str) -> None:
    """What is derived and does not follow any more is told with its file."""
    file = next(file for file in content.files if file.path == PLAN + path)
    assert old in file.text
    problems = [
        *check_derived(content.with_file(source_file(file.path, file.text.replace(old, new, 1), file.base)), settings)
    ]

    assert problems
    assert {"violation"} == {problem.severity for problem in problems}
    assert path.startswith("coding") or [PLAN + path] == [problem.place for problem in problems]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("action/be-ai-convergence-030,2026-11-24,,", "action/be-ai-convergence-030,yesterday,,", 31),
        ("action/be-ai-convergence-030,2026-11-24,,", "action/be-ai-convergence-030,2026-11-24,2026-11-20,", 31),
        ("action/be-ai-convergence-030,", "action/be-ai-convergence-031,", 32),
        ("action/be-ai-convergence-030,2026-11-24,,", "action/be-ai-convergence-030", 31),
    ],
)
def test_mutation_of_the_register(content: Content, tmp_path: Path, old: str, new: str, line: int) -> None:
    """A row of the register that is wrong is told with its line."""
    register = f"{PLAN}register.csv"
    text = (ROOT / register).read_text(encoding="utf-8")
    assert 1 == text.count(old)
    (tmp_path / register).parent.mkdir(parents=True)
    (tmp_path / register).write_text(text.replace(old, new), encoding="utf-8")

    assert f"{register}:{line}" in {each.place for each in check_registers(replace(content, root=tmp_path))}


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        ("actions-with-budget", "a gp:Action", "a gp:Acton", "#Acton>, which nothing describes"),
        ("actions-only-exploring", "status:exploratory", "status:planet", "/planet>, which nothing describes"),
        ("actions-not-yet-concrete", "?maxRank { 1 }", "?maxRank { -1 }", "default -1 for maxRank"),
        ("actions-for-group", "?group { UNDEF }", "?group { <https://w3id.org/govplan/auth/group/all> }", "for group"),
        ("actions-with-budget", "tags: [", "tags: [budgets, ", "The tag 'budgets' is not known"),
        ("actions-with-budget", "tags: [", "topics: [", "unknown key 'topics'"),
        ("plan-in-numbers", "#+ tags: [", "#+ answers: 64\n#+ tags: [", "has the number 64 too"),
        ("actions-with-budget", "type: iri", "type: irri", "needs a type"),
        ("actions-with-budget", "VALUES ?plan { UNDEF }", "", "has no line 'VALUES ?plan"),
        ("actions-with-budget", "WHERE {", "WHERE {{", "not SPARQL 1.1"),
        ("actions-with-budget", "#+   fr: ", "#+   es: ", "has no summary in fr"),
        (
            "actions-without-group",
            "[actions-without-group]",
            "[actions-without-grup]",
            "names of queries/completeness/",
        ),
    ],
)
def test_mutation_of_a_question(
    content: Content,
    settings: Settings,
    statements: list[ox.Quad],
    tmp_path: Path,
    name: str,
    old: str,
    new: str,
    what: str,
) -> None:
    """A question that asks for what is not there, or cannot be used, is told with its file."""
    text = (ROOT / "queries" / f"{name}.rq").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / f"{name}.rq").write_text(text.replace(old, new, 1), encoding="utf-8")
    changed = replace(settings, root=tmp_path)
    _, _, problems = judge_questions(content, statements, changed)
    found = [each for each in problems if each.place.partition(":")[0] == f"queries/{name}.rq"]

    assert any(what in problem.what for problem in found), found or problems
    assert {"violation"} == {problem.severity for problem in found}
