"""Tables as text (CSV, TSV): which encoding, which delimiter, and the rows with the line that each begins on."""

import codecs
import csv
import io
import re
from pathlib import Path

from govplan.errors import SheetUnreadable
from govplan.text import MARK

Line = tuple[int, tuple[str, ...]]
DEFAULT_ENCODING = "utf-8"
_DELIMITERS = ",;\t|"
# The mark of UTF-32 begins as that of UTF-16 does.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What spreadsheet programs take as the delimiter, and do not show; some of them fill the line up with delimiters.
_SAID = re.compile(r'"?sep=(?P<all>[^"\r\n]*)"?(?P<end>\r\n|\r|\n|\Z)', re.IGNORECASE)


def read_delimited(path: Path, raw: bytes, encoding: str | None) -> tuple[list[Line], str]:
    """Return the rows that hold something, and the delimiter.

    The encoding is the one that is given, else what a byte order mark says, else UTF-8. The delimiter is what a first
    line `sep=…` says, else a tab if the name ends so, else that of the first line. Raises SheetUnreadable.
    """
    text = _decoded(path, raw, encoding)
    text, begins, delimiter = _said(path, text)
    if not text.strip():
        raise SheetUnreadable("The file is empty.", where=str(path), mend="name a file with a first line of columns")
    if delimiter is None:
        delimiter = "\t" if path.suffix.lower() == ".tsv" else _likely(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before, lines = begins - 1, list[Line]()
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((begins, tuple(cells)))
            begins = before + reader.line_num + 1
    except csv.Error as problem:
        raise SheetUnreadable(
            f"The table cannot be read: {problem}.",
            where=f"{path}, line {begins}",
            mend="correct the quotes of that line, or save the table as CSV again",
        ) from problem
    return lines, delimiter


def _decoded(path: Path, raw: bytes, encoding: str | None) -> str:
    marked = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    chosen = encoding or marked or DEFAULT_ENCODING
    try:
        text = raw.decode(chosen).removeprefix(MARK)
    except LookupError as problem:
        raise SheetUnreadable(
            f"There is no character encoding {encoding!r}.",
            where="--encoding",
            mend="for example utf-8, cp1252, utf-16",
        ) from problem
    except UnicodeError as problem:
        likely = f"leave --encoding out: its mark says {marked}" if marked and encoding else None
        place = f", byte {problem.start}" if isinstance(problem, UnicodeDecodeError) else ""
        raise SheetUnreadable(
            f"The file is not {chosen}.",
            where=f"{path}{place}",
            mend=likely or "save it as UTF-8, or name its encoding: --encoding cp1252",
        ) from problem
    if "\0" in text:
        raise SheetUnreadable(
            f"The file is not {chosen} text: it holds characters U+0000.",
            where=f"{path}, line {text.count(chr(10), 0, text.index(chr(0))) + 1}",
            mend="save it as UTF-8, or name its encoding: --encoding utf-16-le (or utf-16-be)",
        )
    return text


def _said(path: Path, text: str) -> tuple[str, int, str | None]:
    """Return the table without a line `sep=…`, the number of its first line, and the delimiter if the line says it."""
    found = _SAID.match(text)
    if found is None:
        return text, 1, None
    marks = set(found["all"].strip(" ") or found["all"])
    if len(marks) != 1 or not marks.isdisjoint('"\r\n'):
        raise SheetUnreadable(
            f"The first line says the delimiter {found['all']!r}, which is not one character.",
            where=f"{path}, line 1",
            mend="write sep=; or another single character, or delete the line",
        )
    return text[found.end() :], 2, marks.pop()


def _likely(text: str) -> str:
    first = text.lstrip().splitlines()[0]
    return max(_DELIMITERS, key=lambda mark: (first.count(mark), -_DELIMITERS.index(mark)))
