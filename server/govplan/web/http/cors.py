"""What pages of other sites may send and read (Fetch standard, section 3.3): everything, since nobody logs in here."""

import re

from flask import Response, current_app, request

# `*` would leave out Authorization, and older browsers do not know it.
_ALLOWED = "Accept, Accept-Language, Authorization, Cache-Control, Content-Type, If-None-Match, If-Range, Range"
_EXPOSED = (
    "Accept-Ranges, Allow, Content-Disposition, Content-Length, Content-Range, ETag, Link, Result-Completeness, "
    "Retry-After, X-Release"
)
# Every answer has these, errors too.
HEADERS = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", _EXPOSED))
_DAY = "86400"
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_TOKENS = re.compile(rf"{_TOKEN}(?:[ \t]*+,[ \t]*+{_TOKEN})*+")


def options() -> Response | None:
    """Return the answer to OPTIONS for whatever address there is, and to every preflight; None for other requests.

    A page of another site may send any header. It may send any method, too, and to any address: what is wrong with that
    the answer can tell, while a refused preflight tells nothing.
    """
    if request.method != "OPTIONS":
        return None
    wanted = request.headers.get("Access-Control-Request-Method", "")
    preflight = "Origin" in request.headers and re.fullmatch(_TOKEN, wanted) is not None
    if request.routing_exception is None:
        response = current_app.make_default_options_response()
    elif preflight:
        response = Response()
    else:
        return None
    response.status_code = 204
    methods = [*response.headers.get("Allow", "").split(", "), wanted if preflight else ""]
    headers = request.headers.get("Access-Control-Request-Headers", "")
    response.headers["Access-Control-Allow-Methods"] = ", ".join(dict.fromkeys(each for each in methods if each))
    response.headers["Access-Control-Allow-Headers"] = headers if _TOKENS.fullmatch(headers) else _ALLOWED
    response.headers["Access-Control-Max-Age"] = _DAY
    response.vary.update(("Access-Control-Request-Method", "Access-Control-Request-Headers"))
    del response.headers["Content-Type"]
    return response
