"""What is derived: computed again from the published rules it is the same, and it never passes for more than it is."""

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import Settings, load
from govplan.content import Content, read_project
from govplan.errors import ContentUnreadable
from govplan.folders import authored
from govplan.release.derive import FLAGS, derive, write_derived
from govplan.sparql import Store
from tests.content.test_sources import select

Spoil = Callable[[str, str, str], Path]


def _flags(content: Content) -> set[ox.Triple]:
    (file,) = (file for file in content.files if file.path == FLAGS)
    return {quad.triple for quad in file.quads if getattr(quad.subject, "value", "") != file.graph}


def _derived(project: Path) -> set[ox.Triple]:
    settings = load(project, environ={})
    return derive(read_project(settings), settings)


def _rewritten(project: Path) -> bytes:
    write_derived(load(project, environ={}))
    return (project / FLAGS).read_bytes()


def test_flags_follow_from_the_rules(content: Content, settings: Settings) -> None:
    """The file of flags holds what the rules derive, no more and no less (mend: govplan derive)."""
    assert set() == _flags(content) ^ derive(content, settings)


def test_written_flags_are_the_same_bytes(project: Path) -> None:
    """Writing the flags again changes nothing."""
    before = (project / FLAGS).read_bytes()

    assert before == _rewritten(project)


def test_flags_follow_the_data(project: Path, spoil: Spoil) -> None:
    """An action that moves to an undivided area loses its flags."""
    spoil(
        "data/plans/be-ai-convergence/coding/areas.ttl",
        "action:be-ai-convergence-036 gp:policyArea area:mobility .",
        "action:be-ai-convergence-036 gp:policyArea area:environment .",
    )
    subjects = {triple.subject.value for triple in _derived(project)}

    assert [] == [iri for iri in subjects if "convergence-036" in iri]


def test_rule_that_constructs_nothing_is_refused(project: Path) -> None:
    """A rule that is no CONSTRUCT is an error that names the file."""
    (project / "data/rules").mkdir()
    (project / "data/rules/shared-powers.rq").write_text("ASK {}", encoding="utf-8")

    with pytest.raises(ContentUnreadable, match="no CONSTRUCT") as caught:
        _derived(project)
    assert "data/rules/shared-powers.rq" == caught.value.where


@pytest.mark.parametrize(
    ("rule", "count"), [("shared-powers", 23), ("no-region-named", 20), ("agreement-candidate", 3)]
)
def test_number_of_flags(store: Store, rule: str, count: int) -> None:
    """Each rule flags as many actions as were counted by hand."""
    query = f"SELECT (COUNT(DISTINCT ?f) AS ?n) {{ ?f gp:byRule <https://w3id.org/govplan/id/rule/{rule}> }}"

    assert [(str(count),)] == select(store, query)


def test_every_rule_has_its_query(store: Store, settings: Settings) -> None:
    """Each rule names a file that is there, and each file has a rule."""
    named = {row[0] for row in select(store, "SELECT ?file { ?rule a gp:Rule ; gp:ruleFile ?file }")}

    assert {file.name for file in authored(settings, "data", ".rq")} == named


def test_flags_rest_on_law(store: Store) -> None:
    """No flag rests on a claim without a law, such as those of the monitor."""
    assert [] == select(store, "SELECT ?f { ?f gp:restsOn ?claim FILTER NOT EXISTS { ?claim gp:legalGround ?law } }")
