"""`govplan link`: rows → suggestions to review (CSV); reviewed suggestions → links (Turtle); plans stay as they are."""

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from govplan.content.project import FOLDERS
from govplan.errors import OutputRefused, SheetUnreadable
from govplan.inputs.tables import Table
from govplan.namespaces import STANDARD, used
from govplan.reconciliation.asking import Query, ask
from govplan.reconciliation.entities import Catalogue
from govplan.reconciliation.matching import Candidate, Matcher
from govplan.reconciliation.rows import Row

COLUMNS = ("place", "text", "iri", "rank", "govplan_iri", "name", "type", "score", "match", "reason", "accept")
_YES = frozenset(("exact", "yes", "y", "x", "1", "true", "ja", "oui"))
_CLOSE = frozenset(("close",))
_NO = frozenset(("", "no", "n", "0", "false", "nee", "nein", "non"))
_ABSOLUTE = re.compile(r"https?://[^\x00-\x20<>\"{}|^`\\]+")
_FIRST = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One of somebody's entities with the candidates for it, best first."""

    row: Row
    candidates: tuple[Candidate, ...]

    @property
    def matched(self) -> bool:
        """Whether its first candidate is called a match."""
        return bool(self.candidates) and self.candidates[0].match


def suggest(rows: Iterable[Row], matcher: Matcher, types: tuple[str, ...], limit: int) -> Iterator[Suggestion]:
    """Yield the suggestions for rows one by one; a match comes alone, else at most `limit` candidates."""
    for row in rows:
        texts = tuple(text for text in row.texts if text)
        found = ask(matcher, Query(texts, types, limit=limit)) if texts else []
        yield Suggestion(row, tuple(found[:1] if found and found[0].match else found))


def own_names(columns: Sequence[str]) -> tuple[str, ...]:
    """Return what somebody's columns are called beside COLUMNS: as before, or with `(own)` where a name is taken."""
    taken = {*COLUMNS, *(name.casefold() for name in columns if name.casefold() not in COLUMNS)}
    names = []
    for name in columns:
        if name.casefold() in COLUMNS:
            tries = (f"{name} (own{'' if n == 1 else f' {n}'})" for n in itertools.count(1))
            name = next(each for each in tries if each.casefold() not in taken)
            taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def sheet(suggestions: Iterable[Suggestion], catalogue: Catalogue, language: str, columns: Sequence[str] = ()) -> str:
    """Return suggestions as CSV with the columns of COLUMNS, then somebody's own; nobody has accepted any yet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((*COLUMNS, *own_names(columns)))
    for suggestion in suggestions:
        row = suggestion.row
        start = (row.place, next(iter(row.texts), ""), row.iri)
        if not suggestion.candidates:
            why = "no candidate" if any(row.texts) else "empty"
            writer.writerow((*start, "", "", "", "", "", "no", why, "", *row.others))
        for rank, found in enumerate(suggestion.candidates, start=1):
            entity = found.entity
            name, kind = (catalogue.label(iri, language)[0] for iri in (entity.iri, entity.types[-1]))
            match = "yes" if found.match else "no"
            writer.writerow((*start, rank, entity.iri, name, kind, found.score, match, found.reason, "", *row.others))
    return out.getvalue()


def accepted(table: Table, catalogue: Catalogue) -> list[tuple[str, str, str]]:
    """Return the links that a reviewer accepted: own IRI, property IRI, IRI of the plan; sorted.

    Raises SheetUnreadable where a word in `accept` is unknown, an IRI is missing or unknown, or one entity is called
    exactly the same as two.
    """
    own, ours, accept, place = (table.column(name) for name in ("iri", "govplan_iri", "accept", "place"))
    links: set[tuple[str, str, str]] = set()
    faults: list[str] = []
    for number, cells in table.rows:
        line = f"{table.unit} {number}"
        word = cells[accept].strip().casefold()
        if word in _NO:
            continue
        subject, target = cells[own].strip(), cells[ours].strip()
        if word not in _YES | _CLOSE:
            faults.append(f"{line}: {cells[accept]!r} is no answer")
        elif target not in catalogue.entities:
            faults.append(f"{line}: {target!r} is nothing in this release")
        elif not _ABSOLUTE.fullmatch(subject):
            faults.append(f"{line}: your entity of {cells[place]!r} has no http(s) IRI")
        else:
            links.add((subject, STANDARD["skos"] + ("closeMatch" if word in _CLOSE else "exactMatch"), target))
    faults += _contradictions(links)
    if faults:
        raise SheetUnreadable(
            f"{len(faults)} accepted row(s) cannot become links.",
            where=f"{table.path}: " + "; ".join(faults[:_FIRST]),
            mend="write exact, close or nothing in `accept`; name the column of your IRIs by --id when you match",
        )
    if not links:
        raise SheetUnreadable(
            "No row is accepted.", where=str(table.path), mend="write exact or close in the column `accept`"
        )
    return sorted(links)


def turtle(links: Sequence[tuple[str, str, str]], prefixes: dict[str, str], source: str) -> bytes:
    """Return links as Turtle; its first line says which reviewed file they come from."""
    quads = [ox.Triple(*(ox.NamedNode(iri) for iri in link)) for link in links]
    short = used(prefixes, (iri for link in links for iri in link))
    body = ox.serialize(quads, format=ox.RdfFormat.TURTLE, prefixes=short)
    name = "".join(letter if letter.isprintable() else "?" for letter in source)
    return f"# Links that a person accepted in {name}.\n".encode() + (body or b"")


def summary(suggestions: Sequence[Suggestion]) -> str:
    """Return in words how many rows are matched, unsure and without candidate."""
    matched = sum(each.matched for each in suggestions)
    without = sum(not each.candidates for each in suggestions)
    unsure = len(suggestions) - matched - without
    return f"{len(suggestions)} rows: {matched} matched, {unsure} to look at, {without} without candidate"


def refuse_output(path: Path | None, project: Path) -> None:
    """Raise OutputRefused, before any work is done, for a file that is there or that would lie in the plan's files."""
    if path is None:
        return
    if any(path.resolve().is_relative_to(project / folder) for folder in (*FOLDERS, "queries")):
        raise OutputRefused(
            "Links are not written into the plan's own files.",
            where=str(path),
            mend="write them elsewhere, read them, and add them to data/ by hand with their evidence",
        )
    if path.exists():
        raise _there(path)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that was not there. Raises OutputRefused if it was, or if it cannot be written."""
    try:
        with path.open("xb", buffering=0) as file:
            try:
                file.write(content)
            except OSError:
                path.unlink()  # half a file would look like a whole one
                raise
    except FileExistsError as problem:
        raise _there(path) from problem
    except OSError as problem:
        raise OutputRefused(
            f"The file cannot be written: {problem.strerror or problem}.", where=str(path), mend="choose another place"
        ) from problem


def _there(path: Path) -> OutputRefused:
    return OutputRefused(
        "The file is there already, and may hold somebody's review.",
        where=str(path),
        mend="choose another name, or delete it first",
    )


def _contradictions(links: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Yield what is wrong where one thing would be exactly the same as two."""
    seen: dict[str, str] = {}
    for subject, property_, target in sorted(links):
        if property_.endswith("exactMatch") and seen.setdefault(subject, target) != target:
            yield f"{subject} cannot be exactly both {seen[subject]} and {target}"
