"""The register of numbers: an IRI of a plan element is minted once, stays for ever, and is never re-used."""

import csv
import datetime
import io
from collections.abc import Iterator

import pyoxigraph as ox

from govplan.config import Settings
from govplan.content.problem import Problem
from govplan.content.project import Content
from govplan.errors import ContentUnreadable
from govplan.namespaces import NS, STANDARD
from govplan.text import read_text

REGISTER = "data/register.csv"
_COLUMNS = ["iri", "minted", "retired", "replaced_by"]
_KINDS = ("Plan", "Objective", "Aim", "Action", "Deliverable")
_TYPE = STANDARD["rdf"] + "type"


def check_register(content: Content, settings: Settings) -> Iterator[Problem]:
    """Yield what is wrong with the register, and each plan element of the data that is not in it."""
    kinds = {f"{NS}{kind}" for kind in _KINDS}
    used = {
        quad.subject.value
        for quad in content.room("data")
        if quad.predicate.value == _TYPE
        and isinstance(quad.object, ox.NamedNode)
        and quad.object.value in kinds
        and isinstance(quad.subject, ox.NamedNode)
    }
    try:
        text = read_text(content.root / REGISTER, REGISTER, ContentUnreadable, "codes")
        rows = _rows(text)
    except ContentUnreadable as problem:
        yield _broken(problem.where or REGISTER, "", problem.what, problem.mend or "restore the file")
        return
    seen: set[str] = set()
    for line, cells in rows:
        if len(cells) != len(_COLUMNS):
            what = f"The row has {len(cells)} cells; the register has {len(_COLUMNS)} columns."
            yield _broken(f"{REGISTER}:{line}", cells[0], what, "write " + ",".join(_COLUMNS))
            continue
        yield from _faults_of_row(dict(zip(_COLUMNS, cells, strict=True)), f"{REGISTER}:{line}", seen, used)
        seen.add(cells[0])
    for iri in sorted(used - seen):
        place = content.places.of_subject(iri) or REGISTER
        yield _broken(place, iri, "The IRI is not in the register.", f"add it to {REGISTER}")


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows below the names of the columns, each with the line it begins on; empty lines are none."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = []
    begins = 1
    try:
        for cells in reader:
            if cells:
                rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as problem:
        raise ContentUnreadable(
            f"The register cannot be read: {problem}.", where=f"{REGISTER}:{begins}", mend="correct the quotes"
        ) from problem
    if not rows or rows[0][1] != _COLUMNS:
        raise ContentUnreadable(
            "The register has other columns.", where=f"{REGISTER}:1", mend=f"write {','.join(_COLUMNS)}, with commas"
        )
    return rows[1:]


def _faults_of_row(row: dict[str, str], place: str, seen: set[str], used: set[str]) -> Iterator[Problem]:
    iri = row["iri"]
    if iri in seen:
        yield _broken(place, iri, "The IRI is registered twice.", "delete one of the rows")
    for column in ("minted", "retired"):
        if (column == "minted" or row[column]) and not _is_date(row[column]):
            yield _broken(place, iri, f"{column} is {row[column]!r}, not a date.", "write it as 2026-11-24")
    if not row["retired"] and iri not in used:
        yield _broken(
            place,
            iri,
            "The IRI is registered but no file describes it.",
            "restore its description, or write the date on which it was retired: a number is never re-used",
        )


def _broken(place: str, subject: str, what: str, mend: str) -> Problem:
    return Problem("violation", place, subject, "register", what, mend)


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
