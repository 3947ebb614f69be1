"""curl, rdflib and SPARQLWrapper get what they ask for by Accept, from every kind of address."""

import shutil
import subprocess
import urllib.request
from typing import Any

import pytest
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, JSONLD, N3, RDF, RDFXML, TSV, TURTLE, XML, SPARQLWrapper

from govplan.manifest import Manifest

BASE = "https://w3id.org/govplan/"
ABOUT = (
    "id/plan/be-ai-convergence",
    "id/action/be-ai-convergence-034",
    "auth/level",
    "auth/level/federal",
    "shape/Action-addresseeGroup",
    "graph/data/plans/be-ai-convergence/actions",
    "query/plan-in-numbers",
    "ns",
)
ROWS = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
TYPES = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json", "application/n-quads")


@pytest.mark.parametrize("path", ABOUT)
def test_rdflib(anywhere: str, path: str) -> None:
    """rdflib reads an address as it stands, and finds there what the address names."""
    found = Graph().parse(f"{anywhere}/{path}")

    assert (URIRef(BASE + path), None, None) in found


# What rdflib calls its parsers; for all but N-Quads it sends an Accept header of its own.
@pytest.mark.parametrize("format", ["turtle", "xml", "nt", "n3", "json-ld", "nquads", "trig"])
@pytest.mark.parametrize("path", [each for each in ABOUT if not each.startswith("graph/")])
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning")
def test_rdflib_in_every_format(anywhere: str, path: str, format: str) -> None:
    """rdflib, told to read the IRI of a thing into one graph, sees what is said, in whatever format it asks for."""
    found = Graph().parse(f"{anywhere}/{path}{'?format=nquads' if format == 'nquads' else ''}", format=format)

    assert (URIRef(BASE + path), None, None) in found
    assert len(Graph().parse(f"{anywhere}/{path}", format="nt")) == len(found)


def test_rdflib_reads_the_release(anywhere: str, manifest: Manifest) -> None:
    """rdflib reads the whole release from its dump, and what the address of the release says of it."""
    assert (URIRef(BASE + ABOUT[0]), None, None) in Graph().parse(f"{anywhere}/dumps/be-ai-convergence.ttl")
    assert (URIRef(f"{BASE}release/{manifest.id}"), None, None) in Graph().parse(f"{anywhere}/release/{manifest.id}")


@pytest.mark.parametrize("path", ABOUT)
def test_curl(anywhere: str, path: str) -> None:
    """curl gets each media type that it asks for."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not on this machine")
    for media_type in (*TYPES, "text/html"):
        command = ["curl", "-sSfL", "-o", "/dev/null", "-w", "%{content_type}", "-H", f"Accept: {media_type}"]
        done = subprocess.run([*command, f"{anywhere}/{path}"], capture_output=True, text=True, check=True, timeout=60)
        assert media_type == done.stdout.partition(";")[0]


@pytest.mark.parametrize(
    ("form", "media_types"),
    [
        (f"SELECT ?plan WHERE {{ ?plan a <{BASE}ns#Plan> }}", ROWS),
        (f"ASK {{ ?plan a <{BASE}ns#Plan> }}", ROWS[:2]),
        (f"CONSTRUCT WHERE {{ ?plan a <{BASE}ns#Plan> }}", TYPES),
        (f"DESCRIBE <{BASE}{ABOUT[0]}>", TYPES),
    ],
)
def test_curl_asks(anywhere: str, form: str, media_types: tuple[str, ...]) -> None:
    """curl asks in each of the three ways of the protocol, and gets each media type that fits the query."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not on this machine")
    encoded = ["--data-urlencode", f"query={form}"]
    direct = ["-H", "Content-Type: application/sparql-query", "--data-binary", form]
    for media_type in media_types:
        answers = []
        for how in (["-G", *encoded], encoded, direct):
            command = ["curl", "-sSf", "-w", "\n%{content_type}", "-H", f"Accept: {media_type}", *how]
            done = subprocess.run(
                [*command, f"{anywhere}/sparql"], capture_output=True, text=True, check=True, timeout=60
            )
            text, _, content_type = done.stdout.rpartition("\n")
            assert media_type == content_type.partition(";")[0]
            assert "be-ai-convergence" in text or "true" in text
            answers.append(text)
        assert 1 == len({*answers})


@pytest.mark.parametrize(
    "media_type", ["text/csv", "application/sparql-results+json", "application/sparql-results+xml"]
)
def test_question(anywhere: str, media_type: str) -> None:
    """A question answers in the format that is asked for by Accept alone."""
    request = urllib.request.Request(f"{anywhere}/queries/plan-in-numbers", headers={"Accept": media_type})
    with urllib.request.urlopen(request) as answer:
        assert media_type == answer.headers.get_content_type()


def _converted(client: SPARQLWrapper) -> Any:
    """What the client makes of the answer: of each format something else."""
    return client.query().convert()


# rdflib uses inside what it deprecates outside.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:Sending Accept header:RuntimeWarning")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper(anywhere: str, method: str) -> None:
    """SPARQLWrapper gets each of its formats, by either method."""
    client = SPARQLWrapper(f"{anywhere}/sparql")
    client.setMethod(method)
    client.setQuery(f"SELECT ?plan WHERE {{ ?plan a <{BASE}ns#Plan> }}")
    client.setReturnFormat(JSON)
    assert [f"{BASE}{ABOUT[0]}"] == [row["plan"]["value"] for row in _converted(client)["results"]["bindings"]]
    for wanted in (CSV, TSV):
        client.setReturnFormat(wanted)
        assert ABOUT[0].encode() in _converted(client)
    client.setReturnFormat(XML)
    assert ABOUT[0] in _converted(client).toxml()
    client.setQuery(f"CONSTRUCT WHERE {{ ?plan a <{BASE}ns#Plan> }}")
    for wanted in (TURTLE, N3):
        client.setReturnFormat(wanted)
        assert b"gp:Plan" in _converted(client) or f"{BASE}ns#Plan".encode() in _converted(client)
    for wanted, name in ((RDFXML, "xml"), (JSONLD, "json-ld"), (RDF, "xml"), (XML, "xml"), (JSON, "json-ld")):
        client.setReturnFormat(wanted)
        assert 1 == len(Graph().parse(data=client.query().response.read(), format=name))


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("form", [f"CONSTRUCT WHERE {{ ?plan a <{BASE}ns#Plan> }}", f"DESCRIBE <{BASE}{ABOUT[0]}>"])
def test_sparqlwrapper_by_default(anywhere: str, form: str) -> None:
    """SPARQLWrapper, told nothing of formats, asks for XML three times and gets a graph."""
    client = SPARQLWrapper(f"{anywhere}/sparql", defaultGraph="")
    client.setQuery(form)

    assert (URIRef(BASE + ABOUT[0]), None, None) in _converted(client)


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("returned", ["xml", "json", "csv", "tsv"])
def test_sparqlstore(anywhere: str, method: str, returned: str) -> None:
    """The store of rdflib gets rows in each of its formats, by each of its methods."""
    graph = Graph(SPARQLStore(f"{anywhere}/sparql", method=method, returnFormat=returned))
    rows = [*graph.query(f"SELECT ?plan WHERE {{ ?plan a <{BASE}ns#Plan> }}")]

    assert [BASE + ABOUT[0]] == [str(row[0]) for row in rows]
