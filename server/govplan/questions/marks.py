"""From the rows of an answer to the marks of a chart: for each column a number, or a label that nothing else has."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

from govplan.errors import ChartImpossible
from govplan.questions.chart import Chart
from govplan.values import finite, shortened
from govplan.values import text as text_of

Row = Mapping[str, Mapping[str, Any]]
Value = float | str
# `x`, `y` and `color` → what stands there. Names of columns may be anything, these may not.
Mark = dict[str, Any]
# A chart with more than this is not read at a glance; the table is.
MOST_MARKS, MOST_PLACES = 400, 60
_LETTERS, _TAIL = 120, 40
# XML 1.0 section 2.2: a character that no document may hold, and that ends whoever draws one.
_NEVER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def roles(chart: Chart) -> Mapping[str, str]:
    """Return the places of a chart with their columns: `x`, `y`, and `color` where it has one."""
    return dict(zip(("x", "y", "color"), chart.columns, strict=False))


def marks(chart: Chart, rows: Sequence[Row], letters: int) -> list[Mark]:
    """Return a mark per row, its labels in lines of so many letters. Raises ChartImpossible for none or too many."""
    if not rows:
        raise ChartImpossible("The answer has no row to show.", mend="choose other parameters")
    if len(rows) > MOST_MARKS:
        raise ChartImpossible(
            f"A chart of more than {MOST_MARKS} rows cannot be read; this answer has {len(rows)} or more.",
            mend="see the table",
        )
    values = {role: _values(column, rows, letters) for role, column in roles(chart).items()}
    return [{role: of_role[place] for role, of_role in values.items()} for place in range(len(rows))]


def _values(column: str, rows: Sequence[Row], letters: int) -> Sequence[Value]:
    numbers = [finite(row.get(column)) for row in rows]
    measured = [number for number in numbers if number is not None]
    if len(measured) == len(numbers):
        return measured
    things = [text_of(row[column]) if column in row else "" for row in rows]
    labels = [legible(text_of(found)) if (found := row.get(f"{column}Label", row.get(column))) else "–" for row in rows]
    return ["\n".join(wrap(label, letters)) for label in _told_apart(things, [label or "–" for label in labels])]


def _told_apart(things: Sequence[str], labels: Sequence[str]) -> list[str]:
    """Add to a label that several things have what tells them apart: the end of the IRI, else a number."""
    first = dict(zip(things, labels, strict=True))
    shared = Counter(first.values())
    ends = {thing: legible(thing.rpartition("/")[2], _TAIL) for thing in first if "/" in thing}
    named = {
        thing: f"{label} ({ends[thing]})" if shared[label] > 1 and thing in ends else label
        for thing, label in first.items()
    }
    taken: Counter[str] = Counter()
    for thing, label in named.items():
        taken[label] += 1
        if taken[label] > 1:
            named[thing] = f"{label} ({taken[label]})"
    return [named[thing] for thing in things]


def legible(text: str, letters: int = _LETTERS) -> str:
    """Return a text as a chart may hold it: in one line, not long, and without what no XML may hold."""
    return shortened(" ".join(_NEVER.sub("\N{REPLACEMENT CHARACTER}", text[: 4 * letters]).split()), letters)
