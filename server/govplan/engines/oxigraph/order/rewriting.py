"""Rewriting a query so that the engine sorts by our order: in each ORDER BY and for each MIN and MAX, at every depth.

Sort keys become one key, a function that returns a string (`terms`); where the direction changes, another one begins.
Terms of equal value leave the decision to the next key (SPARQL 1.1 section 15.1), so the spelling of all comes last:

    ORDER BY ?a (?b + 1)   →   ORDER BY ASC(whole(COALESCE(?a, unbound), COALESCE((?b + 1), unbound)))
    ORDER BY DESC(?a) ?b   →   ORDER BY DESC(value((?a))) ASC(whole(COALESCE(?b, unbound), rest, COALESCE((?a), …)))
    MIN(DISTINCT ?a + 1)   →   least((?a + 1))
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from govplan.engines.oxigraph.order.reading import (
    CLOSE,
    END,
    IRI,
    NAME,
    VARIABLE,
    WORD,
    Reading,
    Unreadable,
    first_mention,
)
from govplan.errors import OrderUnclear

_ENDS = {"LIMIT", "OFFSET", "VALUES"}
# Keys inside keys are copied at every depth.
_MOST_ADDED = 1 << 20


class Names(NamedTuple):
    """What functions, aggregates and marks are called in a query, each as an IRI in angle brackets."""

    value: str
    whole: str
    least: str
    greatest: str
    unbound: str
    rest: str


class _Key(NamedTuple):
    """A sort key: where it begins, with its direction or not, where its expression stands, and its direction."""

    first: int
    start: int
    end: int
    direction: str


class _Edit(NamedTuple):
    """`text` takes the place of what stands from `start` to `-below`.

    Where two begin at one place, the one that holds the other sorts first.
    """

    start: int
    below: int
    text: str

    @property
    def end(self) -> int:
        return -self.below


def rewritten(query: str, names: Names) -> str:
    """Return a query that asks the same in our order; the text itself where nothing is sorted.

    What is no query stays none. Raises OrderUnclear.
    """
    start = first_mention(query)
    if start is None:
        return query
    try:
        reading = Reading(query, start)
    except Unreadable as problem:
        raise OrderUnclear("The brackets of this query cannot be told apart.") from problem
    return _Rewriting(reading, names).text()


class _Rewriting:
    def __init__(self, reading: Reading, names: Names) -> None:
        self._reading = reading
        self._names = names
        self._edits: list[_Edit] = []
        self._added = 0

    def text(self) -> str:
        """Return the whole text, rewritten."""
        words = self._reading.words
        for number, word in words.items():
            if word in ("MIN", "MAX") and self._reading.text(number + 1) == "(":
                self._aggregate(number, self._names.least if word == "MIN" else self._names.greatest)
        # From the last to the first: a key is copied with what was rewritten inside it.
        for number in reversed(words):
            if words[number] == "ORDER":
                self._order(number)
        return self._between(0, len(self._reading.query))

    def _aggregate(self, number: int, name: str) -> None:
        """Rewrite MIN or MAX. DISTINCT changes neither, and the engine takes it in no aggregate but its own."""
        reading = self._reading
        last = number + 1
        end = reading.tokens[reading.closing[last]][1]
        if reading.text(last + 1)[:8].upper() == "DISTINCT":
            last += 1
            if reading.words.get(last) != "DISTINCT":
                raise OrderUnclear(f"{reading.text(last)} can be read as a name or as DISTINCT.")
        self._edit(reading.tokens[number][1], reading.tokens[last][2], f"{name}((")
        self._edit(end, end, ")")

    def _order(self, number: int) -> None:
        """Rewrite the keys of one ORDER BY. Each keeps its own brackets, so that what was no expression stays none."""
        keys = self._keys(number)
        *runs, last = [[*run] for _, run in groupby(keys, lambda key: key.direction)]
        calls = [self._called(self._names.value, run) for run in runs]
        calls.append(self._called(self._names.whole, last, [key for run in runs for key in run]))
        self._edit(keys[0].first, keys[-1].end, " ".join(calls))

    def _called(self, name: str, run: list[_Key], rest: Sequence[_Key] = ()) -> str:
        """Return one key made of several. The engine calls no function of which an argument has no value."""
        values = [self._between(key.start, key.end) for key in (*run, *rest)]
        if len(values) > 1:
            values = [f"COALESCE({value},{self._names.unbound})" for value in values]
        if rest:
            values.insert(len(run), self._names.rest)
        return f"{run[0].direction}({name}({','.join(values)}))"

    def _keys(self, number: int) -> list[_Key]:
        """Return the sort keys, at least one, of the ORDER at this token (SPARQL 1.1 section 19.8, rules 23 and 24)."""
        reading, keys = self._reading, []
        number += 1
        if reading.words.get(number) != "BY":
            raise _unclear(reading.text(number))
        number += 1
        while not self._ends(number):
            _, first, _ = reading.tokens[number]
            word = reading.words.get(number, "")
            directed = word in ("ASC", "DESC") and reading.text(number + 1) == "("
            number += directed
            kind, start, _ = reading.tokens[number]
            if kind in (WORD, NAME, IRI):
                number += 2 if word == "NOT" else 1
            if reading.text(number) in ("(", "{"):
                number = reading.closing[number]
            elif kind != VARIABLE:
                raise _unclear(reading.text(number))
            keys.append(_Key(first, start, reading.tokens[number][2], word if directed else "ASC"))
            number += 1
        if not keys:
            raise _unclear(reading.text(number))
        return keys

    def _ends(self, number: int) -> bool:
        """Whether the keys end before this token."""
        return self._reading.tokens[number][0] in (CLOSE, END) or self._reading.words.get(number) in _ENDS

    def _edit(self, start: int, end: int, text: str) -> None:
        self._added += len(text)
        if self._added > _MOST_ADDED:
            raise OrderUnclear("This query sorts by too many keys, or by keys that sort inside keys.")
        insort(self._edits, _Edit(start, -end, text))

    def _between(self, start: int, end: int) -> str:
        """Return the text from one place to another, as far as it is rewritten."""
        query, edits, pieces, done = self._reading.query, self._edits, [], start
        for edit in edits[bisect_left(edits, (start,)) : bisect_left(edits, (end,))]:
            # What stands inside of another edit was copied into it.
            if edit.start >= done:
                pieces += [query[done : edit.start], edit.text]
                done = edit.end
        return "".join([*pieces, query[done:end]])


def _unclear(text: str) -> OrderUnclear:
    return OrderUnclear(f"The sort keys of this query cannot be told apart at {text[:40]!r}.")
