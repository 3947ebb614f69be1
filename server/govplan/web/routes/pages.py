"""/ and /errors/<type>: what this site is, and what each problem means."""

from flask import Blueprint, Response, render_template, request, url_for

from govplan.formats import GRAPHS
from govplan.questions.figures import PLAN
from govplan.readmodel.about import about
from govplan.readmodel.plans import Plan, only_plan
from govplan.web.http.answers import SHARED
from govplan.web.http.errors import Refused
from govplan.web.http.language import asked_language, reader
from govplan.web.http.negotiation import HTML, best
from govplan.web.http.problems import PROBLEMS, Problem
from govplan.web.render.tables import Cell, Shown
from govplan.web.routes.catalogue import home_document
from govplan.web.routes.dumps import dumps
from govplan.web.routes.plans import outline_of, plan_links
from govplan.web.routes.queries import example_query, question_answer
from govplan.web.site import site

blueprint = Blueprint("pages", __name__)
# The question that the home page shows where the plan project has it.
_NUMBERS = "plan-in-numbers"


@blueprint.get("/")
def home() -> Response:
    """Explain the plan, or list the plans; say who says what, and how to use the data. To programs, the catalogue."""
    fmt = best(request.headers.get("Accept"), (HTML, *GRAPHS))
    if fmt not in (HTML, None):
        return home_document(fmt)
    language, plan = asked_language(), only_plan(site())
    page = render_template(
        "home.html",
        about=site().cached(("about", language), lambda: about(site(), plan, language)),
        plans=plan_links("plan"),
        numbers=site().cached(("numbers", reader()), lambda: _figures(question_answer(_NUMBERS, language), plan)),
        outline=plan and outline_of(plan, language),
        questions=site().questions.values(),
        dumps=dumps(),
        query=example_query(),
    )
    response = Response(page, mimetype="text/html")
    response.headers["Cache-Control"] = SHARED
    return response


def _figures(answer: Shown | None, plan: Plan | None) -> list[tuple[list[Cell], Cell]]:
    """Return each row as what is counted and how many; which plan it is of goes without saying where there is one."""
    if answer is None or "count" not in answer.columns:
        return []
    place = answer.columns.index("count")
    said = [each for each, name in enumerate(answer.columns) if name != "count" and not (plan and name == PLAN)]
    return [([row[each] for each in said], row[place]) for row in answer.rows]


@blueprint.get("/errors/")
def error_types() -> Response:
    """List every problem type."""
    return _explained(list(PROBLEMS.values()))


@blueprint.get("/errors/<slug>")
def error_type(slug: str) -> Response:
    """Explain one problem type. Raises Refused if there is no such type."""
    if slug not in PROBLEMS:
        raise Refused(
            "not-found",
            f"There is no problem type {slug!r}.",
            mend=f"the problem types are listed at {url_for('pages.error_types', lang=None)}",
            offered=list(PROBLEMS),
        )
    return _explained([PROBLEMS[slug]])


def _explained(problems: list[Problem]) -> Response:
    response = Response(render_template("problems.html", problems=problems), mimetype="text/html")
    response.headers["Cache-Control"] = SHARED
    return response
