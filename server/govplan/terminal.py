"""Showing an answer on a terminal: SPARQL JSON results → a table with short names."""

import json
from collections.abc import Mapping
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text


def answer_table(body: bytes, prefixes: Mapping[str, str]) -> Table | Text:
    """Return the rows of a SPARQL JSON answer with IRIs as prefixed names; an ASK answer is one word."""
    answer: dict[str, Any] = json.loads(body)
    if "boolean" in answer:
        return Text("yes" if answer["boolean"] else "no")
    columns: list[str] = answer["head"]["vars"]
    rows = answer["results"]["bindings"]
    table = Table(*columns, box=box.SIMPLE_HEAD, caption=f"{len(rows)} row(s)", caption_justify="left")
    for row in rows:
        table.add_row(*(Text(_shown(row[name], prefixes)) if name in row else "" for name in columns))
    return table


def _shown(term: dict[str, str], prefixes: Mapping[str, str]) -> str:
    value = term["value"]
    if term["type"] != "uri":
        return value
    fits = [(label, namespace) for label, namespace in prefixes.items() if value.startswith(namespace)]
    if not fits:
        return value
    label, namespace = max(fits, key=lambda fit: len(fit[1]))
    return f"{label}:{value[len(namespace) :]}"
