"""The port `Drawer`: the specification of a chart goes in, a picture comes out as bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Kind = Literal["svg", "png"]


@dataclass(frozen=True, slots=True)
class Specification:
    """A chart that can be drawn: Vega-Lite, words for who does not see it, and the colour that a PNG stands on."""

    vega_lite: Mapping[str, Any]
    title: str
    description: str
    surface: str


class Drawer(Protocol):
    """Something that draws charts. Threads may share it."""

    def draw(self, chart: Specification, kind: Kind, seconds: float | None = None) -> bytes:
        """Return a chart as SVG, or as PNG of twice its size; `seconds` may lower the time limit, never raise it.

        Raises ChartImpossible (this chart cannot be drawn), QueryTimedOut, Overloaded or ChartLost (it may be later).
        """
        ...

    def close(self) -> None:
        """Give back what the drawer holds."""
        ...
