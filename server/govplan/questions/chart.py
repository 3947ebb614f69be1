"""The `chart:` line of a question: which picture, and which columns of the answer it shows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["bar", "stacked-bar", "heatmap", "dot"]
KINDS: Mapping[str, Kind] = {"bar": "bar", "stacked-bar": "stacked-bar", "heatmap": "heatmap", "dot": "dot"}
_KEYS = {"type", "x", "y", "color"}
_COLOURED = ("stacked-bar", "heatmap")


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture of an answer: columns by name, an IRI's column standing for the one of its labels.

    `x` runs to the right and `y` down; `color` divides bars and dots, and is the number in a cell of a heatmap.
    """

    type: Kind
    x: str
    y: str
    color: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are shown."""
        return (self.x, self.y) if self.color is None else (self.x, self.y, self.color)


def read_chart(value: object, columns: Collection[str]) -> Chart | None:
    """Return the chart of a header, None where there is none; `columns` are those of the answer.

    Raises ValueError for anything else than a type and columns that the answer has.
    """
    if value is None:
        return None
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise ValueError("chart must be written as {type: …, x: column, y: column, color: column}.")
    if unknown := sorted(set(value) - _KEYS):
        raise ValueError(f"chart has an unknown key {unknown[0]!r}; known: {', '.join(sorted(_KEYS))}.")
    kind = KINDS.get(value.get("type", ""))
    if kind is None:
        raise ValueError(f"chart needs a type: one of {', '.join(KINDS)}.")
    needed = ("x", "y", "color") if kind in _COLOURED else ("x", "y")
    if missing := [key for key in needed if key not in value]:
        raise ValueError(f"A {kind} needs {' and '.join(missing)}.")
    names = {key: column for key, column in value.items() if key != "type"}
    for key, column in names.items():
        if column not in columns:
            raise ValueError(f"The answer has no column {column!r} for {key}; it has {', '.join(columns)}.")
    thing = {column + "Label": column for column in columns}
    shown = {key: thing.get(column, column) for key, column in names.items()}
    if len(set(shown.values())) < len(shown):
        raise ValueError("chart shows one column twice.")
    return Chart(kind, shown["x"], shown["y"], shown.get("color"))
