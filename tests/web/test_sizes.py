"""A page has a size: it shows the first part of what is large, says so in words, and leads to the rest."""

import html
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from govplan.readmodel import sizes
from govplan.sparql import Request
from govplan.web.http.answers import COMPLETENESS
from govplan.web.render.tables import for_page
from tests.web.odd import GRAPH, LETTERS, LONG, MANY, STATEMENTS

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
# Some more rows than pages show, and very many: of nine statements with nine others and so on.
SOME = "SELECT ?a ?b ?c { ?a ?b ?c } LIMIT 1500"
MANY_ROWS = "SELECT ?a ?b ?n { { SELECT ?a ?b ?n { ?a ?b ?n . ?d ?e ?f } LIMIT 100000 } }"
# A text of a million letters, by doubling.
_DOUBLED = " ".join(f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(20))
LONG_TEXT = f'SELECT (?t20 AS ?text) {{ BIND("x" AS ?t0) {_DOUBLED} }}'
PAGE_BYTES = 2_000_000


def _page(client: FlaskClient, query: str, **more: str) -> TestResponse:
    return client.get("/sparql", query_string={"query": query, "format": "html", **more}, headers=BROWSER)


def _rows(page: str) -> int:
    return page.split("<tbody>", 1)[1].split("</tbody>", 1)[0].count("<tr>")


def _links(page: str) -> Mapping[str, str]:
    """Return the links of the sentence that says where the rest is: words → address."""
    told = "".join(re.findall(r'<p class="partial">(.*?)</p>', page, re.DOTALL))
    return {words: html.unescape(address) for address, words in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', told)}


@pytest.mark.parametrize("query", [SOME, MANY_ROWS])
@pytest.mark.parametrize("page", ["1", "20", "all"])
def test_rows(client: FlaskClient, query: str, page: str) -> None:
    """No page has more than a thousand rows, whatever the answer."""
    answer = _page(client, query, page=page)

    assert 200 == answer.status_code
    assert (sizes.ROWS if page == "all" else 50) == _rows(answer.text)
    assert len(answer.data) < PAGE_BYTES


def test_page_of_all_says_where_the_rest_is(client: FlaskClient) -> None:
    """The page of all rows that has not all of them leads to the same answer in formats that have."""
    page = _page(client, SOME, page="all").text
    links = _links(page)

    assert "rows 1 to 1,000 of 1,500" in page
    assert {"CSV", "SPARQL JSON"} == set(links)
    assert 1501 == client.get(links["CSV"]).text.count("\r\n")
    assert 1500 == len(client.get(links["SPARQL JSON"]).get_json()["results"]["bindings"])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", "Alleen de eerste 2.000 rijen van het antwoord staan hier; er zijn er meer."),
        ("fr", "Seules les 2\u202f000 premières lignes de la réponse sont affichées ici"),
        ("de", "Hier werden nur die ersten 2.000 Zeilen der Antwort gezeigt; es gibt weitere."),
        ("en", "Only the first 2,000 rows of the answer are shown here; there are more."),
    ],
)
def test_words(client: FlaskClient, language: str, words: str) -> None:
    """What is left out is said in the language of the reader, and in the header for a program."""
    answer = _page(client, MANY_ROWS, lang=language)

    assert words in answer.text
    assert {"CSV", "SPARQL JSON"} == set(_links(answer.text))
    assert 'partial; reason="page"; limit=2000' == answer.headers[COMPLETENESS]


def test_everything_there(client: FlaskClient) -> None:
    """A page that shows all of an answer leaves nothing out and does not say so."""
    answer = _page(client, "SELECT ?a { ?a ?b ?c } LIMIT 900", page="all")

    assert 900 == _rows(answer.text)
    assert 'class="partial"' not in answer.text
    assert "complete" == answer.headers[COMPLETENESS]


def test_sorted_over_all_pages(client: FlaskClient) -> None:
    """An answer that pages show whole is sorted as a whole."""
    query = "SELECT ?n { { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s ?p } } LIMIT 1500"
    whole = client.get("/sparql", query_string={"query": query, "format": "json"}).get_json()
    most = max(int(row["n"]["value"]) for row in whole["results"]["bindings"])

    assert f'class="number">{most}<' in re.sub(r"\s+", "", _page(client, query, sort="-n").text).replace(
        "class=", " class="
    )


def test_preview_beyond_a_page(client: FlaskClient) -> None:
    """Who asks for a preview that is larger than pages are gets the first part of it, and the preview as a file."""
    page = _page(client, MANY_ROWS, **{"max-rows": "5000"})

    assert "Only the first 2,000 rows" in page.text
    assert 5001 == client.get(_links(page.text)["CSV"]).text.count("\r\n")


