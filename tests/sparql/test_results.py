"""Reading SPARQL JSON row by row: the same rows as at once, no further than asked, and never more than a row."""

import json
import tempfile
from collections.abc import Iterator
from typing import IO, Any

import pytest

from govplan.errors import AnswerTooLarge, QueryTooDeep, StoreUnavailable
from govplan.sparql import Answer, Request, Store
from govplan.sparql import results as module
from govplan.sparql.results import Results

JSON = "application/sparql-results+json"


def _rows(count: int, length: int = 40) -> list[dict[str, Any]]:
    return [{"a": {"type": "literal", "value": f"{number} é" + "x" * length}} for number in range(count)]


def _body(rows: list[dict[str, Any]], **how: Any) -> bytes:
    document = {"head": {"vars": ["a", "b"], "link": ["urn:x"]}, "results": {"bindings": rows}}
    return json.dumps(document, **how).encode()


@pytest.fixture(name="spooled")
def _spooled() -> Iterator[IO[bytes]]:
    """A file for an answer, which whoever reads it closes."""
    with tempfile.TemporaryFile() as file:
        yield file


@pytest.mark.parametrize("count", [0, 1, 2, 700, 5000])
@pytest.mark.parametrize("how", [{}, {"indent": 2}, {"separators": (",", ":")}, {"ensure_ascii": False}])
def test_rows(count: int, how: dict[str, Any]) -> None:
    """Every row comes once and in order, however the JSON is spaced."""
    results = Results(Answer(_body(_rows(count), **how), JSON))

    assert ("a", "b") == results.columns
    assert results.boolean is None
    assert _rows(count) == list(results)
    assert not results.cut


def test_file_is_closed(spooled: IO[bytes]) -> None:
    """The file of a large answer is read piece by piece, and closed with the last row."""
    spooled.write(_body(_rows(5000)))
    results = Results(Answer(spooled, JSON))  # type: ignore[arg-type]

    assert 5000 == sum(1 for _ in results)
    assert spooled.closed


def test_file_is_closed_early(spooled: IO[bytes]) -> None:
    """Who has enough closes, and the file with it."""
    spooled.write(_body(_rows(5000)))
    results = Results(Answer(spooled, JSON))  # type: ignore[arg-type]
    assert _rows(1)[0] == next(iter(results))
    results.close()

    assert spooled.closed


@pytest.mark.parametrize("word", [True, False])
def test_boolean(word: bool) -> None:
    """The answer of an ASK is a word without rows."""
    results = Results(Answer(json.dumps({"head": {}, "boolean": word}).encode(), JSON))

    assert word is results.boolean
    assert () == results.columns
    assert [] == list(results)


def test_bound() -> None:
    """With a bound on the bytes, whole rows come until it is reached, and it is known that there are more."""
    results = Results(Answer(_body(_rows(50_000)), JSON), most=200_000)
    found = list(results)

    assert results.cut
    assert _rows(len(found)) == found
    assert 100_000 < len(_body(found)) < 300_000


def test_bound_that_holds_all() -> None:
    """An answer that is as long as the bound is not cut."""
    body = _body(_rows(100))
    results = Results(Answer(body, JSON), most=len(body))

    assert _rows(100) == list(results)
    assert not results.cut


def test_bound_within_the_first_row() -> None:
    """A first row beyond the bound is no row."""
    results = Results(Answer(_body(_rows(2, 500_000)), JSON), most=100_000)

    assert [] == list(results)
    assert results.cut


def test_bound_within_the_head() -> None:
    """A head beyond the bound is an answer that is too large."""
    body = json.dumps({"head": {"vars": [f"column{n}" for n in range(50_000)]}, "results": {"bindings": []}}).encode()

    with pytest.raises(AnswerTooLarge):
        Results(Answer(body, JSON), most=100_000)


def test_row_that_is_too_long() -> None:
    """A row whose reading would take long in one step is refused."""
    with pytest.raises(AnswerTooLarge, match="bytes of one row"):
        list(Results(Answer(_body(_rows(1, 2 * module.ROW_BYTES)), JSON)))


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"head":{}}' + b" " * 99, b"<html>" * 99, b'{"head":{"vars":[]},"results":{"bindings":[{}'],
)
def test_something_else(body: bytes) -> None:
    """What is no SPARQL JSON, or a part of it, is a fault of the store."""
    with pytest.raises(StoreUnavailable):
        list(Results(Answer(body, JSON)))


def test_depth() -> None:
    """Triple terms that nest without end are refused, whoever wrote them."""
    nested = '{"type":"triple","value":{"object":' * 5000 + "null" + "}}" * 5000
    body = f'{{"head":{{"vars":["a"]}},"results":{{"bindings":[{{"a":{nested}}}]}}}}'.encode()

    with pytest.raises(QueryTooDeep):
        list(Results(Answer(body, JSON)))


def test_what_the_store_writes(store: Store) -> None:
    """The store's own answers are read, whole and as previews."""
    query = "SELECT * { ?s a ?o } LIMIT 20"
    whole = Results(store.answer(Request(query, JSON)))
    preview = Results(store.answer(Request(query, JSON, max_rows=5, partial_link="urn:x")))

    assert ("s", "o") == whole.columns
    assert list(whole)[:5] == list(preview)
    assert Results(store.answer(Request("ASK {}", JSON))).boolean is True
