"""The normal form of a query: all its spellings in one text (RDA R4), the text itself where it is not understood."""

import re
from collections import Counter
from dataclasses import dataclass

from govplan.citing.lexer import NotUnderstood
from govplan.citing.patterns import PARTS
from govplan.citing.queries import Query, QueryReader

_SPLIT = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*+:.*[/#])([A-Za-z][A-Za-z0-9_]*+(?:-[A-Za-z0-9_]++)*+)>")
_LEAST = 2  # IRIs that begin alike before a prefix is worth its line


@dataclass(frozen=True, slots=True)
class Normal:
    """A query as it is cited: `text` runs wherever the query runs.

    `query` is what was understood of it; without, `text` is the query letter by letter, and `why` says what was not
    understood.
    """

    text: str
    query: Query | None = None
    why: str = ""


def normal_form(text: str) -> Normal:
    """Return the normal form of a query that a scan has let through.

    Comments, white space, names of prefixes, case of keywords, quotes, short and long forms of triples, and the order
    of what is joined are left out; names of variables stay. Raises QueryTimedOut where the work at hand has a deadline.
    """
    try:
        found = QueryReader(text).read()
    except (NotUnderstood, RecursionError) as problem:
        return Normal(text, why=str(problem) if isinstance(problem, NotUnderstood) else "it nests too deeply")
    return Normal(_compact(found.text), found)


def _compact(text: str) -> str:
    """Declare a prefix for what several IRIs begin with; a text decides its prefixes alone."""
    spaces = Counter(
        split[1] for part in PARTS.finditer(text) if (split := _SPLIT.fullmatch(part[0])) and part[0][0] == "<"
    )
    labels = {space: f"n{number}" for number, space in enumerate(sorted(s for s, n in spaces.items() if n >= _LEAST))}

    def short(part: re.Match[str]) -> str:
        split = _SPLIT.fullmatch(part[0])
        return f"{labels[split[1]]}:{split[2]}" if split and split[1] in labels else part[0]

    prologue = "".join(f"PREFIX {label}: <{space}>\n" for space, label in labels.items())
    return prologue + PARTS.sub(short, text)
