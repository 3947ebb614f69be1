"""Tables of a release: what the question answers, described, and as data in a spreadsheet."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pyoxigraph as ox
import pytest

from govplan.config import Settings
from govplan.questions import Question, QuestionFile, read_questions
from govplan.release.tables import CODES, write_tables

BASE = "https://example.org/"
HEADER = """#+ summary: {{en: "Things"}}
#+ description: {{en: "Each row is a thing."}}
#+ tags: [researcher]
#+ table: {place}
"""
QUERY = """SELECT ?thing ?number ?text WHERE {
  ?thing <https://example.org/text> ?text OPTIONAL { ?thing <https://example.org/number> ?number }
} ORDER BY ?thing
"""
ROWS = {
    "a": ("=1+1", '"12.50"^^xsd:decimal'),
    "b": ("1.10", '"1.10"'),
    "c": ("http://x/", '"NaN"^^xsd:double'),
    "d": ("x", ""),
}
Write = Callable[[str], Path]


@pytest.fixture(name="english")
def _english(settings: Settings) -> Settings:
    return replace(settings, languages=("en",), name="things")


@pytest.fixture(name="write")
def _write(tmp_path: Path, english: Settings) -> Write:
    """Write the tables of a small store, into a folder of this name."""

    def write(name: str) -> Path:
        work = tmp_path / name
        work.mkdir()
        store = ox.Store(str(work / "store"))
        turtle = "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <https://example.org/> .\n"
        for thing, (text, number) in ROWS.items():
            turtle += f':{thing} :text "{text}" .\n' + (f":{thing} :number {number} .\n" if number else "")
        turtle += "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        turtle += ':one skos:inScheme :list ; skos:prefLabel "One"@en, "Een"@nl ; skos:definition "The first."@en .\n'
        store.load(turtle.encode(), ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(BASE + "g"))
        store.flush()
        del store
        (work / "store" / "LOCK").unlink(missing_ok=True)
        write_tables(work, english, _questions(2, 1), "2026-01-02")
        return work / "tables"

    return write


def _questions(*places: int) -> dict[str, Question]:
    files = [QuestionFile(f"q{place}.rq", HEADER.format(place=place) + QUERY, BASE, f"q{place}.rq") for place in places]
    files.append(
        QuestionFile("other.rq", HEADER.format(place=1).replace("#+ table: 1\n", "") + QUERY, BASE, "other.rq")
    )
    return dict(read_questions(files, ("en",), {}))


def test_files(write: Write) -> None:
    """Only questions that say so are tables: a CSV and its description each, and one workbook a language."""
    assert ["q1.csv", "q1.csv-metadata.json", "q2.csv", "q2.csv-metadata.json", "things-en.xlsx"] == sorted(
        path.name for path in write("w").iterdir()
    )


def test_csv(write: Write) -> None:
    """The CSV is the answer, and its description names its columns, its question and an empty cell."""
    folder = write("w")
    rows = list(csv.reader(io.StringIO((folder / "q1.csv").read_text("utf-8"))))
    assert ["thing", "number", "text"] == rows[0]
    assert ["https://example.org/b", "1.10", "1.10"] == rows[2]
    described = json.loads((folder / "q1.csv-metadata.json").read_text("utf-8"))
    assert ("q1.csv", {"@id": "https://example.org/query/q1"}) == (described["url"], described["dc:source"])
    assert [("thing", ""), ("number", ""), ("text", "")] == [
        (column["name"], column["null"]) for column in described["tableSchema"]["columns"]
    ]


def test_workbook(write: Write) -> None:
    """Numbers are numbers, all else is text, formulas and addresses included; the codes have a sheet of their own."""
    book = openpyxl.load_workbook(write("w") / "things-en.xlsx")
    assert ["q1", "q2", CODES] == book.sheetnames
    cells = [[(cell.value, cell.data_type) for cell in row] for row in book["q1"].iter_rows()]
    assert [("thing", "s"), ("number", "s"), ("text", "s")] == cells[0]
    assert [(12.5, "n"), ("=1+1", "s")] == cells[1][1:]
    assert [("1.10", "s"), ("1.10", "s")] == cells[2][1:]
    assert [("NaN", "s"), ("http://x/", "s")] == cells[3][1:]
    assert [(None, "n"), ("x", "s")] == cells[4][1:]
    assert not any(cell.hyperlink for row in book["q1"].iter_rows() for cell in row)
    assert ["https://example.org/list", "https://example.org/one", "One", "The first."] == [
        cell.value for cell in book[CODES][2]
    ]


def test_same_bytes(write: Write) -> None:
    """The same content gives the same bytes, whenever they are written."""
    one, two = write("a"), write("b")
    for path in one.iterdir():
        assert path.read_bytes() == (two / path.name).read_bytes(), path.name
    with zipfile.ZipFile(one / "things-en.xlsx") as archive:
        assert b"2026-01-02" in archive.read("docProps/core.xml")


def test_no_tables(tmp_path: Path, english: Settings) -> None:
    """Where no question is a table, there is no folder."""
    write_tables(tmp_path, english, {}, "2026-01-02")
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("place", ["0", "true", "first"])
def test_place(place: str) -> None:
    """The place of a table is a number from 1 on."""
    file = QuestionFile("q.rq", HEADER.format(place=place) + QUERY, BASE, "q.rq")
    with pytest.raises(Exception, match="must be a number"):
        read_questions([file], ("en",), {})
