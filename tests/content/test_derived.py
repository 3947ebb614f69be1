"""What is derived: computed again from the published rules it is the same, and it never passes for more than it is."""

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import Settings, load
from govplan.content import Content, read_project
from govplan.errors import ContentUnreadable
from govplan.folders import authored
from govplan.release.derive import derive, write_derived
from govplan.sparql import Store
from tests.conftest import ROOT
from tests.content.test_sources import select

FLAGS = "data/plans/be-ai-convergence/derived/flags.ttl"
Spoil = Callable[[str, str, str], Path]


def _flags(content: Content) -> set[ox.Triple]:
    (file,) = (file for file in content.files if file.path == FLAGS)
    return {quad.triple for quad in file.quads if getattr(quad.subject, "value", "") != file.graph}


def _derived(project: Path) -> dict[str, set[ox.Triple]]:
    settings = load(project, environ={})
    return derive(read_project(settings), settings)


def _rewritten(project: Path) -> bytes:
    write_derived(load(project, environ={}))
    return (project / FLAGS).read_bytes()


def test_flags_follow_from_the_rules(content: Content, settings: Settings) -> None:
    """The file of flags holds what the rules derive, no more and no less (mend: govplan derive)."""
    assert set() == _flags(content) ^ derive(content, settings)[FLAGS]


def test_written_flags_are_the_same_bytes(project: Path) -> None:
    """Writing the flags again changes nothing."""
    before = (project / FLAGS).read_bytes()

    assert before == _rewritten(project)


def test_flags_follow_the_data(project: Path, spoil: Spoil) -> None:
    """An action that moves to an undivided area loses its flags."""
    spoil(
        "data/plans/be-ai-convergence/coding/areas.ttl",
        "action:be-ai-convergence-036 gp:policyArea area:mobility .",
        "action:be-ai-convergence-036 gp:policyArea area:trustworthy-ai .",
    )
    subjects = {str(triple.subject) for triple in _derived(project)[FLAGS]}

    assert [] == [iri for iri in subjects if "convergence-036" in iri]


def test_rule_that_constructs_nothing_is_refused(project: Path) -> None:
    """A rule that is no CONSTRUCT is an error that names the file."""
    (project / "data/rules").mkdir()
    (project / "data/rules/shared-powers.rq").write_text("ASK {}", encoding="utf-8")

    with pytest.raises(ContentUnreadable, match="no CONSTRUCT") as caught:
        _derived(project)
    assert "data/rules/shared-powers.rq" == caught.value.where


def test_rule_without_its_query_is_refused(project: Path) -> None:
    """A rule that names a file that is not there is an error that says where the rule stands."""
    rules = (ROOT / "profiles/be/data/rules.ttl").read_text(encoding="utf-8").replace("graph/profiles/be/", "graph/")
    (project / "data/rules.ttl").write_text(rules.replace("rules/shared-powers.rq", "rules/gone.rq"), encoding="utf-8")

    with pytest.raises(ContentUnreadable, match=r"gone\.rq, which is not there") as caught:
        _derived(project)
    assert str(caught.value.where).startswith("data/rules.ttl:")


def test_rule_that_flags_nothing_of_a_plan_is_refused(project: Path) -> None:
    """What a rule says of something else than an action of a plan belongs to no derived file."""
    rule = "CONSTRUCT { ?area <urn:p> 1 } { ?area a <http://www.w3.org/2004/02/skos/core#Concept> }"
    (project / "data/rules").mkdir()
    (project / "data/rules/shared-powers.rq").write_text(rule, encoding="utf-8")

    with pytest.raises(ContentUnreadable, match="flags no action of a plan"):
        _derived(project)


@pytest.mark.parametrize(
    ("rule", "count"),
    [("shared-powers", 47), ("power-of-another-tier", 24), ("no-region-named", 43), ("agreement-candidate", 5)],
)
def test_number_of_flags(store: Store, rule: str, count: int) -> None:
    """Each rule flags as many actions as were counted by hand."""
    query = f"SELECT (COUNT(DISTINCT ?f) AS ?n) {{ ?f gp:byRule <https://w3id.org/govplan/id/rule/{rule}> }}"

    assert [(str(count),)] == select(store, query)


def test_every_rule_has_its_query(store: Store, settings: Settings) -> None:
    """Each rule names a file that is there, and each file has a rule."""
    named = {row[0] for row in select(store, "SELECT ?file { ?rule a gp:Rule ; gp:ruleFile ?file }")}

    files = (*authored(settings, "data", ".rq"), *authored(settings, "ontology", ".rq"))
    assert {file.name for file in files} == named


def test_flags_rest_on_law(store: Store) -> None:
    """No flag rests on a claim without a law, such as those of the monitor."""
    assert [] == select(store, "SELECT ?f { ?f gp:restsOn ?claim FILTER NOT EXISTS { ?claim gp:legalGround ?law } }")
