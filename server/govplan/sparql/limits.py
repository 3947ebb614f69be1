"""How much of a query is read before it is refused: what an engine plans in half a second, measured on an empty store.

`tests/sparql/test_limits.py` holds these defaults equal to those of the settings of the same names.
"""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:  # a worker process has no settings to read
    from govplan.config import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one query may hold; `scan` counts, and the setting `query_` + name moves each.

    `depth`: brackets open at once, prefix operators in a row included. Engines recurse into both.
    `tokens`: words, names, terms and marks.
    `patterns`: triples, path steps and groups that are joined. The planner's work grows with their fourth power, so
    several wide groups count as the one group that would cost as much.
    `operators`: binary operators, filters, unions and other parts that engines chain; their work grows as the square.
    `reads`: tokens read or copied again. A parser that tries one form after another reads the arguments of REGEX,
    SUBSTR, REPLACE and GROUP_CONCAT twice at every level, and IN inside IN is multiplied out.
    """

    depth: int = 64
    tokens: int = 20_000
    patterns: int = 80
    operators: int = 800
    reads: int = 1_000_000

    @classmethod
    def of(cls, settings: "Settings") -> Self:
        """Return the limits that are set."""
        return cls(**{limit.name: getattr(settings, f"query_{limit.name}") for limit in fields(cls)})


DEFAULTS = Limits()
_ENDLESS = 1 << 62
# For a text that was scanned before, and for what travels with the project.
UNLIMITED = Limits(_ENDLESS, _ENDLESS, _ENDLESS, _ENDLESS, _ENDLESS)
