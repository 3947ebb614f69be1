"""The process that reads one sheet of a workbook: two far cells make a sheet of 17 thousand million, which ends it.

Called as `python -I -m govplan.inputs.workbook_worker SHEET`, with the workbook on standard input; an empty SHEET is
the first that is shown. It writes JSON: `sheets` (their names), and either `sheet` and `rows` ([number, cells]), or
`fault` with one of the names below.
"""

import datetime
import io
import json
import sys
from typing import Any

from govplan.engines.oxigraph import sandbox

MEMORY_BYTES = 2 << 30
SECONDS = 60
MAX_CELLS = 2_000_000
MAX_CHARACTERS = 64 * 1024 * 1024
LOCKED, BROKEN, ABSENT, LARGE = "locked", "broken", "absent", "large"
Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


def seen(value: Cell) -> str:
    """Return the value of a cell as people see it: whole numbers without a point, days without a time of day."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        # Spreadsheets show 15 digits at most; what lies behind them is an error of the binary form.
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, datetime.datetime):
        whole = (value + datetime.timedelta(microseconds=500_000)).replace(microsecond=0)
        return whole.date().isoformat() if whole.time() == datetime.time() else whole.isoformat(" ")
    return value.isoformat(timespec="seconds") if isinstance(value, datetime.time) else str(value)


def read(raw: bytes, wanted: str) -> dict[str, Any]:
    """Return what the process writes."""
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(io.BytesIO(raw))
        known = [each for each in book.sheets_metadata if each.typ == calamine.SheetTypeEnum.WorkSheet]
        names = [each.name for each in known]
        shown = [each.name for each in known if each.visible == calamine.SheetVisibleEnum.Visible]
        folded = [name for name in names if name.casefold() == wanted.casefold()]
        if wanted:
            name = wanted if wanted in names else folded[0] if len(folded) == 1 else None
        else:
            name = next(iter(shown or names), None)
        if name is None:
            return {"sheets": names, "fault": ABSENT}
        sheet = book.get_sheet_by_name(name)
        if sheet.height * sheet.width > MAX_CELLS:
            return {"sheets": names, "fault": LARGE}
        first = sheet.start[0] + 1 if sheet.start else 1
        rows = [(number, [seen(cell) for cell in row]) for number, row in enumerate(sheet.to_python(), first)]
    except calamine.PasswordError:
        return {"sheets": [], "fault": LOCKED}
    except calamine.CalamineError as problem:
        return {"sheets": [], "fault": BROKEN, "why": str(problem)}
    filled = [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]
    if sum(len(cell) for _, cells in filled for cell in cells) > MAX_CHARACTERS:
        return {"sheets": names, "fault": LARGE}
    return {"sheets": names, "sheet": name, "rows": filled}


def main() -> None:
    """Read within the memory and the time that the process has."""
    sandbox.limit(MEMORY_BYTES, 0)
    sandbox.forbid_network()
    sandbox.deadline(SECONDS)
    found = read(sys.stdin.buffer.read(), sys.argv[1])
    sys.stdout.buffer.write(json.dumps(found).encode())


if __name__ == "__main__":
    main()
