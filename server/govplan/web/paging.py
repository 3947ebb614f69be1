"""A long answer on a page: sorted by a column, and cut into pages of which one is the whole."""

import re
from dataclasses import dataclass, replace

from govplan.web.errors import Refused
from govplan.web.tables import Cell, Shown

ROWS = 50
ALL = "all"
# Up to so many pages all are listed; of more, those at the ends and around the one that is shown.
_LISTED, _NEAR = 12, 2
_PARTS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class View:
    """The part of an answer that a page shows.

    `shown` has its rows only; they are `first` to `last`, from 1, of `total`. `page` is a number from 1, or `ALL`.
    """

    shown: Shown
    total: int
    first: int
    last: int
    page: str
    pages: int
    sort: str

    @property
    def numbers(self) -> list[int | None]:
        """Return the pages to offer, in order, with None where some are left out."""
        every = range(1, self.pages + 1)
        if self.pages <= _LISTED:
            return list(every)
        here = int(self.page) if self.page != ALL else 1
        kept = sorted({1, self.pages, *(each for each in every if abs(each - here) <= _NEAR)})
        offered: list[int | None] = []
        for before, each in zip([0, *kept], kept, strict=False):
            offered += [each] if each == before + 1 else [None, each]
        return offered

    def sort_next(self, column: str) -> str:
        """Return what `sort` becomes when a reader chooses a column: upwards, then downwards, then as asked."""
        return {column: f"-{column}", f"-{column}": ""}.get(self.sort, column)

    def direction(self, column: str) -> str | None:
        """Return the value of aria-sort for a column, None where the rows are not sorted by it."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.sort)


def view(answer: Shown, sort: str, page: str) -> View:
    """Return a page of an answer. Raises Refused for a column or a page that there is not."""
    rows = list(answer.rows)
    if sort:
        column = sort.removeprefix("-")
        if column not in answer.columns:
            raise Refused(
                "request-malformed",
                f"The answer has no column {column!r} to sort by.",
                mend="take one of those offered, with - before it for the other direction",
                offered=answer.columns,
            )
        place = answer.columns.index(column)
        rows.sort(key=lambda row: _order(row[place]), reverse=sort.startswith("-"))
        rows.sort(key=lambda row: not row[place].text)  # what has no value comes last in both directions
    pages = max(1, -(-len(rows) // ROWS))
    if page == ALL or pages == 1:
        first, last = 0, len(rows)
    else:
        number = _number(page, pages)
        first, last = (number - 1) * ROWS, min(number * ROWS, len(rows))
    return View(
        replace(answer, rows=tuple(rows[first:last])), len(rows), first + 1 if rows else 0, last, page, pages, sort
    )


def _number(page: str, pages: int) -> int:
    if not (page.isascii() and page.isdigit() and 1 <= int(page) <= pages):
        raise Refused(
            "request-malformed",
            f"The answer has no page {page!r}.",
            mend=f"take a page from 1 to {pages}, or {ALL} for the whole answer",
        )
    return int(page)


def _order(cell: Cell) -> tuple[tuple[int, float, str], ...]:
    """Numbers in a text count as numbers: action 1.10 comes after action 1.9."""
    if cell.number:
        return ((0, float(cell.text), ""),)
    parts = _PARTS.split(cell.text.casefold())
    return tuple((0, float(part), "") if place % 2 else (1, 0.0, part) for place, part in enumerate(parts) if part)
