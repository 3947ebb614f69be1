"""Reading a request of the SPARQL 1.1 Protocol (sections 2.1 and 2.2) into plain values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Request

from govplan.errors import FormatUnknown, QueryRefused, QueryTooLong
from govplan.store.formats import BINDINGS, GRAPHS, named
from govplan.values import shortened, whole
from govplan.web.errors import Refused

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
ACCEPTED = (FORM, DIRECT)
MAX_ROWS = "max-rows"
_FIELDS = 1000
_MOST_ROWS = 999_999_999
# What is said again of a parameter that cannot be used.
_QUOTED = 60
_UPDATES = {"update", "using-graph-uri", "using-named-graph-uri"}
# RFC 3987: a scheme, a colon, something, and none of the characters that never stand in an IRI.
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\]+")


@dataclass(frozen=True, slots=True)
class Operation:
    """One query operation; `query` is None if a GET request has none, `asked` is the wanted format, if named.

    `seconds` is the time limit that the client sets itself, None if it sets none.
    `max_rows` asks for a preview of a SELECT: this many rows at most.
    """

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    asked: str | None
    seconds: float | None = None
    max_rows: int | None = None


def read_operation(request: Request, query_bytes: int) -> Operation:
    """Return the operation a request asks for.

    Raises Refused if it is no operation of the protocol, QueryRefused for an update, QueryTooLong above `query_bytes`.
    """
    pairs = read_pairs(request.query_string, "The query string")
    if request.method == "POST":
        body = read_body(request, ACCEPTED, "A query")
        if request.mimetype == FORM:
            pairs += read_pairs(body, "The form")
        else:
            pairs.append(("query", decoded(body, "The query")))
    return _operation(pairs, post=request.method == "POST", query_bytes=query_bytes)


def _operation(pairs: list[tuple[str, str]], *, post: bool, query_bytes: int) -> Operation:
    if found := sorted(_UPDATES.intersection(name for name, _ in pairs)):
        raise QueryRefused(
            f"The parameter {found[0]!r} belongs to an update; this endpoint publishes releases that never change.",
            feature="update",
            mend="send a SELECT, ASK, CONSTRUCT or DESCRIBE query as the parameter 'query'",
        )
    query = _single(pairs, "query")
    if query is None and post:
        raise Refused(
            "request-malformed",
            "The form has no field 'query'.",
            mend=f"send the query as the field 'query', or as the body with Content-Type: {DIRECT}",
        )
    if query is not None and (observed := len(query.encode())) > query_bytes:
        raise QueryTooLong(observed=observed, limit=query_bytes)
    return Operation(
        query,
        _iris(pairs, "default-graph-uri"),
        _iris(pairs, "named-graph-uri"),
        _format(pairs),
        _seconds(_single(pairs, "timeout")),
        read_max_rows(_single(pairs, MAX_ROWS)),
    )


def read_body(request: Request, accepted: Sequence[str], what: str) -> bytes:
    """Return the body of a request of an accepted media type, unencoded and in UTF-8; Refused if it is another."""
    if request.mimetype not in accepted:
        raise Refused(
            "media-type-unsupported",
            f"{what} is not read from a body of type {request.mimetype or '(none)'}.",
            mend="send one of: " + ", ".join(accepted),
            offered=accepted,
        )
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("", "identity"):
        raise Refused(
            "media-type-unsupported",
            f"The body is encoded as {coding}; this server reads it only as it is.",
            mend="send the body without Content-Encoding",
            headers=(("Accept-Encoding", "identity"),),
        )
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise Refused(
            "request-malformed",
            f"The character encoding {charset} is not read.",
            mend="encode the text as UTF-8",
        )
    return request.get_data()


def read_max_rows(text: str | None) -> int | None:
    """Return the number of rows a preview may have; nothing and an empty field ask for none. Raises Refused."""
    if not text:
        return None
    rows = whole(text, 1, _MOST_ROWS)
    if rows is None:
        raise Refused(
            "request-malformed",
            f"{shortened(text, _QUOTED)!r} in {MAX_ROWS!r} is not a number of rows.",
            mend=f"write a whole number from 1 to 999999999, as in {MAX_ROWS}=1000, or leave it out for all rows",
        )
    return rows


def read_pairs(encoded: bytes, what: str) -> list[tuple[str, str]]:
    """Return the fields of a query string or form. Raises Refused if it is not UTF-8; `what` names it there."""
    text = decoded(encoded, what)
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except UnicodeDecodeError as problem:
        raise _not_utf8(what) from problem
    except ValueError as problem:
        raise Refused(
            "request-malformed", f"{what} has more than {_FIELDS} fields.", mend="send fewer parameters"
        ) from problem


def decoded(encoded: bytes, what: str) -> str:
    """Return UTF-8 as text. Raises Refused if it is not UTF-8; `what` names it there."""
    try:
        return encoded.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise _not_utf8(what) from problem


def _not_utf8(what: str) -> Refused:
    return Refused("request-malformed", f"{what} is not UTF-8.", mend="encode the text as UTF-8")


def _single(pairs: list[tuple[str, str]], name: str) -> str | None:
    values = [value for key, value in pairs if key == name]
    if len(values) > 1:
        raise Refused("request-malformed", f"The parameter {name!r} is there {len(values)} times.", mend="send it once")
    return values[0] if values else None


def _format(pairs: list[tuple[str, str]]) -> str | None:
    """Return the wanted format. SPARQLWrapper names some twice, in a short form and by media types: that is one."""
    values = [value for key, value in pairs if key == "format"]
    try:
        meant = {named(value.partition(",")[0], (*BINDINGS, *GRAPHS)) for value in values}
    except FormatUnknown:
        meant = set()
    return values[0] if len(meant) == 1 else _single(pairs, "format")


def _seconds(text: str | None) -> float | None:
    """Return a time limit; ASCII digits with at most one point, above 0."""
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text) or not float(text):
        raise Refused(
            "request-malformed",
            f"{shortened(text, _QUOTED)!r} in 'timeout' is no time limit.",
            mend="write seconds, such as 2 or 0.5",
        )
    return float(text)


def _iris(pairs: list[tuple[str, str]], name: str) -> tuple[str, ...]:
    values = tuple(value for key, value in pairs if key == name)
    for value in values:
        if not _ABSOLUTE.fullmatch(value):
            raise Refused(
                "request-malformed",
                f"{value!r} in {name!r} is not an absolute IRI.",
                mend="write the whole IRI of a graph, percent-encoded",
            )
    return values
