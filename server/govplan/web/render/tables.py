"""Showing an answer on a page: SPARQL JSON results → a table of cells, a word for ASK, Turtle for a graph.

A page has a size: of an answer beyond it the first rows are read and shown, and nothing else is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from govplan.deadline import check
from govplan.formats import GRAPHS, Form, Format
from govplan.namespaces import short
from govplan.readmodel.sizes import BYTES, CELL, CELLS, COLUMNS, GRAPH_BYTES, LINES, PAGED
from govplan.sparql import Answer, Request
from govplan.sparql.results import Results
from govplan.values import Number, Term, number, shortened, text
from govplan.web.http.addresses import page_of
from govplan.web.http.language import mark
from govplan.web.site import Site

_WHOLE = {"csv", "json", "ttl", "nt"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table.

    `iri` is what it names, `lang` is set for texts with a language, `value` for well-typed numbers; `cut` says that the
    text is the beginning of a longer one.
    """

    text: str
    iri: str | None = None
    lang: str | None = None
    value: Number | None = None
    cut: bool = False

    @property
    def number(self) -> bool:
        """Whether this is a number."""
        return self.value is not None

    @property
    def href(self) -> str | None:
        """The address of what it names, None where there is none. Needs a request."""
        check()
        return page_of(self.iri) if self.iri else None


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as a page shows it: columns and rows, or one `word`, or the `text` of a graph.

    `partial` says that these are the first rows only, as was asked for; `more` that the answer goes on beyond what
    pages show, and `hidden` how many columns it has besides these. `bindings` are the rows as SPARQL 1.1 JSON results
    give them.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    word: str | None = None
    text: str | None = None
    partial: bool = False
    more: bool = False
    hidden: int = 0
    bindings: tuple[Mapping[str, Mapping[str, Any]], ...] = ()

    @property
    def completeness(self) -> str:
        """What the header Result-Completeness says of a page with this answer."""
        if self.more:
            return f'partial; reason="page"; limit={len(self.rows)}' if self.columns else 'partial; reason="page"'
        return f'partial; reason="max-rows"; limit={len(self.rows)}' if self.partial else "complete"


def for_page(asked: Request, form: Form, rows: int = PAGED) -> Request:
    """Return a request for as many rows as pages show: the store evaluates a SELECT no further."""
    return replace(asked, max_rows=min(asked.max_rows or rows, rows)) if form == "SELECT" else asked


def in_whole(fmt: Format) -> bool:
    """Tell whether a page leads to this format where it shows a part of an answer."""
    return fmt.extension in _WHOLE


def shown(of: Site, answer: Answer, preview: int | None = None) -> Shown:
    """Return an answer for a page; it is SPARQL JSON, or Turtle for a graph: the default formats.

    `preview` is how many rows the reader asked for, None for all.
    """
    if answer.media_type == GRAPHS[0].media_type:
        beginning, more = _beginning(answer)
        return Shown(text=beginning, more=more)
    results = Results(answer, BYTES)
    if results.boolean is not None:
        results.close()
        return Shown(word=mark("yes") if results.boolean else mark("no"))
    columns = results.columns[:COLUMNS]
    most = min(PAGED, 2 * CELLS // max(1, len(columns)))
    prefixes, links = of.settings.prefixes, dict[str, Cell]()
    rows: list[tuple[Cell, ...]] = []
    bindings: list[Mapping[str, Term]] = []
    more = False
    for row in results:
        if len(rows) == most:
            more = True
            results.close()
            break
        rows.append(tuple(_cell(row.get(name), prefixes, links) for name in columns))
        bindings.append(row)
    asked_for = answer.partial and preview is not None and preview <= PAGED
    return Shown(
        columns=columns,
        rows=tuple(rows),
        partial=asked_for,
        more=more or results.cut or (answer.partial and not asked_for),
        hidden=len(results.columns) - len(columns),
        bindings=tuple(bindings),
    )


def _beginning(answer: Answer) -> tuple[str, bool]:
    """Return the first lines of a graph, and whether there are more; a line that fills the page by itself is cut."""
    read = b""
    for piece in answer.pieces():
        check()
        read += piece[: GRAPH_BYTES + 1 - len(read)]
        if len(read) > GRAPH_BYTES:
            break
    answer.close()
    lines = read[:GRAPH_BYTES].decode(errors="ignore").split("\n")
    if len(read) <= GRAPH_BYTES and len(lines) <= LINES + 1:
        return "\n".join(lines), False
    whole = lines[:-1][:LINES]
    return ("\n".join(whole) + "\n" if whole else lines[0] + "…"), True


def _cell(term: Term | None, prefixes: Mapping[str, str], links: dict[str, Cell]) -> Cell:
    """`links` keeps the cells of IRIs: a long answer names the same ones over and over, and a name takes time."""
    if term is None:
        return Cell("")
    plain = text(term)
    if term["type"] == "uri":
        if plain not in links:
            name = short(plain, prefixes)
            links[plain] = Cell(shortened(name, CELL), plain, cut=len(name) > CELL)
        return links[plain]
    return Cell(shortened(plain, CELL), None, term.get("xml:lang"), number(term), len(plain) > CELL)


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
    return replace(label, iri=cell.iri) if label is not None and label.text else cell
