"""Sorting a real release through worker processes: what made the engine panic is answered, in order."""

import io
import json

import pyoxigraph as ox
import pytest

from govplan import metrics
from govplan.sparql import Request, Store
from tests.engines.oxigraph.order.reference import Term, follow, place

JSON = "application/sparql-results+json"
ENDS = 'worker_ends_total{cause="unexplained"}'


def _column(body: bytes, name: str) -> list[Term | None]:
    solutions = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    assert isinstance(solutions, ox.QuerySolutions)
    return [solution[name] for solution in solutions]


@pytest.mark.parametrize(
    ("query", "direction"),
    [
        ("SELECT * {?s ?p ?o} ORDER BY DESC(?o)", -1),
        ("SELECT * {?s ?p ?o FILTER(isLiteral(?o))} ORDER BY ?o LIMIT 10", 1),
        ("SELECT ?o {?s ?p ?o FILTER(isLiteral(?o))} ORDER BY ?o", 1),
        ("SELECT DISTINCT ?o {GRAPH ?g {?s ?p ?o}} ORDER BY ?o", 1),
    ],
)
def test_values_of_a_release(store: Store, query: str, direction: int) -> None:
    """All values of a release are sorted, and no worker dies of it."""
    before = metrics.exposition()
    values = _column(store.answer(Request(query, JSON)).body, "o")

    assert len(values) >= 10
    assert follow([(value,) for value in values], [direction])
    assert _count(before) == _count(metrics.exposition())


def test_least_and_greatest_of_a_release(store: Store) -> None:
    """MIN and MAX of all values are the first and the last of them."""
    values = [place(value) for value in _column(store.answer(Request("SELECT ?o {?s ?p ?o}", JSON)).body, "o")]
    row = json.loads(store.answer(Request("SELECT (MIN(?o) AS ?a) (MAX(?o) AS ?b) {?s ?p ?o}", JSON)).body)
    ends = [_column(json.dumps(row).encode(), name)[0] for name in ("a", "b")]

    assert [min(values), max(values)] == [place(end) for end in ends]


def _count(exposition: bytes) -> list[bytes]:
    return [line for line in io.BytesIO(exposition) if ENDS.encode() in line]
