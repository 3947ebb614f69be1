"""Tables of others: texts with a said delimiter or in UTF-16, and workbooks, whole or made to do harm."""

import datetime
import io
import re
import struct
import zipfile
from pathlib import Path

import pytest

from govplan.errors import SheetUnreadable
from govplan.inputs.archives import ArchiveRefused, Limits, members
from govplan.inputs.rdf import MAX_BYTES
from govplan.inputs.tables import Table, read_table
from govplan.reconciliation.rows import read_rows
from tests.inputs.workbooks import changed, ods, packed, typed, xlsx

BODIES = [["naam", "nummer"], ["Smals", "0406798006"]]


def _table(tmp_path: Path, name: str, raw: bytes, encoding: str | None = None, sheet: str | None = None) -> Table:
    path = tmp_path / name
    path.write_bytes(raw)
    return read_table(path, encoding, sheet)


@pytest.mark.parametrize(
    ("text", "columns", "line"),
    [
        ("sep=;\nnaam;plaats\na,b;c\n", ("naam", "plaats"), 3),
        ("SEP=,\r\nnaam,plaats\r\na;b,c\r\n", ("naam", "plaats"), 3),
        ("sep=\t\nnaam\tplaats\na,b\tc\n", ("naam", "plaats"), 3),
        ('"sep=|"\nnaam|plaats\na,b|c\n', ("naam", "plaats"), 3),
        ("sep=;;;\nnaam;plaats\na;b\n", ("naam", "plaats"), 3),
        ("sep=^\nnaam^plaats\na;b^c\n", ("naam", "plaats"), 3),
        ("sep= \nnaam plaats\na b\n", ("naam", "plaats"), 3),
        ("sep=;\n\nnaam,x;plaats\na;b\n", ("naam,x", "plaats"), 4),
        ("separator;x\na;b\n", ("separator", "x"), 2),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_said_delimiter(tmp_path: Path, text: str, columns: tuple[str, ...], line: int, encoding: str) -> None:
    """A first line `sep=…` says the delimiter and is no row; lines keep their numbers."""
    table = _table(tmp_path, "a.csv", text.encode(encoding))

    assert (columns, line) == (table.columns, table.rows[0][0])


@pytest.mark.parametrize("said", ["sep=", "sep=ab", "sep=;,"])
def test_said_delimiter_that_is_none(tmp_path: Path, said: str) -> None:
    """A line that says no single delimiter is an error."""
    with pytest.raises(SheetUnreadable, match="not one character"):
        _table(tmp_path, "a.csv", f"{said}\nnaam;x\na;b\n".encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt"])
def test_marked_text(tmp_path: Path, encoding: str, name: str) -> None:
    """A byte order mark says the encoding, as in the "Unicode text" of Excel, in either order of bytes."""
    mark = "" if encoding in ("utf-16", "utf-32") else "\ufeff"
    table = _table(tmp_path, name, f"{mark}naam\tplaats\r\nÉcole\tLiège\r\n".encode(encoding))

    assert (("naam", "plaats"), ((2, ("École", "Liège")),)) == (table.columns, table.rows)


def test_empty_columns(tmp_path: Path) -> None:
    """Columns without name and content, as spreadsheet programs leave them behind, do not count."""
    assert ("a", "b") == _table(tmp_path, "a.csv", b"a;;b;;\n1;;2;;\n").columns
    with pytest.raises(SheetUnreadable, match="two columns ''"):
        _table(tmp_path, "a.csv", b"a;;b;\n1;x;2;y\n")


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 2 * MAX_BYTES])
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_largest_file(tmp_path: Path, name: str, size: int) -> None:
    """A file above the largest size is refused, and no more than that is read."""
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(size)

    with pytest.raises(SheetUnreadable, match=f"more than {MAX_BYTES} bytes"):
        read_table(path)


CELLS = [
    ("Smals", "Smals"),
    (308357159.0, "308357159"),
    (308357159, "308357159"),
    (-0.5, "-0.5"),
    (0.1 + 0.2, "0.3"),
    (1e15, "1000000000000000"),
    (True, "TRUE"),
    (datetime.date(2026, 11, 27), "2026-11-27"),
    (datetime.datetime(2026, 11, 27, 14, 30), "2026-11-27 14:30:00"),
    (datetime.time(14, 30), "14:30:00"),
    (datetime.timedelta(hours=30, minutes=5), "30:05:00"),
    ("0308.357.159", "0308.357.159"),
    (" two\nlines ", " two\nlines "),
]


@pytest.mark.parametrize(("cell", "seen"), CELLS)
def test_cells_of_excel(tmp_path: Path, cell: object, seen: str) -> None:
    """Cells come out as people see them."""
    table = _table(tmp_path, "a.xlsx", xlsx({"Blad1": [["naam", "waarde"], ["x", cell]]}))

    assert seen == table.rows[0][1][1]


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ("Smals", "Smals"),
        (typed("float", "308357159", "308357159"), "308357159"),
        (typed("float", "0.30000000000000004", "0,3"), "0.3"),
        (typed("currency", "12.5", "€ 12,50"), "12.5"),
        (typed("date", "2026-11-27", "27/11/26"), "2026-11-27"),
        (typed("date", "2026-11-27T14:30:00", "27/11/26 14:30"), "2026-11-27 14:30:00"),
        (typed("time", "PT14H30M00S", "14:30"), "14:30:00"),
        (typed("boolean", "true", "WAAR"), "TRUE"),
    ],
)
def test_cells_of_libreoffice(tmp_path: Path, cell: str, seen: str) -> None:
    """Cells of an .ods come out as people see them, too."""
    table = _table(tmp_path, "a.ods", ods({"Blad1": [["naam", "waarde"], ["x", cell]]}))

    assert seen == table.rows[0][1][1]


