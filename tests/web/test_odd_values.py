"""Values that are not what they seem, in data and in requests: shown as they are or refused, never a fault."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from govplan.namespaces import STANDARD
from govplan.web.render.excel import excel

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PREFIX = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
DIGITS = "9" * 5000
LONG = "statements-with-sources"
ODD = [
    '"INF"^^xsd:double',
    '"-INF"^^xsd:float',
    '"NaN"^^xsd:double',
    '"abc"^^xsd:integer',
    '"1e400"^^xsd:double',
    "1e308",
    "1e-320",
    '"١٢"^^xsd:integer',
    '""^^xsd:integer',
    '" 5 "^^xsd:integer',
    '"1E999999999"^^xsd:decimal',
    f'"{DIGITS}"^^xsd:integer',
    '"2026-13-40"^^xsd:date',
    '"0000"^^xsd:gYear',
    '"maybe"^^xsd:boolean',
    '"x"@zz-Latn-x-odd',
    '"x"@en--ltr',
    "<<( <urn:s> <urn:p> <<( <urn:s> <urn:p> 1e400 )>> )>>",
    "<https://w3id.org/govplan/ns#%5B>",
    "<https://w3id.org/govplan/id/>",
    "<https://w3id.org/govplan/query/a/b>",
    "<http://publications.europa.eu/resource/authority/currency/XXXX>",
    r'"\u0000"',
    r'"\uFFFF"',
    r'"\u0008\u202E"',
    "UNDEF",
]


def _page(client: FlaskClient, query: str, **more: str) -> TestResponse:
    return client.get("/sparql", query_string={"query": PREFIX + query, "format": "html", **more}, headers=BROWSER)


@pytest.mark.parametrize("odd", ODD)
def test_page(client: FlaskClient, odd: str) -> None:
    """Any term is shown on the page of an answer, and sorts beside others in both directions."""
    query = f'SELECT * {{ VALUES (?a ?b) {{ ({odd} "n") (5 {odd}) ("text" 7) }} }}'

    for sort in ("", "a", "-a", "b"):
        found = _page(client, query, sort=sort)
        assert 200 == found.status_code
        assert 4 == found.text.count("<tr>")


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_number_as_it_is_written(client: FlaskClient, language: str) -> None:
    """A number that has no digits in any language is shown as the data write it."""
    query = 'SELECT ?x { VALUES ?x { "INF"^^xsd:double "abc"^^xsd:integer 1e308 1234567.5 } }'
    page = _page(client, query, lang=language).text
    cells = re.findall(r'<th scope="row"[^>]*>\s*([^<]*?)\s*<', page)

    assert ["INF", "abc", "1" + "0" * 308] == cells[:3]
    assert (
        cells[3]
        == {"nl": "1.234.567,5", "fr": "1\u202f234\u202f567,5", "de": "1.234.567,5", "en": "1,234,567.5"}[language]
    )


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("form", ['({odd} "n") (5 "m")', '(1 {odd}) (5 "m")', '({odd} {odd}) ({odd} "m")'])
def test_chart(client: FlaskClient, odd: str, form: str) -> None:
    """A chart is drawn of what can be measured, and refused for what cannot."""
    query = f"SELECT * {{ VALUES (?a ?b) {{ {form.format(odd=odd)} }} }}"
    answer = client.get("/sparql/chart", query_string={"query": PREFIX + query})

    assert answer.status_code in (200, 422)
    assert "image/svg+xml" == answer.mimetype or answer.get_json(force=True)["type"].endswith("chart-impossible")


def test_chart_of_what_no_xml_may_hold(client: FlaskClient) -> None:
    """Characters that no XML may hold are replaced in a chart, and labels that look alike then stay two."""
    query = r'SELECT * { VALUES (?a ?b) { (1 "\uFFFF") (2 "\u0000") (3 "plain") } }'
    answer = client.get("/sparql/chart", query_string={"query": query})

    assert 200 == answer.status_code
    assert "plain" in answer.text
    assert not re.search("[\uffff\x00]", answer.text)
    assert "\ufffd (2)" in answer.text


@pytest.mark.parametrize(
    "page", [DIGITS, "-" + DIGITS, "0" * 5000, "1.5", "1e1", "٣", "²", "nan", "-1", "0", "\x00", "["]
)
def test_page_number(client: FlaskClient, page: str) -> None:
    """What is no page of a long answer is refused, in a few words."""
    answer = client.get(f"/queries/{LONG}", query_string={"page": page}, headers={"Accept": "text/html"})

    assert 400 == answer.status_code
    assert "There is no page" in answer.text or "has no page" in answer.text


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        (f"/queries/{LONG}", "sort"),
        (f"/queries/{LONG}.csv", "max-rows"),
        ("/queries/objectives-with-action-counts.svg", "theme"),
        ("/queries/objectives-with-action-counts.png", "size"),
        ("/search?q=plan&format=json", "limit"),
        ("/sparql?query=ASK{}", "timeout"),
        ("/sparql?query=ASK{}", "max-rows"),
    ],
)
@pytest.mark.parametrize("value", [DIGITS, "0" * 5000 + "1.0", "x" * 5000, "NaN", "\x00", "'\"<>"])
def test_parameter(client: FlaskClient, path: str, parameter: str, value: str) -> None:
    """A parameter that says nothing is refused, and a long one is not said again at length."""
    address, _, query = path.partition("?")
    pairs: dict[str, Any] = dict(pair.split("=", 1) for pair in query.split("&") if pair)
    headers = {"Accept": "text/html" if parameter == "sort" else "*/*"}
    answer = client.get(address, query_string={**pairs, parameter: value}, headers=headers)

    assert 400 == answer.status_code
    assert len(answer.data) < 1000 or answer.mimetype == "text/html"


@pytest.mark.parametrize(
    "iri", ["http://[::1", "http://[", "http://x:y:z/", "urn:x y", "not an iri", "http://a/%zz", ":"]
)
@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_graph_of_the_protocol(client: FlaskClient, iri: str, name: str) -> None:
    """A graph that is named by no IRI is the client's mistake, and ends no process."""
    answer = client.get("/sparql", query_string={"query": "SELECT * { ?s ?p ?o } LIMIT 1", name: iri})

    assert answer.status_code in (200, 400)
    assert "worker-died" not in answer.text


