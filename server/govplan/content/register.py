"""The registers of numbers, one a plan: an IRI of a plan element is minted once, stays for ever, is never re-used."""

import csv
import datetime
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from govplan.content.problem import Problem
from govplan.content.project import PLANS, Content
from govplan.errors import ContentUnreadable
from govplan.namespaces import NS, STANDARD
from govplan.text import read_text

REGISTER = "register.csv"
_COLUMNS = ["iri", "minted", "retired", "replaced_by"]
_KINDS = ("Plan", "Objective", "Aim", "Action", "Deliverable")
_TYPE = STANDARD["rdf"] + "type"


def check_registers(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with each register, and each element in the folder of a plan that its register lacks.

    A plan without a register has nothing to compare. An IRI stands in one register only.
    """
    seen: dict[str, str] = {}
    for path in sorted(content.root.glob(f"{PLANS}/*/{REGISTER}")):
        plan = path.parent.relative_to(content.root).as_posix()
        yield from _check(path, f"{plan}/{REGISTER}", _elements(content, plan), content, seen)


def _elements(content: Content, plan: str) -> set[str]:
    kinds = {f"{NS}{kind}" for kind in _KINDS}
    return {
        quad.subject.value
        for file in content.files
        if file.plan == plan
        for quad in file.quads
        if quad.predicate.value == _TYPE
        and isinstance(quad.object, ox.NamedNode)
        and quad.object.value in kinds
        and isinstance(quad.subject, ox.NamedNode)
    }


def _check(path: Path, name: str, used: set[str], content: Content, seen: dict[str, str]) -> Iterator[Problem]:
    """Check one register; `seen` is IRI → where it is registered, and grows."""
    try:
        rows = _rows(read_text(path, name, ContentUnreadable, "codes"), name)
    except ContentUnreadable as problem:
        yield _broken(problem.where or name, "", problem.what, problem.mend or "restore the file")
        return
    here: set[str] = set()
    for line, cells in rows:
        place = f"{name}:{line}"
        if len(cells) != len(_COLUMNS):
            what = f"The row has {len(cells)} cells; the register has {len(_COLUMNS)} columns."
            yield _broken(place, cells[0], what, "write " + ",".join(_COLUMNS))
            continue
        yield from _faults_of_row(dict(zip(_COLUMNS, cells, strict=True)), place, seen, used)
        seen.setdefault(cells[0], place)
        here.add(cells[0])
    for iri in sorted(used - here):
        yield _broken(
            content.places.of_subject(iri) or name, iri, "The IRI is not in the register.", f"add it to {name}"
        )


def _rows(text: str, name: str) -> list[tuple[int, list[str]]]:
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
            f"The register cannot be read: {problem}.", where=f"{name}:{begins}", mend="correct the quotes"
        ) from problem
    if not rows or rows[0][1] != _COLUMNS:
        raise ContentUnreadable(
            "The register has other columns.", where=f"{name}:1", mend=f"write {','.join(_COLUMNS)}, with commas"
        )
    return rows[1:]


def _faults_of_row(row: dict[str, str], place: str, seen: Mapping[str, str], used: set[str]) -> Iterator[Problem]:
    iri = row["iri"]
    if iri in seen:
        yield _broken(place, iri, f"The IRI is registered twice, first at {seen[iri]}.", "delete one of the rows")
    for column in ("minted", "retired"):
        if (column == "minted" or row[column]) and not _is_date(row[column]):
            yield _broken(place, iri, f"{column} is {row[column]!r}, not a date.", "write it as 2026-11-24")
    if _is_date(row["minted"]) and _is_date(row["retired"]) and row["retired"] < row["minted"]:
        what = f"It was retired on {row['retired']}, before it was minted on {row['minted']}."
        yield _broken(place, iri, what, "correct one of the two")
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
