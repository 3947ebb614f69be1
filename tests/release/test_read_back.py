"""What a format has no form for is found before a release is built, and every dump is read back."""

from pathlib import Path
from xml.dom import minidom

import pyoxigraph as ox
import pytest
import rdflib

from govplan import rdfxml
from govplan.config import Settings, load
from govplan.content import check_content, read_project, source_file
from govplan.errors import AnswerUnwritable, ReleaseDamaged
from govplan.formats import GRAPHS, Format
from govplan.namespaces import STANDARD
from govplan.release.dumps import read_back, read_quads, render

BASE = "https://x.example/"
RDFXML = next(fmt for fmt in GRAPHS if fmt.extension == "rdf")
TURTLE = """@prefix x: <http://x/> .

x:a a <http://x/2024> ;
    x:p "fine" ;
    <http://x/budget/2024> 1 .

x:b <http://x/budget/2024> 2 ;
    <http://x/costs/> 3 ;
    <http://x/y2024> 4 .
"""


def test_gate_finds_them(project: Path) -> None:
    """A property that RDF/XML has no element for is a violation, by file and line: no dump could be written."""
    file = project / "data/plans/be-ai-convergence/plan.ttl"
    text = file.read_text(encoding="utf-8")
    added = f"{text}\nplan:be-ai-convergence\n    <http://example.org/budget/2024> 1 ;\n    rdf:li 2 .\n"
    file.write_text(added.replace("@prefix", f"@prefix rdf: <{STANDARD['rdf']}> .\n@prefix", 1), encoding="utf-8")
    line = file.read_text(encoding="utf-8").count("\n")
    content = read_project(load(project, environ={}))
    places = {problem.place for problem in check_content(content, load(project, environ={})) if problem.rule == "T9"}

    assert {
        f"data/plans/be-ai-convergence/plan.ttl:{line - 1}",
        f"data/plans/be-ai-convergence/plan.ttl:{line}",
    } == places


def test_dump_without_a_form() -> None:
    """A dump in RDF/XML of what it cannot carry is refused; the others are written."""
    quads = source_file("data/x.ttl", TURTLE, BASE).quads
    with pytest.raises(AnswerUnwritable, match="budget/2024"):
        render(quads, RDFXML, {})

    assert all(render(quads, fmt, {}) for fmt in GRAPHS if fmt != RDFXML)


def test_dump_is_read_by_others(release: Path, settings: Settings) -> None:
    """The RDF/XML dump is well-formed XML, in which another library finds as many statements."""
    [dump] = (release / "dumps").glob("*.rdf")
    minidom.parse(str(dump))

    assert len({quad.triple for quad in read_quads(release)}) == len(rdflib.Graph().parse(str(dump), format="xml"))


@pytest.mark.parametrize("fmt", GRAPHS, ids=lambda fmt: fmt.extension)
def test_dump_with_a_gap(fmt: Format) -> None:
    """A dump that lacks a statement, has one more or is cut short is damage, with how many statements differ."""
    quads = [
        quad for quad in source_file("data/x.ttl", TURTLE, BASE).quads if rdfxml.property_name(quad.predicate.value)
    ]
    body = render(quads, fmt, {})
    statements: set[ox.Quad] | set[ox.Triple] = set(quads)
    if fmt.kind == "graph":
        statements = {quad.triple for quad in quads}
    more = next(iter(statements))
    with pytest.raises(ReleaseDamaged, match=f"1 of {len(statements) - 1}"):
        read_back(body, fmt, statements - {more})
    with pytest.raises(ReleaseDamaged):
        read_back(body[:-8], fmt, statements)


def test_dump_that_is_not_well_formed() -> None:
    """An element without a name is damage, although the engine would read it."""
    quads = [ox.Triple(ox.NamedNode("http://x/a"), ox.NamedNode("http://x/2024"), ox.Literal("1"))]
    body = ox.serialize(quads, format=ox.RdfFormat.RDF_XML)
    assert body
    with pytest.raises(ReleaseDamaged, match="cannot be read back"):
        read_back(body, RDFXML, set(quads))
