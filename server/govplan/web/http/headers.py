"""What stands before the body of a request and cannot be read in good time, or at all: refused before it is read.

Libraries take more than linear time for some header fields, and hold the interpreter meanwhile; a date of a year with
twenty digits is an error that none of them catches; and a page repeats the address that it was asked by.
"""

import re
from collections.abc import MutableMapping
from typing import Any

from flask import request
from werkzeug.http import parse_date

from govplan.content_codings import CODINGS, IDENTITY
from govplan.web.http.errors import Refused
from govplan.web.http.negotiation import codings

LONGEST = 4096  # characters of a field, and of a path
# Above 65,534 bytes the HTTP server itself answers 414, without a word.
ADDRESS_BYTES = 60_000
MOST_FIELDS = 1000  # of a query string
# Where it stands in the environment of a request that it cannot be read, and why: slug, what is wrong, how to mend it.
_UNREADABLE = "govplan.unreadable"
_SHORT = 256  # characters of a field in which no white space is worth looking for
_SPACES = re.compile(r"[ \t]+")
# Nothing here reads these, and other programs of the same host may make them long.
_UNREAD = {"HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_REFERER", "HTTP_USER_AGENT"}
# A name, an IPv4 address or an IPv6 address in brackets, and perhaps a port (RFC 3986 section 3.2.2). The comma is left
# out: two fields are joined by one.
_HOST = re.compile(r"(?:\[[0-9A-Fa-fv:.]+\]|[A-Za-z0-9\-._~%!$&'()*+;=]+)(?::[0-9]*)?")
_DATES = ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")


def readable(environ: MutableMapping[str, Any]) -> bool:
    """Leave in the environment of a request (PEP 3333) what can be read; False if something that counts is left out.

    Any amount of white space is worth one space (RFC 9110 section 5.6.3), and a date that is none is to be ignored
    (sections 13.1.3 and 13.1.4). Without a field that is too long the request would mean something else: whoever gets
    False lets no cache answer, and `refuse` refuses it.
    """
    for name in [name for name in environ if name.startswith("HTTP_") or name == "CONTENT_TYPE"]:
        if len(environ[name]) > _SHORT:
            _shorten(environ, name)
    for name in _DATES:
        if name in environ and not _is_date(environ[name]):
            del environ[name]
    if len(environ["PATH_INFO"]) > LONGEST:
        environ["PATH_INFO"] = "/"
        what = f"The path of the address is longer than the {LONGEST} characters that are read."
        environ[_UNREADABLE] = "address-too-long", what, "look the thing up by /search"
    if environ["QUERY_STRING"].count("&") >= MOST_FIELDS:
        environ["QUERY_STRING"] = ""
        what = f"The query string has more than {MOST_FIELDS} fields."
        environ[_UNREADABLE] = "address-too-long", what, "send fewer parameters"
    return _UNREADABLE not in environ


def require_host(environ: MutableMapping[str, Any]) -> None:
    """Make a request that does not name its host, or names several, one that cannot be read (RFC 9112 section 3.2)."""
    host = environ.get("HTTP_HOST", "")
    # HTTP/1.0 has no such field.
    if _HOST.fullmatch(host) or (not host and environ["SERVER_PROTOCOL"] == "HTTP/1.0"):
        return
    environ.pop("HTTP_HOST", None)
    what = "The header field Host names no host." if host else "The header field Host is missing."
    environ[_UNREADABLE] = "request-malformed", what, "say once which host the request is for"


def refuse() -> None:
    """Raise Refused if something of the current request was left out."""
    if reason := request.environ.get(_UNREADABLE):
        slug, what, mend = reason
        raise Refused(slug, what, mend=mend)


def refuse_long_address() -> None:
    """Raise Refused if the address of the current request is longer than every client and proxy can be told."""
    size = len(request.environ["PATH_INFO"]) + 1 + len(request.query_string)
    if size >= ADDRESS_BYTES:
        raise Refused(
            "address-too-long",
            f"The address has {size} bytes; this server reads fewer than {ADDRESS_BYTES}.",
            mend="send a long query by POST: as the field 'query' of a form, or as the body with Content-Type: "
            "application/sparql-query",
        )


def refuse_codings() -> None:
    """Raise Refused for a request that takes no content coding, not even none (RFC 9110 section 12.5.3)."""
    asked = request.headers.get("Accept-Encoding")
    if not codings(asked):
        offered = (*CODINGS, IDENTITY)
        raise Refused(
            "not-acceptable",
            f"No answer can be sent in a content coding that {asked!r} accepts.",
            mend="accept one of those offered by Accept-Encoding, or leave that header out",
            offered=offered,
        )


def _shorten(environ: MutableMapping[str, Any], name: str) -> None:
    value = environ[name] = _SPACES.sub(" ", environ[name])
    if len(value) <= LONGEST:
        return
    del environ[name]
    if name not in _UNREAD:
        field = name.removeprefix("HTTP_").replace("_", "-").title()
        what = f"The header field {field} is longer than the {LONGEST} characters that are read."
        environ[_UNREADABLE] = "header-too-long", what, "send a shorter one, or leave it out"


def _is_date(value: str) -> bool:
    try:
        return parse_date(value) is not None
    except OverflowError:
        return False
