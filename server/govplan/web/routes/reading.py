"""Pages for people who read: the plan as an outline, powers, findings, actors, sources and the codebook."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request

from govplan.formats import BINDINGS, named
from govplan.readmodel.actors import actors
from govplan.readmodel.codebook import codebook as read_codebook
from govplan.readmodel.documents import documents
from govplan.readmodel.findings import assessments
from govplan.readmodel.outline import outline
from govplan.readmodel.powers import matrix
from govplan.sparql import Answer
from govplan.web.http.answers import SHARED, result
from govplan.web.http.language import PARAMETER, asked_language, reader, speaking, spoken
from govplan.web.http.negotiation import HTML, choose
from govplan.web.render.codebook_files import table
from govplan.web.site import Site, site

blueprint = Blueprint("reading", __name__)
_CSV = named("csv", BINDINGS)


@blueprint.get("/plan")
def plan() -> Response:
    """Show the plan as an outline."""
    return _page("plan.html", outline)


@blueprint.get("/powers")
def powers() -> Response:
    """Show which action touches which level of power, who claims that, and why."""
    return _page("powers.html", matrix)


@blueprint.get("/findings")
def findings() -> Response:
    """Show what is thought of the plan, beside what it is about."""
    return _page("findings.html", assessments)


@blueprint.get("/actors")
def actors_page() -> Response:
    """Show who has a part in the plan."""
    return _page("actors.html", actors)


@blueprint.get("/sources")
def sources() -> Response:
    """Show every document that was read, and what came from it."""
    return _page("sources.html", documents)


@blueprint.get("/codebook")
def codebook() -> Response:
    """Show every class, property and code."""
    if choose((HTML, _CSV), request.args.get("format")) is _CSV:
        return codebook_table()
    return _page("codebook.html", read_codebook)


@blueprint.get("/codebook.csv")
def codebook_table() -> Response:
    """Return the codebook as a table, in the language that the address names."""
    language = spoken(request.args.get(PARAMETER))
    with speaking(language):
        body = site().kept(("codebook.csv", language), lambda: table(read_codebook(site(), language)))
    response = result(Answer(body, _CSV.media_type), _CSV, "codebook.csv")
    response.headers["Cache-Control"] = SHARED
    return response


def _page(template: str, read: Callable[[Site, str], Any]) -> Response:
    """Return a page; what it shows is read once per release and reader."""
    shown = site().kept((template, reader()), lambda: read(site(), asked_language()))
    response = Response(render_template(template, shown=shown), mimetype="text/html")
    response.headers["Cache-Control"] = SHARED
    return response
