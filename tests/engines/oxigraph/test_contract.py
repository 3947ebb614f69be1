"""The contract of the port `Store`, run against every adapter."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from govplan.engines.oxigraph.pool import EmbeddedStore
from govplan.errors import AnswerTooLarge, FormatUnknown, QueryMalformed, QueryRefused, StoreUnavailable
from govplan.formats import BINDINGS, GRAPHS, Format
from govplan.sparql import Request, Store
from tests.conftest import LIMITS

JSON = "application/sparql-results+json"
QUADS = """
<http://x/z> <http://x/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> <http://x/g1> .
<http://x/a> <http://x/p> "deux"@fr <http://x/g2> .
"""


@pytest.fixture(scope="module", name="small")
def _small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    release = tmp_path_factory.mktemp("release")
    store = ox.Store(str(release / "store"))
    store.load(QUADS.encode(), format=ox.RdfFormat.N_QUADS)
    store.flush()
    del store
    small = EmbeddedStore.alone(release, {"x": "http://x/"}, LIMITS)
    yield small
    small.close()


def _rows(store: Store, query: str, **dataset: Any) -> list[list[str]]:
    answer = json.loads(store.answer(Request(query, JSON, **dataset)).body)
    return [
        [row[name]["value"] for name in answer["head"]["vars"] if name in row] for row in answer["results"]["bindings"]
    ]


def test_default_graph_is_the_union(small: Store) -> None:
    """Without a dataset the default graph is the union of all named graphs."""
    assert [["2"]] == _rows(small, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")


@pytest.mark.parametrize(
    ("query", "dataset", "expected"),
    [
        ("SELECT ?o { ?s ?p ?o }", {"default_graphs": ("http://x/g1",)}, [["1"]]),
        ("SELECT ?o { ?s ?p ?o }", {"named_graphs": ("http://x/g1",)}, []),
        ("SELECT ?o { GRAPH ?g { ?s ?p ?o } }", {"named_graphs": ("http://x/g1",)}, [["1"]]),
        ("SELECT ?o { GRAPH ?g { ?s ?p ?o } }", {"default_graphs": ("http://x/g1",)}, []),
        ("SELECT ?o FROM <http://x/g1> { ?s ?p ?o }", {}, [["1"]]),
        ("SELECT ?o FROM NAMED <http://x/g1> { ?s ?p ?o }", {}, []),
        ("SELECT ?o FROM NAMED <http://x/g1> { GRAPH ?g { ?s ?p ?o } }", {}, [["1"]]),
        ("SELECT ?o FROM <http://x/g2> { ?s ?p ?o }", {"default_graphs": ("http://x/g1",)}, [["1"]]),
    ],
)
def test_dataset(small: Store, query: str, dataset: dict[str, tuple[str, ...]], expected: list[list[str]]) -> None:
    """FROM selects the dataset, and the protocol's graphs replace it (SPARQL 1.1 Protocol 2.1.4)."""
    assert expected == _rows(small, query, **dataset)


def test_star_keeps_the_order_of_the_query(small: Store) -> None:
    """`SELECT *` has its columns in the order in which the query mentions them."""
    answer = json.loads(small.answer(Request("SELECT * { ?z ?y ?x BIND(1 AS ?a) }", JSON)).body)

    assert ["z", "y", "x", "a"] == answer["head"]["vars"]


def test_star_leaves_hidden_variables_out(small: Store) -> None:
    """`SELECT *` does not show a variable that a sub-query keeps to itself."""
    answer = json.loads(small.answer(Request("SELECT * { { SELECT ?s { ?s ?hidden ?o } } }", JSON)).body)

    assert ["s"] == answer["head"]["vars"]


@pytest.mark.parametrize("fmt", BINDINGS, ids=lambda fmt: fmt.extension)
@pytest.mark.parametrize("query", ["SELECT ?o { ?s ?p ?o }", "ASK { ?s ?p ?o }"])
def test_bindings_in_every_format(small: Store, fmt: Format, query: str) -> None:
    """SELECT and ASK answer in every format for bindings."""
    answer = small.answer(Request(query, fmt.media_type))

    assert b"deux" in answer.body or b"true" in answer.body


@pytest.mark.parametrize("fmt", GRAPHS, ids=lambda fmt: fmt.extension)
@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE <http://x/a> <http://x/z>"])
def test_graphs_in_every_format(small: Store, fmt: Format, query: str) -> None:
    """CONSTRUCT and DESCRIBE answer in every format for graphs, and each reads back as the same triples."""
    answer = small.answer(Request(query, fmt.media_type))
    rdf_format = ox.RdfFormat.from_media_type(answer.media_type)

    assert rdf_format is not None
    assert {"1", "deux"} == {quad.object.value for quad in ox.parse(answer.body, format=rdf_format)}


@pytest.mark.parametrize("max_rows", [None, 9])
def test_csv_keeps_every_value_in_its_cell(small: Store, max_rows: int | None) -> None:
    """Commas, quotes and line breaks of IRIs and literals do not make more cells or rows; unbound is empty."""
    query = """SELECT ?a ?b { VALUES (?a ?b) { (<http://x/a,b> "a,b") (UNDEF "a\\"b") ("a\\nb" 1) } }"""
    answer = small.answer(Request(query, "text/csv", max_rows=max_rows)).body.decode()

    assert [["a", "b"], ["http://x/a,b", "a,b"], ["", 'a"b'], ["a\nb", "1"]] == list(
        csv.reader(io.StringIO(answer, newline=""))
    )