TWO = {"Uitleg": [["lees", "mij"], ["a", "b"]], "Diensten": BODIES}


@pytest.mark.parametrize("raw", [xlsx(TWO), ods(TWO)], ids=["xlsx", "ods"])
@pytest.mark.parametrize(
    ("sheet", "columns"),
    [
        (None, ("lees", "mij")),
        ("Diensten", ("naam", "nummer")),
        ("diensten", ("naam", "nummer")),
        ("Uitleg", ("lees", "mij")),
    ],
)
def test_sheets(tmp_path: Path, raw: bytes, sheet: str | None, columns: tuple[str, ...]) -> None:
    """The first sheet is read, or the one that is named, whatever the file itself is called."""
    for name in ("a.xlsx", "a.ods", "download", "a.csv"):
        assert columns == _table(tmp_path, name, raw, sheet=sheet).columns, name


def test_hidden_sheet(tmp_path: Path) -> None:
    """The first sheet that people see is the first; a hidden one can be named."""
    raw = xlsx(TWO, hidden=["Uitleg"])

    assert ("naam", "nummer") == _table(tmp_path, "a.xlsx", raw).columns
    assert ("lees", "mij") == _table(tmp_path, "a.xlsx", raw, sheet="Uitleg").columns


@pytest.mark.parametrize(
    "raw", [xlsx({"A": [[], [], *BODIES, [], ["imec"]]}), ods({"A": [[""], [""], *BODIES, [""], ["imec"]]})]
)
def test_numbers_of_rows(tmp_path: Path, raw: bytes) -> None:
    """Rows have the numbers of the sheet; empty ones are left out, short ones filled."""
    table = _table(tmp_path, "a.xlsx", raw)

    assert ("row", ("naam", "nummer")) == (table.unit, table.columns)
    assert ((4, ("Smals", "0406798006")), (6, ("imec", ""))) == table.rows


