"""What /sparql answers: datasets, limits, validators, CORS, the description of the service."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from govplan.config import Settings
from govplan.formats import GRAPHS, Format
from govplan.manifest import Manifest
from govplan.namespaces import STANDARD
from govplan.sparql import Store
from govplan.web import create_app

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
SD = STANDARD["sd"]


def _ask(client: FlaskClient, query: str, **headers: str) -> TestResponse:
    return client.get("/sparql", query_string={"query": query}, headers=headers)


def _count(answer: TestResponse) -> int:
    return int(answer.get_json()["results"]["bindings"][0]["n"]["value"])


def test_default_graph_of_the_protocol(client: FlaskClient, manifest: Manifest) -> None:
    """default-graph-uri narrows the query to these graphs."""
    first, second = manifest.graphs[:2]
    pairs = [("query", COUNT), ("default-graph-uri", first.iri), ("default-graph-uri", second.iri)]
    answer = client.post("/sparql", data=urlencode(pairs), content_type=FORM)

    assert first.triples + second.triples == _count(answer)


def test_dataset_beside_a_direct_query(client: FlaskClient, manifest: Manifest) -> None:
    """A query sent as it is takes its dataset from the address."""
    graph = manifest.graphs[0]
    address = "/sparql?" + urlencode({"default-graph-uri": graph.iri})
    answer = client.post(address, data=COUNT, content_type=DIRECT)

    assert graph.triples == _count(answer)


def test_named_graphs_of_the_protocol(client: FlaskClient, manifest: Manifest) -> None:
    """named-graph-uri alone leaves the default graph empty and shows these graphs to GRAPH."""
    graph = manifest.graphs[0].iri
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } FILTER NOT EXISTS { ?a ?b ?c } }"
    answer = client.get("/sparql", query_string={"query": query, "named-graph-uri": graph})

    assert [graph] == [row["g"]["value"] for row in answer.get_json()["results"]["bindings"]]


def test_length_and_release(client: FlaskClient, manifest: Manifest) -> None:
    """An answer has its exact length and the release it comes from."""
    answer = _ask(client, COUNT)

    assert len(answer.data) == int(answer.headers["Content-Length"])
    assert manifest.id == answer.headers["X-Release"]
    assert "Transfer-Encoding" not in answer.headers


def test_head(client: FlaskClient) -> None:
    """HEAD has the headers of GET and no body."""
    got = _ask(client, COUNT)
    head = client.head("/sparql", query_string={"query": COUNT})

    assert b"" == head.data
    assert list(got.headers) == list(head.headers)


def test_if_none_match(client: FlaskClient) -> None:
    """Who has an answer gets 304 with the same validator and no body."""
    first = _ask(client, COUNT)
    second = _ask(client, COUNT, **{"If-None-Match": first.headers["ETag"]})

    assert (304, b"") == (second.status_code, second.data)
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.headers["Cache-Control"] == second.headers["Cache-Control"] == "public, max-age=300"


def test_any_tag_does_not_hide_an_error(client: FlaskClient) -> None:
    """`If-None-Match: *` does not turn a wrong query into a success."""
    assert 400 == _ask(client, "SELECT", **{"If-None-Match": "*"}).status_code


@pytest.mark.parametrize(
    "other",
    [
        {"query": COUNT + " "},
        {"query": COUNT, "format": "csv"},
        {"query": COUNT, "default-graph-uri": "http://x/g"},
        {"query": COUNT, "named-graph-uri": "http://x/g"},
    ],
)
def test_tags_differ(client: FlaskClient, other: dict[str, str]) -> None:
    """Another query, format or dataset has another validator, and each is a strong one."""
    first, second = _ask(client, COUNT), client.get("/sparql", query_string=other)

    assert first.headers["ETag"] != second.headers["ETag"]
    assert not first.headers["ETag"].startswith("W/")


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()"])
def test_volatile_answers(client: FlaskClient, call: str) -> None:
    """An answer that may differ next time is not kept by anybody."""
    answer = _ask(client, f"SELECT ({call} AS ?x) {{}}")

    assert "no-store" == answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers


def test_posted_answers(client: FlaskClient) -> None:
    """The answer to a POST is not kept by anybody."""
    answer = client.post("/sparql", data="ASK {}", content_type=DIRECT)

    assert "no-store" == answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers


def test_results_are_not_pages(client: FlaskClient) -> None:
    """No browser takes an answer for a page with rights on this site."""
    answer = _ask(client, COUNT)

    assert "default-src 'none'; sandbox" == answer.headers["Content-Security-Policy"]
    assert "nosniff" == answer.headers["X-Content-Type-Options"]


@pytest.fixture(scope="module", name="narrow")
def _narrow(settings: Settings, manifest: Manifest, release: Path, store: Store) -> Flask:
    """An application that takes 40 bytes of query and 100 bytes of body."""
    return create_app(replace(settings, query_bytes=40, body_bytes=100), manifest, release, store, {})


@pytest.mark.parametrize(
    ("method", "query", "status", "limit"),
    [
        ("GET", "ASK {}" + " " * 34, 200, None),
        ("GET", "ASK {}" + " " * 35, 414, 40),
        ("GET", "ASK {} #" + "é" * 20, 414, 40),
        ("POST", "ASK {}" + " " * 34, 200, None),
        ("POST", "ASK {}" + " " * 35, 413, 40),
        ("POST", "ASK {}" + " " * 95, 413, 100),
    ],
)
def test_too_long(narrow: Flask, method: str, query: str, status: int, limit: int | None) -> None:
    """A text or body above its limit is refused with the limit, what was seen, and the setting."""
    request = {"query_string": {"query": query}} if method == "GET" else {"data": query, "content_type": DIRECT}
    answer = narrow.test_client().open("/sparql", method=method, **request)

    assert status == answer.status_code
    if limit:
        problem = answer.get_json(force=True)
        assert limit == problem["limit"]
        assert len(query.encode()) == problem["observed"]
        assert problem["setting"] in ("query_bytes", "body_bytes")


@pytest.mark.parametrize("key", ["depth", "tokens", "patterns", "operators", "reads"])
def test_too_complex(
    settings: Settings, manifest: Manifest, release: Path, store: Store, client: FlaskClient, key: str
) -> None:
    """A query above a limit of its shape is refused with the limit, what was seen, and the setting, which moves it."""
    query = "ASK { ?a ?b ?c . ?c ?d ?e FILTER((?a != ?e || ?a != 1) && SUBSTR(SUBSTR('a', 1), 1) != '') }"
    setting = f"query_{key}"
    limits: dict[str, Any] = {setting: 1}
    narrow = create_app(replace(settings, **limits), manifest, release, store, {}).test_client()
    answer = narrow.get("/sparql", query_string={"query": query})
    problem = answer.get_json(force=True)

    assert 200 == client.get("/sparql", query_string={"query": query}).status_code
    assert (400, "query-too-complex") == (answer.status_code, problem["type"].rsplit("/", 1)[1])
    assert (1, setting) == (problem["limit"], problem["setting"])
    assert problem["observed"] > 1
    assert setting in problem["hint"]


def test_raised_limit(settings: Settings, manifest: Manifest, release: Path, store: Store) -> None:
    """A limit that is raised lets through what the default refuses."""
    query = "ASK { FILTER(" + "&&".join(["true"] * 900) + ") }"
    wide = create_app(replace(settings, query_operators=900), manifest, release, store, {}).test_client()

    assert 200 == wide.get("/sparql", query_string={"query": query}).status_code


@pytest.mark.parametrize("path", ["/sparql", "/sparql/", "/queries/plan-in-numbers", "/dumps/", "/", "/live", "/ready"])
def test_preflight(client: FlaskClient, path: str) -> None:
    """OPTIONS answers without a body, with Allow and what a browser asks before a request from another site."""
    headers = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    answer = client.options(path, headers=headers)

    assert (204, b"") == (answer.status_code, answer.data)
    assert {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["Allow"].split(", "))
    assert "*" == answer.headers["Access-Control-Allow-Origin"]
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]


def test_allow(client: FlaskClient) -> None:
    """A method that is not taken is answered with those that are."""
    answer = client.delete("/sparql")

    assert {"GET", "HEAD", "OPTIONS", "POST"} == set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("fmt", GRAPHS, ids=lambda fmt: fmt.extension)
def test_service_description(client: FlaskClient, manifest: Manifest, fmt: Format) -> None:
    """The service describes itself in every graph format: endpoint, language, formats and the named graphs."""
    answer = client.get("/sparql", headers={"Accept": fmt.media_type})
    rdf_format = ox.RdfFormat.from_media_type(str(answer.mimetype))
    assert rdf_format is not None
    quads = list(ox.parse(answer.data, format=rdf_format, lenient=False))
    triples = {(quad.predicate.value, quad.object.value) for quad in quads}
    contents = {quad.object for quad in quads if quad.predicate.value == SD + "graph"}

    assert (SD + "endpoint", "http://localhost/sparql") in triples
    assert (SD + "supportedLanguage", SD + "SPARQL11Query") in triples
    assert (SD + "feature", SD + "UnionDefaultGraph") in triples
    assert 10 == len({found for name, found in triples if name == SD + "resultFormat"})
    assert {graph.iri for graph in manifest.graphs} == {found for name, found in triples if name == SD + "name"}
    assert {str(graph.triples) for graph in manifest.graphs} == {
        quad.object.value
        for quad in quads
        if quad.subject in contents and quad.predicate.value == STANDARD["void"] + "triples"
    }


def test_forged_host_stays_text(client: FlaskClient) -> None:
    """A host name with SPARQL in it does not reach the query that describes the service."""
    answer = client.get("/sparql", headers={"Host": "x> } DROP ALL #"})

    assert 400 == answer.status_code
    assert "DROP ALL" not in answer.text


def test_page_shows_the_rows(client: FlaskClient) -> None:
    """The page of an answer shows the query, the rows, and links only to http(s) IRIs."""
    query = 'SELECT ?x { VALUES ?x { <javascript:alert(1)> <http://example.org/a> "<b>bold</b>"@fr } }'
    page = client.get("/sparql", query_string={"query": query, "format": "html"}).text

    assert '<a href="http://example.org/a"' in page
    assert 'href="javascript:' not in page
    assert '<span lang="fr">&lt;b&gt;bold&lt;/b&gt;</span>' in page
    assert "VALUES ?x" in page
