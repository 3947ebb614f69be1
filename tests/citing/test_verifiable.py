"""Which answers can be told to be the same again, and how a query is repaired so that its answer can."""

import pytest

from govplan.citing.normal import normal_form
from govplan.citing.verifiable import REASONS, Verdict, judge
from govplan.sparql import Request, Store
from govplan.sparql.scan import scan
from tests.citing.spellings import UNKNOWN

_P = "PREFIX x: <http://example.org/> "
_ALL = "{ ?s ?p ?o }"
# query, reasons, repaired query
CASES = [
    (f"SELECT ?s {_ALL}", (), None),
    (f"SELECT * {_ALL}", (), None),
    (f"SELECT ?s {_ALL} ORDER BY ?s", (), None),
    (f"SELECT ?s {_ALL} LIMIT 0", (), None),
    (f"SELECT ?s {_ALL} OFFSET 0", (), None),
    (f"SELECT ?s {_ALL} ORDER BY ?s LIMIT 5", (), None),
    (f"SELECT ?s {_ALL} ORDER BY ?p DESC(?s) LIMIT 5", (), None),
    (f"SELECT (COUNT(*) AS ?n) {_ALL} LIMIT 1", (), None),
    (f"SELECT ?s (COUNT(*) AS ?n) {_ALL} GROUP BY ?s ORDER BY ?s LIMIT 5", (), None),
    (f"ASK {_ALL} LIMIT 5", (), None),
    (f"ASK {_ALL}", (), None),
    (f"CONSTRUCT WHERE {_ALL}", (), None),
    ("SELECT ?s { ?s ?p ?o FILTER(?o IN ('NOW()', 'RAND()')) }", (), None),
    (f"SELECT (xsd:string(?s) AS ?t) {_ALL}", (), None),
    (f"SELECT ?s {_ALL} LIMIT 5", ("slice",), f"SELECT ?s {_ALL} ORDER BY ?s LIMIT 5"),
    (f"SELECT ?s {_ALL} OFFSET 5", ("slice",), f"SELECT ?s {_ALL} ORDER BY ?s OFFSET 5"),
    (f"SELECT ?s ?p {_ALL} ORDER BY ?s LIMIT 5", ("slice",), f"SELECT ?s ?p {_ALL} ORDER BY ?s ?p LIMIT 5"),
    (
        f"SELECT ?s ?p {_ALL} ORDER BY DESC(STR(?s)) # ?p\n LIMIT 5",
        ("slice",),
        f"SELECT ?s ?p {_ALL} ORDER BY DESC(STR(?s)) ?s ?p # ?p\n LIMIT 5",
    ),
    (f"SELECT * {_ALL} LIMIT 5", ("slice",), f"SELECT * {_ALL} ORDER BY ?s ?p ?o LIMIT 5"),
    (
        f"SELECT ?s {{ {{ SELECT ?s {_ALL} LIMIT 5 }} }}",
        ("slice",),
        f"SELECT ?s {{ {{ SELECT ?s {_ALL} ORDER BY ?s LIMIT 5 }} }}",
    ),
    (
        f"CONSTRUCT {{ ?s x:p ?o }} WHERE {_ALL} LIMIT 5",
        ("slice",),
        f"CONSTRUCT {{ ?s x:p ?o }} WHERE {_ALL} ORDER BY ?s ?o LIMIT 5",
    ),
    (
        f"SELECT ?s (COUNT(*) AS ?n) {_ALL} GROUP BY ?s ORDER BY DESC(?n) LIMIT 5",
        ("slice",),
        f"SELECT ?s (COUNT(*) AS ?n) {_ALL} GROUP BY ?s ORDER BY DESC(?n) ?s LIMIT 5",
    ),
    (f"SELECT REDUCED ?s {_ALL}", ("reduced",), f"SELECT DISTINCT ?s {_ALL}"),
    (f"SELECT (sample(?s) AS ?x) {_ALL}", ("sample",), f"SELECT (MIN(?s) AS ?x) {_ALL}"),
    (f"SELECT (GROUP_CONCAT(?s) AS ?x) {_ALL}", ("concatenation",), None),
    (f"SELECT (NOW() AS ?x) {_ALL} LIMIT 5", ("time", "slice"), None),
    (f"SELECT (RAND() AS ?x) {_ALL}", ("chance",), None),
    ("SELECT ?s { ?s ?p ?o FILTER(STR(UUID()) = '') }", ("chance",), None),
    (f"SELECT ?s {_ALL} ORDER BY STRUUID()", ("chance",), None),
    ("SELECT (BNODE() AS ?x) {}", ("blank",), None),
    (f"CONSTRUCT {{ ?s x:p [] }} WHERE {_ALL}", ("blank",), None),
    (f"SELECT (x:f(?s) AS ?x) {_ALL}", ("unread",), None),
    (
        "DESCRIBE x:a <http://example.org/b>",
        ("description",),
        "CONSTRUCT { ?thing ?property ?value }\nWHERE {\n"
        "  VALUES ?thing { <http://example.org/a> <http://example.org/b> }\n  ?thing ?property ?value .\n}\n",
    ),
    (f"DESCRIBE ?s {_ALL}", ("description",), None),
    *[(text, ("unread",), None) for text in UNKNOWN],
]


def _judged(text: str) -> Verdict:
    return judge(text, normal_form(text))


@pytest.mark.parametrize(("text", "reasons", "repaired"), CASES)
def test_verdict(text: str, reasons: tuple[str, ...], repaired: str | None) -> None:
    """What depends on the order of the engine, on time or chance is not verifiable, and says why."""
    prologue = "" if text in UNKNOWN else f"{_P}PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
    verdict = _judged(prologue + text)
    assert reasons == verdict.reasons
    assert verdict.verifiable is not bool(reasons)
    if repaired is None:
        assert verdict.repaired is None
    else:
        assert verdict.repaired in (repaired, prologue + repaired)
        assert not _judged(verdict.repaired or "").reasons


def test_reasons_are_all_met() -> None:
    """Every reason there is has a query."""
    assert {reason for _, reasons, _ in CASES for reason in reasons} == {*REASONS}


def test_order() -> None:
    """Rows have an order that counts only where the query tells every two apart."""
    assert _judged(f"SELECT ?s {_ALL} ORDER BY ?s").ordered
    assert not _judged(f"SELECT ?s ?p {_ALL} ORDER BY ?s").ordered
    assert not _judged(f"SELECT ?s {_ALL}").ordered
    assert not _judged(f"SELECT * {_ALL}").columns


def test_repaired_query_runs(store: Store) -> None:
    """A repaired query is answered, and its answer is what it was asked for."""
    text = "SELECT REDUCED ?s (SAMPLE(?p) AS ?one) { ?s ?p ?o } GROUP BY ?s LIMIT 3"
    repaired = _judged(text).repaired
    assert repaired is not None
    answer = store.answer(Request(repaired, "text/csv", found=scan(repaired)))
    assert 4 == answer.body.count(b"\n")
