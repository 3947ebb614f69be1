"""Reading somebody's entities from a table (CSV, TSV) or from RDF; each error says what, where and how to mend it."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from govplan.errors import SheetUnreadable
from govplan.namespaces import STANDARD
from govplan.text import MARK, without_mark

_DELIMITERS = ",;\t|"
_FIRST = 3  # faults that an error lists
_TELLING = frozenset(
    (
        STANDARD["skos"] + "prefLabel",
        STANDARD["skos"] + "altLabel",
        STANDARD["skos"] + "exactMatch",
        STANDARD["rdfs"] + "label",
        STANDARD["dcterms"] + "title",
        STANDARD["dcterms"] + "identifier",
        STANDARD["foaf"] + "name",
        STANDARD["owl"] + "sameAs",
        STANDARD["schema"] + "name",
        "http://schema.org/name",
    )
)


@dataclass(frozen=True, slots=True)
class Row:
    """One of somebody's entities: its place in the file, what names it, and its own IRI (empty if it has none)."""

    place: str
    texts: tuple[str, ...]
    iri: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands in a file: its columns, and its rows with the line each begins on."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

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


def is_rdf(path: Path) -> bool:
    """Tell whether the name of a file ends as those of RDF files do."""
    return _rdf_format(path) is not None


def read_rows(path: Path, column: str | None, own: str | None, encoding: str) -> list[Row]:
    """Return the entities of a table.

    `column` holds what names them (may be left out where there is only one), `own` their IRIs, if they have any.
    Raises SheetUnreadable.
    """
    table = read_table(path, encoding)
    if column is None and len(table.columns) > 1:
        raise SheetUnreadable(
            "The table has more than one column.",
            where=str(path),
            mend="choose one by --column: " + ", ".join(repr(name) for name in table.columns),
        )
    named = table.column(column) if column is not None else 0
    known = None if own is None else table.column(own)
    return [
        Row(str(line), (cells[named].strip(),), "" if known is None else cells[known].strip())
        for line, cells in table.rows
    ]


def read_table(path: Path, encoding: str) -> Table:
    """Return a table; the delimiter is found in its first line. Raises SheetUnreadable."""
    text = _text(path, encoding)
    if not text.strip():
        raise SheetUnreadable("The file is empty.", where=str(path), mend="name a file with a first line of columns")
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, tuple[str, ...]]] = []
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((begins, tuple(cells)))
            begins = reader.line_num + 1
    except csv.Error as problem:
        raise SheetUnreadable(
            f"The table cannot be read: {problem}.",
            where=f"{path}, line {begins}",
            mend="correct the quotes of that line, or save the table as CSV again",
        ) from problem
    columns = tuple(cell.strip() for cell in lines[0][1])
    _check(path, columns, lines[1:], delimiter)
    return Table(path, columns, tuple(lines[1:]))


def read_rdf(path: Path) -> list[Row]:
    """Return the entities of an RDF file: every IRI that something names, with its names and identifiers.

    Raises SheetUnreadable.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    try:
        for quad in ox.parse(without_mark(path.read_bytes()), format=_rdf_format(path)):
            subject, value = quad.subject, quad.object
            named = isinstance(subject, ox.NamedNode) and isinstance(value, ox.Literal | ox.NamedNode)
            if named and quad.predicate.value in _TELLING:
                texts[subject.value].append(value.value)
    except OSError as problem:
        raise _unreadable(path, problem) from problem
    except (SyntaxError, ValueError) as problem:
        line = f", line {problem.lineno}" if isinstance(problem, SyntaxError) and problem.lineno else ""
        raise SheetUnreadable(
            f"The file is not RDF as its name says: {problem}.",
            where=f"{path}{line}",
            mend="correct the file, or give it the ending of its format",
        ) from problem
    if not texts:
        raise SheetUnreadable(
            "The file names nothing that has an IRI.",
            where=str(path),
            mend="give entities an rdfs:label, skos:prefLabel, dcterms:title, foaf:name or schema:name",
        )
    return [Row(iri, tuple(dict.fromkeys((*names, iri))), iri) for iri, names in sorted(texts.items())]


def _text(path: Path, encoding: str) -> str:
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise _unreadable(path, problem) from problem
    try:
        return raw.decode(encoding).removeprefix(MARK)
    except LookupError as problem:
        raise SheetUnreadable(
            f"There is no character encoding {encoding!r}.",
            where="--encoding",
            mend="for example utf-8, cp1252, utf-16",
        ) from problem
    except UnicodeError as problem:
        likely = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252"
        place = f", byte {problem.start}" if isinstance(problem, UnicodeDecodeError) else ""
        raise SheetUnreadable(
            f"The file is not {encoding}.",
            where=f"{path}{place}",
            mend=f"save it as UTF-8, or name its encoding: --encoding {likely}",
        ) from problem


def _delimiter(text: str) -> str:
    first = text.lstrip().splitlines()[0]
    return max(_DELIMITERS, key=lambda mark: (first.count(mark), -_DELIMITERS.index(mark)))


def _check(path: Path, columns: tuple[str, ...], lines: Iterable[tuple[int, tuple[str, ...]]], delimiter: str) -> None:
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise SheetUnreadable(
            f"There are two columns {twice[0]!r}.", where=f"{path}, line 1", mend="give each column a name of its own"
        )
    lines = list(lines)
    if not lines:
        raise SheetUnreadable(
            "The table has no rows below its first line, which names the columns.", where=str(path), mend="add rows"
        )
    if ragged := [(line, len(cells)) for line, cells in lines if len(cells) != len(columns)]:
        seen = "; ".join(f"line {line} has {count}" for line, count in ragged[:_FIRST])
        raise SheetUnreadable(
            f"{len(ragged)} row(s) do not have the {len(columns)} cells of the first line, split at {delimiter!r}.",
            where=f"{path}: {seen}",
            mend="fill or delete the cells; a cell that holds the delimiter needs quotes",
        )


def _rdf_format(path: Path) -> ox.RdfFormat | None:
    return ox.RdfFormat.from_extension(path.suffix.lower().removeprefix("."))


def _unreadable(path: Path, problem: OSError) -> SheetUnreadable:
    return SheetUnreadable(
        f"The file cannot be read: {problem.strerror or problem}.", where=str(path), mend="name a readable file"
    )
