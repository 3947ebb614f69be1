"""Answers in XML: well-formed and to the letter, or an error that says what can carry them."""

from urllib.parse import urlencode
from xml.dom import minidom

import pytest
from flask.testing import FlaskClient
from rdflib import Graph
from werkzeug.test import TestResponse

RESULTS, STATEMENTS = "application/sparql-results+xml", "application/rdf+xml"


def _ask(client: FlaskClient, query: str, media_type: str, **more: str) -> TestResponse:
    return client.get(f"/sparql?{urlencode({'query': query, **more})}", headers={"Accept": media_type})


@pytest.mark.parametrize("more", [{}, {"max-rows": "5"}])
@pytest.mark.parametrize("code", ["0001", "0000", "0008", "000B", "001F", "FFFE", "FFFF"])
def test_results(client: FlaskClient, code: str, more: dict[str, str]) -> None:
    """A row with a character that XML cannot carry is an error in XML, and an answer in JSON, CSV and TSV."""
    query = f'SELECT ("a\\u{code}b" AS ?x) {{}}'
    refused = _ask(client, query, RESULTS, **more)
    problem = refused.get_json(force=True)

    assert (422, f"U+{code}") == (
        refused.status_code,
        next(word for word in problem["detail"].split() if "+" in word)[:6],
    )
    assert problem["type"].endswith("/errors/answer-unwritable")
    assert ["json", "csv", "tsv"] == problem["offered"]
    for name in problem["offered"]:
        answer = _ask(client, query, "*/*", format=name, **more)
        assert 200 == answer.status_code, answer.text
    carried = _ask(client, query, "application/json", **more).get_json()["results"]["bindings"][0]["x"]["value"]
    assert f"a{chr(int(code, 16))}b" == carried


def test_results_that_can_be_written(client: FlaskClient) -> None:
    """Everything else comes back from any reader of XML as it is, line ends too."""
    text = "a\r\nb\rc\nd\te <&>\"' ]]> \u0085\u2028\x7f\U0001f600"
    answer = _ask(client, f"SELECT ({_literal(text)} AS ?x) {{}}", RESULTS)
    [found] = minidom.parseString(answer.data).getElementsByTagName("literal")

    assert text == "".join(child.data for child in found.childNodes if isinstance(child, minidom.Text))
    assert b"&#13;" in answer.data


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("CONSTRUCT { <http://a/s> <http://example.org/budget/2024> 1 } {}", "2024"),
        ("CONSTRUCT { <http://a/s> <http://example.org/p/> 1 } {}", "/p/"),
        ("CONSTRUCT { <http://a/s> <urn:isbn:0> 1 } {}", "urn:isbn:0"),
        ("CONSTRUCT { <http://a/s> <http://a/p> ?o } { VALUES ?o { 'a\\u0002' } }", "U+0002"),
        ("CONSTRUCT { <http://a/s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#li> 1 } {}", "#li"),
    ],
)
def test_statements_without_a_form(client: FlaskClient, query: str, word: str) -> None:
    """A statement that RDF/XML cannot carry is an error there, and an answer in every other format."""
    refused = _ask(client, query, STATEMENTS)
    problem = refused.get_json(force=True)

    assert 422 == refused.status_code
    assert word in problem["detail"]
    for name in problem["offered"]:
        assert 200 == _ask(client, query, "*/*", format=name).status_code


@pytest.mark.parametrize(
    "query",
    [
        'CONSTRUCT { <http://a/s> <http://a/p> "a\\r\\nb" ; a <http://example.org/budget/2024> } {}',
        "CONSTRUCT { ?s ?p ?o } { GRAPH <graph/data/plans/be-ai-convergence/actions> { ?s ?p ?o } }",
        "CONSTRUCT { _:a <http://a/2024a> _:b } {}",
        "DESCRIBE <id/plan/be-ai-convergence>",
    ],
)
def test_statements(client: FlaskClient, query: str) -> None:
    """What can be written is well-formed, and means what it means in Turtle."""
    written = Graph().parse(data=_ask(client, query, STATEMENTS).data, format="xml")

    assert written.isomorphic(Graph().parse(data=_ask(client, query, "text/turtle").data, format="turtle"))


def test_page_of_the_error(client: FlaskClient) -> None:
    """The page of the problem explains it."""
    assert "RDF/XML" in client.get("/errors/answer-unwritable", headers={"Accept": "text/html"}).text


def _literal(text: str) -> str:
    return '"' + "".join(f"\\U{ord(each):08X}" for each in text) + '"'
