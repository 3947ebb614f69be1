"""Relative IRIs without BASE (RFC 3986 section 5.1): they are those of the project, on whatever host it is served."""

import json
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from govplan.config import Settings, base_iri

BASE = "https://w3id.org/govplan/"
ACTIONS = "graph/data/plans/be-ai-convergence/actions"
HOSTS = ["localhost", "plans.example:8000", "[2001:db8::1]"]


def _values(client: FlaskClient, query: str, host: str = "localhost", **more: str) -> list[str]:
    answer = client.get("/sparql", query_string={"query": query, **more}, headers={"Host": host})
    assert 200 == answer.status_code, answer.text
    return [term["value"] for row in json.loads(answer.data)["results"]["bindings"] for term in row.values()]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    ("query", "iri"),
    [
        ("PREFIX : <#> SELECT (:a AS ?x) {}", "#a"),
        ("PREFIX : <> SELECT (:a AS ?x) {}", "a"),
        ("PREFIX a: <ns#> SELECT (a:Plan AS ?x) {}", "ns#Plan"),
        ("BASE <id/> SELECT (<x> AS ?x) {}", "id/x"),
        ("BASE <id/> BASE <plan/> SELECT (<x> AS ?x) {}", "id/plan/x"),
        ("SELECT (<> AS ?x) {}", ""),
        ("SELECT (<?a=b> AS ?x) {}", "?a=b"),
        ("SELECT (<a/../b> AS ?x) {}", "b"),
        ('SELECT (IRI("x") AS ?x) {}', "x"),
        ('SELECT (URI("#y") AS ?x) {}', "#y"),
        ('SELECT ?x { VALUES ?t { "z" } BIND(IRI(?t) AS ?x) }', "z"),
        ("SELECT ?x { VALUES ?x { <v> } }", "v"),
        ("SELECT (DATATYPE('1'^^<d>) AS ?x) {}", "d"),
        ("SELECT (IF(1 < 2, <y>, <n>) AS ?x) {}", "y"),
    ],
)
def test_resolved(client: FlaskClient, query: str, iri: str, host: str) -> None:
    """A relative IRI is one below the base of the project, whatever the header Host says."""
    assert [BASE + iri] == _values(client, query, host)


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT (COUNT(*) AS ?n) FROM <{ACTIONS}> {{ ?s ?p ?o }}",
        f"SELECT (COUNT(*) AS ?n) FROM NAMED <{ACTIONS}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{ACTIONS}> {{ ?s ?p ?o }} }}",
        "BASE <graph/data/> SELECT (COUNT(*) AS ?n) { GRAPH <plans/be-ai-convergence/actions> { ?s ?p ?o } }",
    ],
)
def test_graphs(client: FlaskClient, query: str) -> None:
    """Graphs may be named so, too."""
    whole = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{BASE}{ACTIONS}> {{ ?s ?p ?o }} }}"

    assert _values(client, query) == _values(client, whole) != ["0"]


def test_statements(client: FlaskClient) -> None:
    """What a CONSTRUCT makes and what a DESCRIBE names may be relative."""
    made = client.get("/sparql", query_string={"query": "CONSTRUCT { <s> <p> 1 } WHERE {}", "format": "nt"})
    told = client.get("/sparql", query_string={"query": "DESCRIBE <id/plan/be-ai-convergence>", "format": "nt"})

    assert f'<{BASE}s> <{BASE}p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n' == made.text
    assert f"<{BASE}id/plan/be-ai-convergence> <" in told.text


def test_preview(client: FlaskClient) -> None:
    """A preview of the first rows resolves them alike."""
    assert [f"{BASE}x"] == _values(client, "SELECT * { VALUES ?x { <x> <y> } }", **{"max-rows": "1"})


def test_graph_of_the_protocol(client: FlaskClient) -> None:
    """A parameter stands in no document with a base, so a graph that it names is an absolute IRI."""
    answer = client.get("/sparql", query_string={"query": "ASK {}", "default-graph-uri": ACTIONS})

    assert 400 == answer.status_code
    assert "absolute" in answer.get_json(force=True)["detail"]


def test_place_of_an_error(client: FlaskClient) -> None:
    """Another error of a query with relative IRIs is shown at its own place."""
    answer = client.get("/sparql", query_string={"query": "SELECT *\n{ <s> <p> ) }"})
    problem = answer.get_json(force=True)

    assert (400, 2, 11) == (answer.status_code, problem["line"], problem["column"])


def test_base(settings: Settings) -> None:
    """The base is the address of the site, where the operator sets one, else that of the project."""
    assert BASE == base_iri(settings)
    assert "https://plans.example/ai/" == base_iri(replace(settings, public_url="https://plans.example/ai"))