@pytest.mark.parametrize("host", ["..", "a..b", ".x", "x" * 300 + ".be", "\x7f"])
def test_host(client: FlaskClient, host: str) -> None:
    """A Host that names no host is refused, or not listened to."""
    answer = client.get("/queries/nowhere", environ_overrides={"HTTP_HOST": host}, headers=BROWSER)

    assert answer.status_code in (400, 404)


@pytest.mark.parametrize("levels", [5, 40, 75])
def test_triple_terms_in_triple_terms(client: FlaskClient, levels: int) -> None:
    """Triple terms that nest are shown to a depth, in every format refused or written."""
    steps = " ".join(f"BIND(TRIPLE(<urn:s>, <urn:p>, ?v{n}) AS ?v{n + 1})" for n in range(levels))
    query = f"SELECT ?v{levels} {{ BIND(1 AS ?v0) {steps} }}"
    page = _page(client, query)

    assert 200 == page.status_code
    assert "&lt;&lt;( … )&gt;&gt;" in page.text
    assert 200 == client.get("/sparql", query_string={"query": query, "max-rows": "5"}).status_code


def test_excel_runs_nothing(client: FlaskClient) -> None:
    """A text that Excel would run, be it called a number, is a text in the table for Excel."""
    double = STANDARD["xsd"] + "double"
    rows = [{"a": {"type": "literal", "value": text, "datatype": double}} for text in ("=1+1", "-INF", "+1", "@x")]
    table = excel(["a"], ["A"], rows).decode("utf-8-sig").splitlines()

    assert ["A", "'=1+1", "'-INF", "+1", "'@x"] == table
