"""Header fields that libraries cannot read in good time, or at all: refused or left out before anything reads them.

Parsers of headers take more than linear time on some texts, and hold the interpreter meanwhile; a date of a year with
twenty digits is an error that none of them catches.
"""

import re
from collections.abc import MutableMapping
from typing import Any

from flask import request
from werkzeug.http import parse_date

from govplan.web.errors import Refused

LONGEST = 4096
# Where the name of a field that is too long stands in the environment of a request.
_TOO_LONG = "govplan.field_too_long"
_SHORT = 256  # characters of a field in which no white space is worth looking for
_SPACES = re.compile(r"[ \t]+")
# Nothing here reads these, and other programs of the same host may make them long.
_UNREAD = {"HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_REFERER", "HTTP_USER_AGENT"}
_DATES = ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")


def readable(environ: MutableMapping[str, Any]) -> bool:
    """Leave in the environment of a request what can be read, and tell whether nothing that counts was left out.

    Any amount of white space is worth one space (RFC 9110 section 5.6.3), and a date that is none is to be ignored
    (sections 13.1.3 and 13.1.4). Without a field that is too long the request would mean something else: whoever gets
    False lets no cache answer, and `refuse` refuses it.
    """
    fields = [name for name in environ if name.startswith("HTTP_") or name == "CONTENT_TYPE"]
    for name in fields:
        if len(environ[name]) <= _SHORT:
            continue
        value = environ[name] = _SPACES.sub(" ", environ[name])
        if len(value) > LONGEST:
            del environ[name]
            if name not in _UNREAD:
                environ[_TOO_LONG] = name
    for name in _DATES:
        if name in environ and not _is_date(environ[name]):
            del environ[name]
    return _TOO_LONG not in environ


def refuse() -> None:
    """Refuse the current request if a field of it was too long."""
    if name := request.environ.get(_TOO_LONG):
        field = name.removeprefix("HTTP_").replace("_", "-").title()
        raise Refused(
            "header-too-long",
            f"The header field {field} is longer than the {LONGEST} characters that are read.",
            mend="send a shorter one, or leave it out",
        )


def _is_date(value: str) -> bool:
    try:
        return parse_date(value) is not None
    except OverflowError:
        return False
