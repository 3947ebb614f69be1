"""The headers that every response carries: what it varies on, what a browser may do with it, and its release."""

from urllib.parse import quote

from flask import Response, g, request
from werkzeug.datastructures import Headers
from werkzeug.http import http_date

from govplan.web.http import cors
from govplan.web.http.answers import IMMUTABLE, PRIVATE, SHARED
from govplan.web.http.negotiation import HTML
from govplan.web.http.pinned import PINNED, PREFIX
from govplan.web.http.public import VOUCHED
from govplan.web.site import site

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# What a release answers for good, and what the program makes of it.
_DATA = frozenset(
    f"resources.{name}" for name in ("id", "auth", "shape", "graph", "vocabulary", "question", "release")
) | {"queries.question", "dumps.file", "tables.file", "releases.manifest"}
_MADE = (HTML.media_type, "image/svg+xml", "image/png")
_ALWAYS = (*cors.HEADERS, ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"))


def _is_fixed(response: Response) -> bool:
    """Tell whether an answer is for good: data of a release that the address names.

    Pages, searches, charts and what tells of the server change with the program, and with its settings.
    """
    whole = response.status_code in (200, 206, 304) and response.mimetype not in _MADE
    data = request.endpoint in _DATA or (request.endpoint == "sparql.endpoint" and "query" in request.args)
    return whole and data and bool(request.environ[PINNED])


def original() -> str:
    """Return the address of this request in the current release, an empty text where the address names no release."""
    environ = request.environ
    if not environ[PINNED]:
        return ""
    query = environ["QUERY_STRING"]
    return f"{environ[PREFIX]}{_path()}" + (f"?{query}" if query else "")


def _path() -> str:
    return quote(request.environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=~-._")


def _of_memento(response: Response) -> list[tuple[str, str]]:
    """Return what tells of an answer that it is one of a release, and of which address (RFC 7089)."""
    timemap = f"{request.environ[PREFIX]}/timemap{_path()}"
    headers = [("Link", f'<{original()}>; rel="original latest-version", <{timemap}>; rel="timemap"')]
    if response.status_code < 400:
        headers.append(("Memento-Datetime", http_date(site().manifest.moment)))
    if response.mimetype == HTML.media_type:
        # Whoever searches the web is to find the current release.
        headers.append(("X-Robots-Tag", "noindex"))
    return headers


def complete(response: Response) -> Response:
    """Add the headers that every answer has."""
    varies = ["Accept, Accept-Encoding, Host" if "names_host" in g else "Accept, Accept-Encoding"]
    foreign = "names_host" in g and not request.environ[VOUCHED]
    policy = _PAGE_POLICY
    headers: list[tuple[str, str]] = []
    # In one pass: to look for one name after the other takes longer than all the rest of a short answer.
    for name, value in response.headers:
        match name.lower():
            case "vary":
                varies.insert(0, value)
            case "content-security-policy":
                policy = value
            case "expires":
                # max-age says it, without the clocks of two machines
                pass
            case "cache-control" if foreign:
                pass
            case "cache-control" if value.startswith(SHARED) and _is_fixed(response):
                headers.append((name, IMMUTABLE + value.removeprefix(SHARED)))
            case _:
                headers.append((name, value))
    headers += (("Vary", ", ".join(varies)), ("Content-Security-Policy", policy))
    headers += (("X-Release", site().manifest.id), *_ALWAYS)
    if request.environ[PINNED]:
        headers += _of_memento(response)
    if foreign:
        # A cache would give others an address that nobody but this client has named.
        headers.append(("Cache-Control", PRIVATE))
    response.headers = Headers(headers)
    if request.method == "HEAD" or response.status_code == 304:
        response.close()  # Werkzeug sends no body then, and leaves the file of a static one open
    return response
