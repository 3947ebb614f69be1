"""Workbooks for tests: .xlsx by openpyxl, .ods by hand, and archives that are made to do harm."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import openpyxl

_NS = " ".join(
    f'xmlns:{label}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for label, name in {"office": "office", "table": "table", "text": "text", "calcext": "calcext"}.items()
)


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]], hidden: Sequence[str] = ()) -> bytes:
    """A workbook of Excel: the cells of each sheet, from A1."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(sheets: Mapping[str, Sequence[Sequence[str]]], **more: str) -> bytes:
    """A workbook of LibreOffice: a cell is its text, or an element as it stands."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{"".join(_row(row) for row in rows)}</table:table>'
        for name, rows in sheets.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NS} office:version="1.3">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return packed({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest, **more})


def typed(kind: str, value: str, shown: str) -> str:
    """A cell of an .ods with a value of a kind."""
    name = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(kind, "value")
    attributes = f'office:value-type="{kind}" office:{name}="{value}"'
    return f"<table:table-cell {attributes}><text:p>{shown}</text:p></table:table-cell>"


def packed(members: Mapping[str, str | bytes]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def changed(raw: bytes, name: str, old: str, new: str) -> bytes:
    """An archive with one of its members changed."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts: dict[str, str | bytes] = {each: archive.read(each) for each in archive.namelist()}
    text = parts[name]
    assert isinstance(text, bytes)
    assert old in text.decode()
    return packed({**parts, name: text.decode().replace(old, new)})


def _row(cells: Sequence[str]) -> str:
    return f"<table:table-row>{''.join(_cell(cell) for cell in cells)}</table:table-row>"


def _cell(cell: str) -> str:
    if cell.startswith("<table:") or not cell:
        return cell or "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
