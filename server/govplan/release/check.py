"""The gate: everything that must hold before content becomes a release."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from govplan.config import Settings
from govplan.content import Content, Problem, check_content, read_project
from govplan.errors import GovplanError
from govplan.questions import Question, load_questions
from govplan.release.validate import Result, ShaclReport, load_rules, validate

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate saw: the content, the questions, the SHACL report and every broken rule, worst first."""

    content: Content
    questions: Mapping[str, Question]
    shacl: ShaclReport
    problems: tuple[Problem, ...]

    @property
    def violations(self) -> tuple[Problem, ...]:
        """The problems that keep the content from being published."""
        return tuple(problem for problem in self.problems if problem.severity == "violation")


def check(settings: Settings, progress: Progress = lambda _: None) -> Gate:
    """Run the whole gate over the project of `settings`; `progress` is told what begins.

    Raises ContentUnreadable if a file cannot be read at all; broken rules are returned, not raised.
    """
    progress("reading files")
    content = read_project(settings)
    progress("checking the rules of the files")
    problems = check_content(content, settings)
    progress("checking shapes")
    shacl = validate(content.room("ontology", "data"), content.room("shapes"), load_rules(settings.root / "shapes"))
    problems += [_in_words(result, content) for result in shacl.results]
    progress("checking questions")
    questions: Mapping[str, Question] = {}
    try:
        questions = load_questions(settings)
    except GovplanError as problem:
        problems.append(
            Problem(
                "violation",
                problem.where or "queries/",
                "",
                "questions",
                problem.what,
                problem.mend or "correct the file",
            )
        )
    return Gate(content, questions, shacl, tuple(sorted(problems, key=_worst_first)))


def _worst_first(problem: Problem) -> tuple[int, Problem]:
    return ("violation", "warning", "info").index(problem.severity), problem


def _in_words(result: Result, content: Content) -> Problem:
    """Say a SHACL result with the file and line of its subject; the message of the shape says how to mend it."""
    what, mend = _split(result.messages.get("en", "A shape is not kept."))
    about = " ".join(_details(result))
    return Problem(
        severity=result.severity,
        place=content.place_of(result.focus) or "(no file describes it)",
        subject=result.focus,
        rule=result.shape,
        what=f"{what} {about}".strip(),
        mend=mend,
    )


def _details(result: Result) -> Iterator[str]:
    if result.path:
        yield f"[{result.path}]"
    if result.value and result.value != result.focus:
        yield f"[value {result.value}]"


def _split(message: str) -> tuple[str, str]:
    """A shape's message says what is wrong in its first sentence and how to mend it in the rest."""
    what, dot, mend = message.partition(". ")
    return what + dot.strip(), mend or "see the shape"
