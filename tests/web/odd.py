"""A release that no gate let through: whatever pages look for has odd values too, and one thing has very many."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from govplan.config import Settings
from govplan.manifest import GraphEntry, Manifest
from govplan.namespaces import STANDARD
from govplan.release.build import write
from govplan.release.dumps import canonical

XSD = STANDARD["xsd"]
BASE = "https://w3id.org/govplan/"
# A thing with more statements than a page shows, one with a long value, and a graph of many statements.
MANY, LONG, GRAPH = f"{BASE}id/action/many", f"{BASE}id/action/long", f"{BASE}graph/data/odd"
STATEMENTS, LETTERS = 3000, 1_000_000
_INFINITE = ox.Literal("INF", datatype=ox.NamedNode(XSD + "double"))
_TRIPLE = ox.Triple(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), _INFINITE)
ODD: tuple[ox.NamedNode | ox.Literal | ox.Triple, ...] = (
    ox.NamedNode("urn:odd"),
    ox.NamedNode("http://publications.europa.eu/resource/authority/currency/XXX"),
    ox.NamedNode(f"{BASE}id/"),
    ox.NamedNode(f"{BASE}auth/nothing"),
    ox.NamedNode(f"{BASE}ns#"),
    ox.Literal("plain"),
    ox.Literal("\x00\x07<&>\uffff"),
    ox.Literal("tagged", language="zz-latn-x-odd"),
    ox.Literal("directed", language="en", direction=ox.BaseDirection.RTL),
    *(
        ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))
        for text, datatype in (
            ("INF", "double"),
            ("NaN", "double"),
            ("abc", "integer"),
            ("9" * 5000, "integer"),
            ("2026-13-40", "date"),
            ("0000", "gYear"),
            ("maybe", "boolean"),
            ("http://[", "anyURI"),
        )
    ),
    ox.Literal("²", datatype=ox.NamedNode(XSD + "integer")),
    _TRIPLE,
    ox.Triple(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), _TRIPLE),
)


def write_odd(settings: Settings, release: Path, manifest: Manifest) -> Manifest:
    """Write the release `manifest` with odd statements besides, into the releases of `settings`."""
    quads = list(ox.parse(path=str(release / "dataset.nq"), format=ox.RdfFormat.N_QUADS))
    quads += _odd(quads)

    def fill(work: Path) -> None:
        for name in ("report.json", "search.sqlite"):
            shutil.copyfile(release / name, work / name)

    graphs = (*manifest.graphs, GraphEntry(GRAPH, "data/odd.ttl", STATEMENTS))
    about = {"version": manifest.version, "date": manifest.date}
    return write(settings, canonical(quads), about, graphs, fill)


def _odd(quads: list[ox.Quad]) -> Iterator[ox.Quad]:
    """Give things of every property in every graph an odd value of it, each another; then the many and the long."""
    left: dict[tuple[str, str], list[ox.NamedNode | ox.Literal | ox.Triple]] = {}
    for turn, quad in enumerate(quads):
        assert isinstance(quad.graph_name, ox.NamedNode)
        odd = left.setdefault((quad.predicate.value, quad.graph_name.value), [*ODD[turn % 9 :: 9]])
        if odd:
            yield ox.Quad(quad.subject, quad.predicate, odd.pop(), quad.graph_name)
    graph, label = ox.NamedNode(GRAPH), ox.NamedNode(STANDARD["rdfs"] + "label")
    action, derived = ox.NamedNode(f"{BASE}ns#Action"), ox.NamedNode(STANDARD["prov"] + "wasDerivedFrom")
    for iri in (MANY, LONG):
        yield ox.Quad(ox.NamedNode(iri), ox.NamedNode(STANDARD["rdf"] + "type"), action, graph)
    yield ox.Quad(ox.NamedNode(LONG), label, ox.Literal("x" * LETTERS, language="en"), graph)
    yield ox.Quad(ox.NamedNode(LONG), ox.NamedNode("urn:note"), ox.Literal("y " * (LETTERS // 2)), graph)
    yield ox.Quad(ox.NamedNode(LONG), ox.NamedNode("urn:see"), ox.NamedNode("http://x/" + "z" * LETTERS), graph)
    for number in range(STATEMENTS):
        other = ox.NamedNode(f"{BASE}id/action/other-{number}")
        yield ox.Quad(ox.NamedNode(MANY), ox.NamedNode(f"{BASE}ns#mentions"), other, graph)
        yield ox.Quad(ox.NamedNode(MANY), derived, other, graph)
        yield ox.Quad(other, ox.NamedNode(f"{BASE}ns#mentions"), ox.NamedNode(MANY), graph)
