"""Rewriting a text: what is rewritten into what, and what stays as it is."""

import contextlib
import re
from collections import Counter
from collections.abc import Callable

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govplan.engines.oxigraph.order.functions import Ordered
from govplan.engines.oxigraph.order.rewriting import Names, rewritten
from govplan.engines.oxigraph.syntax import refusal
from govplan.errors import OrderUnclear, QueryError
from govplan.sparql.scan import scan
from tests.engines.oxigraph.order.texts import Sorter

NAMES = Names("value", "whole", "least", "greatest", "no", "rest")
TEXTS = 500
PIECES = [
    "ORDER",
    " BY",
    " ",
    "MIN(",
    "max",
    "DISTINCT",
    "(",
    ")",
    "{",
    "}",
    "<",
    ">",
    "<<",
    "?x",
    "a:b",
    "'",
    '"',
    "#",
    "\n",
]
BLANK_NODE = re.compile("_:[0-9a-f]+")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?a {} ORDER BY ?a", "SELECT ?a {} ORDER BY ASC(whole(?a))"),
        ("SELECT ?a {}order by desc(?a)limit 1", "SELECT ?a {}order by DESC(whole((?a)))limit 1"),
        ("ASK {} ORDER BY ?a ?b", "ASK {} ORDER BY ASC(whole(COALESCE(?a,no),COALESCE(?b,no)))"),
        (
            "ASK {} ORDER BY ?a DESC(?b)",
            "ASK {} ORDER BY ASC(value(?a)) DESC(whole(COALESCE((?b),no),rest,COALESCE(?a,no)))",
        ),
        ("ASK {} ORDER BY STR(?a) VALUES ?a {1}", "ASK {} ORDER BY ASC(whole(STR(?a))) VALUES ?a {1}"),
        ("ASK {} ORDER BY a:b(?a)", "ASK {} ORDER BY ASC(whole(a:b(?a)))"),
        ("ASK {} ORDER BY NOT EXISTS {} OFFSET 1", "ASK {} ORDER BY ASC(whole(NOT EXISTS {})) OFFSET 1"),
        ("SELECT (MIN(?a) AS ?m) {}", "SELECT (least((?a)) AS ?m) {}"),
        ("SELECT (Max (Distinct ?a) AS ?m) {}", "SELECT (greatest(( ?a)) AS ?m) {}"),
        ("SELECT (1 AS ?m) {} HAVING(MIN(?a)<MAX(?b))", "SELECT (1 AS ?m) {} HAVING(least((?a))<greatest((?b)))"),
        ("ASK {} ORDER BY MIN(?a)", "ASK {} ORDER BY ASC(whole(least((?a))))"),
        (
            "SELECT ?a { {SELECT ?a {} ORDER BY ?b LIMIT 1} } ORDER BY ?a",
            "SELECT ?a { {SELECT ?a {} ORDER BY ASC(whole(?b)) LIMIT 1} } ORDER BY ASC(whole(?a))",
        ),
        (
            "ASK {} ORDER BY EXISTS {SELECT * {} ORDER BY ?a} DESC(MAX(?a))",
            "ASK {} ORDER BY ASC(value(EXISTS {SELECT * {} ORDER BY ASC(whole(?a))})) "
            "DESC(whole(COALESCE((greatest((?a))),no),rest,COALESCE(EXISTS {SELECT * {} ORDER BY ASC(whole(?a))},no)))",
        ),
        ("ASK {} ORDER BY(?a<?b&&?c>?d)?e", "ASK {} ORDER BY ASC(whole(COALESCE((?a<?b&&?c>?d),no),COALESCE(?e,no)))"),
        ("ASK {} ORDER BY (?a>>?b)", "ASK {} ORDER BY ASC(whole((?a>>?b)))"),
        ("ASK {} ORDER BY ?a<a:>(?b)", "ASK {} ORDER BY ASC(whole(COALESCE(?a,no),COALESCE(<a:>(?b),no)))"),
        (
            "ASK { <<?s <p> ?o>> <q> <<(?a <b> ?c)>> {|<x> 1|} } ORDER BY ?s",
            "ASK { <<?s <p> ?o>> <q> <<(?a <b> ?c)>> {|<x> 1|} } ORDER BY ASC(whole(?s))",
        ),
    ],
)
def test_rewritten(query: str, expected: str) -> None:
    """Keys become functions, MIN and MAX other aggregates; everything else stays as it is."""
    assert expected == rewritten(query, NAMES).replace("BYASC", "BY ASC")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?order ?min { ?order ?min ?max }",
        "PREFIX order: <http://x/> PREFIX min: <http://x/MIN(> ASK { order:by min:max 'ORDER BY ?a' }",
        "ASK { ?a ?b '''MIN(?a) ' ORDER''' , \"MAX(?a) \\\" ORDER BY ?b\" } # ORDER BY ?b",
        "ASK { ?a ?b 'x'@min , 'x'@order } #MIN(?x)\r",
        "ASK { ?a <order> ?b . FILTER(?a<max&&?b>5) }",
        "SELECT (SUM(?x) AS ?minimum) {}",
    ],
)
def test_untouched(query: str) -> None:
    """The words mean nothing in names, strings, comments, IRIs and language tags."""
    assert query == rewritten(query, NAMES)


