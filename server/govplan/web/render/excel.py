"""A table that Excel opens rightly where commas are decimal: UTF-8 with a mark, semicolons, texts kept."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from govplan.formats import Format
from govplan.values import Term, finite, text

EXCEL = Format("excel.csv", "CSV (Excel)", "text/csv", "bindings")
# Excel takes 6.3 for the sixth of March, drops the zero of 034, and reads a text that begins so as a formula.
_LOOKS_LIKE_A_DATE = re.compile(r"0\d+|\d+([.,/\-: ]+\d+)+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def excel(columns: Sequence[str], heads: Sequence[str], rows: Iterable[Mapping[str, Term]]) -> bytes:
    """Return SPARQL 1.1 JSON bindings as such a table: the variables `columns` under the words `heads`."""
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    for row in rows:
        writer.writerow(_cells(row, columns))
    return table.getvalue().encode("utf-8-sig")


def _cells(row: Mapping[str, Term], columns: Sequence[str]) -> Iterator[str]:
    for column in columns:
        term = row.get(column)
        value = text(term) if term else ""
        if term and finite(term) is not None:
            yield value.replace(".", ",")
        elif _LOOKS_LIKE_A_DATE.fullmatch(value):
            yield f'="{value}"'
        else:
            yield f"'{value}" if value.startswith(_FORMULA) else value
