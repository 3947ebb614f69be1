"""The tables of a release: the answers of those of its questions that say so, as CSV with CSVW, and as workbooks."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path

import pyoxigraph as ox
import xlsxwriter

from govplan.config import Settings
from govplan.engines.oxigraph.engine import evaluate
from govplan.formats import BINDINGS
from govplan.languages import best, preference
from govplan.namespaces import LABELS, STANDARD
from govplan.questions import Question
from govplan.questions.figures import usual_text
from govplan.release.table_names import FOLDER, workbook_name
from govplan.sparql import Answer, Request
from govplan.sparql.limits import UNLIMITED
from govplan.sparql.results import Results
from govplan.sparql.scan import scan
from govplan.values import Term, finite

CODES = "codes"
# Of Excel: characters of the name of a sheet, and of a cell.
_SHEET, _CELL = 31, 32_767
# It keeps fifteen digits of a number.
_EXACT = 1e15
_CODES = """SELECT ?scheme ?code ?property ?text WHERE {{
  ?code <{skos}inScheme> ?scheme ; ?property ?text .
  FILTER(?property IN ({properties}, <{skos}definition>))
}} ORDER BY ?scheme ?code ?property ?text"""


def write_tables(work: Path, settings: Settings, questions: Mapping[str, Question], date: str) -> None:
    """Write the tables of the store in `work` below tables/; `date` is that of the release.

    For each question one CSV, the answer that the server gives, with its description; for each language a workbook.
    """
    tables = sorted((each for each in questions.values() if each.table), key=lambda each: (each.table, each.name))
    if not tables:
        return
    folder = work / FOLDER
    folder.mkdir()
    store = ox.Store.read_only(str(work / "store"))
    for question in tables:
        content = _answer(store, question.text, "text/csv", settings)
        (folder / f"{question.name}.csv").write_bytes(content)
        described = json.dumps(_csvw(question, content), indent=2, ensure_ascii=False)
        (folder / f"{question.name}.csv-metadata.json").write_text(f"{described}\n", "utf-8")
    for language in settings.languages:
        _write_workbook(folder / workbook_name(settings.name, language), store, settings, tables, language, date)


def _answer(store: ox.Store, text: str, media_type: str, settings: Settings) -> bytes:
    body = BytesIO()
    evaluate(store, Request(text, media_type), scan(text, UNLIMITED), settings.prefixes, body)
    return body.getvalue()


def _csvw(question: Question, content: bytes) -> dict[str, object]:
    """Return the description of a table (CSVW: Metadata Vocabulary for Tabular Data, section 5)."""
    columns = next(csv.reader(StringIO(content.decode())), [])
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "url": f"{question.name}.csv",
        "dc:title": [{"@value": text, "@language": tag} for tag, text in question.summary.items()],
        "dc:description": [{"@value": text, "@language": tag} for tag, text in question.description.items()],
        "dc:source": {"@id": question.iri},
        "tableSchema": {"columns": [{"name": name, "titles": name, "null": ""} for name in columns]},
    }


def _write_workbook(
    path: Path, store: ox.Store, settings: Settings, tables: Iterable[Question], language: str, date: str
) -> None:
    # Nothing in a cell is a formula or a link: what a person wrote is data.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        # A workbook names its making; that of a release is its date, so that the same content gives the same bytes.
        made = datetime.fromisoformat(date[:10]).replace(tzinfo=UTC)
        book.set_properties({"title": settings.name, "created": made})
        head = book.add_format({"bold": True})
        for question in tables:
            text = usual_text(question, language)
            answer = Answer(_answer(store, text, BINDINGS[0].media_type, settings), BINDINGS[0].media_type)
            rows = ([row.get(name) for name in question.columns] for row in Results(answer))
            _write_sheet(book, question.name, question.columns, rows, head)
        columns = ("scheme", "code", "label", "definition")
        _write_sheet(book, CODES, columns, _codes(store, settings, language), head)


def _write_sheet(
    book: xlsxwriter.Workbook,
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Term | None]],
    head: xlsxwriter.format.Format,
) -> None:
    sheet = book.add_worksheet(name[:_SHEET])
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, columns, head)
    last = 0
    for last, row in enumerate(rows, 1):
        for place, term in enumerate(row):
            if term is None:
                continue
            value = finite(term)
            if value is not None and abs(value) < _EXACT:
                sheet.write_number(last, place, value)
            else:
                sheet.write_string(last, place, str(term["value"])[:_CELL])
    sheet.autofilter(0, 0, last, len(columns) - 1)
    sheet.set_column(0, len(columns) - 1, 24)


def _codes(store: ox.Store, settings: Settings, language: str) -> Iterator[list[Term | None]]:
    """Yield every code: its list, its IRI, its label and its definition in a language."""
    properties = ", ".join(f"<{name}>" for name in LABELS)
    query = _CODES.format(skos=STANDARD["skos"], properties=properties)
    texts: dict[tuple[str, str], dict[bool, list[tuple[str, str]]]] = {}
    for row in Results(Answer(_answer(store, query, BINDINGS[0].media_type, settings), BINDINGS[0].media_type)):
        meant = row["property"]["value"] == STANDARD["skos"] + "definition"
        kinds = texts.setdefault((row["scheme"]["value"], row["code"]["value"]), {})
        kinds.setdefault(meant, []).append((row["text"].get("xml:lang", ""), row["text"]["value"]))
    wanted = preference(language, settings.languages)
    for (scheme, code), kinds in texts.items():
        said = [best(kinds.get(meant, ()), wanted) for meant in (False, True)]
        yield [_plain(scheme), _plain(code), *(_plain(each[1]) if each else None for each in said)]


def _plain(text: str) -> Term:
    return {"type": "literal", "value": text}
