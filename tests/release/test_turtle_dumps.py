"""Turtle that people read: what it is and how to cite it first, things as they were authored, each statement once."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import Settings
from govplan.release.naming import Naming, naming
from govplan.release.turtle_dumps import Section, write_turtle

BASE = "https://example.org/"
RELEASE, ABOUT = "0123456789ab", {"version": "1.2", "date": "2026-01-05"}
CATALOGUE = """
:dataset dcterms:title "A plan\\nas data"@en ;
  dcterms:license <https://example.org/licence> ; dcterms:publisher :city .
:city rdfs:label "City"@en .
:catalogue gp:layer <https://example.org/auth/layer/dataset> .
:plan gp:layer <https://example.org/auth/layer/reported> .
"""
PREFIXES = (
    "@prefix : <https://example.org/> . @prefix dcterms: <http://purl.org/dc/terms/> . "
    "@prefix gp: <https://w3id.org/govplan/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
)


@pytest.fixture(name="own")
def _own(settings: Settings) -> Settings:
    return replace(settings, base=BASE, name="n", languages=("en",), own_prefixes={"x": ""}, profiles=())


def _section(graph: str, turtle: str, plan: str | None = None) -> Section:
    text = (PREFIXES + turtle).replace(":dataset ", "<https://example.org/id/dataset/n> ")
    quads = [
        ox.Quad(each.subject, each.predicate, each.object, ox.NamedNode(BASE + graph))
        for each in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)
    ]
    return Section(BASE + graph, plan, quads)


@pytest.fixture(name="sections")
def _sections() -> Sequence[Section]:
    plan = ':z rdfs:label "Last is first"@en . :a rdfs:label "Second"@en . :city rdfs:label "City"@en .'
    return [_section("catalogue", CATALOGUE), _section("plan", plan, "plans/one")]


def _called(own: Settings, sections: Sequence[Section]) -> Naming:
    return naming(own, [quad for each in sections for quad in each.quads], RELEASE, ABOUT)


def test_header(own: Settings, sections: Sequence[Section], tmp_path: Path) -> None:
    """The first lines are comments: title, release, licence and how to cite, each on one line."""
    write_turtle(tmp_path, own, sections, _called(own, sections))
    release = "https://example.org/release/0123456789ab"
    assert [
        "# A plan as data",
        f"# Release 0123456789ab, version 1.2 of 2026-01-05: {release}",
        "# Licence: https://example.org/licence",
        f"# To cite: City (2026). A plan as data. Version 1.2. {release}",
    ] == (tmp_path / "n.ttl").read_text("utf-8").splitlines()[:4]


def test_as_authored(own: Settings, sections: Sequence[Section], tmp_path: Path) -> None:
    """Things stand in the order of their files, and what two graphs say stands once."""
    write_turtle(tmp_path, own, sections, _called(own, sections))
    text = (tmp_path / "n.ttl").read_text("utf-8")
    assert text.index("Last is first") < text.index("Second")
    assert 1 == text.count('"City"@en')
    assert "@prefix dcterms:" in text
    assert "@prefix skos:" not in text


def test_parts(own: Settings, sections: Sequence[Section], tmp_path: Path) -> None:
    """Each plan and each layer has a file of its own, with its statements alone, compressed ones beside it."""
    sizes = write_turtle(tmp_path, own, sections, _called(own, sections))
    assert {"n.ttl", "n-plan-one.ttl", "n-layer-dataset.ttl", "n-layer-reported.ttl"} == set(sizes)
    own_part = (tmp_path / "n-plan-one.ttl").read_text("utf-8")
    assert "City" in own_part
    assert "dcterms:title" not in own_part
    assert own_part.startswith("# A plan as data\n")
    assert sizes == {path.name: path.stat().st_size for path in tmp_path.glob("*.ttl")}
    assert (tmp_path / "n-plan-one.ttl.gz").is_file()