BLANK = '<table:table-cell table:number-columns-repeated="16382"/>'
REST = f'<table:table-cell/></table:table-row><table:table-row table:number-rows-repeated="1048573">{BLANK}'
STYLED = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.ods", ods({"A": [[*row, BLANK] for row in BODIES] + [[REST]]})),
        ("a.ods", ods({"A": [*BODIES, ['<table:table-cell table:number-columns-repeated="16384"/>']]})),
        ("a.xlsx", changed(xlsx({"A": BODIES}), "xl/worksheets/sheet1.xml", 'ref="A1:B2"', 'ref="A1:XFD1048576"')),
        ("a.xlsx", changed(xlsx({"A": BODIES}), "xl/worksheets/sheet1.xml", "</sheetData>", f"{STYLED}</sheetData>")),
    ],
)
def test_empty_to_the_edge(tmp_path: Path, name: str, raw: bytes) -> None:
    """Empty cells to the edge of a sheet, as spreadsheet programs write them, cost nothing."""
    table = _table(tmp_path, name, raw)

    assert (("naam", "nummer"), ((2, ("Smals", "0406798006")),)) == (table.columns, table.rows)


def test_further_columns(tmp_path: Path) -> None:
    """What neither names an entity nor is its IRI goes along with it."""
    (tmp_path / "a.xlsx").write_bytes(
        xlsx({"A": [["id", "naam", "since", "n"], ["urn:a", "Smals", datetime.date(1939, 3, 1), 7]]})
    )
    mine = read_rows(tmp_path / "a.xlsx", "naam", "id")

    assert (("since", "n"), ("1939-03-01", "7")) == (mine.columns, mine.rows[0].others)


XLSX, ODS = xlsx({"Blad1": BODIES, "Leeg": []}), ods({"Blad1": BODIES, "Leeg": []})
SHEET = "xl/worksheets/sheet1.xml"
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504
ENTITIES = '<!DOCTYPE a [<!ENTITY a "b">]>'
ENCRYPTED = "<manifest:encryption-data/>"
TEXT = 'office:value-type="string">'
WIDE = f'<table:table-cell table:number-columns-repeated="16384" {TEXT}<text:p>x</text:p></table:table-cell>'
TALL = f"<table:table-cell {TEXT}<text:p>x</text:p></table:table-cell></table:table-row>" + (
    f'<table:table-row table:number-rows-repeated="1048570">{WIDE}'
)


def _promising(raw: bytes, size: int) -> bytes:
    """An archive whose first member promises so many bytes."""
    at = raw.index(b"PK\x01\x02")
    return raw[: at + 24] + struct.pack("<I", size) + raw[at + 28 :]


def _version(raw: bytes) -> bytes:
    """An archive whose first member needs a version that nobody has."""
    at = raw.index(b"PK\x01\x02")
    return raw[: at + 6] + struct.pack("<H", 990) + raw[at + 8 :]


def _locked(raw: bytes) -> bytes:
    """An archive whose first member says that it is encrypted."""
    at = raw.index(b"PK\x01\x02")
    return raw[: at + 8] + b"\1\0" + raw[at + 10 :]


