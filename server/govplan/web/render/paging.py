"""A long answer on a page: sorted by a column, and cut into pages; one more page has all rows that pages show."""

from dataclasses import dataclass, replace

from govplan.deadline import check
from govplan.readmodel import sizes
from govplan.values import Order, order, shortened, whole
from govplan.web.http.errors import Refused
from govplan.web.render.tables import Cell, Shown

ROWS = 50
ALL = "all"
# Up to so many pages all are listed; of more, those at the ends and around the one that is shown.
_LISTED, _NEAR = 12, 2
# What is compared of a text.
_LETTERS = 200
# What is said again of a parameter that cannot be used.
_QUOTED = 60


@dataclass(frozen=True, slots=True)
class View:
    """The part of an answer that a page shows.

    `shown` has its rows only; they are `first` to `last`, from 1, of `total`. `page` is a number from 1, or `ALL`, of
    which the rows are at most `most`.
    """

    shown: Shown
    total: int
    first: int
    last: int
    page: str
    pages: int
    sort: str
    most: int

    @property
    def numbers(self) -> list[int | None]:
        """Return the pages to offer, in order, with None where some are left out."""
        every = range(1, self.pages + 1)
        if self.pages <= _LISTED:
            return list(every)
        here = whole(self.page, 1, self.pages) or 1
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
                f"The answer has no column {shortened(column, _QUOTED)!r} to sort by.",
                mend="take one of those offered, with - before it for the other direction",
                offered=answer.columns,
            )
        place = answer.columns.index(column)
        rows.sort(key=lambda row: _order(row[place]), reverse=sort.startswith("-"))
        rows.sort(key=lambda row: not row[place].text)  # what has no value comes last in both directions
    pages = max(1, -(-len(rows) // ROWS))
    most = min(sizes.ROWS, sizes.CELLS // max(1, len(answer.columns)))
    if page == ALL or pages == 1:
        first, last = 0, min(len(rows), most)
    else:
        number = _number(page, pages)
        page = str(number)
        first, last = (number - 1) * ROWS, min(number * ROWS, len(rows))
    part = replace(answer, rows=tuple(rows[first:last]))
    return View(part, len(rows), first + 1 if rows else 0, last, page, pages, sort, most)


def _number(page: str, pages: int) -> int:
    number = whole(page, 1, pages)
    if number is None:
        raise Refused(
            "request-malformed",
            f"The answer has no page {shortened(page, _QUOTED)!r}.",
            mend=f"take a page from 1 to {pages}, or {ALL} for all of these rows",
        )
    return number


def _order(cell: Cell) -> Order:
    check()
    return order(cell.text[:_LETTERS], cell.value)
