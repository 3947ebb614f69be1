"""From a place in a query to the line and column that a person finds in an editor."""

import re
from dataclasses import dataclass

_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Position:
    """`line` and `column` count from 1, the column in characters, a tab being one; `excerpt` is the whole line."""

    line: int
    column: int
    excerpt: str


def position(query: str, offset: int) -> Position:
    """Return the position of a character; the end of the text has one too. Lines end as editors end them."""
    line, start = 1, 0
    for end in _LINE_END.finditer(query):
        if end.end() > offset:
            return Position(line, offset - start + 1, query[start : end.start()])
        line, start = line + 1, end.end()
    return Position(line, offset - start + 1, query[start:])


def offset(query: str, line: int, column: int) -> int:
    """Return the offset that Oxigraph calls line and column: its lines end at line feeds only."""
    start = 0
    for _ in range(line - 1):
        start = query.index("\n", start) + 1
    return start + column - 1
