"""From a query to a response: whole answers only, with exact length, a strong validator and no evaluation for a 304."""

import hashlib

from flask import Response, request

from govplan.store import Answer, Request, Scan
from govplan.store.formats import Form, Format
from govplan.web.errors import Refused
from govplan.web.protocol import MAX_ROWS
from govplan.web.site import Site

SAFE = ("GET", "HEAD")
MAX_AGE = 300  # seconds
SHARED = f"public, max-age={MAX_AGE}"
PRIVATE = "no-store"
RESULT_POLICY = "default-src 'none'; sandbox"
COMPLETENESS = "Result-Completeness"


def request_for(
    site: Site,
    query: str,
    form: Form,
    media_type: str,
    *,
    default_graphs: tuple[str, ...] = (),
    named_graphs: tuple[str, ...] = (),
    seconds: float | None = None,
    max_rows: int | None = None,
    found: Scan | None = None,
) -> Request:
    """Return what a client asks of the store, bound as the operator says. Raises Refused if no preview is possible."""
    if max_rows is not None and form != "SELECT":
        raise Refused(
            "request-malformed",
            f"{MAX_ROWS!r} previews the rows of a SELECT; this is a query of the form {form}.",
            mend=f"leave {MAX_ROWS!r} out",
        )
    link = f"{site.settings.base}limits#partial"
    cap = site.settings.row_cap or None
    return Request(query, media_type, default_graphs, named_graphs, seconds, max_rows, link, cap, found)


def respond(site: Site, query: Request, fmt: Format, *, volatile: bool, file: str | None = None) -> Response:
    """Return the answer of a query in a format; `file` is the name under which a browser saves it.

    A `volatile` query (NOW, RAND …) and one sent by POST are never stored by a cache.
    Raises what the store raises.
    """
    cacheable = request.method in SAFE and not volatile
    tag = etag(site.manifest.id, query)
    if cacheable and tag in request.if_none_match.as_set(include_weak=True):
        # What a 304 says of the policy replaces what a client has stored with the answer (RFC 9111 section 3.2).
        response = Response(
            status=304, content_type=fmt.content_type, headers={"Content-Security-Policy": RESULT_POLICY}
        )
    else:
        answer = site.store.answer(query)
        response = result(answer, fmt, file)
        response.headers[COMPLETENESS] = completeness(query, answer)
    if cacheable:
        response.set_etag(tag)
    response.headers["Cache-Control"] = SHARED if cacheable else PRIVATE
    return response


def result(answer: Answer, fmt: Format, file: str | None = None) -> Response:
    """Return a whole answer as a response that no browser runs as a page."""
    if isinstance(answer.content, bytes):
        response = Response(answer.content, content_type=fmt.content_type)
    else:
        response = Response(answer.pieces(), content_type=fmt.content_type)
        response.content_length = answer.size
        response.call_on_close(answer.close)
    response.headers["Content-Security-Policy"] = RESULT_POLICY
    if file:
        response.headers["Content-Disposition"] = f'inline; filename="{file}"'
    return response


def completeness(query: Request, answer: Answer) -> str:
    """Return what the header Result-Completeness says of an answer."""
    return f'partial; reason="{MAX_ROWS}"; limit={query.max_rows}' if answer.partial else "complete"


def etag(release: str, query: Request) -> str:
    """Return the entity tag of an answer: release, media type, dataset, preview and query bytes decide it."""
    digest = hashlib.sha256()
    graphs = [*query.default_graphs, "", *query.named_graphs, ""]
    for part in (release, query.media_type, *graphs, str(query.max_rows or ""), query.query):
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()[:32]
