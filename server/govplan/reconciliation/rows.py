"""Reading somebody's entities from a table or from RDF; each error says what, where and how to mend it."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from govplan.errors import SheetUnreadable
from govplan.inputs.rdf import NotRdf, parse_rdf, rdf_format
from govplan.inputs.tables import no_sheets, read_file, read_table
from govplan.namespaces import STANDARD

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
    """One of somebody's entities: its place in the file, what names it, its own IRI (empty if it has none).

    `others` are the cells of its row in the further columns of its table.
    """

    place: str
    texts: tuple[str, ...]
    iri: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnRows:
    """Somebody's entities, and the further columns of their table (none for RDF)."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_own(path: Path, column: str | None, own: str | None, encoding: str | None, sheet: str | None) -> OwnRows:
    """Return the entities of a table or, as the ending of its name says, of an RDF file. Raises SheetUnreadable."""
    if rdf_format(path) is None:
        return read_rows(path, column, own, encoding, sheet)
    if sheet is not None:
        raise no_sheets(path)
    return OwnRows((), tuple(read_rdf(path)))


def read_rows(
    path: Path, column: str | None, own: str | None, encoding: str | None = None, sheet: str | None = None
) -> OwnRows:
    """Return the entities of a table.

    `column` holds what names them (may be left out where there is only one), `own` their IRIs, if they have any.
    Raises SheetUnreadable.
    """
    table = read_table(path, encoding, sheet)
    if column is None and len(table.columns) > 1:
        raise SheetUnreadable(
            "The table has more than one column.",
            where=str(path),
            mend="choose one by --column: " + ", ".join(repr(name) for name in table.columns),
        )
    named = table.column(column) if column is not None else 0
    known = None if own is None else table.column(own)
    others = [at for at in range(len(table.columns)) if at not in (named, known)]
    rows = (
        Row(
            str(number),
            (cells[named].strip(),),
            "" if known is None else cells[known].strip(),
            tuple(cells[at] for at in others),
        )
        for number, cells in table.rows
    )
    return OwnRows(tuple(table.columns[at] for at in others), tuple(rows))


def read_rdf(path: Path) -> list[Row]:
    """Return the entities of an RDF file: every IRI that something names, with its names and identifiers.

    Raises SheetUnreadable.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    fmt = rdf_format(path)
    assert fmt is not None  # `read_own` asks for it
    try:
        for quad in parse_rdf(read_file(path), fmt):
            subject, value = quad.subject, quad.object
            if quad.predicate.value not in _TELLING or not isinstance(subject, ox.NamedNode):
                continue
            if isinstance(value, ox.Literal | ox.NamedNode):
                texts[subject.value].append(value.value)
    except NotRdf as problem:
        line = "" if problem.line is None else f", line {problem.line}"
        raise SheetUnreadable(
            f"The file is not RDF as its name says: {problem.what}.", where=f"{path}{line}", mend=problem.mend
        ) from problem
    if not texts:
        raise SheetUnreadable(
            "The file names nothing that has an IRI.",
            where=str(path),
            mend="give entities an rdfs:label, skos:prefLabel, dcterms:title, foaf:name or schema:name",
        )
    return [Row(iri, tuple(dict.fromkeys((*names, iri))), iri) for iri, names in sorted(texts.items())]
