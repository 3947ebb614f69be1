"""Tables of others: text or a workbook, with a first row that names the columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from govplan.errors import SheetUnreadable
from govplan.inputs.delimited import Line, read_delimited
from govplan.inputs.rdf import MAX_BYTES, TooLarge, read_bytes
from govplan.inputs.workbooks import ENDINGS, is_workbook, read_workbook

_FIRST = 3  # faults that an error lists


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands in a file: its columns, and its rows with their number: the `unit` that the file counts in.

    A row of a text begins on a line; a row of a sheet has its number there.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Line, ...]
    unit: Literal["line", "row"] = "line"

    def column(self, name: str) -> int:
        """Return the position of a column. Raises SheetUnreadable with the columns there are."""
        if name in self.columns:
            return self.columns.index(name)
        folded = [column.casefold() for column in self.columns]
        if folded.count(name.casefold()) == 1:
            return folded.index(name.casefold())
        raise SheetUnreadable(
            f"There is no column {name!r}.",
            where=str(self.path),
            mend="the columns are: " + ", ".join(repr(column) for column in self.columns),
        )


def read_table(path: Path, encoding: str | None = None, sheet: str | None = None) -> Table:
    """Return a table of text (`encoding`: see `read_delimited`) or of a workbook (`sheet`: default the first shown).

    What a file is, its first bytes say. Columns without name and content are left out. Raises SheetUnreadable.
    """
    raw = read_file(path)
    if is_workbook(raw):
        if encoding is not None:
            raise SheetUnreadable(
                "A workbook has no character encoding to be named.", where="--encoding", mend="leave --encoding out"
            )
        return _table(path, read_workbook(path, raw, sheet), "row")
    if path.suffix.lower() in ENDINGS and raw:
        raise SheetUnreadable(
            f"The file is no workbook, though its name ends in {path.suffix}.",
            where=str(path),
            mend="save it as a workbook again, or name it .csv if it is text",
        )
    if sheet is not None:
        raise no_sheets(path)
    lines, delimiter = read_delimited(path, raw, encoding)
    _refuse_ragged(path, lines, delimiter)
    return _table(path, lines, "line")


def read_file(path: Path) -> bytes:
    """Return what a file of somebody's entities holds. Raises SheetUnreadable, also above MAX_BYTES."""
    try:
        return read_bytes(path)
    except OSError as problem:
        raise SheetUnreadable(
            f"The file cannot be read: {problem.strerror or problem}.", where=str(path), mend="name a readable file"
        ) from problem
    except TooLarge as problem:
        raise SheetUnreadable(
            f"The file has more than {MAX_BYTES} bytes.", where=str(path), mend="match it in parts"
        ) from problem


def no_sheets(path: Path) -> SheetUnreadable:
    """Return the error of who names a sheet of a file that has none."""
    return SheetUnreadable(
        "Only workbooks (.xlsx, .ods) have sheets.", where=f"--sheet, {path}", mend="leave --sheet out"
    )


def _table(path: Path, lines: Sequence[Line], unit: Literal["line", "row"]) -> Table:
    (first, names), *rows = lines
    kept = [at for at, name in enumerate(names) if name.strip() or any(cells[at].strip() for _, cells in rows)]
    columns = tuple(names[at].strip() for at in kept)
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise SheetUnreadable(
            f"There are two columns {twice[0]!r}.",
            where=f"{path}, {unit} {first}",
            mend="give each column a name of its own",
        )
    if not rows:
        raise SheetUnreadable(
            f"The table has no rows below its first {unit}, which names the columns.", where=str(path), mend="add rows"
        )
    return Table(path, columns, tuple((number, tuple(cells[at] for at in kept)) for number, cells in rows), unit)


def _refuse_ragged(path: Path, lines: Sequence[Line], delimiter: str) -> None:
    width = len(lines[0][1])
    if ragged := [(line, len(cells)) for line, cells in lines if len(cells) != width]:
        seen = "; ".join(f"line {line} has {count}" for line, count in ragged[:_FIRST])
        raise SheetUnreadable(
            f"{len(ragged)} row(s) do not have the {width} cells of the first line, split at {delimiter!r}.",
            where=f"{path}: {seen}",
            mend="fill or delete the cells; a cell that holds the delimiter needs quotes",
        )
