"""/plan: each plan as an outline, and below it powers, findings, actors and sources, for people who read.

The short addresses (/plan, /powers …) lead to the plan where a project has one; where it has several, they list them.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug import Response as AnyResponse

from govplan.errors import GovplanError
from govplan.readmodel.actors import actors
from govplan.readmodel.documents import documents
from govplan.readmodel.findings import assessments
from govplan.readmodel.names import Named, names
from govplan.readmodel.outline import Outline, outline
from govplan.readmodel.plans import Plan, only_plan, plans
from govplan.readmodel.powers import matrix
from govplan.web.http.answers import SHARED
from govplan.web.http.errors import Refused
from govplan.web.http.language import asked_language
from govplan.web.site import Site, site

blueprint = Blueprint("plans", __name__)
# The pages of a plan, by the last part of their address.
ENDPOINTS = {
    "plan": "plans.plan",
    "picture": "picture.picture",
    "powers": "plans.powers",
    "findings": "plans.findings",
    "actors": "plans.actors_page",
    "sources": "plans.sources",
}


@blueprint.get("/plan/<slug>")
def plan(slug: str) -> Response:
    """Show the plan as an outline."""
    return _page(slug, "plan.html", lambda _, plan, language: outline_of(plan, language))


@blueprint.get("/plan/<slug>/powers")
def powers(slug: str) -> Response:
    """Show which action touches which level of power, who claims that, and why."""
    return _page(slug, "powers.html", matrix)


@blueprint.get("/plan/<slug>/findings")
def findings(slug: str) -> Response:
    """Show what is thought of the plan, beside what it is about."""
    return _page(slug, "findings.html", assessments)


@blueprint.get("/plan/<slug>/actors")
def actors_page(slug: str) -> Response:
    """Show who has a part in the plan."""
    return _page(slug, "actors.html", actors)


@blueprint.get("/plan/<slug>/sources")
def sources(slug: str) -> Response:
    """Show every document that was read, and what came from it."""
    return _page(slug, "sources.html", documents)


@blueprint.get("/plan", defaults={"page": "plan"})
@blueprint.get("/picture", defaults={"page": "picture"})
@blueprint.get("/powers", defaults={"page": "powers"})
@blueprint.get("/findings", defaults={"page": "findings"})
@blueprint.get("/actors", defaults={"page": "actors"})
@blueprint.get("/sources", defaults={"page": "sources"})
def choice(page: str) -> AnyResponse:
    """Lead to a page of the only plan, or list the plans to choose from."""
    if only := only_plan(site()):
        answer: AnyResponse = redirect(url_for(ENDPOINTS[page], slug=only.slug))
    else:
        answer = Response(render_template("plans.html", offered=plan_links(page)), mimetype="text/html")
    answer.headers["Cache-Control"] = SHARED
    return answer


def plan_of(slug: str) -> Plan:
    """Return the plan of an address. Raises Refused with those there are."""
    known = plans(site())
    if slug not in known:
        raise Refused("not-found", f"There is no plan {slug!r} here.", mend="take one of those", offered=list(known))
    return known[slug]


def plan_links(page: str) -> list[tuple[Named, str]]:
    """Return each plan with the address of one of its pages."""
    found = plans(site()).values()
    called = names(site(), (each.iri for each in found), asked_language())
    return [(called[each.iri], url_for(ENDPOINTS[page], slug=each.slug)) for each in found]


def page_address(page: str) -> str:
    """Return the address of a page of the plan that the request is about; of the choice where that is open."""
    slug = (request.view_args or {}).get("slug") if request.endpoint in ENDPOINTS.values() else None
    if slug is None:
        try:
            only = only_plan(site())
        except GovplanError:
            # The page of an error has this address, too, and must not need the store: the choice leads on.
            only = None
        slug = only and only.slug
    return url_for(ENDPOINTS[page], slug=slug) if slug is not None else url_for("plans.choice", page=page)


def outline_of(plan: Plan, language: str) -> Outline:
    """Return the outline of a plan, read once per release and language."""
    return site().cached(("outline", plan.slug, language), lambda: outline(site(), plan, language))


def _page(slug: str, template: str, read: Callable[[Site, Plan, str], Any]) -> Response:
    """Return a page; what it shows is read once per release and language."""
    plan, language = plan_of(slug), asked_language()
    shown = site().cached((template, slug, language), lambda: read(site(), plan, language))
    response = Response(render_template(template, shown=shown, plan=plan), mimetype="text/html")
    response.headers["Cache-Control"] = SHARED
    return response
