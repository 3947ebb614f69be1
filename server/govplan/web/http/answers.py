"""From a query to a response: whole answers only, with exact length, a strong validator and no evaluation for a 304."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

from flask import Response, request

from govplan.config import base_iri
from govplan.formats import Form, Format
from govplan.sparql import Answer, Request, Scan
from govplan.web.http.conversation import Ask, Steps
from govplan.web.http.errors import Refused
from govplan.web.http.files import FileBody
from govplan.web.http.protocol import MAX_ROWS
from govplan.web.site import Site

SAFE = ("GET", "HEAD")
MAX_AGE = 300  # seconds
SHARED = f"public, max-age={MAX_AGE}"
IMMUTABLE = f"public, max-age={365 * 24 * 3600}, immutable"
PRIVATE = "no-store"
RESULT_POLICY = "default-src 'none'; sandbox"
COMPLETENESS = "Result-Completeness"
_NONE: Mapping[str, str] = MappingProxyType({})


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
    base = base_iri(site.settings)
    return Request(query, media_type, default_graphs, named_graphs, seconds, max_rows, link, cap, found, base_iri=base)


def respond(site: Site, query: Request, fmt: Format, *, volatile: bool, file: str | None = None) -> Steps:
    """Ask for the answer of a query in a format; `file` is the name under which a browser saves it.

    A `volatile` query (NOW, RAND …) and one sent by POST are never stored by a cache.
    Raises what the store raises.
    """
    cacheable = request.method in SAFE and not volatile
    tag = etag(site.manifest.id, query)
    headers = {"Cache-Control": SHARED if cacheable else PRIVATE}
    if cacheable:
        headers["ETag"] = f'"{tag}"'
    if cacheable and "If-None-Match" in request.headers and tag in request.if_none_match.as_set(include_weak=True):
        # What a 304 says of the policy replaces what a client has stored with the answer (RFC 9111 section 3.2).
        headers["Content-Security-Policy"] = RESULT_POLICY
        return Response(status=304, content_type=fmt.content_type, headers=headers)
    answer = yield Ask(query)
    assert answer is not None
    headers[COMPLETENESS] = completeness(query, answer)
    return result(answer, fmt, file, headers)


def result(answer: Answer, fmt: Format, file: str | None = None, headers: Mapping[str, str] = _NONE) -> Response:
    """Return a whole answer as a response that no browser runs as a page, with further headers."""
    headers = {**headers, "Content-Security-Policy": RESULT_POLICY}
    if file:
        headers["Content-Disposition"] = f'inline; filename="{file}"'
    if isinstance(answer.content, bytes):
        return Response(answer.content, headers=headers, content_type=fmt.content_type)
    headers["Content-Length"] = str(answer.size)
    return Response(FileBody.of(answer.content), headers=headers, content_type=fmt.content_type)


def completeness(query: Request, answer: Answer) -> str:
    """Return what the header Result-Completeness says of an answer."""
    return f'partial; reason="{MAX_ROWS}"; limit={query.max_rows}' if answer.partial else "complete"


def etag(release: str, query: Request) -> str:
    """Return the entity tag of an answer: release, media type, dataset, preview, base and query bytes decide it."""
    digest = hashlib.sha256()
    graphs = [*query.default_graphs, "", *query.named_graphs, ""]
    for part in (release, query.media_type, *graphs, str(query.max_rows or ""), query.base_iri or "", query.query):
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()[:32]
