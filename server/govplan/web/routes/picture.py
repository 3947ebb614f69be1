"""/plan/…/picture: a plan at a glance, its objectives with the organisations and groups that they name."""

from collections import Counter
from collections.abc import Iterable, Mapping

from flask import Blueprint, Response, render_template, url_for

from govplan.formats import Format, for_form
from govplan.namespaces import CORE
from govplan.questions.figures import PLAN, takes
from govplan.readmodel.labels import labels
from govplan.readmodel.plans import Plan
from govplan.readmodel.sizes import NAME
from govplan.values import Term, count, shortened, text
from govplan.web.http.addresses import page_of
from govplan.web.http.answers import SHARED
from govplan.web.http.errors import Refused
from govplan.web.http.language import asked_language
from govplan.web.render.picture_layout import BOX, FRAME, LINE, WIDTH, Name, Objective, Picture, Tie, place
from govplan.web.render.tables import Shown, in_whole
from govplan.web.routes.plans import plan_of
from govplan.web.routes.queries import question_answer
from govplan.web.site import site

blueprint = Blueprint("picture", __name__)
OBJECTIVES, TIES = "objectives-with-action-counts", "actors-and-groups-by-objective"


@blueprint.get("/plan/<slug>/picture")
def picture(slug: str) -> Response:
    """Draw the plan. Raises Refused if the project has not the questions whose answers are drawn."""
    plan, language = plan_of(slug), asked_language()
    objectives, ties = question_answer(OBJECTIVES, language, plan), question_answer(TIES, language, plan)
    if objectives is None or ties is None or not _drawable(objectives, ties):
        raise Refused(
            "not-found",
            "This project has no picture.",
            mend=f"it is drawn from the questions {OBJECTIVES} and {TIES}; add them to queries/",
        )
    response = Response(
        render_template(
            "picture.html",
            picture=drawn(plan, objectives, ties, language),
            ties=ties,
            more=objectives.more or ties.more,
            whole=[(fmt.label, _address(TIES, fmt, plan)) for fmt in for_form("SELECT") if in_whole(fmt)],
            question=site().questions[TIES],
            address=page_of,
            look={"width": WIDTH, "frame": FRAME, "box": BOX, "line": LINE},
        ),
        mimetype="text/html",
    )
    response.headers["Cache-Control"] = SHARED
    return response


def _address(question: str, fmt: Format, plan: Plan) -> str:
    chosen = plan.iri if takes(site().questions[question], PLAN) else None
    return url_for("queries.question", name=f"{question}.{fmt.extension}", lang=None, plan=chosen)


def _drawable(objectives: Shown, ties: Shown) -> bool:
    return "objective" in objectives.columns and {"place", "named"} <= set(ties.columns)


def drawn(plan: Plan, objectives: Shown, ties: Shown, language: str) -> Picture:
    """Return the picture of the answers of both questions; a row that names no objective or nobody shows nothing."""
    called = labels(site(), [plan.iri], language).get(plan.iri)
    name = Name(plan.iri, called.value, called.lang) if called else Name(plan.iri, plan.slug)
    return place(name, [_objective(row) for row in objectives.bindings if "objective" in row], _ties(ties))


def _objective(row: Mapping[str, Term]) -> Objective:
    number = text(row["number"]) if "number" in row else ""
    return Objective(_name(row, "objective"), number, count(row.get("actionCount")))


def _ties(answer: Shown) -> Iterable[Tie]:
    """Add up the roles that one objective gives one organisation or group."""
    codes = f"{CORE}auth/"
    counts: Counter[tuple[str, Name]] = Counter()
    for row in answer.bindings:
        if "place" in row and "named" in row:
            counts[text(row["place"]), _name(row, "named")] += count(row.get("actionCount")) or 0
    for (where, name), actions in counts.items():
        yield Tie(where, name, "right" if name.iri.startswith(codes) else "left", actions)


def _name(row: Mapping[str, Term], column: str) -> Name:
    label = row.get(f"{column}Label", row[column])
    return Name(text(row[column]), shortened(text(label), NAME), label.get("xml:lang"))
