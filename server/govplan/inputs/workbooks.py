"""Workbooks (.xlsx, .ods) as tables: measured here, read in a process of its own that may die of them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from govplan.errors import SheetUnreadable
from govplan.inputs import workbook_worker as worker
from govplan.inputs.archives import AGAIN, ArchiveRefused, locked, members
from govplan.inputs.delimited import Line

ENDINGS = (".ods", ".xlsb", ".xls", ".xlsm", ".xlsx")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_PROTECTED = "EncryptedPackage".encode("utf-16-le")
_FORMS = "save it as .xlsx, .ods or CSV"


def is_workbook(raw: bytes) -> bool:
    """Tell whether a file begins as workbooks do, whatever its name says."""
    return raw.startswith((*_ZIP, _OLE))


def read_workbook(path: Path, raw: bytes, sheet: str | None) -> list[Line]:
    """Return the rows of a sheet (default: the first that is shown) that hold something, each with its number.

    Cells are as people see them, all rows of one width. Raises SheetUnreadable if the file is no workbook, broken,
    protected or too large, or if it has no such sheet or an empty one.
    """
    try:
        found = _read(raw, sheet or "")
    except ArchiveRefused as problem:
        raise SheetUnreadable(
            f"The workbook cannot be read: {problem.what}.", where=str(path), mend=problem.mend
        ) from problem
    names = ", ".join(repr(name) for name in found["sheets"])
    if "fault" in found:
        raise SheetUnreadable(
            f"There is no sheet {sheet!r}." if sheet else "The workbook has no sheet.",
            where=str(path),
            mend=f"the sheets are: {names}" if names else "save it with a sheet of rows",
        )
    if not found["rows"]:
        raise SheetUnreadable(
            f"The sheet {found['sheet']!r} is empty.",
            where=str(path),
            mend=f"choose another by --sheet: {names}"
            if len(found["sheets"]) > 1
            else "add rows below a row of columns",
        )
    return [(number, tuple(cells)) for number, cells in found["rows"]]


def _read(raw: bytes, sheet: str) -> dict[str, Any]:
    """Return what the process says of a sheet, its own fault `absent` included. Raises ArchiveRefused."""
    if raw.startswith(_OLE):
        raise locked() if _PROTECTED in raw else ArchiveRefused("it has the old form of Excel 97 (.xls)", _FORMS)
    names = members(raw)
    if "xl/workbook.xml" not in names and "content.xml" not in names:
        raise ArchiveRefused("it is an archive, but no workbook", f"unpack it and name the table in it, or {_FORMS}")
    command = [sys.executable, "-I", "-m", worker.__name__, sheet]
    try:
        run = subprocess.run(command, input=raw, capture_output=True, timeout=2 * worker.SECONDS, check=False)
    except subprocess.TimeoutExpired as problem:
        raise _large() from problem
    if run.returncode < 0:
        raise _large()
    if run.returncode:
        raise ArchiveRefused("its parts do not fit together", AGAIN)
    found: dict[str, Any] = json.loads(run.stdout)
    match found.get("fault"):
        case worker.LOCKED:
            raise locked()
        case worker.LARGE:
            raise _large()
        case worker.BROKEN:
            raise ArchiveRefused(
                f"its parts do not fit together, or its sheets are too large: {found['why']}", f"{AGAIN}, or as CSV"
            )
    return found


def _large() -> ArchiveRefused:
    return ArchiveRefused(
        f"a sheet spans more than {worker.MAX_CELLS} cells, or takes too much memory or time",
        "delete what lies far from the table, or save the table as CSV",
    )
