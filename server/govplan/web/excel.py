"""A table that Excel opens rightly in Belgium: UTF-8 with a mark, semicolons, decimal commas, texts kept."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from govplan.namespaces import STANDARD
from govplan.store.formats import Format

EXCEL = Format("excel.csv", "CSV (Excel)", "text/csv", "bindings")
_DECIMAL = {STANDARD["xsd"] + name for name in ("decimal", "double", "float")}
_NUMBERS = {STANDARD["xsd"] + "integer", *_DECIMAL}
# Excel takes 6.3 for the sixth of March, drops the zero of 034, and reads a text that begins so as a formula.
_LOOKS_LIKE_A_DATE = re.compile(r"0\d+|\d+([.,/\-: ]+\d+)+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def excel(columns: Sequence[str], heads: Sequence[str], rows: Sequence[Mapping[str, Mapping[str, str]]]) -> bytes:
    """Return SPARQL 1.1 JSON bindings as such a table: the variables `columns` under the words `heads`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    for row in rows:
        writer.writerow(_cells(row, columns))
    return text.getvalue().encode("utf-8-sig")


def _cells(row: Mapping[str, Mapping[str, str]], columns: Sequence[str]) -> Iterator[str]:
    for column in columns:
        term = row.get(column, {})
        value = term.get("value", "")
        if term.get("datatype") in _NUMBERS:
            yield value.replace(".", ",") if term["datatype"] in _DECIMAL else value
        elif _LOOKS_LIKE_A_DATE.fullmatch(value):
            yield f'="{value}"'
        else:
            yield f"'{value}" if value.startswith(_FORMULA) else value
