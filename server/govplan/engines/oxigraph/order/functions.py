"""A query with the functions of the order in it, and what the engine calls for them."""

import os
from collections.abc import Callable
from typing import Any

import pyoxigraph as ox

from govplan.engines.oxigraph.order import terms
from govplan.engines.oxigraph.order.rewriting import Names, rewritten
from govplan.engines.oxigraph.order.terms import Term

# What a query cannot name it cannot call.
_SECRET = os.urandom(8).hex()
_VALUE, _WHOLE, _LEAST, _GREATEST = (f"urn:{_SECRET}:{name}" for name in ("value", "whole", "least", "greatest"))
_NAMES = Names._make(f"<{iri}>" for iri in (_VALUE, _WHOLE, _LEAST, _GREATEST, terms.UNBOUND, terms.REST))


class Ordered:
    """One query; `text` is what the engine is to read instead of it."""

    def __init__(self, query: str) -> None:
        """Raises OrderUnclear if it cannot be told what the query sorts by."""
        self.text = rewritten(query, _NAMES)
        self._guard = Guard()
        self._functions: dict[str, Any] = {}
        if self.text is not query:
            value, whole = self._guard.over(terms.value), self._guard.over(terms.whole)
            self._functions = {
                "custom_functions": {ox.NamedNode(_VALUE): _literal(value), ox.NamedNode(_WHOLE): _literal(whole)},
                "custom_aggregate_functions": {
                    ox.NamedNode(_LEAST): lambda: Extreme(whole, least=True),
                    ox.NamedNode(_GREATEST): lambda: Extreme(whole, least=False),
                },
            }

    def run(self, store: ox.Store, text: str, **dataset: Any) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Begin to evaluate `text`, which is that of this query but for its columns; raises as the engine does."""
        return store.query(text, **dataset, **self._functions)

    def check(self) -> None:
        """Raise what a function failed with, after the last row: until then the engine knows nothing of it."""
        self._guard.check()


class Guard:
    """Keeps what functions raise: the engine would take it for an error in an expression, and go on without a value."""

    def __init__(self) -> None:
        self._problem: Exception | None = None

    def over(self, function: Callable[..., str]) -> Callable[..., str | None]:
        """Return a function that gives None instead of raising."""

        def guarded(*values: Term) -> str | None:
            try:
                return function(*values)
            except Exception as problem:
                self._problem = problem
                return None

        return guarded

    def check(self) -> None:
        """Raise what was raised last, if anything."""
        if self._problem is not None:
            raise self._problem


class Extreme:
    """MIN or MAX of one group: of all terms, the one whose string is the least or the greatest; of none, None."""

    def __init__(self, string: Callable[[Term], str | None], *, least: bool) -> None:
        """`string` gives None for a term that is to be left out."""
        self._string = string
        self._least = least
        self._key = ""
        self._term: Term | None = None

    def accumulate(self, term: Term) -> None:
        """Take one more term."""
        key = self._string(term)
        if key is not None and (self._term is None or (key < self._key if self._least else key > self._key)):
            self._key, self._term = key, term

    def finish(self) -> Term | None:
        """Return the result."""
        return self._term


def _literal(string: Callable[..., str | None]) -> Callable[..., ox.Literal | None]:
    def function(*values: Term) -> ox.Literal | None:
        key = string(*values)
        return None if key is None else ox.Literal(key)

    return function
