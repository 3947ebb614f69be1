"""A store on disk with every kind of term, opened as a worker opens a release."""

import io
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.engines.oxigraph.engine import evaluate
from govplan.sparql.port import Request
from govplan.sparql.scan import scan
from tests.engines.oxigraph.order.reference import Term, literal

Row = tuple[Term | None, ...]

_NAME = "http://x/"
_TEXTS = "5 10 9 a A é é aa true 2022-01-01 http://x/b".split()  # noqa: SIM905
_NUMBERS = [
    *[(text, "integer") for text in ("10", "9", "-3", "9007199254740993", "9" * 25, "-" + "9" * 25, "0")],
    *[
        (text, "decimal")
        for text in ("10", "9.5", "0.1", "0." + "1" * 30, "-3.0000000000000000000001", "9007199254740992.5")
    ],
    *[(text, "double") for text in ("10", "9007199254740992", "0.1", "1e300", "INF", "-INF", "NaN", "-0")],
    *[(text, "float") for text in ("0.1", "16777216", "-INF")],
]
_OTHERS = [
    *[(text, "integer") for text in ("ten", " 5 ", "")],
    *[(text, "boolean") for text in ("true", "false", "maybe")],
    *[(text, "date") for text in ("2022-05-01", "2022-05-01+14:00", "1999-12-31Z", "2022-02-30")],
    *[(text, "dateTime") for text in ("2022-05-01T00:00:00", "2022-05-01T12:00:00+05:30", "2022-05-01T06:30:00Z")],
    *[("2022", "gYear"), ("2022-05", "gYearMonth"), ("http://x/a", "anyURI")],
]
# Every kind of term, and two that are there only in parts.
VALUES: list[Term] = [
    *map(ox.Literal, _TEXTS),
    *[ox.Literal(text, language=tag) for text in _TEXTS[:4] for tag in ("en", "nl")],
    *[literal(*pair) for pair in (*_NUMBERS, *_OTHERS)],
    *[ox.NamedNode(_NAME + end) for end in ("b", "a", "z", "5")],
    *map(ox.BlankNode, "ab"),
    ox.Literal("5", datatype=ox.NamedNode("http://x/type")),
    *[ox.Triple(ox.NamedNode(_NAME), ox.NamedNode(_NAME), literal(text, "integer")) for text in ("10", "9")],
]


class Sorted:
    """A store whose subjects have a group (1 to 3) each, and a value or none."""

    def __init__(self, folder: Path, values: Sequence[Term]) -> None:
        """Load the values in the order in which they come."""
        store = ox.Store(str(folder))
        for number, value in enumerate([*values, None, None]):
            subject = ox.NamedNode(f"{_NAME}s{number:03d}")
            store.add(ox.Quad(subject, ox.NamedNode(f"{_NAME}g"), literal(str(number % 3 + 1), "integer")))
            if value is not None:
                store.add(ox.Quad(subject, ox.NamedNode(f"{_NAME}v"), value))
        store.flush()
        del store
        self.store = ox.Store.read_only(str(folder))

    def body(self, query: str, media_type: str = "application/sparql-results+json") -> bytes:
        """Return the answer to a query."""
        text = f"PREFIX : <{_NAME}> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> {query}"
        output = io.BytesIO()
        evaluate(self.store, Request(text, media_type), scan(text), {}, output)
        return output.getvalue()

    def rows(self, query: str) -> list[Row]:
        """Return the rows of the answer to a SELECT."""
        solutions = ox.parse_query_results(self.body(query), format=ox.QueryResultsFormat.JSON)
        assert isinstance(solutions, ox.QuerySolutions)
        return [tuple(solution) for solution in solutions]


@pytest.fixture(scope="package", name="mixed")
def _mixed(tmp_path_factory: pytest.TempPathFactory) -> Sorted:
    """All values, in an order of no meaning."""
    return Sorted(tmp_path_factory.mktemp("mixed"), random.Random(1).sample(VALUES, len(VALUES)))


@pytest.fixture(scope="package", name="again")
def _again(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Sorted]:
    """The same values in another order for each number."""
    return lambda seed: Sorted(tmp_path_factory.mktemp("again"), random.Random(seed).sample(VALUES, len(VALUES)))
