"""Showing answers and reports on a terminal: as tables with short names."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from govplan.links.report import LinkReport
from govplan.namespaces import short
from govplan.release.coverage import Coverage
from govplan.release.pruning import Found
from govplan.values import Term, text


def answer_table(body: bytes, prefixes: Mapping[str, str]) -> Table | Text:
    """Return the rows of a SPARQL JSON answer with IRIs as prefixed names; an ASK answer is one word."""
    answer: dict[str, Any] = json.loads(body)
    if "boolean" in answer:
        return Text("yes" if answer["boolean"] else "no")
    columns: list[str] = answer["head"]["vars"]
    rows = answer["results"]["bindings"]
    table = Table(*columns, box=box.SIMPLE_HEAD, caption=f"{len(rows)} row(s)", caption_justify="left")
    for row in rows:
        table.add_row(*(Text(_shown(row[name], prefixes)) if name in row else "" for name in columns))
    return table


def _shown(term: Term, prefixes: Mapping[str, str]) -> str:
    return short(term["value"], prefixes) if term["type"] == "uri" else text(term)


def coverage_table(report: Sequence[Coverage]) -> Table:
    """Return one row for each class whose things have labels: how many there are, and how many of them by language."""
    table = Table(box=box.SIMPLE_HEAD, caption="things with a label, by class and language", caption_justify="left")
    table.add_column("class", no_wrap=True)
    for column in ("things", *(report[0].labelled if report else ())):
        table.add_column(column, justify="right")
    for each in report:
        if each.is_shown:
            table.add_row(each.kind, str(each.things), *(str(count) for count in each.labelled.values()))
    return table


def release_table(releases: Sequence[Found]) -> Table:
    """Return one row for each release: what it is, how large, whether it is current and sound."""
    table = Table(box=box.SIMPLE_HEAD, caption=f"{len(releases)} release(s)", caption_justify="left")
    table.add_column("id", no_wrap=True)
    for column in ("version", "date"):
        table.add_column(column, no_wrap=True)
    table.add_column("MB", justify="right")
    for column in ("current", "sound"):
        table.add_column(column)
    for each in releases:
        about = (each.manifest.version, each.manifest.date) if each.manifest else ("", "")
        sound = Text(f"no: {each.fault}" if each.fault else "yes", style="bold red" if each.fault else "")
        size = f"{each.size / 1e6:.1f}"
        table.add_row(each.folder.name, *about, size, "current" if each.is_current else "", sound)
    return table


def link_table(report: LinkReport) -> Table:
    """Return one row for each register: what is linked, and what is not in order."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("register", no_wrap=True)
    for column in ("links", "things", "candidate", "missing", "not found", "ambiguous", "malformed", "doubled"):
        table.add_column(column, justify="right")
    for each in report.registers:
        lists = (each.candidates, each.missing, each.not_found, each.ambiguous, each.malformed, each.duplicates)
        table.add_row(each.register, str(each.links), str(each.linked), *(str(len(found)) for found in lists))
    return table


def link_details(report: LinkReport, prefixes: Mapping[str, str]) -> list[str]:
    """Return a line for each thing that is missing or not in order, with short names."""
    lines = []
    for each in report.registers:
        rows = [("candidate", iri) for iri in each.candidates] + [("missing", iri) for iri in each.missing]
        rows += [("not found", iri) for iri in each.not_found]
        lines += [f"{each.register}: {what}: {short(iri, prefixes)}" for what, iri in rows]
        several = [("ambiguous", found) for found in each.ambiguous] + [("doubled", found) for found in each.duplicates]
        for what, found in several:
            others = ", ".join(short(iri, prefixes) for iri in found.many)
            lines.append(f"{each.register}: {what}: {short(found.one, prefixes)} and {others}")
        for fault in each.malformed:
            link = short(fault.link, prefixes)
            lines.append(f"{each.register}: malformed: {fault.identifier} in {link}: {fault.why}")
    return lines
