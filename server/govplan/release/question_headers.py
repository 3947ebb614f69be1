"""Whether the headers of questions hold beside those of the others, and beside the data."""

import difflib
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from govplan.config import Settings
from govplan.content import Problem
from govplan.folders import authored
from govplan.questions import AUDIENCES, TOPICS, Parameter, Question

_ANY = "UNDEF"


def check_headers(questions: Iterable[Question], quads: Iterable[ox.Quad], settings: Settings) -> Iterator[Problem]:
    """Yield a violation for each unknown tag, number of another question, and default that leaves nothing.

    Defaults are tried on these statements, and only those of the project's own questions: a smaller plan need not hold
    what a question of the core asks for.
    """
    files = {file.path.stem: file for file in authored(settings, "queries", ".rq") if file.within.count("/") == 1}
    several = sorted(questions, key=lambda question: question.name)
    first: dict[int, str] = {}
    for question in several:
        name = files[question.name].name
        for tag in question.tags:
            if tag not in (*AUDIENCES, *TOPICS):
                yield _problem(question, name, "tags", f"The tag {tag!r} is not known.", _nearest(tag))
        if question.answers is not None:
            other = first.setdefault(question.answers, name)
            if other != name:
                what = f"{other} has the number {question.answers} too."
                yield _problem(question, name, "answers", what, "leave it out: a new question has none")
    own = [question for question in several if files[question.name].path.is_relative_to(settings.root)]
    yield from _defaults(own, {name: file.name for name, file in files.items()}, quads)


def _nearest(tag: str) -> str:
    known = sorted((*AUDIENCES, *TOPICS))
    alike = difflib.get_close_matches(tag, known, n=1)
    return (f"write {alike[0]}, or " if alike else "") + f"one of: {', '.join(known)}"


def _defaults(questions: Iterable[Question], names: Mapping[str, str], quads: Iterable[ox.Quad]) -> Iterator[Problem]:
    store: ox.Store | None = None
    for question in questions:
        if not (chosen := [each for each in question.parameters if each.default and each.type != "language"]):
            continue
        if store is None:
            store = ox.Store()
            store.extend(quads)
        if not _answers(store, question.text):
            # One that a number is compared with cannot be left out: then any of them may be to blame.
            blamed = [each for each in chosen if _answers(store, _any(question.text, each))] or chosen
            for parameter in blamed:
                what = f"With its default {parameter.default} for {parameter.name}, the question has no answer."
                mend = f"choose another default, or {_ANY} for any"
                yield _problem(question, names[question.name], f"  {parameter.name}", what, mend)


def _any(text: str, parameter: Parameter) -> str:
    return text[: parameter.start] + _ANY + text[parameter.end :]


def _answers(store: ox.Store, text: str) -> bool:
    answer = store.query(text, use_default_graph_as_union=True)
    return bool(answer) if isinstance(answer, ox.QueryBoolean) else next(iter(answer), None) is not None


def _problem(question: Question, name: str, key: str, what: str, mend: str) -> Problem:
    """Return a violation on the line of a key of the header."""
    lines = question.text.splitlines()
    number = next((at for at, line in enumerate(lines, 1) if line.startswith(f"#+ {key}:")), 1)
    return Problem("violation", f"{name}:{number}", question.iri, "questions", what, mend)
