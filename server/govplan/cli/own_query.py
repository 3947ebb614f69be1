"""Reading a query of one's own, from a file or from standard input."""

import sys
from pathlib import Path

from govplan.disk import reason
from govplan.errors import QueryMalformed, QuestionUnknown
from govplan.text import decoded, unseen


def read_query(name: str) -> str:
    """Return the text of a file with a query, or for `-` that of standard input.

    Raises QuestionUnknown if it cannot be read or is not UTF-8, QueryMalformed for a character that cannot be seen
    where it does harm.
    """
    text = decoded(_bytes(name), "standard input" if name == "-" else name, QuestionUnknown)
    for found in unseen(text):
        raise QueryMalformed(
            f"The query holds {found.what}; {found.mend}.",
            line=found.line,
            column=found.column,
            excerpt=text.split("\n")[found.line - 1],
        )
    return text


def _bytes(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as problem:
        raise QuestionUnknown(
            f"The query file cannot be read: {reason(problem)}.", where=name, mend="name a readable file or a question"
        ) from problem
