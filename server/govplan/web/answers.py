"""From a query to a response: whole answers only, with exact length, a strong validator and no evaluation for a 304."""

import hashlib

from flask import Response, request

from govplan.store import Answer, Request
from govplan.store.formats import Format
from govplan.web.site import Site

SAFE = ("GET", "HEAD")
SHARED = "public, max-age=300"
PRIVATE = "no-store"
RESULT_POLICY = "default-src 'none'; sandbox"


def respond(site: Site, query: Request, fmt: Format, *, volatile: bool, file: str | None = None) -> Response:
    """Return the answer of a query in a format; `file` is the name under which a browser saves it.

    A `volatile` query (NOW, RAND …) and one sent by POST are never stored by a cache.
    Raises what the store raises.
    """
    cacheable = request.method in SAFE and not volatile
    tag = etag(site.manifest.id, query)
    if cacheable and tag in request.if_none_match.as_set(include_weak=True):
        response = Response(status=304)
    else:
        response = result(site.store.answer(query), fmt, file)
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


def etag(release: str, query: Request) -> str:
    """Return the entity tag of an answer: release, media type, dataset and query bytes decide it."""
    digest = hashlib.sha256()
    graphs = [*query.default_graphs, "", *query.named_graphs, ""]
    for part in (release, query.media_type, *graphs, query.query):
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()[:32]
