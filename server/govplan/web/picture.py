"""/picture: the plan at a glance, its objectives with the organisations and groups that they name."""

from collections import Counter
from collections.abc import Iterable, Mapping

from flask import Blueprint, Response, render_template

from govplan.web.addresses import page_of
from govplan.web.answers import SHARED
from govplan.web.errors import Refused
from govplan.web.labels import labels
from govplan.web.language import asked_language
from govplan.web.network import BOX, FRAME, LINE, WIDTH, Name, Objective, Picture, Tie, place
from govplan.web.queries import question_answer
from govplan.web.site import site
from govplan.web.tables import Shown

blueprint = Blueprint("picture", __name__)
OBJECTIVES, TIES = "objectives-with-action-counts", "actors-and-groups-by-objective"


@blueprint.get("/picture")
def picture() -> Response:
    """Draw the plan. Raises Refused if the project has not the questions whose answers are drawn."""
    language = asked_language()
    objectives, ties = question_answer(OBJECTIVES, language), question_answer(TIES, language)
    if objectives is None or ties is None:
        raise Refused(
            "not-found",
            "This project has no picture.",
            mend=f"it is drawn from the questions {OBJECTIVES} and {TIES}; add them to queries/",
        )
    response = Response(
        render_template(
            "picture.html",
            picture=drawn(objectives, ties, language),
            ties=ties,
            question=site().questions[TIES],
            address=lambda iri: page_of(site(), iri),
            look={"width": WIDTH, "frame": FRAME, "box": BOX, "line": LINE},
        ),
        mimetype="text/html",
    )
    response.headers["Cache-Control"] = SHARED
    return response


def drawn(objectives: Shown, ties: Shown, language: str) -> Picture:
    """Return the picture of the answers of both questions."""
    plan = site().settings.plan_iri
    called = labels(site(), [plan], language).get(plan)
    name = Name(plan, called.value, called.lang) if called else Name(plan, site().settings.name)
    listed = [
        Objective(_name(row, "objective"), row.get("number", {}).get("value", ""), int(row["actionCount"]["value"]))
        for row in objectives.bindings
    ]
    return place(name, listed, _ties(ties))


def _ties(answer: Shown) -> Iterable[Tie]:
    """Add up the roles that one objective gives one organisation or group."""
    codes = f"{site().settings.base}auth/"
    counts: Counter[tuple[str, Name]] = Counter()
    for row in answer.bindings:
        counts[row["place"]["value"], _name(row, "named")] += int(row["actionCount"]["value"])
    for (where, name), count in counts.items():
        yield Tie(where, name, "right" if name.iri.startswith(codes) else "left", count)


def _name(row: Mapping[str, Mapping[str, str]], column: str) -> Name:
    label = row.get(f"{column}Label", {"value": row[column]["value"]})
    return Name(row[column]["value"], label["value"], label.get("xml:lang"))
