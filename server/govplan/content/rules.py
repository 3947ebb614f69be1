"""The rules a file must keep whatever its vocabulary: plain terms, known prefixes, a header that says who speaks."""

import csv
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

from govplan.config import Settings
from govplan.content.project import Content, SourceFile
from govplan.content.terms import faulty_terms
from govplan.namespaces import STANDARD

Severity = Literal["violation", "warning", "info"]
REGISTER = "data/register.csv"
_REGISTER_COLUMNS = ["iri", "minted", "retired", "replaced_by"]
_TYPE = ox.NamedNode(STANDARD["rdf"] + "type")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One broken rule in words. `place` is `file` or `file:line`, `rule` an IRI or a short name such as T8."""

    severity: Severity
    place: str
    subject: str
    rule: str
    what: str
    mend: str


def check_content(content: Content, settings: Settings) -> list[Problem]:
    """Return every broken rule of the files themselves, sorted; shapes and questions are checked elsewhere."""
    problems: list[Problem] = []
    for file in content.files:
        problems += _blank_nodes(file)
        problems += (_broken_term(file, *fault) for fault in faulty_terms(file))
        problems += _prefixes(file, settings.prefixes)
        if file.room == "data":
            problems += _header(file, settings)
    problems += _register(content, settings)
    return sorted(problems)


def _blank_nodes(file: SourceFile) -> Iterator[Problem]:
    for quad in file.quads:
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            yield Problem(
                "violation",
                _place(file, quad),
                str(quad.subject),
                "T8",
                f"The statement with {_short(quad.predicate.value, file)} uses a blank node.",
                "give the node an IRI: releases are compared and hashed",
            )


def _broken_term(file: SourceFile, quad: ox.Quad, what: str, mend: str) -> Problem:
    about = f"{what} (value of {_short(quad.predicate.value, file)})"
    return Problem("violation", _place(file, quad), _iri(quad.subject), "T9", about, mend)


def _prefixes(file: SourceFile, table: dict[str, str]) -> Iterator[Problem]:
    for label, namespace in file.prefixes.items():
        if table.get(label) != namespace:
            right = next((known for known, ns in table.items() if ns == namespace), None)
            yield Problem(
                "violation",
                file.path,
                namespace,
                "T1",
                f"The prefix {label}: does not stand for {namespace} in this project.",
                f"write {right}: instead" if right else "add it to [project.prefixes] in govplan.toml",
            )


def _header(file: SourceFile, settings: Settings) -> Iterator[Problem]:
    """Each data file describes its own graph first, so that a moved or copied file cannot speak for another source."""
    source_graph = ox.NamedNode(f"{settings.base}ns#SourceGraph")
    declared = [_iri(quad.subject) for quad in file.quads if quad.predicate == _TYPE and quad.object == source_graph]
    if declared != [file.graph]:
        yield Problem(
            "violation",
            file.path,
            declared[0] if declared else file.graph,
            "T2",
            "The file does not describe its own graph as its one gp:SourceGraph.",
            f"begin with <{file.graph}> a gp:SourceGraph and say which layer it is and who speaks",
        )


def _register(content: Content, settings: Settings) -> Iterator[Problem]:
    """Numbers of plan elements are never re-used: an IRI is minted once and stays in the register for ever."""
    kinds = {
        ox.NamedNode(f"{settings.base}ns#{kind}") for kind in ("Plan", "Objective", "Aim", "Action", "Deliverable")
    }
    used = {_iri(q.subject) for q in content.room("data") if q.predicate == _TYPE and q.object in kinds}
    path = content.root / REGISTER
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            table = csv.DictReader(lines)
            rows = list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        yield Problem(
            "violation", REGISTER, "", "register", f"The register cannot be read: {problem}.", "restore the file"
        )
        return
    if table.fieldnames != _REGISTER_COLUMNS:
        yield Problem(
            "violation",
            REGISTER,
            "",
            "register",
            "The register has other columns.",
            "write " + ",".join(_REGISTER_COLUMNS),
        )
        return
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        yield from _register_row(row, f"{REGISTER}:{number}", seen, used)
        seen.add(row["iri"])
    for iri in sorted(used - seen):
        yield Problem(
            "violation",
            content.place_of(iri) or REGISTER,
            iri,
            "register",
            "The IRI is not in the register.",
            f"add it to {REGISTER}",
        )


def _register_row(row: dict[str, str], place: str, seen: set[str], used: set[str]) -> Iterator[Problem]:
    iri = row["iri"]
    if iri in seen:
        yield Problem("violation", place, iri, "register", "The IRI is registered twice.", "delete one of the rows")
    for column in ("minted", "retired"):
        if (column == "minted" or row[column]) and not _is_date(row[column] or ""):
            yield Problem(
                "violation",
                place,
                iri,
                "register",
                f"{column} is {row[column]!r}, not a date.",
                "write it as 2026-11-24",
            )
    if not row["retired"] and iri not in used:
        yield Problem(
            "violation",
            place,
            iri,
            "register",
            "The IRI is registered but no file describes it.",
            "restore its description, or write the date on which it was retired: a number is never re-used",
        )


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _place(file: SourceFile, quad: ox.Quad) -> str:
    line = file.line_of(_iri(quad.subject))
    return file.path if line is None else f"{file.path}:{line}"


def _short(iri: str, file: SourceFile) -> str:
    for label, namespace in file.prefixes.items():
        if iri.startswith(namespace):
            return f"{label}:{iri[len(namespace) :]}"
    return f"<{iri}>"
