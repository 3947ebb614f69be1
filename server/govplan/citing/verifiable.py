"""Whether the answer of a query can be told to be the same again, and how to ask so that it can (RDA R5, R6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from govplan.citing.normal import Normal
from govplan.citing.queries import Query, Selection

# Why an answer is not verifiable: what it depends on besides the data.
Reason = Literal["time", "chance", "slice", "concatenation", "sample", "reduced", "description", "blank", "unread"]
REASONS: tuple[Reason, ...] = (
    "time",
    "chance",
    "slice",
    "concatenation",
    "sample",
    "reduced",
    "description",
    "blank",
    "unread",
)
_BY_CALL: dict[str, Reason] = {
    "NOW": "time",
    "RAND": "chance",
    "UUID": "chance",
    "STRUUID": "chance",
    "BNODE": "blank",
    "GROUP_CONCAT": "concatenation",
    "SAMPLE": "sample",
}
_MOST_DESCRIBED = 50


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer depends on besides the data, nothing if it is verifiable, and a query that does not.

    `ordered` says that the query fixes the order of all rows, `columns` that it names its columns one by one;
    `repaired` is None where none is known, or needed.
    """

    reasons: tuple[Reason, ...] = ()
    ordered: bool = False
    columns: bool = True
    repaired: str | None = None

    @property
    def verifiable(self) -> bool:
        """Whether the same query on the same data gives the same content on any engine."""
        return not self.reasons


def judge(text: str, normal: Normal) -> Verdict:
    """Judge a query by its text and its normal form.

    A text that was not understood may hold anything, so that its answer is not said to be verifiable.
    """
    query = normal.query
    if query is None:
        return Verdict(("unread",))
    found = _reasons(query)
    # The normal form holds what its own repair would change at other places.
    repaired = _repaired(text, query, found) if found else None
    last = query.selections[-1] if query.selections else Selection()
    return Verdict(
        tuple(each for each in REASONS if each in found),
        ordered=query.form == "ASK" or last.total,
        columns=not last.star,
        repaired=repaired,
    )


def _reasons(query: Query) -> set[Reason]:
    found = {_BY_CALL[name] for name, _, _ in query.calls if name in _BY_CALL}
    # No function of our own is known here, so neither is what it depends on.
    if any(
        name.startswith("<") and not name.startswith("<http://www.w3.org/2001/XMLSchema#") for name, *_ in query.calls
    ):
        found.add("unread")
    if query.form == "DESCRIBE":
        found.add("description")
    if query.blank:
        found.add("blank")
    found |= {"reduced" for each in query.selections if each.reduced is not None}
    if any(each.sliced and not each.total for each in query.selections):
        found.add("slice")
    return found


def _repaired(text: str, query: Query, reasons: Iterable[Reason]) -> str | None:
    """Return the text with as few changes as make its answer verifiable; None where no change does."""
    if set(reasons) == {"description"}:
        return _spelled_out(query)
    if not set(reasons) <= {"slice", "sample", "reduced"}:
        return None
    edits = [(start, end, "MIN") for name, start, end in query.calls if name == "SAMPLE"]
    for each in query.selections:
        if each.reduced is not None:
            edits.append((each.reduced, each.reduced + len("REDUCED"), "DISTINCT"))
        if each.sliced and not each.total:
            missing = " ".join(name for name in each.names if name not in each.ordered_by)
            if each.order_end is None:
                edits.append((each.slice_start, each.slice_start, f"ORDER BY {missing} "))
            else:
                edits.append((each.order_end, each.order_end, f" {missing}"))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _spelled_out(query: Query) -> str | None:
    if not 0 < len(query.described) <= _MOST_DESCRIBED or any(name.startswith("?") for name in query.described):
        return None
    things = " ".join(query.described)
    pattern = f"  VALUES ?thing {{ {things} }}\n  ?thing ?property ?value .\n"
    return f"CONSTRUCT {{ ?thing ?property ?value }}\nWHERE {{\n{pattern}}}\n"
