"""Reading a request of the SPARQL 1.1 Protocol (sections 2.1 and 2.2) into plain values.

An empty parameter is an absent one, here and at every other address. Only `query` itself is not: a client that sends an
empty query has lost it, and is told so instead of being given the description of the service.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from flask import Request

from govplan.errors import QueryRefused, QueryTooLong
from govplan.formats import Format, understood
from govplan.values import shortened, whole
from govplan.web.http.errors import Refused
from govplan.web.http.negotiation import choose

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
ACCEPTED = (FORM, DIRECT)
MAX_ROWS = "max-rows"
# What clients call the parameter for the format of an answer; if they disagree, the first of these decides.
FORMATS = ("format", "output", "results")
_FIELDS = 1000
_MOST_ROWS = 999_999_999
# What is said again of a parameter that cannot be used.
_QUOTED = 60
_UPDATES = {"update", "using-graph-uri", "using-named-graph-uri"}
# What names a graph in the Graph Store HTTP Protocol (section 4).
_STORED = {"graph", "default"}
# RFC 3987: a scheme, a colon, something, and none of the characters that never stand in an IRI.
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\]+")


@dataclass(frozen=True, slots=True)
class Operation:
    """One query operation; `query` is None if a GET request has none.

    `asked` are the wanted formats by the name of their parameter, where any are named.
    `seconds` is the time limit that the client sets itself, None if it sets none.
    `max_rows` asks for a preview of a SELECT: this many rows at most.
    """

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    seconds: float | None = None
    max_rows: int | None = None

    def names(self, fmt: Format) -> bool:
        """Tell whether a format is wanted by name."""
        return any(understood(value, (fmt,)) for values in self.asked.values() for value in values)

    def format(self, offered: Sequence[Format], last: Sequence[Format] = ()) -> Format:
        """Return the format that is wanted; raises as `choose` does, and Refused if a parameter names two."""
        for name in FORMATS:
            meant = {understood(value, (*offered, *last)) for value in self.asked.get(name, ())} - {None}
            if len(meant) > 1:
                raise Refused("request-malformed", f"The parameter {name!r} names two formats.", mend="send one")
            if (found := next(iter(meant), None)) is not None:
                return found
        return choose(offered, ",".join(value for values in self.asked.values() for value in values), last)


def read_operation(request: Request, query_bytes: int) -> Operation:
    """Return the operation a request asks for.

    Raises Refused if it is no operation of the protocol, QueryRefused for an update, QueryTooLong above `query_bytes`.
    """
    fields = _fields(request.query_string, "The query string")
    post = request.method == "POST"
    if not (post and request.mimetype in ACCEPTED):
        _refuse_graph_store({name for name, _ in fields})
    if post:
        body = read_body(request, ACCEPTED, "A query")
        if request.mimetype == FORM:
            fields += _fields(body, "The form")
        else:
            fields.append(("query", decoded(body, "The query")))
    return _operation([pair for pair in fields if pair[1] or pair[0] == "query"], post=post, query_bytes=query_bytes)


def _refuse_graph_store(names: set[str]) -> None:
    """Refuse what asks for a graph and not for an answer: the description of the service is neither."""
    if "query" not in names and not _STORED.isdisjoint(names):
        raise Refused(
            "no-graph-store",
            "This address answers queries; it does not take the Graph Store HTTP Protocol.",
            mend="send CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <…> { ?s ?p ?o } } as the parameter 'query', read a graph "
            "at its own address below /graph/, or take the whole release from /dumps/",
        )


def _operation(pairs: list[tuple[str, str]], *, post: bool, query_bytes: int) -> Operation:
    if found := sorted(_UPDATES.intersection(name for name, _ in pairs)):
        raise QueryRefused(
            f"The parameter {found[0]!r} belongs to an update; this endpoint publishes releases that never change.",
            feature="update",
            mend="send a SELECT, ASK, CONSTRUCT or DESCRIBE query as the parameter 'query'",
        )
    if _single(pairs, "release"):
        raise Refused(
            "request-malformed",
            "The release is named by the address, not by a field of the form.",
            mend="send the form to /release/ID/sparql, or add ?release=ID to the address",
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
        {name: values for name in FORMATS if (values := _every(pairs, name))},
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
    """Return the fields of a query string or form that are not empty.

    Raises Refused if it is not UTF-8; `what` names it there.
    """
    return [pair for pair in _fields(encoded, what) if pair[1]]


def _fields(encoded: bytes, what: str) -> list[tuple[str, str]]:
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


def _every(pairs: list[tuple[str, str]], name: str) -> tuple[str, ...]:
    return tuple(value for key, value in pairs if key == name)


def _single(pairs: list[tuple[str, str]], name: str) -> str | None:
    values = _every(pairs, name)
    if len(values) > 1:
        raise Refused("request-malformed", f"The parameter {name!r} is there {len(values)} times.", mend="send it once")
    return values[0] if values else None


def _seconds(text: str | None) -> float | None:
    """Return a time limit; ASCII digits with at most one point. 0 asks for none."""
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text):
        raise Refused(
            "request-malformed",
            f"{shortened(text, _QUOTED)!r} in 'timeout' is no time limit.",
            mend="write seconds, such as 2 or 0.5; 0 asks for no limit of your own",
        )
    return float(text) or None


def _iris(pairs: list[tuple[str, str]], name: str) -> tuple[str, ...]:
    """Return IRIs of graphs, which must be absolute.

    A relative one in a query is resolved against the base of the query (RFC 3986 section 5.1). A parameter stands in no
    document: its base would be the address of the request (section 5.1.3), and so whatever the header Host says.
    """
    values = _every(pairs, name)
    for value in values:
        if not _ABSOLUTE.fullmatch(value):
            raise Refused(
                "request-malformed",
                f"{value!r} in {name!r} is not an absolute IRI.",
                mend="write the whole IRI of a graph, percent-encoded",
            )
    return values
