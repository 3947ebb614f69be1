"""One linear scan of a query text, before any engine sees it: its form, the features that are refused, its `SELECT *`.

The scan knows the terminals of SPARQL 1.1 (section 19.8) and nothing of its grammar: keywords inside strings, comments,
IRIs, names and variables are not keywords. What is no query at all is left to the engine, whose error has a position.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from govplan.errors import QueryMalformed, QueryRefused
from govplan.store.formats import Form

# Order matters: an IRI may hold '#', a string may hold anything, and a name may end in a keyword.
_TERMINALS = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
    | (?P<comment>\#[^\n\r]*)
    | (?P<string>'''(?:'{0,2}(?:[^'\\]|\\.))*'''|\"\"\"(?:"{0,2}(?:[^"\\]|\\.))*\"\"\"
        |'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*")
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<name>(?:[^\W\d_](?:[\w.\-·]*[\w\-·])?|_)?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])?
        (?:(?:[\w\-·.:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*(?:[\w\-·:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]))?)
    | (?P<word>[^\W\d]\w*)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_FORMS: dict[str, Form] = {"SELECT": "SELECT", "ASK": "ASK", "CONSTRUCT": "CONSTRUCT", "DESCRIBE": "DESCRIBE"}
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
_VOLATILE = {"NOW", "RAND", "UUID", "STRUUID", "BNODE"}


@dataclass(frozen=True, slots=True)
class Scan:
    """What one scan found; `star` is the offset of the `*` of the outermost SELECT, None where it has none.

    `variables` are in the order of their first mention; `dataset` says that the query names its own by FROM;
    `volatile` means that the same query may answer differently on the same release.
    """

    form: Form
    star: int | None
    variables: tuple[str, ...]
    dataset: bool
    volatile: bool


def scan(query: str) -> Scan:
    """Scan a query.

    Raises QueryRefused for SERVICE and every update form, QueryMalformed if the text has no query form.
    """
    form: Form | None = None
    star: int | None = None
    previous = ""
    variables: dict[str, None] = {}
    dataset = volatile = False
    for kind, text, offset in _tokens(query):
        word = text.upper() if kind == "word" else ""
        if word == "SERVICE":
            raise QueryRefused(
                "SERVICE is not run here: it would let a query reach other machines through this one.",
                feature="service",
                mend="ask both endpoints separately, or call this one by SERVICE from an engine of your own",
            )
        if form is None and word in _UPDATES:
            raise QueryRefused(
                f"{word} is an update; this endpoint publishes releases that never change.",
                feature="update",
                mend="send a SELECT, ASK, CONSTRUCT or DESCRIBE query",
            )
        if form is None:
            form = _FORMS.get(word)
        elif text == "*" and form == "SELECT" and star is None and previous in ("SELECT", "DISTINCT", "REDUCED"):
            star = offset if not variables else None
        if kind == "variable":
            variables.setdefault(text[1:])
        dataset = dataset or word == "FROM"
        volatile = volatile or word in _VOLATILE
        previous = word
    if form is None:
        raise QueryMalformed("The text holds no query: SELECT, ASK, CONSTRUCT or DESCRIBE is missing.")
    return Scan(form, star, tuple(variables), dataset, volatile)


def query_form(query: str) -> Form:
    """Return the form of a query; raises as `scan` does."""
    return scan(query).form


def _tokens(query: str) -> Iterator[tuple[str, str, int]]:
    for match in _TERMINALS.finditer(query):
        kind = match.lastgroup or "mark"
        if kind not in ("space", "comment"):
            yield kind, match.group(), match.start()
