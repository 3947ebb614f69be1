"""What rests on other files and no longer fits them is refused: derived files, and names in questions."""

from dataclasses import replace

import pytest

from govplan.config import Settings
from govplan.content import Content
from govplan.content.project import source_file
from govplan.namespaces import CORE
from govplan.questions import Question, load_questions
from govplan.release.consistency import check_derived, check_terms

PLAN = "data/plans/be-ai-convergence"
AREAS, SECOND = f"{PLAN}/coding/areas.ttl", f"{PLAN}/coding/second-coding.ttl"
AGREEMENT, FLAGS = f"{PLAN}/derived/agreement.ttl", f"{PLAN}/derived/flags.ttl"


def _with(content: Content, path: str, old: str, new: str) -> Content:
    file = next(file for file in content.files if file.path == path)
    assert old in file.text
    return content.with_file(source_file(path, file.text.replace(old, new, 1), CORE))


def test_nothing_to_say(content: Content, settings: Settings) -> None:
    """The files of this repository fit one another."""
    assert [] == [*check_derived(content, settings), *check_terms(load_questions(settings).values(), content, settings)]


def test_no_derived_files(content: Content, settings: Settings) -> None:
    """A project that derives nothing has nothing to compare."""
    files = tuple(file for file in content.files if file.path not in (FLAGS, AGREEMENT))

    assert [] == list(check_derived(replace(content, files=files), settings))


@pytest.mark.parametrize(
    ("path", "old", "new", "stale"),
    [
        (AREAS, "gp:policyArea area:health", "gp:policyArea area:mobility", [AGREEMENT, FLAGS]),
        (SECOND, "rdf:object area:health", "rdf:object area:mobility", [AGREEMENT]),
        (AGREEMENT, "dqv:value 57", "dqv:value 58", [AGREEMENT]),
        (FLAGS, "gp:flags action:be-ai-convergence-010", "gp:flags action:be-ai-convergence-011", [FLAGS]),
    ],
)
def test_derived_file_that_is_stale(
    content: Content, settings: Settings, path: str, old: str, new: str, stale: list[str]
) -> None:
    """A derived file that is not what follows is named, whichever of the two was changed."""
    problems = list(check_derived(_with(content, path, old, new), settings))

    assert stale == [problem.place for problem in problems]
    assert {("violation", "run govplan derive")} == {(problem.severity, problem.mend) for problem in problems}


def _asking(question: Question, old: str, new: str) -> Question:
    assert old in question.text
    return replace(question, text=question.text.replace(old, new))


@pytest.mark.parametrize("name", ["gp:Acton", "<https://w3id.org/govplan/auth/level/planet>", "gp:underObjektive"])
def test_name_that_nothing_describes(content: Content, settings: Settings, name: str) -> None:
    """A question that names a term, a code or a thing that is not there is refused with that name."""
    question = load_questions(settings)["actions-with-budget"]
    found = list(check_terms([_asking(question, "a gp:Action", f"a {name}")], content, settings))

    assert ["queries/actions-with-budget.rq"] == [problem.place for problem in found]
    assert name.strip("<>").rpartition("/")[2].rpartition(":")[2] in found[0].what


def test_names_in_texts_and_comments(content: Content, settings: Settings) -> None:
    """What looks like a name in a text or a comment is none."""
    question = load_questions(settings)["actions-with-budget"]
    said = 'WHERE { # gp:Nothing\n  BIND("gp:Nothing <https://w3id.org/govplan/ns#No>" AS ?text)'

    assert [] == list(check_terms([_asking(question, "WHERE {", said)], content, settings))
