"""The application: a site, one blueprint per URL family, and the headers that every response carries."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn, cast
from urllib.parse import urlsplit

from flask import Flask, Request, g, request, url_for
from flask.ctx import RequestContext
from flask.json.provider import DefaultJSONProvider
from flask.sessions import NullSession, SessionInterface
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect
from werkzeug.wsgi import get_host

from govplan import deadline
from govplan.config import Settings
from govplan.errors import ReleaseUnknown
from govplan.formats import BINDINGS, GRAPHS
from govplan.group import Throttle
from govplan.manifest import Manifest
from govplan.questions import Question
from govplan.readmodel import sizes
from govplan.readmodel.about import licence_of_data
from govplan.sparql import Store
from govplan.sparql.limits import Limits
from govplan.vega.drawers import DrawerLimits, ProcessDrawer
from govplan.web.http import cors, errors, language
from govplan.web.http.addresses import current_release, link, page_of, release_address, shown_address
from govplan.web.http.answers import MAX_AGE
from govplan.web.http.conversation import Steps, driven
from govplan.web.http.environ import FAULT, Environ
from govplan.web.http.headers import refuse, refuse_codings, refuse_long_address
from govplan.web.http.language import gettext
from govplan.web.http.parameters import PlainRequest
from govplan.web.http.pinned import PINNED, pin
from govplan.web.http.public import PublicAddress
from govplan.web.http.response_headers import complete, original
from govplan.web.render import direction, words
from govplan.web.render.terms import InterfaceWords
from govplan.web.routes import (
    catalogue,
    cite,
    codebook,
    differences,
    discovery,
    dumps,
    editor,
    links,
    openapi,
    pages,
    picture,
    plans,
    queries,
    reconcile,
    releases,
    report,
    resources,
    search,
    sparql,
    status,
    tables,
)
from govplan.web.site import EXTENSION, POLICY, Policy, Site, site

_YEAR = 365 * 24 * 3600


class _Json(DefaultJSONProvider):
    """JSON as it is written by hand: any script, members in their own order."""

    ensure_ascii = False
    sort_keys = False


class _NoSession(SessionInterface):
    """There are no sessions: no cookie is ever read or set."""

    _session = NullSession()

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """Return the session that everybody has."""
        return self._session


class App(Flask):
    """Remembers which answers name the address of this server: they depend on the header Host, and must say so."""

    request_class = PlainRequest
    session_interface = _NoSession()
    public: PublicAddress

    def request_context(self, environ: Environ) -> RequestContext:
        """Return the context of a request; its address is settled here where no server has done so before."""
        self.public.settle(environ)
        pin(environ)
        return super().request_context(environ)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds and writes addresses for a request; there are no subdomains and no WebSockets here."""
        if request is None:
            return super().create_url_adapter(request)
        try:
            return self._adapter(request, get_host(request.environ))
        except HTTPException:
            # Without an adapter there were no links, not even those of an error (RFC 9112 section 3.2).
            request.routing_exception = BadRequest("The header Host names no host.")
            return self._adapter(request, "localhost")

    def _adapter(self, request: Request, host: str) -> MapAdapter:
        environ = request.environ
        path = environ["PATH_INFO"]
        return self.url_map.bind(
            host,
            script_name=environ["SCRIPT_NAME"],
            url_scheme=environ["wsgi.url_scheme"],
            default_method=environ["REQUEST_METHOD"],
            path_info=path if path.isascii() else path.encode("latin-1").decode(errors="replace"),
            query_args=environ["QUERY_STRING"],
        )

    def dispatch_request(self) -> Any:
        """Return what a view makes, whatever steps it takes (`conversation`); this is the way without an event loop."""
        made = super().dispatch_request()
        return driven(cast(Steps, made), site().store) if inspect.isgenerator(made) else made

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Every function here is synchronous: looking each time costs a fifth of what Flask costs."""
        return func

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """Keep the editor for a year: its address names its version. Other static files change with the package."""
        if filename and filename.startswith(f"{editor.FOLDER}/"):
            return _YEAR
        return super().get_send_file_max_age(filename)

    def raise_routing_exception(self, request: Request) -> NoReturn:
        """Lead to an address with or without a slash on whatever host the client asked: Location is a path."""
        problem = request.routing_exception
        if isinstance(problem, RequestRedirect):
            target = urlsplit(problem.new_url)
            problem.new_url = f"/{target.path.lstrip('/')}" + (f"?{target.query}" if target.query else "")
        super().raise_routing_exception(request)

    def url_for(self, endpoint: str, *, _external: bool | None = None, **values: Any) -> str:
        if _external:
            g.names_host = True
        return super().url_for(endpoint, _external=_external, **values)


def create_app(
    settings: Settings, manifest: Manifest, release: Path, store: Store, questions: Mapping[str, Question]
) -> App:
    """Return the application of a program that has one verified release open; `release` is its folder."""
    app = application(settings, Throttle())
    app.extensions[EXTENSION] = open_site(settings, manifest, release, store, questions)
    return app


def open_site(
    settings: Settings, manifest: Manifest, release: Path, store: Store, questions: Mapping[str, Question]
) -> Site:
    """Return one verified release as views see it; `release` is its folder."""
    return Site(
        settings=settings,
        manifest=manifest,
        store=store,
        wording=InterfaceWords(),
        folder=release,
        questions=questions,
    )


def application(settings: Settings, throttle: Throttle) -> App:
    """Return the application of a process, for all releases that are open in it; each request names its own (`SITE`).

    `throttle` is for long query texts.
    """
    app = App("govplan.web")
    app.public = PublicAddress(settings.public_url, settings.proxies, settings.host)
    app.config["MAX_CONTENT_LENGTH"] = settings.body_bytes
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = MAX_AGE
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.concat = _joined  # type: ignore[method-assign]
    app.json = _Json(app)
    app.extensions[POLICY] = Policy(Limits.of(settings), throttle, ProcessDrawer(DrawerLimits(settings.query_seconds)))
    app.context_processor(lambda: {"settings": site().settings, "manifest": site().manifest, "original": original()})
    app.jinja_env.globals |= {
        "column_name": words.column_name,
        "tag_name": words.tag_name,
        "licence_name": words.licence_name,
        "licence_of_data": lambda: licence_of_data(site()),
        "link": link,
        "page_of": page_of,
        "dataset_jsonld": discovery.dataset_jsonld,
        "shown_address": shown_address,
        "current_release": current_release,
        "release_address": release_address,
        "workbook": tables.workbook,
        "tables_of": tables.tables_of,
        "navigation": navigation,
        "plan_page": plans.page_address,
        "sizes": sizes,
        "bindings": BINDINGS,
        "graphs": GRAPHS,
    }
    for family in (
        pages,
        catalogue,
        plans,
        picture,
        codebook,
        resources,
        differences,
        releases,
        report,
        queries,
        openapi,
        search,
        links,
        reconcile,
        discovery,
        sparql,
        cite,
        editor,
        dumps,
        tables,
        status,
    ):
        app.register_blueprint(family.blueprint)
    direction.install(app)
    language.install(app)
    errors.install(app)
    app.before_request(_begin)
    app.teardown_request(_end)
    app.before_request(_fault)
    app.before_request(refuse)
    app.before_request(cors.options)
    app.before_request(refuse_long_address)
    app.before_request(refuse_codings)
    app.after_request(complete)
    return app


def navigation() -> tuple[tuple[str, str], ...]:
    """Return the main navigation: address and name."""
    return (
        (plans.page_address("plan"), gettext("The plan")),
        (plans.page_address("picture"), gettext("In one picture")),
        (plans.page_address("powers"), gettext("Powers")),
        (plans.page_address("findings"), gettext("Findings")),
        (plans.page_address("actors"), gettext("Actors")),
        (plans.page_address("sources"), gettext("Sources")),
        (url_for("queries.listing"), gettext("Questions")),
        (url_for("sparql.endpoint"), "SPARQL"),
        (url_for("dumps.listing"), gettext("Downloads")),
    )


def _begin() -> None:
    """Give the request the deadline that the server made when it came in, else one from now on."""
    given = request.environ.get(deadline.ENVIRON) or deadline.Deadline(site().settings.query_seconds)
    g.deadline_before = deadline.begin(given)


def _end(_problem: BaseException | None) -> None:
    if "deadline_before" in g:
        deadline.begin(g.pop("deadline_before"))


def _fault() -> None:
    """Raise what the server found wrong with the request before it came here."""
    fault = request.environ.get(FAULT)
    if fault is not None:
        raise cast(Exception, fault)
    named = request.environ[PINNED]
    if named not in ("", site().manifest.id):
        raise ReleaseUnknown(f"Release {named} is not open here.", mend="ask the server that keeps it")


def _joined(pieces: Iterable[str]) -> str:
    """Join what a template or a macro gives, piece by piece as it comes, so that pages, too, end with their time."""
    return "".join(deadline.checked(pieces))
