"""The application: a site, one blueprint per URL family, and the headers that every response carries."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, current_app, g, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from govplan import deadline, metrics
from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.questions import Question
from govplan.store import Store
from govplan.store.codings import CODINGS, IDENTITY
from govplan.store.formats import BINDINGS, GRAPHS
from govplan.store.limits import Limits
from govplan.web import (
    bodies,
    discovery,
    dumps,
    editor,
    errors,
    language,
    links,
    openapi,
    pages,
    picture,
    queries,
    reading,
    reconcile,
    resources,
    search,
    sparql,
    status,
    words,
)
from govplan.web.about import licence_of_data
from govplan.web.admission import Accounts, Admission, Budget, in_force
from govplan.web.answers import MAX_AGE
from govplan.web.cache import Cache
from govplan.web.errors import Refused
from govplan.web.language import gettext
from govplan.web.negotiation import codings
from govplan.web.site import EXTENSION, Site, site

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_ALLOWED = "Accept, Accept-Language, Cache-Control, Content-Type, If-None-Match, If-Range, Range"
_EXPOSED = (
    "Accept-Ranges, Allow, Content-Disposition, Content-Length, Content-Range, ETag, Link, Result-Completeness, "
    "Retry-After, X-Release"
)
_DAY = "86400"
_YEAR = 365 * 24 * 3600


class _Json(DefaultJSONProvider):
    """JSON as it is written by hand: any script, members in their own order."""

    ensure_ascii = False
    sort_keys = False


class _App(Flask):
    """Remembers which answers name the address of this server: they depend on the header Host, and must say so."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Every function here is synchronous: looking each time costs a fifth of what Flask costs."""
        return func

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """Keep the editor for a year: its address names its version. Other static files change with the package."""
        if filename and filename.startswith(f"{editor.FOLDER}/"):
            return _YEAR
        return super().get_send_file_max_age(filename)

    def url_for(self, endpoint: str, *, _external: bool | None = None, **values: Any) -> str:
        if _external:
            g.names_host = True
        return super().url_for(endpoint, _external=_external, **values)


def create_app(
    settings: Settings, manifest: Manifest, release: Path, store: Store, questions: Mapping[str, Question]
) -> Flask:
    """Return the application that serves one verified release; `release` is its folder."""
    app = _App("govplan.web")
    app.config["MAX_CONTENT_LENGTH"] = settings.body_bytes
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = MAX_AGE
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json = _Json(app)
    budgets = in_force(settings)
    admitted = Admission(store, Accounts(_budget(settings))) if budgets else store
    app.extensions[EXTENSION] = Site(settings, manifest, release, admitted, questions, Limits.of(settings))
    app.context_processor(lambda: {"settings": settings, "manifest": manifest})
    app.jinja_env.globals |= {
        "column_name": words.column_name,
        "tag_name": words.tag_name,
        "licence_name": words.licence_name,
        "licence_of_data": licence_of_data,
        "dataset_jsonld": discovery.dataset_jsonld,
        "rooms": rooms,
        "bindings": BINDINGS,
        "graphs": GRAPHS,
    }
    rooms_of_the_web = (
        pages,
        reading,
        picture,
        resources,
        queries,
        openapi,
        search,
        links,
        reconcile,
        discovery,
        sparql,
        editor,
        dumps,
        status,
    )
    for room in rooms_of_the_web:
        app.register_blueprint(room.blueprint)
    language.install(app)
    errors.install(app)
    app.before_request(_begin)
    app.teardown_request(_end)
    app.before_request(_options)
    app.before_request(_coding)
    bodies.install(app, each=settings.client_burst if budgets else bodies.PLACES)
    app.after_request(_headers)
    app.wsgi_app = _always(app.wsgi_app, manifest.id)  # type: ignore[method-assign, assignment]
    return app


def in_front(
    application: WSGIApplication, release: Callable[[], str], settings: Settings, waiting: int
) -> WSGIApplication:
    """Return an application behind the layers that see a request first.

    `release` tells the id of the release that `application` serves now, `waiting` how many threads may wait for an
    answer that another is fetching. What a trusted proxy says comes before the cache, which keeps answers by scheme.
    """
    cached = Cache(application, release, settings.cache_bytes, waiting=waiting)
    metrics.KEPT_BYTES.set_function(lambda: cached.entries.size)
    metrics.KEPT_ADDRESSES.set_function(lambda: len(cached.entries))
    metrics.KEPT_HITS.set_function(lambda: cached.entries.hits)
    return ProxyFix(cached, x_for=settings.proxies, x_proto=settings.proxies) if settings.proxies else cached


def _budget(settings: Settings) -> Budget:
    return Budget(settings.client_queries, settings.client_burst, settings.client_seconds, settings.client_errors)


def rooms() -> tuple[tuple[str, str], ...]:
    """Return the rooms of the site as its main navigation lists them: endpoint and name."""
    return (
        ("reading.plan", gettext("The plan")),
        ("picture.picture", gettext("In one picture")),
        ("reading.powers", gettext("Powers")),
        ("reading.findings", gettext("Findings")),
        ("reading.actors_page", gettext("Actors")),
        ("reading.sources", gettext("Sources")),
        ("queries.listing", gettext("Questions")),
        ("sparql.endpoint", "SPARQL"),
        ("dumps.listing", gettext("Downloads")),
    )


def _begin() -> None:
    """Give the request the deadline that the server made when it came in, else one from now on."""
    given = request.environ.get(deadline.ENVIRON) or deadline.Deadline(site().settings.query_seconds)
    g.deadline_before = deadline.begin(given)


def _end(_problem: BaseException | None) -> None:
    if "deadline_before" in g:
        deadline.begin(g.pop("deadline_before"))


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


def _coding() -> None:
    """Refuse a request that takes the answer in no content coding, not even as it is (RFC 9110 section 12.5.3)."""
    asked = request.headers.get("Accept-Encoding")
    if not codings(asked):
        offered = (*CODINGS, IDENTITY)
        raise Refused(
            "not-acceptable",
            f"No answer can be sent in a content coding that {asked!r} accepts.",
            mend="accept one of those offered by Accept-Encoding, or leave that header out",
            offered=offered,
        )


def _always(application: WSGIApplication, release: str) -> WSGIApplication:
    """Return the application with the headers that are the same on all its answers, added to the list as it is sent."""
    always = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", _EXPOSED),
        ("X-Release", release),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
    ]

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(line: str, headers: list[tuple[str, str]], problem: Any = None) -> Callable[[bytes], object]:
            return start_response(line, headers + always, problem)

        return application(environ, start)

    return answer


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.pop("Expires", None)  # max-age says it, without the clocks of two machines
    headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
    varies = "Accept, Accept-Encoding, Host" if "names_host" in g else "Accept, Accept-Encoding"
    headers["Vary"] = f"{headers['Vary']}, {varies}" if "Vary" in headers else varies
    if request.method == "HEAD" or response.status_code == 304:
        response.close()  # Werkzeug sends no body then, and leaves the file of a static one open
    return response
