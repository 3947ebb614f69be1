"""The application: a site, one blueprint per URL family, and the headers that every response carries."""

from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, current_app, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.questions import Question
from govplan.store import Store
from govplan.store.formats import BINDINGS, GRAPHS
from govplan.web import bodies, dumps, errors, pages, queries, reconcile, sparql, status, words
from govplan.web.admission import Accounts, Admission, Budget, in_force
from govplan.web.site import EXTENSION, Site, site

_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
_ALLOWED = "Accept, Accept-Language, Cache-Control, Content-Type, If-None-Match, If-Range, Range"
_EXPOSED = (
    "Accept-Ranges, Allow, Content-Disposition, Content-Length, Content-Range, ETag, Link, Retry-After, X-Release"
)
_DAY = "86400"


class _Json(DefaultJSONProvider):
    """JSON as it is written by hand: any script, members in their own order."""

    ensure_ascii = False
    sort_keys = False


def create_app(
    settings: Settings, manifest: Manifest, release: Path, store: Store, questions: Mapping[str, Question]
) -> Flask:
    """Return the application that serves one verified release; `release` is its folder."""
    app = Flask("govplan.web")
    app.config["MAX_CONTENT_LENGTH"] = settings.body_bytes
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json = _Json(app)
    budgets = in_force(settings)
    admitted = Admission(store, Accounts(_budget(settings))) if budgets else store
    app.extensions[EXTENSION] = Site(settings, manifest, release, admitted, questions)
    app.context_processor(lambda: {"settings": settings, "manifest": manifest})
    app.jinja_env.globals |= {
        "thousands": words.thousands,
        "words": words.spaced,
        "kilobytes": words.kilobytes,
        "licence_name": words.licence_name,
        "bindings": BINDINGS,
        "graphs": GRAPHS,
    }
    for room in (pages, queries, sparql, dumps, reconcile, status):
        app.register_blueprint(room.blueprint)
    errors.install(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    app.before_request(_options)
    bodies.install(app, each=settings.client_burst if budgets else bodies.PLACES)
    app.after_request(_headers)
    return app


def _budget(settings: Settings) -> Budget:
    return Budget(settings.client_queries, settings.client_burst, settings.client_seconds, settings.client_errors)


def _options() -> Response | None:
    """Answer OPTIONS, and with it every CORS preflight, for whatever address there is."""
    if request.method != "OPTIONS" or request.routing_exception is not None:
        return None
    response = current_app.make_default_options_response()
    response.status_code = 204
    response.headers["Access-Control-Allow-Methods"] = response.headers["Allow"]
    response.headers["Access-Control-Allow-Headers"] = _ALLOWED
    response.headers["Access-Control-Max-Age"] = _DAY
    del response.headers["Content-Type"]
    return response


def _headers(response: Response) -> Response:
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = _EXPOSED
    headers["X-Release"] = site().manifest.id
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
    response.vary.add("Accept")
    return response
