"""The hash of what an answer says: the same for every engine and spelling, another for another content."""

import json
from typing import Any

import pytest

from govplan import deadline
from govplan.citing.content import content_hash
from govplan.citing.examining import examine
from govplan.citing.triples import Unnamed, canonical_lines
from govplan.citing.verifiable import Verdict
from govplan.errors import QueryTimedOut
from govplan.sparql import Answer, Request, Store
from tests.patience import Counted

XSD = "http://www.w3.org/2001/XMLSchema#"


def _hash(rows: list[dict[str, Any]], columns: tuple[str, ...] = ("a", "b"), **verdict: Any) -> str:
    document = {"head": {"vars": list(columns)}, "results": {"bindings": rows}}
    return content_hash(Answer(json.dumps(document).encode(), "x"), "SELECT", Verdict(**verdict))


def _literal(value: str, **more: str) -> dict[str, Any]:
    return {"a": {"type": "literal", "value": value, **more}}


def test_order_of_rows() -> None:
    """Rows are a bag where the query does not order them, and a sequence where it does."""
    one, other = _literal("x"), _literal("y")
    assert _hash([one, other]) == _hash([other, one])
    assert _hash([one, other], ordered=True) != _hash([other, one], ordered=True)
    assert _hash([one]) != _hash([one, one])


def test_columns() -> None:
    """Columns count in their order, unless the query does not name them."""
    row = {**_literal("x"), "b": {"type": "uri", "value": "http://a/"}}
    assert _hash([row]) != _hash([row], ("b", "a"))
    assert _hash([row], columns=("a", "b")) != _hash([row], columns=("a",))
    document = {"head": {"vars": ["b", "a"]}, "results": {"bindings": [row]}}
    star = content_hash(Answer(json.dumps(document).encode(), "x"), "SELECT", Verdict(columns=False))
    document["head"] = {"vars": ["a", "b"]}
    assert star == content_hash(Answer(json.dumps(document).encode(), "x"), "SELECT", Verdict(columns=False))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_literal("x"), _literal("x", datatype=XSD + "string")),
        (_literal("x", **{"xml:lang": "EN"}), _literal("x", **{"xml:lang": "en"})),
        (
            _literal("1", datatype=XSD + "integer"),
            {"a": {"type": "typed-literal", "value": "1", "datatype": XSD + "integer"}},
        ),
    ],
)
def test_same_terms(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Terms that RDF takes for the same are the same."""
    assert _hash([one]) == _hash([other])


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"b": {"type": "literal", "value": "x"}},
        {"a": {"type": "uri", "value": "x"}},
        _literal("x", **{"xml:lang": "en"}),
        _literal("x", datatype=XSD + "token"),
        _literal('x"'),
        _literal("x\ty"),
        _literal("x\n"),
        _literal("x\\n"),
    ],
)
def test_other_terms(other: dict[str, Any]) -> None:
    """Every difference between two terms counts, and where they stand."""
    assert _hash([_literal("x")]) != _hash([other])


@pytest.mark.parametrize("term", [{"type": "bnode", "value": "b"}, {"type": "triple", "value": {}}])
def test_unnamed(term: dict[str, Any]) -> None:
    """A blank node has no name that stays."""
    with pytest.raises(Unnamed):
        _hash([{"a": term}])


def test_ask() -> None:
    """An ASK is its word."""
    yes, no = (
        content_hash(Answer(b'{"head":{},"boolean":%b}' % word, "x"), "ASK", Verdict()) for word in (b"true", b"false")
    )
    assert yes != no


def test_graph() -> None:
    """A graph is its statements, in any order and spelling, each once."""
    one = b'<http://a/> <http://b/> "\xc3\xa9\\n" .\n<http://a/> <http://b/> <http://c/> .\n'
    other = (
        b"# a comment\n<http://a/>\t<http://b/> <http://c/> . # x\r\n\n<http://a/> <http://b/> <http://c/>.\n"
        b'<http://\\u0061/> <http://b/> "\\u00E9\\u000A"^^<http://www.w3.org/2001/XMLSchema#string> .'
    )
    assert canonical_lines([one]) == canonical_lines([other[:20], other[20:]])
    assert [b'<http://a/> <http://b/> "x"@en-gb <http://g/> .'] == canonical_lines(
        [b'<http://a/> <http://b/> "x"@en-GB <http://g/> .']
    )
    assert [b'<http://a/> <http://b/> "x"^^<http://d/> .'] == canonical_lines(
        [b'<http://a/> <http://b/> "x"^^<http://d/> .']
    )


@pytest.mark.parametrize(
    "line",
    [
        b"_:a <http://b/> <http://c/> .",
        b"<http://a/> <http://b/> .",
        b"<http://a/> <http://b/> 1 .",
        b"x",
        b"\xff",
        b'"' * 999,
    ],
)
def test_no_graph(line: bytes) -> None:
    """What is no statement of names and literals is not taken for one."""
    with pytest.raises(Unnamed):
        canonical_lines([line])


def test_time_of_graph() -> None:
    """Reading a graph ends with the time of the request."""
    with deadline.within(Counted(last=1)), pytest.raises(QueryTimedOut):
        canonical_lines([b"\n"])


def test_examined(store: Store) -> None:
    """Two engines' spellings aside, the same query has the same hashes, and an unverifiable one none of its content."""

    def look(text: str, form: Any) -> Any:
        return examine(text, form, lambda media_type: store.answer(Request(text, media_type)))

    one = look("SELECT ?s { ?s a <https://w3id.org/govplan/ns#Action> } ORDER BY ?s", "SELECT")
    other = look("select $s where { $s a <https://w3id.org/govplan/ns#Action> . } order by $s", "SELECT")
    assert (one.content, one.answer) == (other.content, other.answer)
    assert "same" == one.compared(other.content)
    assert "differs" == one.compared("0" * 64)
    chance = look("SELECT (RAND() AS ?x) {}", "SELECT")
    assert "" == chance.content
    assert 64 == len(chance.answer)
    assert "unverifiable" == chance.compared("")
    assert "differs" == chance.compared(one.content)
    rows = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"bnode","value":"b"}}]}}'
    blank = examine("SELECT ?s { ?s ?p ?o }", "SELECT", lambda media_type: Answer(rows, media_type))
    assert (("blank",), "") == (blank.verdict.reasons, blank.content)
    graph = look("CONSTRUCT WHERE { <https://w3id.org/govplan/id/dataset/be-ai-convergence> ?p ?o }", "CONSTRUCT")
    assert "application/n-triples" == graph.media_type
    assert 64 == len(graph.content)


def test_large_answer(store: Store) -> None:
    """An answer that lies in a file is hashed as one in memory."""
    text = "SELECT ?s ?p ?o { ?s ?p ?o }"
    found = examine(text, "SELECT", lambda media_type: store.answer(Request(text, media_type)))
    again = examine(text, "SELECT", lambda media_type: Answer(store.answer(Request(text, media_type)).body, media_type))
    assert found.content == again.content
