"""Headers of questions that do not hold beside the others, or beside the data, are refused."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from govplan.config import Settings, load
from govplan.content import Content, Problem
from govplan.questions import Question, load_questions
from govplan.release.inference import infer
from govplan.release.question_headers import check_headers
from tests.conftest import TINY

BUDGET = "actions-with-budget"


@pytest.fixture(scope="module", name="questions")
def _questions(settings: Settings) -> Mapping[str, Question]:
    """The questions of this repository."""
    return load_questions(settings)


def _told(questions: Mapping[str, Question], content: Content, settings: Settings) -> list[Problem]:
    quads = [*content.quads, *(quad for each in infer(content, settings) for quad in each.quads)]
    return list(check_headers(questions.values(), quads, settings))


def test_nothing_to_say(questions: Mapping[str, Question], content: Content, settings: Settings) -> None:
    """The headers of this repository hold."""
    assert [] == _told(questions, content, settings)


@pytest.mark.parametrize(
    ("tag", "mend"), [("powres", "write powers, or one of: actors, "), ("qqq", "one of: actors, ")]
)
def test_unknown_tag(
    questions: Mapping[str, Question], content: Content, settings: Settings, tag: str, mend: str
) -> None:
    """An unknown tag is told with its line and with the known ones, the nearest first."""
    question = questions[BUDGET]
    line = question.text.splitlines().index(next(x for x in question.text.splitlines() if x.startswith("#+ tags"))) + 1
    (problem,) = _told({BUDGET: replace(question, tags=(*question.tags, tag))}, content, settings)

    assert ("violation", f"queries/{BUDGET}.rq:{line}") == (problem.severity, problem.place)
    assert repr(tag) in problem.what
    assert problem.mend.startswith(mend)


def test_number_of_two_questions(questions: Mapping[str, Question], content: Content, settings: Settings) -> None:
    """Two questions with one number are told at the second, with the name of the first."""
    first = next(question for question in questions.values() if question.answers is not None)
    other = replace(questions["plan-in-numbers"], answers=first.answers)
    (problem,) = _told({first.name: first, other.name: other}, content, settings)

    assert ("violation", f"queries/{other.name}.rq") == (problem.severity, problem.place.partition(":")[0])
    assert f"queries/{first.name}.rq has the number {first.answers} too." == problem.what


def _with_default(question: Question, name: str, new: str) -> Question:
    """The question with another default of a parameter."""
    old = next(each for each in question.parameters if each.name == name)
    text = question.text[: old.start] + new + question.text[old.end :]
    shift = len(text) - len(question.text)
    moved = (
        replace(each, default=new, end=each.end + shift)
        if each is old
        else replace(each, start=each.start + shift, end=each.end + shift)
        if each.start > old.start
        else each
        for each in question.parameters
    )
    return replace(question, text=text, parameters=tuple(moved))


@pytest.mark.parametrize(
    ("name", "parameter", "default"),
    [
        ("actions-for-group", "group", "<https://w3id.org/govplan/auth/group/all>"),
        ("actions-not-yet-concrete", "maxRank", "-1"),
        ("actions-without-group", "plan", "<https://w3id.org/govplan/id/plan/other>"),
    ],
)
def test_default_that_answers_nothing(
    questions: Mapping[str, Question], content: Content, settings: Settings, name: str, parameter: str, default: str
) -> None:
    """A default that leaves nothing of the answer is told on the line of its parameter."""
    wrong = _with_default(questions[name], parameter, default)
    quads = [*content.quads, *(quad for each in infer(content, settings) for quad in each.quads)]
    (problem,) = check_headers([wrong], quads, settings)
    lines = wrong.text.splitlines()

    assert f"With its default {default} for {parameter}" in problem.what
    assert f"queries/{name}.rq:{lines.index(f'#+   {parameter}:') + 1}" == problem.place
    assert [] == list(check_headers([questions[name]], quads, settings))


def test_questions_of_the_core_are_not_tried(content: Content) -> None:
    """A project without what a question of the core asks for is not to blame."""
    tiny = load(TINY, environ={})

    assert [] == list(check_headers(load_questions(tiny).values(), [], tiny))
    assert [] == list(check_headers(load_questions(tiny).values(), content.quads[:10], tiny))
