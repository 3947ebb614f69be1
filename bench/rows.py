"""What two engines must agree on: the rows of an answer, whatever their order and the habits of a server."""

import json
from typing import Any


def rows_of(body: bytes, *, exact: bool) -> object:
    """Return what must be equal: the rows in any order, or their number; None for what is no answer."""
    try:
        answer: dict[str, Any] = json.loads(body)
    except ValueError:
        return None
    rows = answer.get("results", {}).get("bindings", [])
    # Two habits of Virtuoso that mean the same: an older name for typed literals, and ASK as a row.
    if rows and "__ASK_RETVAL" in rows[0]:
        return rows[0]["__ASK_RETVAL"]["value"] == "1"
    if "boolean" in answer:
        return answer["boolean"]
    rows = [json.dumps(row, sort_keys=True).replace('"typed-literal"', '"literal"') for row in rows]
    return sorted(rows) if exact else len(rows)