def test_the_store_is_asked_for_no_more(client: FlaskClient) -> None:
    """The store is asked for the rows that pages show, fewer where fewer are wanted."""
    asked = Request("SELECT * {}", "application/sparql-results+json")

    assert sizes.PAGED == for_page(asked, "SELECT").max_rows
    assert 7 == for_page(asked, "SELECT", 7).max_rows
    assert for_page(asked, "CONSTRUCT").max_rows is None


def test_long_value(client: FlaskClient) -> None:
    """A value of a million letters is shown by its beginning, with a word that says so, in each language."""
    for language, word in (("nl", "ingekort"), ("fr", "abrégé"), ("de", "gekürzt"), ("en", "shortened")):
        page = _page(client, LONG_TEXT, lang=language)
        assert 200 == page.status_code
        assert f"({word})" in page.text
        assert len(page.data) < 60_000


@pytest.mark.parametrize("kind", ["IRI", "STRDT", "STRLANG", "TRIPLE"])
def test_long_value_of_any_kind(client: FlaskClient, kind: str) -> None:
    """So are long IRIs, which no browser would follow, and long parts of other terms."""
    made = {
        "IRI": 'IRI(CONCAT("http://example.org/", ?t20))',
        "STRDT": "STRDT(?t20, <http://www.w3.org/2001/XMLSchema#integer>)",
        "STRLANG": 'STRLANG(?t20, "nl")',
        "TRIPLE": "TRIPLE(<urn:s>, <urn:p>, ?t20)",
    }[kind]
    page = _page(client, LONG_TEXT.replace("(?t20 AS ?text)", f"({made} AS ?text)"), sort="text")

    assert 200 == page.status_code
    assert "(shortened)" in page.text
    assert len(page.data) < 60_000


def test_rows_of_long_values(client: FlaskClient) -> None:
    """Of rows that fill a page sooner the first are shown, and the rest is said to be elsewhere."""
    texts = LONG_TEXT.replace(
        "SELECT (?t20 AS ?text) {", "SELECT ?s (?t14 AS ?text) { { SELECT ?s { ?s ?p ?o } LIMIT 1000 }"
    )
    answer = _page(client, texts, page="all")
    rows = _rows(answer.text)

    assert 0 < rows < 1000
    assert f"Only the first {rows} rows of the answer are shown here" in answer.text
    assert len(answer.data) < PAGE_BYTES


def test_row_that_no_page_holds(client: FlaskClient) -> None:
    """A row longer than all that is read for a page is left out, and the page says where it is."""
    answer = _page(client, LONG_TEXT.replace("(?t20 AS ?text)", "(?t20 AS ?a) (?t20 AS ?b) (?t20 AS ?c)"))

    assert 200 == answer.status_code
    assert 0 == _rows(answer.text)
    assert "Only the first 0 rows" in answer.text
    assert "The answer is complete and empty" not in answer.text


@pytest.mark.parametrize("columns", [49, 50, 51, 400])
def test_wide_answer(client: FlaskClient, columns: int) -> None:
    """A page shows fifty columns of an answer, and says how many more there are."""
    query = f"SELECT {' '.join(f'({n} AS ?c{n})' for n in range(columns))} {{}}"
    page = _page(client, query).text
    hidden = columns - sizes.COLUMNS

    assert min(columns, sizes.COLUMNS) == page.count('<th scope="col"')
    assert (f"{hidden} more column" in page) == (hidden > 0)
    assert 400 == _page(client, query, sort=f"c{columns}").status_code


def test_answer_of_many_empty_cells(client: FlaskClient) -> None:
    """Cells without a value count, too."""
    columns = " ".join(f"?c{n}" for n in range(50))
    page = _page(client, f"SELECT ?a {columns} {{ {{ SELECT ?a {{ ?a ?b ?c }} LIMIT 1500 }} }}").text

    assert f"of more than {2 * sizes.CELLS // sizes.COLUMNS}" in page


@pytest.mark.parametrize(("query", "word"), [("ASK {}", "yes"), ("ASK { <urn:s> <urn:p> <urn:o> }", "no")])
def test_word(client: FlaskClient, query: str, word: str) -> None:
    """The answer of an ASK is a word."""
    assert f'<p class="word">{word}</p>' in _page(client, query).text


