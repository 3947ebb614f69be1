"""The gallery of questions: which ones a reader chose by text, audience and tag, and what there is to choose."""

from collections import Counter
from dataclasses import dataclass

from flask import request

from govplan.questions import AUDIENCES, Question
from govplan.search import SearchRefused
from govplan.web.http.errors import Refused
from govplan.web.render.site_search import question_names
from govplan.web.site import Site


@dataclass(frozen=True, slots=True)
class Gallery:
    """The questions that were chosen, and the form that chose them: its values, and the choices with their counts."""

    questions: tuple[Question, ...]
    total: int
    text: str
    audience: str
    tag: str
    audiences: tuple[tuple[str, int], ...]
    tags: tuple[tuple[str, int], ...]
    too_long: bool = False


def gallery(site: Site, language: str) -> Gallery:
    """Return the questions that the current request chooses. Raises Refused for an audience or tag nobody has."""
    every = site.questions
    counts = Counter(tag for question in every.values() for tag in question.tags)
    audiences = tuple((tag, counts[tag]) for tag in AUDIENCES if counts[tag])
    tags = tuple(sorted((tag, count) for tag, count in counts.items() if tag not in AUDIENCES))
    text = request.args.get("q", "").strip()
    audience, tag = _one_of("audience", audiences), _one_of("tag", tags)
    try:
        names = list(question_names(site, text, language)) if text else list(every)
    except SearchRefused:
        names, too_long = [], True
    else:
        too_long = False
    chosen = tuple(every[name] for name in names if {audience, tag} - {""} <= set(every[name].tags))
    return Gallery(chosen, len(every), text, audience, tag, audiences, tags, too_long)


def _one_of(name: str, known: tuple[tuple[str, int], ...]) -> str:
    asked = request.args.get(name, "")
    names = [tag for tag, _ in known]
    if asked and asked not in names:
        raise Refused(
            "request-malformed",
            f"No question has the {name} {asked!r}.",
            mend="take one of those offered",
            offered=names,
        )
    return asked