@pytest.mark.parametrize(
    ("name", "raw", "sheet", "what", "mend"),
    [
        ("a.xlsx", XLSX, "Blad2", "no sheet 'Blad2'", "'Blad1', 'Leeg'"),
        ("a.ods", ODS, "Blad2", "no sheet 'Blad2'", "'Blad1', 'Leeg'"),
        ("a.xlsx", XLSX, "Leeg", "sheet 'Leeg' is empty", "--sheet"),
        ("a.ods", ODS, "Leeg", "sheet 'Leeg' is empty", "--sheet"),
        ("a.xlsx", xlsx({"Blad1": []}), None, "sheet 'Blad1' is empty", "add rows"),
        ("a.xlsx", xlsx({"Blad1": [["  ", ""]]}), None, "sheet 'Blad1' is empty", "add rows"),
        ("a.xlsx", xlsx({"Blad1": [["naam"]]}), None, "no rows below", "add rows"),
        ("a.xlsx", xlsx({"Blad1": [["a", "a"], ["b", "c"]]}), None, "two columns 'a'", "a name of its own"),
        ("a.xlsx", XLSX[:-40], None, "it is broken", "save it again"),
        ("a.xlsx", XLSX[: len(XLSX) // 2], None, "it is broken", "save it again"),
        ("a.ods", ODS[:200] + b"\0\0\0\0" + ODS[204:], None, "it is broken", "save it again"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 100, None, "it is broken", "save it again"),
        ("a.xlsx", changed(XLSX, SHEET, "</row>", ""), None, "it is broken", "spreadsheet program"),
        ("a.xlsx", b"naam;nummer\n", None, "no workbook, though its name ends in .xlsx", "name it .csv"),
        ("a.ods", b"<html><table><tr><td>naam", None, "no workbook, though its name ends in .ods", "name it .csv"),
        ("a.docx", packed({"word/document.xml": "<a/>"}), None, "no workbook", "unpack it"),
        ("a.zip", packed({"a.csv": "naam\nSmals\n"}), None, "no workbook", "unpack it"),
        ("a.xls", OLE, None, "Excel 97", "save it as .xlsx"),
        (
            "a.xlsx",
            OLE + "EncryptedPackage".encode("utf-16-le"),
            None,
            "protected by a password",
            "without the password",
        ),
        ("a.xlsx", _locked(XLSX), None, "protected by a password", "without the password"),
        (
            "a.ods",
            ods({"A": BODIES}, **{"META-INF/manifest.xml": ENCRYPTED}),
            None,
            "protected by a password",
            "without",
        ),
        ("a.ods", packed({"content.xml": b"\x8f\0x", "META-INF/manifest.xml": ENCRYPTED}), None, "password", "without"),
        (
            "a.ods",
            packed({"encrypted-package": b"\x8f", "META-INF/manifest.xml": ENCRYPTED}),
            None,
            "password",
            "without",
        ),
        ("a.ods", packed({"content.xml": '<?xml version="1.0" encoding="klingon"?><a/>'}), None, "is broken", "again"),
        ("a.xlsx", _version(XLSX), None, "is broken", "again"),
        ("a.xlsx", changed(XLSX, SHEET, "<worksheet", f"{ENTITIES}<worksheet"), None, "document type", "save it again"),
        ("a.xlsx", changed(XLSX, SHEET, 'r="B2"', 'r="XFD1048576"'), None, "spans more than", "far from the table"),
        ("a.ods", ods({"A": [["a"], *[[WIDE]] * 200]}), None, "spans more than", "far from the table"),
        ("a.ods", ods({"A": [["a"], [TALL]]}), None, "too large", "as CSV"),
        ("a.xlsx", packed({"xl/workbook.xml": "<a/>", "b": b"\0" * 80_000_000}), None, "times its own size", "as CSV"),
        ("a.xlsx", packed({f"{n}": "" for n in range(2001)}), None, "2001 members", "as CSV"),
        ("a.xlsx", _promising(XLSX, 300 << 20), None, "unpacked, and at most", "as CSV"),
        ("a.xlsx", _promising(XLSX, 100), None, "it is broken", "save it again"),
    ],
)
def test_wrong_workbook(tmp_path: Path, name: str, raw: bytes, sheet: str | None, what: str, mend: str) -> None:
    """A workbook that cannot be read is told with what, where and how to mend it."""
    with pytest.raises(SheetUnreadable, match=re.escape(what)) as caught:
        _table(tmp_path, name, raw, sheet=sheet)
    assert str(tmp_path / name) in str(caught.value.where)
    assert mend in str(caught.value.mend)


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (Limits(members=2), "3 members"),
        (Limits(unpacked=2_999), "holds 3000 bytes"),
        (Limits(small=10, ratio=2), "times its own size"),
    ],
)
def test_limits_of_archives(limits: Limits, what: str) -> None:
    """Members, bytes unpacked and their ratio to the bytes that are there each have a limit."""
    raw = packed(dict.fromkeys(("a", "b", "c"), "0" * 1000))

    assert {"a", "b", "c"} == members(raw)
    with pytest.raises(ArchiveRefused, match=what):
        members(raw, limits)


def test_archive_of_another_method() -> None:
    """What is packed by other methods than those of workbooks is not unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.xml", "<a/>")

    with pytest.raises(ArchiveRefused, match="packed in a way that workbooks are not"):
        members(out.getvalue())
