"""Showing an answer on a page: SPARQL JSON results → a table of cells, a word for ASK, Turtle for a graph."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from govplan.namespaces import STANDARD, short
from govplan.store import Answer
from govplan.store.formats import GRAPHS
from govplan.web.addresses import page_of
from govplan.web.language import mark
from govplan.web.site import Site

_NUMBERS = {STANDARD["xsd"] + name for name in ("integer", "decimal", "double", "float")}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table; `href` is set for http(s) IRIs only, `lang` for texts with a language."""

    text: str
    href: str | None = None
    lang: str | None = None
    number: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as a page shows it: columns and rows, or one `word`, or the `text` of a graph.

    `partial` says that these are the first rows only, as was asked for; `bindings` are the rows as SPARQL 1.1
    JSON results give them.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    word: str | None = None
    text: str | None = None
    partial: bool = False
    bindings: tuple[Mapping[str, Mapping[str, str]], ...] = ()


def shown(site: Site, answer: Answer) -> Shown:
    """Return an answer for a page; it is SPARQL JSON, or Turtle for a graph: the default formats."""
    if answer.media_type == GRAPHS[0].media_type:
        return Shown(text=answer.body.decode())
    document: dict[str, Any] = json.loads(answer.body)
    if "boolean" in document:
        return Shown(word=mark("yes") if document["boolean"] else mark("no"))
    columns = tuple(document["head"]["vars"])
    bindings = tuple(document["results"]["bindings"])
    links: dict[str, Cell] = {}
    rows = tuple(tuple(_cell(row.get(name), site, links) for name in columns) for row in bindings)
    return Shown(columns=columns, rows=rows, partial=answer.partial, bindings=bindings)


def _cell(term: Mapping[str, str] | None, site: Site, links: dict[str, Cell]) -> Cell:
    """`links` keeps the cells of IRIs: a long answer names the same ones over and over, and an address takes time."""
    if term is None:
        return Cell("")
    value = term["value"]
    if term["type"] == "uri":
        if value not in links:
            links[value] = Cell(short(value, site.settings.prefixes), href=page_of(site, value))
        return links[value]
    return Cell(value, lang=term.get("xml:lang"), number=term.get("datatype") in _NUMBERS)


def labelled(answer: Shown) -> Shown:
    """Join each column of IRIs to the column of its labels: `action` and `actionLabel` become one linked column."""
    places = {name: place for place, name in enumerate(answer.columns)}
    pairs = {name: name + "Label" for name in answer.columns if name + "Label" in places}
    kept = tuple(name for name in answer.columns if name not in pairs.values())
    rows = tuple(
        tuple(_joined(row[places[name]], row[places[pairs[name]]] if name in pairs else None) for name in kept)
        for row in answer.rows
    )
    return replace(answer, columns=kept, rows=rows)


def _joined(cell: Cell, label: Cell | None) -> Cell:
    return replace(label, href=cell.href) if label is not None and label.text else cell