def test_wide_and_long_answer(client: FlaskClient) -> None:
    """An answer of many rows and columns shows fewer rows on one page, not more cells."""
    columns = " ".join(f"(?a AS ?c{n})" for n in range(60))
    page = _page(client, f"SELECT {columns} {{ {{ SELECT ?a {{ GRAPH ?g {{ ?a ?b ?c }} }} LIMIT 1500 }} }}", page="all")

    assert sizes.CELLS // sizes.COLUMNS == _rows(page.text)


@pytest.mark.parametrize("query", ["CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "DESCRIBE ?s { ?s ?p ?o }"])
def test_graph(client: FlaskClient, query: str) -> None:
    """A page shows the first lines of a large graph, and leads to it as Turtle and N-Triples."""
    answer = _page(client, query)
    text = answer.text.split('<pre class="graph"', 1)[1].split("</pre>", 1)[0]

    assert text.count("\n") <= sizes.LINES
    assert "This page shows the beginning of the answer; there is more." in answer.text
    assert {"Turtle", "N-Triples"} == set(_links(answer.text))
    assert 'partial; reason="page"' == answer.headers[COMPLETENESS]
    assert 24_000 < client.get(_links(answer.text)["N-Triples"]).text.count("\n")


def test_graph_of_one_long_line(client: FlaskClient) -> None:
    """A graph whose first line is longer than a page is cut within it."""
    query = LONG_TEXT.replace("SELECT (?t20 AS ?text)", "CONSTRUCT { <urn:s> <urn:p> ?t20 } WHERE")
    answer = _page(client, query)

    assert "…" in answer.text
    assert len(answer.data) < 2 * sizes.GRAPH_BYTES


def test_small_graph(client: FlaskClient) -> None:
    """A graph that a page shows whole is whole."""
    answer = _page(client, "CONSTRUCT { <urn:s> <urn:p> 1 } WHERE {}")

    assert 'class="partial"' not in answer.text
    assert "complete" == answer.headers[COMPLETENESS]


def test_no_chart_of_a_part(client: FlaskClient) -> None:
    """An answer of which a page shows a part has no chart there, and none elsewhere."""
    texts = LONG_TEXT.replace(
        "SELECT (?t20 AS ?text) {", "SELECT ?s (?t16 AS ?text) (1 AS ?n) { { SELECT ?s { ?s ?p ?o } LIMIT 90 }"
    )

    assert '<details class="sketch">' not in _page(client, texts).text
    assert 422 == client.get("/sparql/chart", query_string={"query": texts}).status_code


@pytest.mark.parametrize("extension", ["html", "ttl", "nt", "nq", "trig", "jsonld", "rdf"])
def test_thing_of_very_many_statements(odd_client: FlaskClient, extension: str) -> None:
    """A thing has a page of bounded size, and documents with all that is said of it."""
    answer = odd_client.get(f"/{MANY.partition('/govplan/')[2]}.{extension}")

    assert 200 == answer.status_code
    if extension == "html":
        assert "This page shows the first statements about this; there are more." in answer.text
        assert "More things refer to this than are counted here." in answer.text
        assert len(answer.data) < 500_000
    else:
        assert STATEMENTS <= len(set(re.findall(r"other-(\d+)", answer.text)))


def test_thing_of_long_values(odd_client: FlaskClient) -> None:
    """A label, a text and an IRI of a million letters each are shown by their beginnings."""
    answer = odd_client.get(f"/{LONG.partition('/govplan/')[2]}.html")

    assert 200 == answer.status_code
    assert "(shortened)" in answer.text
    assert len(answer.data) < 60_000
    assert 2 * LETTERS < len(odd_client.get(f"/{LONG.partition('/govplan/')[2]}.nt").data)


@pytest.mark.parametrize("extension", ["html", "ttl", "nq", "trig", "jsonld"])
def test_graph_of_very_many_statements(odd_client: FlaskClient, extension: str) -> None:
    """A graph has a page, and documents with all of its statements."""
    answer = odd_client.get(f"/{GRAPH.partition('/govplan/')[2]}.{extension}")

    assert 200 == answer.status_code
    assert extension == "html" or STATEMENTS <= len(set(re.findall(r"other-(\d+)", answer.text)))


def test_documents_agree(odd_client: FlaskClient) -> None:
    """A large document is sorted and written piece by piece, and says the same in each format with graphs."""
    path = f"/{GRAPH.partition('/govplan/')[2]}"
    lines = odd_client.get(f"{path}.nq").text.splitlines()
    nodes: list[dict[str, Any]] = json.loads(odd_client.get(f"{path}.jsonld").text)

    assert sorted(set(lines)) == lines
    assert {node["@id"] for node in nodes if "@graph" in node} == {GRAPH}
    assert 3 * STATEMENTS < len(lines)