def test_syntax_error_has_a_position(small: Store) -> None:
    """A syntax error says line, column and the line itself."""
    with pytest.raises(QueryMalformed) as caught:
        small.answer(Request("SELECT ?s {\n  ?s ?p\n}", JSON))
    assert (3, 1) == (caught.value.line, caught.value.column)
    assert "}" == caught.value.excerpt


@pytest.mark.parametrize("call", ["<http://x/f>(1)", "nosuch(1)", "<http://www.w3.org/2001/XMLSchema#nosuch>(1)"])
def test_unknown_function(small: Store, call: str) -> None:
    """An unknown function is the query's fault, not the server's."""
    with pytest.raises(QueryMalformed):
        small.answer(Request(f"SELECT ({call} AS ?x) {{}}", JSON))


@pytest.mark.parametrize("query", ["DROP ALL", "ASK { SERVICE <http://127.0.0.1:9/> {} }"])
def test_refused(small: Store, query: str) -> None:
    """Updates and SERVICE never reach the engine."""
    with pytest.raises(QueryRefused):
        small.answer(Request(query, JSON))


def test_format_must_fit_the_form(small: Store) -> None:
    """A graph format for SELECT is refused with the list of those that fit."""
    with pytest.raises(FormatUnknown) as caught:
        small.answer(Request("SELECT ?s { ?s ?p ?o }", "text/turtle"))
    assert ("json", "xml", "csv", "tsv") == caught.value.offered


# Each kind of term: one whose JSON needs care, unbound, a quoted triple, a text that looks like the end of a head.
TERMS = r"""SELECT ?x ?y { VALUES (?x ?y) {
  (<http://x/a> UNDEF) ("a\n\"é"@en 1) (1.50 1e0) ("x"@ar--rtl ']}</head>') (<<( <http://x/a> <http://x/b> "c" )>> true)
} }"""
FORMATS = pytest.mark.parametrize("fmt", BINDINGS, ids=lambda fmt: fmt.extension)


@FORMATS
@pytest.mark.parametrize("max_rows", [5, 6])
@pytest.mark.parametrize("query", [TERMS, "SELECT * { ?z ?y ?x } ORDER BY ?z LIMIT 5", "SELECT ?s { FILTER(false) }"])
def test_preview_of_everything(small: Store, fmt: Format, query: str, max_rows: int) -> None:
    """A preview that holds all rows is the complete answer, byte for byte, and says so."""
    answer = small.answer(Request(query, fmt.media_type, max_rows=max_rows, partial_link="http://x/partial"))

    assert not answer.partial
    assert small.answer(Request(query, fmt.media_type)).body == answer.body


@FORMATS
@pytest.mark.parametrize("link", [None, 'http://x/"&<partial'])
def test_preview_of_some(small: Store, fmt: Format, link: str | None) -> None:
    """A preview of fewer rows is the answer of the same query with that LIMIT, but for the link in the head."""
    answer = small.answer(Request(TERMS, fmt.media_type, max_rows=4, partial_link=link))
    limited = small.answer(Request(TERMS + " LIMIT 4", fmt.media_type)).body

    assert answer.partial
    if link and fmt.extension == "json":
        document = json.loads(answer.body)
        assert [link] == document["head"].pop("link")
        assert json.loads(limited) == document
    elif link and fmt.extension == "xml":
        assert limited == answer.body.replace(b'<link href="http://x/&quot;&amp;&lt;partial"/>', b"", 1)
        assert limited != answer.body
    else:
        assert limited == answer.body


def test_preview_stops_the_evaluation(small: Store) -> None:
    """A preview of a query with 2^60 rows answers: it goes no further than it must."""
    many = " ".join(f"VALUES ?v{place} {{ 0 1 }}" for place in range(60))

    assert small.answer(Request(f"SELECT * {{ {many} }}", JSON, max_rows=3)).partial


@pytest.mark.parametrize(
    ("max_rows", "row_cap", "partial"), [(None, 5, False), (4, 5, True), (4, 4, True), (5, 5, False), (6, 5, False)]
)
def test_within_the_cap(small: Store, max_rows: int | None, row_cap: int, partial: bool) -> None:
    """An answer of as many rows as the cap is given; a preview within the cap is a preview."""
    assert partial == small.answer(Request(TERMS, JSON, max_rows=max_rows, row_cap=row_cap)).partial


@pytest.mark.parametrize("max_rows", [None, 5, 6])
def test_past_the_cap(small: Store, max_rows: int | None) -> None:
    """One row past the cap is an error that says cap, rows seen and setting; a larger preview is no way out."""
    with pytest.raises(AnswerTooLarge) as caught:
        small.answer(Request(TERMS, JSON, max_rows=max_rows, row_cap=4))
    assert (4, 5, "row_cap") == (caught.value.limit, caught.value.observed, caught.value.setting)


@pytest.mark.parametrize("query", ["ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_cap_is_for_rows(small: Store, query: str) -> None:
    """Other forms than SELECT have no rows, so the cap does not touch them."""
    fmt = BINDINGS[0] if query.startswith("ASK") else GRAPHS[0]
    plain = small.answer(Request(query, fmt.media_type))

    assert plain == small.answer(Request(query, fmt.media_type, row_cap=1))


def test_missing_store(tmp_path: Path) -> None:
    """A release without its store is an error, never an empty store."""
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        EmbeddedStore.alone(tmp_path, {}, LIMITS)
