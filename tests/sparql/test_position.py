"""Line, column and excerpt of a place in a query, from the scan and from the engine."""

import io

import pyoxigraph as ox
import pytest

from govplan.engines.oxigraph.engine import evaluate
from govplan.engines.oxigraph.syntax import malformed
from govplan.errors import QueryMalformed
from govplan.sparql import Request
from govplan.sparql.position import Position, offset, position
from govplan.sparql.scan import scan


@pytest.mark.parametrize(
    ("query", "at", "place"),
    [
        ("", 0, Position(1, 1, "")),
        ("abc", 1, Position(1, 2, "abc")),
        ("abc", 3, Position(1, 4, "abc")),
        ("a\nb\n", 4, Position(3, 1, "")),
        ("a\r\nbc\r\n", 4, Position(2, 2, "bc")),
        ("a\rbc", 3, Position(2, 2, "bc")),
        ("a\r\n", 1, Position(1, 2, "a")),
        ("\t\tx", 2, Position(1, 3, "\t\tx")),
        ("\U0001f600\u0301x", 2, Position(1, 3, "\U0001f600\u0301x")),
        ("a\u2028\x85\x0cb", 4, Position(1, 5, "a\u2028\x85\x0cb")),
    ],
)
def test_position(query: str, at: int, place: Position) -> None:
    """Lines end at CR, LF or both, and columns count characters, whatever they are."""
    assert place == position(query, at)


def test_offset_of_the_engine() -> None:
    """The engine's lines end at line feeds only."""
    assert [0, 3, 6] == [offset("ab\ncd\r\n", line, column) for line, column in ((1, 1), (2, 1), (2, 4))]


@pytest.mark.parametrize(
    ("query", "place", "reason"),
    [
        ("ASK { ) }", Position(1, 7, "ASK { ) }"), ") cannot stand here"),
        ("SELECT ?s {\n  ?s ?p\n}", Position(3, 1, "}"), "} cannot stand here"),
        ("SELECT ?s {\r\n\t?s ?p ?o }\r\n\t)", Position(3, 2, "\t)"), ") cannot stand here"),
        ("SELECT ?s {\r ?s ?p ?o }\r)", Position(3, 1, ")"), ") cannot stand here"),
        ("SELECT ?s { # \U0001f600\n?s ?p '\U0001f600' }}", Position(2, 12, "?s ?p '\U0001f600' }}"), "} cannot"),
        ("SELECT ?s { # \u2028\x0c\x85\n?s ?p ?o }}", Position(2, 11, "?s ?p ?o }}"), "} cannot stand here"),
        ("ASK { ?s ?p '''\n''' '''\n''' }", Position(2, 5, "''' '''"), "cannot stand here"),
        (
            "ASK { ?s ?p 'a' '" + "b" * 99 + "' }",
            Position(1, 17, "ASK { ?s ?p 'a' '" + "b" * 99 + "' }"),
            "bbb… cannot",
        ),
        ("ASK { ?s a <x> }", Position(1, 12, "ASK { ?s a <x> }"), "IRI parsing failed"),
        ("SELECT ?o { ?s ?p ?o } GROUP BY ?s", Position(1, 35, "SELECT ?o { ?s ?p ?o } GROUP BY ?s"), "is unbound"),
        ("SELECT", Position(1, 7, "SELECT"), "it ends too early"),
        ("SELECT ?s { # end", Position(1, 18, "SELECT ?s { # end"), "it ends too early"),
        ("SELECT ?s {\n?s ?p ?o\n", Position(3, 1, ""), "it ends too early"),
    ],
)
def test_syntax_error_of_the_engine(query: str, place: Position, reason: str) -> None:
    """An error of the engine is shown where it is, in any line ends and characters, and says what is wrong there."""
    with pytest.raises(QueryMalformed) as caught:
        evaluate(ox.Store(), Request(query, "text/csv"), scan(query), {}, io.BytesIO())
    assert (place.line, place.column, place.excerpt) == (caught.value.line, caught.value.column, caught.value.excerpt)
    assert reason in caught.value.what


@pytest.mark.parametrize("query", ["ASK {\n}", "ASK {\nSERVICE <http://127.0.0.1:9/> {} }"])
def test_place_that_space_would_mend(query: str) -> None:
    """Where the text is a query once its words stand apart, the engine's own place is all there is."""
    error = malformed(query, "error at 2:1: expected [_]")

    assert (2, 1, query.split("\n")[1]) == (error.line, error.column, error.excerpt)


def test_message_without_a_place() -> None:
    """A message of another form is passed on."""
    assert "no such thing" in malformed("ASK {}", "no such thing").what