@pytest.mark.parametrize(
    "query", ["ASK {} ORDER BY ?a 'x", "ASK { MIN( }", "ASK {<a>} ORDER BY ?a)", "ASK {[<a> ORDER BY ?a", "'MIN ORDER"]
)
def test_unreadable(query: str) -> None:
    """A text whose strings or brackets do not close cannot be put in order."""
    with pytest.raises(OrderUnclear):
        rewritten(query, NAMES)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=30))
def test_any_text(text: str) -> None:
    """Whatever the text, it is rewritten or refused by name."""
    for query in (text, f"SELECT (MIN(?x) AS ?y) {{}} ORDER BY {text}"):
        with contextlib.suppress(OrderUnclear):
            assert isinstance(rewritten(query, NAMES), str)


@pytest.fixture(scope="module", name="store")
def _store() -> ox.Store:
    store = ox.Store()
    for number in range(4):
        subject, other = (ox.NamedNode(f"http://x/s{each % 4}") for each in (number, number + 1))
        store.add(ox.Quad(subject, ox.NamedNode("http://x/b"), ox.Literal(number), ox.NamedNode("http://x/g")))
        store.add(ox.Quad(subject, ox.NamedNode("http://x/c"), other, ox.NamedNode("http://x/g")))
    return store


def _rows(ask: Callable[[], ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples]) -> object:
    """What there is in an answer, in no order."""
    try:
        results = ask()
    except SyntaxError:
        return "no query"
    except RuntimeError:
        return "refused"
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    return Counter(BLANK_NODE.sub("_:b", str(each)) for each in results)


@pytest.mark.parametrize("first", range(0, 8 * TEXTS, TEXTS))
def test_same_query_in_another_order(store: ox.Store, first: int) -> None:
    """A rewritten text is a query where it was one before, and its answer has the same rows."""
    compared = 0
    for seed in range(first, first + TEXTS):
        query = Sorter(seed, hostile=seed % 2 == 0).query()
        answers = _answers(store, query)
        if answers is not None:
            assert answers[0] == answers[1], query
            compared += 1
    assert compared > TEXTS // 50, "the texts no longer reach the engine"


def _answers(store: ox.Store, query: str) -> tuple[object, object] | None:
    """Return what the engine answers to a text and to the rewritten one; None to what the scan refuses.

    Both are "no query" where it is none, and "refused" where it calls an unknown function.
    """
    try:
        scan(query)
    except QueryError:
        return None
    if refusal(query) is not None:
        return "no query", _answer(store, query)
    return _rows(lambda: store.query(query, use_default_graph_as_union=True)), _answer(store, query)


def _answer(store: ox.Store, query: str) -> object:
    try:
        ordered = Ordered(query)
    except OrderUnclear:
        # The error is that of the text as it was sent.
        return "no query"
    return _rows(lambda: ordered.run(store, ordered.text, use_default_graph_as_union=True))
