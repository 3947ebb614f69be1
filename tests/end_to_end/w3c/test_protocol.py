"""The W3C's tests of the protocol, of the service description, and of the Graph Store protocol, which is refused.

The suite names its tests and says in words what each of them does; here they are as requests.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient
from rdflib import RDF, Graph, Namespace, URIRef

from tests.end_to_end.w3c.suite import MF, PROTOCOL

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORM, DIRECT, UPDATE = (f"application/{name}" for name in ("x-www-form-urlencoded", "sparql-query", "sparql-update"))
DATA1, DATA2, DATA3 = PROTOCOL
NOWHERE = "http://example.org/nowhere"
BOOLEAN = {"application/sparql-results+xml", "application/sparql-results+json"}
TABULAR = {*BOOLEAN, "text/csv", "text/tab-separated-values"}
GRAPH = {"application/rdf+xml", "text/turtle", "application/n-triples"}
EACH = f"ASK {{ <{DATA1}> a ?type . <{DATA2}> a ?type . }}"
NAMED = f"ASK {{ GRAPH ?g1 {{ <{DATA1}> a ?type }} GRAPH ?g2 {{ <{DATA2}> a ?type }} }}"
FULL = f"""ASK {{
    GRAPH ?g1 {{ <{DATA1}> a ?type }} GRAPH ?g2 {{ <{DATA2}> a ?type }}
    {{ <{DATA3}> a ?type }} FILTER NOT EXISTS {{ <{DATA1}> a ?other }}
}}"""
ONLY_PROTOCOL = f"ASK FROM <{DATA3}> {{ GRAPH ?g1 {{ <{DATA1}> a ?type }} GRAPH ?g2 {{ <{DATA2}> a ?type }} }}"
DEFAULTS = [("default-graph-uri", DATA1), ("default-graph-uri", DATA2)]
NAMES = [("named-graph-uri", DATA1), ("named-graph-uri", DATA2)]
NONE = [("default-graph-uri", NOWHERE)]
INSERT = "INSERT DATA { <http://example.org/a> <http://example.org/b> 1 }"


def _get(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"method": "GET", "query_string": urlencode(pairs)}


def _form(*pairs: tuple[str, str], address: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    return {"method": "POST", "data": urlencode(pairs), "content_type": FORM, "query_string": urlencode([*address])}


def _body(text: str | bytes, kind: str | None, address: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    return {"method": "POST", "data": text, "content_type": kind, "query_string": urlencode([*address])}


# The name of a test: its request, and the media types of a right answer. `bad_…` and all updates are to be refused.
TESTS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "query_post_form": (_form(("query", "ASK {}"), address=NONE), BOOLEAN),
    "query_dataset_default_graphs_get": (_get(("query", EACH), *DEFAULTS), BOOLEAN),
    "query_dataset_default_graphs_post": (_body(EACH, DIRECT, DEFAULTS), BOOLEAN),
    "query_dataset_named_graphs_post": (_body(NAMED, DIRECT, NAMES), BOOLEAN),
    "query_dataset_named_graphs_get": (_get(("query", NAMED), *NAMES), BOOLEAN),
    "query_dataset_full": (_body(FULL, DIRECT, [("default-graph-uri", DATA3), *NAMES]), BOOLEAN),
    "query_multiple_dataset": (_body(ONLY_PROTOCOL, DIRECT, NAMES), BOOLEAN),
    "query_get": (_get(("query", "ASK {}"), *NONE), BOOLEAN),
    "query_content_type_select": (_body("SELECT (1 AS ?value) {}", DIRECT, NONE), TABULAR),
    "query_content_type_ask": (_body("ASK {}", DIRECT, NONE), BOOLEAN),
    "query_content_type_describe": (_body("DESCRIBE <http://example.org/>", DIRECT, NONE), GRAPH),
    "query_content_type_construct": (_body("CONSTRUCT { <s> <p> 1 } WHERE {}", DIRECT, NONE), GRAPH),
    "query_post_direct": (_body("ASK {}", DIRECT), BOOLEAN),
    "update_dataset_default_graph": (_body(INSERT, UPDATE, [("using-graph-uri", DATA1)]), set()),
    "update_dataset_default_graphs": (
        _body(INSERT, UPDATE, [("using-graph-uri", DATA1), ("using-graph-uri", DATA2)]),
        set(),
    ),
    "update_dataset_named_graphs": (_body(INSERT, UPDATE, [("using-named-graph-uri", DATA1)]), set()),
    "update_dataset_full": (
        _body(INSERT, UPDATE, [("using-graph-uri", DATA1), ("using-named-graph-uri", DATA2)]),
        set(),
    ),
    "update_post_form": (_form(("update", "CLEAR ALL")), set()),
    "update_post_direct": (_body("CLEAR ALL", UPDATE), set()),
    "update_base_uri": (_body("INSERT DATA { GRAPH <http://example.org/g> { <x> <x> <x> } }", UPDATE), set()),
    "bad_query_method": ({**_get(("query", "ASK {}")), "method": "PUT"}, set()),
    "bad_multiple_queries": (_get(("query", "ASK {}"), ("query", "SELECT * {}")), set()),
    "bad_query_wrong_media_type": (_body("ASK {}", "text/plain"), set()),
    "bad_query_missing_form_type": (_body("query=ASK%20%7B%7D", None), set()),
    "bad_query_missing_direct_type": (_body("ASK {}", None), set()),
    "bad_query_non_utf8": (_body("ASK {}".encode("utf-16"), f"{DIRECT}; charset=UTF-16"), set()),
    "bad_query_syntax": (_get(("query", "ASK {")), set()),
    "bad_update_get": (_get(("update", "CLEAR ALL")), set()),
    "bad_multiple_updates": (_form(("update", "CLEAR NAMED"), ("update", "CLEAR DEFAULT")), set()),
    "bad_update_wrong_media_type": (_body("CLEAR NAMED", "text/plain"), set()),
    "bad_update_missing_form_type": (_body("update=CLEAR%20NAMED", None), set()),
    "bad_update_non_utf8": (_body("CLEAR NAMED".encode("utf-16"), f"{UPDATE}; charset=UTF-16"), set()),
    "bad_update_syntax": (_form(("update", "CLEAR XYZ")), set()),
    "bad_update_dataset_conflict": (
        _form(("using-named-graph-uri", DATA1), ("update", "INSERT { ?s ?p ?o } USING <x:g> WHERE { ?s ?p ?o }")),
        set(),
    ),
}


@pytest.mark.parametrize("name", TESTS)
def test_protocol(suite_client: FlaskClient, name: str) -> None:
    """Each request has the answer that the protocol asks for; an update is refused whatever it is."""
    request, kinds = TESTS[name]
    answer = suite_client.open("/sparql/", **request)

    if not kinds:
        assert 400 <= answer.status_code < 500
        assert "application/problem+json" == answer.mimetype
        return
    assert 200 == answer.status_code, answer.text
    assert answer.mimetype in kinds
    if kinds is BOOLEAN:
        assert json.loads(answer.data)["boolean"] is True


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        (EACH, DEFAULTS[:1]),
        (NAMED, NAMES[1:]),
        (FULL, [*DEFAULTS, ("default-graph-uri", DATA3), *NAMES]),
        (f"ASK FROM NAMED <{DATA3}> {{ GRAPH ?g {{ <{DATA3}> a ?type }} }}", NAMES),
        (f"ASK {{ <{DATA1}> a ?type }}", NAMES),
        (f"ASK {{ GRAPH ?g {{ <{DATA1}> a ?type }} }}", DEFAULTS),
    ],
)
def test_nothing_beyond_the_dataset(suite_client: FlaskClient, query: str, pairs: list[tuple[str, str]]) -> None:
    """What is not in the dataset of the protocol is not seen, whatever the query names and the store holds."""
    for request in (_get(("query", query), *pairs), _body(query, DIRECT, pairs), _form(("query", query), *pairs)):
        assert json.loads(suite_client.open("/sparql", **request).data)["boolean"] is False


@pytest.mark.parametrize("address", ["/sparql", "/sparql/"])
@pytest.mark.parametrize("accept", [None, "*/*", "text/turtle", "application/rdf+xml", "application/n-triples"])
def test_service_description(suite_client: FlaskClient, address: str, accept: str | None) -> None:
    """The endpoint returns RDF that has a triple for it, and that conforms to the schema of service descriptions."""
    answer = suite_client.get(address, headers={"Accept": accept} if accept else {})
    assert 200 == answer.status_code
    assert answer.mimetype in GRAPH
    graph = Graph().parse(data=answer.data, format=answer.mimetype)
    [service] = graph.subjects(SD.endpoint, URIRef("http://localhost/sparql"))

    assert (service, RDF.type, SD.Service) in graph
    # Each class and property of the vocabulary stands where its domain and range allow it.
    for name, domain, range_ in (
        (SD.defaultDataset, SD.Service, SD.Dataset),
        (SD.defaultGraph, SD.Dataset, SD.Graph),
        (SD.namedGraph, SD.Dataset, SD.NamedGraph),
        (SD.graph, SD.NamedGraph, SD.Graph),
    ):
        pairs = [*graph.subject_objects(name)]
        assert pairs
        for subject, object_ in pairs:
            assert (subject, RDF.type, domain) in graph
            assert (object_, RDF.type, range_) in graph
    assert {SD.SPARQL11Query} == set(graph.objects(service, SD.supportedLanguage))
    assert all(isinstance(each, URIRef) for each in graph.objects(None, SD.resultFormat))
    assert all(isinstance(each, URIRef) for each in graph.objects(None, SD.name))


@pytest.mark.parametrize("name", ["graph", "default"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("body", ["", "<http://example.org/s> <http://example.org/p> 1 ."])
def test_graph_store(suite_client: FlaskClient, name: str, method: str, body: str) -> None:
    """No request of the Graph Store protocol is taken for another one, and none of them changes anything."""
    query = f"graph={quote(DATA1, safe='')}" if name == "graph" else "default"
    asked = _get(("query", "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"))
    before = suite_client.open("/sparql", **asked).data
    answer = suite_client.open("/sparql", method=method, query_string=query, data=body, content_type="text/turtle")

    assert answer.status_code in (400, 405, 415)
    assert "application/problem+json" == answer.mimetype
    assert before == suite_client.open("/sparql", **asked).data


def test_all_are_here(suite_root: Path) -> None:
    """No test that the suite names is left out."""
    manifest = Graph().parse(suite_root / "sparql11" / "protocol" / "manifest.ttl")
    names = {str(each).rpartition("#")[2] for each in manifest.subjects(RDF.type, MF.ProtocolTest)}
    described = Graph().parse(suite_root / "sparql11" / "service-description" / "manifest.ttl")

    assert names == TESTS.keys()
    assert 3 == len([*described.subjects(RDF.type, MF.ServiceDescriptionTest)])
