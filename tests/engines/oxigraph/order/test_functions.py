"""What the engine calls: a failure in it is never taken for a value that is missing."""

from collections.abc import Callable

import pyoxigraph as ox
import pytest

from govplan.engines.oxigraph.order.functions import Extreme, Guard, Ordered
from tests.engines.oxigraph.order.reference import Term, literal


def test_failure_is_raised_afterwards() -> None:
    """What a function raises is raised once the rows are there, since the engine goes on without a value."""

    def failing(_: Term) -> str:
        raise MemoryError("no room for a key")

    guard = Guard()
    guard.check()
    string = guard.over(failing)
    extreme = Extreme(string, least=True)
    extreme.accumulate(ox.Literal("a"))

    assert extreme.finish() is None
    with pytest.raises(MemoryError, match="no room"):
        guard.check()


def test_engine_takes_failures_for_no_value() -> None:
    """The reason for the guard: in the engine an exception is nothing but an error of an expression."""

    def failing(_: Term) -> ox.Literal:
        raise MemoryError

    functions: dict[ox.NamedNode, Callable[..., Term | None]] = {ox.NamedNode("urn:f"): failing}
    results = ox.Store().query("SELECT (<urn:f>(1) AS ?x) {}", custom_functions=functions)

    assert isinstance(results, ox.QuerySolutions)
    assert [None] == [solution["x"] for solution in results]


def test_extremes() -> None:
    """The least and the greatest of some terms, in whatever order they come; of no term there is none."""
    terms: list[Term] = [literal("10", "integer"), literal("9", "integer"), ox.Literal("5")]
    for values in (terms, terms[::-1]):
        least, greatest = Extreme(_text, least=True), Extreme(_text, least=False)
        for value in values:
            least.accumulate(value)
            greatest.accumulate(value)
        assert [literal("10", "integer"), literal("9", "integer")] == [least.finish(), greatest.finish()]
    assert Extreme(_text, least=True).finish() is None


def _text(term: Term) -> str:
    return str(term).strip('"')


def test_names_are_secret() -> None:
    """A query that calls a function of the order by a name of its own gets no such function."""
    ordered = Ordered("SELECT ?x { VALUES ?x { 1 } } ORDER BY ?x <urn:value>(?x)")
    with pytest.raises(RuntimeError, match="not supported"):
        ordered.run(ox.Store(), ordered.text)
