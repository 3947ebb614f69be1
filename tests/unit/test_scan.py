"""The scan of a query text."""

import pytest

from govplan.errors import QueryMalformed, QueryRefused
from govplan.store.scan import scan


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("ask{}", "ASK"),
        ("PREFIX select: <http://x/> CONSTRUCT WHERE { ?s select:ask ?o }", "CONSTRUCT"),
        ("# SELECT\nDESCRIBE <http://x/SELECT>", "DESCRIBE"),
        ("BASE <http://x/#ask> SELECT ?s { ?s ?p 'ASK' }", "SELECT"),
    ],
)
def test_form(query: str, form: str) -> None:
    """The form is the first query keyword outside prologue names, IRIs, strings and comments."""
    assert form == scan(query).form


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://x/> {} }",
        "SELECT * { service silent ?x {} }",
        "SELECT * { #\nSeRvIcE#\n<http://x/> {} }",
        "ASK { { SELECT * { SERVICE <http://x/>{} } } }",
        "ASK { FILTER EXISTS { SERVICE ?x {} } }",
        "ASK { <http://a\\u0041#> ?p ?o . SERVICE <http://x/> {} }",
        "ASK { ?a ?b '\\'' . SERVICE <http://x/> {} }",
        "ASK { ?a ?b '''''' . SERVICE <http://x/> {} }",
        'ASK { ?a ?b """a"b""" . SERVICE <http://x/> {} }',
        "ASK { ?a ?b ?c FILTER(?a<?b) SERVICE <http://x/> {} }",
        "ASK { ?a a:b\\# . SERVICE <http://x/> {} }",
    ],
)
def test_service_is_refused(query: str) -> None:
    """SERVICE is refused in every disguise."""
    with pytest.raises(QueryRefused, match="SERVICE"):
        scan(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?service a <http://x/SERVICE> }",
        "PREFIX service: <http://x/> SELECT * { ?s service:service 'SERVICE' }",
        "SELECT * { ?s ?p '''SERVICE <x> {}''' } # SERVICE",
        "SELECT * { ?s :SERVICE _:service }",
        "PREFIX insert: <http://x/> ASK { ?s insert:load 'DROP' }",
        "SELECT ?load { ?load ?p 'x'@service }",
    ],
)
def test_innocent_names_pass(query: str) -> None:
    """A refused word inside a name, a string, an IRI or a comment is not refused."""
    assert scan(query).form in ("SELECT", "ASK")


@pytest.mark.parametrize(
    "word", ["INSERT DATA {}", "DELETE WHERE {}", "LOAD <http://x/>", "clear all", "WITH <http://x/> DELETE {}"]
)
def test_update_is_refused(word: str) -> None:
    """Every update form is refused by name."""
    with pytest.raises(QueryRefused) as caught:
        scan(f"PREFIX a: <http://x/> {word}")
    assert "update" == caught.value.feature


def test_no_query_at_all() -> None:
    """A text without a query form is malformed, not a crash."""
    with pytest.raises(QueryMalformed, match="no query"):
        scan("  # nothing\n")


@pytest.mark.parametrize(
    ("query", "star"),
    [
        ("SELECT * {}", 7),
        ("SELECT DISTINCT * {}", 16),
        ("SELECT ?x { { SELECT * {} } }", None),
        ("SELECT (COUNT(*) AS ?n) {}", None),
        ("SELECT (1*2 AS ?n) {}", None),
        ("ASK { { SELECT * {} } }", None),
    ],
)
def test_star(query: str, star: int | None) -> None:
    """Only the star of the outermost SELECT is found."""
    assert star == scan(query).star


@pytest.mark.parametrize("function", ["NOW()", "rand()", "UUID()", "STRUUID()", "BNODE()"])
def test_volatile(function: str) -> None:
    """A query whose answer may differ between two runs is known as volatile."""
    assert scan(f"SELECT ({function} AS ?x) {{}}").volatile
