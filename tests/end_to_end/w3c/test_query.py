"""The W3C's tests of SPARQL query: in every format the answer is right, or it is wrong in the engine already.

Each test asks the store of govplan, so that the scan of the text, the order of rows, the dataset, the base IRI and what
writes the answer are judged; the same query to the engine alone says whose fault a wrong answer is.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from govplan.errors import QueryMalformed, QueryRefused
from govplan.formats import Format, for_form
from govplan.sparql import Request, Store
from govplan.sparql.scan import scan
from tests.end_to_end.w3c import tables
from tests.end_to_end.w3c.suite import BASE, EMPTY, Case, cases

ANSWERS = {
    "dawg-data-r2": """
    algebra ask basic bnode-coreference boolean-effective-value bound cast construct dataset distinct expr-builtin
    expr-equals expr-ops graph i18n open-world optional optional-filter reduced regex solution-seq sort triple-match
    type-promotion
    """,
    "sparql11": """
    aggregates bind bindings construct csv-tsv-res exists functions grouping json-res negation project-expression
    property-path subquery
    """,
}
SYNTAX = {
    "dawg-data-r2": "syntax-sparql1 syntax-sparql2 syntax-sparql3 syntax-sparql4 syntax-sparql5",
    "sparql11": "aggregates construct grouping syntax-fed syntax-query",
}
UPDATES = {
    "sparql11": """
    add basic-update clear copy delete delete-data delete-insert delete-where drop move syntax-update-1
    syntax-update-2 update-silent
    """
}
# What the engine alone gets wrong, and why; whatever it gets right, and we do not, is our fault.
_SPELLED = "it keeps the value of a number and not its spelling"
_SHARED = "a graph has the same blank nodes as a part of the default graph and by its name, as RDF 1.1 allows"
_OLDER = "the suite expects what SPARQL 1.0 said of literals, before RDF 1.1"
_SCOPE = "a FILTER two groups deep sees no variable from outside, as in SPARQL 1.1"
_NO_GROUP = "without solutions there is no group, as later versions of the suite expect"
ENGINE = {
    "dawg-data-r2/basic#term-6": "it reads `456.` as a number and a full stop, as SPARQL 1.1 does",
    "dawg-data-r2/basic#term-7": "it reads `456.` as a number and a full stop, as SPARQL 1.1 does",
    "dawg-data-r2/dataset#dawg-dataset-09": _SHARED,
    "dawg-data-r2/dataset#dawg-dataset-10": _SHARED,
    "dawg-data-r2/dataset#dawg-dataset-12": _SHARED,
    "dawg-data-r2/distinct#distinct-1": _SPELLED,
    "dawg-data-r2/distinct#distinct-2": _OLDER,
    "dawg-data-r2/distinct#distinct-9": _SPELLED,
    "dawg-data-r2/expr-builtin#dawg-datatype-2": _OLDER,
    "dawg-data-r2/expr-builtin#dawg-str-1": _SPELLED,
    "dawg-data-r2/expr-builtin#dawg-str-2": _SPELLED,
    "dawg-data-r2/expr-builtin#sameTerm-eq": _SPELLED,
    "dawg-data-r2/expr-builtin#sameTerm-not-eq": _SPELLED,
    "dawg-data-r2/expr-builtin#sameTerm-simple": _SPELLED,
    "dawg-data-r2/expr-equals#eq-graph-1": _SPELLED,
    "dawg-data-r2/expr-equals#eq-graph-2": _SPELLED,
    "dawg-data-r2/graph#dawg-graph-10": _SHARED,
    "dawg-data-r2/open-world#open-eq-01": _SPELLED,
    "dawg-data-r2/open-world#date-2": "it compares dates with and without a time zone",
    "dawg-data-r2/open-world#date-3": "it compares dates with and without a time zone",
    "dawg-data-r2/optional-filter#dawg-optional-filter-005-simplified": _SCOPE,
    "dawg-data-r2/syntax-sparql1#syntax-lit-08": "it reads `1.` as a number and a full stop, as SPARQL 1.1 does",
    "dawg-data-r2/syntax-sparql2#syntax-esc-04": "it decodes no code points in names and variables",
    "dawg-data-r2/syntax-sparql2#syntax-esc-05": "it decodes no code points in names and variables",
    "dawg-data-r2/syntax-sparql3#syn-bad-26": "it takes no longest terminal: `?x<?a&&?b>?y` is two comparisons",
    "sparql11/aggregates#agg-empty-group": _NO_GROUP,
    "sparql11/csv-tsv-res#csv03": _SPELLED,
    "sparql11/csv-tsv-res#tsv03": _SPELLED,
    "sparql11/functions#bnode01": "BNODE of a text is the same blank node in every row",
    "sparql11/functions#strdt03": _OLDER,
    "sparql11/functions#strlang03": _OLDER,
}
# Numbers beside text and errors: SPARQL 1.1 section 15.1 leaves their order open, docs/order.md does not.
OPEN = {"sparql11/functions#plus-1", "sparql11/functions#plus-2"}
_READERS = {"json": tables.read_json, "xml": tables.read_xml, "tsv": tables.read_tsv, "csv": tables.read_csv}
_GRAPHS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
}


def _rooms(named: dict[str, str]) -> list[str]:
    return [f"{suite}/{room}" for suite, rooms in named.items() for room in rooms.split()]


def _request(case: Case, text: str, fmt: Format, row_cap: int | None) -> Request:
    graphs, named = (tuple(BASE + path for path in paths) for paths in (case.data, case.graphs))
    if not graphs and not named and not scan(text).dataset:
        graphs = (EMPTY,)
    return Request(text, fmt.media_type, graphs, named, row_cap=row_cap, base_iri=case.base)


def _alone(bare: ox.Store, asked: Request) -> tables.Answer | None:
    """Return what the engine alone answers, None if it takes the text for no query."""
    dataset: dict[str, Any] = {}
    if asked.default_graphs or asked.named_graphs:
        dataset = {
            "default_graph": [ox.NamedNode(iri) for iri in asked.default_graphs],
            "named_graphs": [ox.NamedNode(iri) for iri in asked.named_graphs],
        }
    try:
        return tables.of_engine(bare.query(asked.query, base_iri=asked.base_iri, **dataset))
    except SyntaxError:
        return None


def _read(body: bytes, fmt: Format) -> tables.Answer:
    if fmt.extension in _READERS:
        return _READERS[fmt.extension](body)
    return tables.dataset(body, _GRAPHS[fmt.extension])


def _differences(store: Store, bare: ox.Store, root: Path, case: Case) -> list[str]:
    """Return what is wrong with the answers to a test."""
    text = case.text(root)
    found = scan(text)
    formats = for_form(found.form)
    expected = tables.expected(root, case.result)
    alone = _alone(bare, _request(case, text, formats[0], None))
    in_csv = case.result.endswith(".csv")
    wrong = []
    right = alone is not None and tables.same(expected, tables.in_csv(alone) if in_csv else alone, lax=case.lax)
    if right is (case.name in ENGINE):
        wrong.append("the engine alone gets it right" if right else "the engine alone gets it wrong")
    sorted_ = "ORDER BY" in text.upper() and case.name not in OPEN and right
    for fmt in formats:
        for row_cap in (None, 10_000) if found.form == "SELECT" else (None,):
            try:
                given = _read(store.answer(_request(case, text, fmt, row_cap)).body, fmt)
            except QueryMalformed as problem:
                if alone is not None:
                    wrong.append(f"{fmt.extension}, {row_cap}: {problem}")
                continue
            assert alone is not None
            known = tables.in_csv(alone) if fmt.extension == "csv" else expected if right and not in_csv else alone
            ordered = sorted_ and fmt.extension != "csv" and isinstance(known, tables.Table) and known.ordered
            if not tables.same(known, given, ordered=ordered, lax=case.lax):
                wrong.append(f"{fmt.extension}, {row_cap}: {given}")
    return wrong


@pytest.mark.parametrize("room", _rooms(ANSWERS))
def test_answers(suite_store: Store, bare: ox.Store, suite_root: Path, room: str) -> None:
    """Each query has the answer that the suite expects, in every format, with and without a bound on its rows."""
    judged = [case for case in cases(suite_root, room) if case.kind in ("QueryEvaluationTest", "CSVResultFormatTest")]
    wrong = {case.name: _differences(suite_store, bare, suite_root, case) for case in judged}

    assert judged
    assert {} == {name: what for name, what in wrong.items() if what}


def _taken(store: Store, case: Case, text: str) -> bool:
    """Whether govplan takes a text for a query: one that it does not run is one, too."""
    try:
        asked = _request(case, text, for_form(scan(text).form)[0], None)
        store.answer(asked)
    except QueryRefused as problem:
        return problem.feature == "service"
    except QueryMalformed as problem:
        return "only the functions of SPARQL 1.1 are" in str(problem)
    return True


def _taken_alone(bare: ox.Store, case: Case, text: str) -> bool:
    try:
        bare.query(text, base_iri=case.base, default_graph=ox.NamedNode(EMPTY))
    except SyntaxError:
        return False
    except RuntimeError as problem:
        # A function that it does not know: only now did it look.
        return "not supported" in str(problem)
    return True


@pytest.mark.parametrize("room", _rooms(ANSWERS))
def test_over_http(suite_client: FlaskClient, suite_store: Store, suite_root: Path, room: str) -> None:
    """By the protocol each query has the same answer, with its dataset as parameters."""
    for case in cases(suite_root, room):
        text = f"BASE <{case.base}>\n{case.text(suite_root)}"
        if case.kind != "QueryEvaluationTest":
            continue
        fmt = for_form(scan(text).form)[0]
        asked = _request(case, text, fmt, None)
        fields = [("query", text)]
        fields += [("default-graph-uri", iri) for iri in asked.default_graphs]
        fields += [("named-graph-uri", iri) for iri in asked.named_graphs]
        answer = suite_client.post("/sparql", data=urlencode(fields), content_type="application/x-www-form-urlencoded")
        try:
            expected = _read(suite_store.answer(asked).body, fmt)
        except QueryMalformed:
            assert 400 == answer.status_code, case.name
            continue
        assert (200, fmt.media_type) == (answer.status_code, answer.mimetype), case.name
        assert tables.same(expected, _read(answer.data, fmt)), case.name


@pytest.mark.parametrize("room", _rooms(SYNTAX))
def test_syntax(suite_store: Store, bare: ox.Store, suite_root: Path, room: str) -> None:
    """What is a query is taken for one, and what is none is not."""
    judged = [case for case in cases(suite_root, room) if "SyntaxTest" in case.kind]
    wrong = {}
    for case in judged:
        text, right = case.text(suite_root), case.kind.startswith("Positive")
        taken, alone = _taken(suite_store, case, text), _taken_alone(bare, case, text)
        if taken is not (alone if case.name in ENGINE else right) or (alone is right) is (case.name in ENGINE):
            wrong[case.name] = f"a query: {right}, to the engine {alone}, to govplan {taken}"

    assert judged
    assert {} == wrong


@pytest.mark.parametrize("room", _rooms(UPDATES))
def test_updates(suite_root: Path, room: str) -> None:
    """No update passes for a query, also not one with a mistake in it."""
    files = sorted((suite_root / room).glob("*.ru"))

    assert files
    for file in files:
        with pytest.raises((QueryRefused, QueryMalformed)) as caught:
            scan(file.read_text(encoding="utf-8"))
        if isinstance(caught.value, QueryRefused):
            assert "update" == caught.value.feature or "service" == caught.value.feature


def test_list_of_the_engine(suite_root: Path) -> None:
    """Every name in the list is that of a test."""
    rooms = {*_rooms(ANSWERS), *_rooms(SYNTAX)}

    assert ENGINE.keys() | OPEN <= {case.name for room in rooms for case in cases(suite_root, room)}
