"""The gate: everything that must hold before content becomes a release."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import pyoxigraph as ox

from govplan.config import Settings, cache_folder
from govplan.content import SEVERITIES, Content, Problem, check_content, read_project
from govplan.conventions import conventions
from govplan.errors import GovplanError, ReleaseNotWritten
from govplan.links.report import Ambiguity, LinkReport, link_report
from govplan.questions import Question, QuestionFile, question_files, read_questions
from govplan.release import known_reports
from govplan.release.allowed import AllowedValues
from govplan.release.breaches import NOWHERE, breach_problem
from govplan.release.consistency import check_derived, check_terms
from govplan.release.coverage import Coverage, coverage, gaps, label_problems
from govplan.release.graph_rules import load_rules
from govplan.release.inference import Inferred, infer
from govplan.release.known_reports import Judgement
from govplan.release.question_headers import check_headers
from govplan.release.shacl_report import ShaclReport
from govplan.release.spoken import added, in_languages
from govplan.release.text_languages import language_problems
from govplan.release.words import word_problems

Progress = Callable[[str], None]
_REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate saw: content and what follows from it, questions, reports, and every broken rule, worst first."""

    content: Content
    inferred: tuple[Inferred, ...]
    questions: Mapping[str, Question]
    question_files: tuple[QuestionFile, ...]
    shacl: ShaclReport
    links: LinkReport
    coverage: tuple[Coverage, ...]
    problems: tuple[Problem, ...]

    @property
    def quads(self) -> tuple[ox.Quad, ...]:
        """Every statement that is published: what people wrote, and what follows from it."""
        return (*self.content.quads, *(quad for each in self.inferred for quad in each.quads))

    @property
    def violations(self) -> tuple[Problem, ...]:
        """The problems that keep the content from being published."""
        return tuple(problem for problem in self.problems if problem.severity == "violation")


def check(settings: Settings, progress: Progress = lambda _: None, *, fresh: bool = False) -> Gate:
    """Run the whole gate over the project of `settings`; `progress` is told what begins.

    What is as it was when the shapes were last checked is not checked against them again, unless `fresh`.
    Raises ContentUnreadable if a file cannot be read at all; broken rules are returned, not raised.
    """
    progress("reading files")
    return judge(read_project(settings), settings, progress, fresh=fresh)


def judge(content: Content, settings: Settings, progress: Progress = lambda _: None, *, fresh: bool = False) -> Gate:
    """Run the gate over content that was read already, or that a file was put into before it is written."""
    progress("checking the rules of the files")
    problems = check_content(content, settings)
    progress("inferring statements")
    inferred = infer(content, settings)
    judged = _judged(content, inferred, settings, progress, fresh=fresh)
    allowed = AllowedValues(content, settings.prefixes)
    problems += [breach_problem(result, content, allowed) for result in judged.shacl.results]
    problems += judged.texts
    progress("checking links")
    links = link_report(content.statements("ontology", "data"), settings.base, conventions(settings.profiles).forms)
    problems += _doubtful(links, content)
    progress("comparing what is derived")
    problems += check_derived(content, settings)
    progress("counting labels")
    labelled = coverage(content, settings.languages, settings.prefixes)
    problems += gaps(labelled)
    problems += label_problems(content, settings.languages)
    progress("checking questions")
    statements = chain(content.quads, *(each.quads for each in inferred))
    files, questions, broken = judge_questions(content, statements, settings)
    problems += broken
    ordered = tuple(sorted(problems, key=_worst_first))
    return Gate(content, inferred, questions, files, judged.shacl, links, tuple(labelled), ordered)


def judge_questions(
    content: Content, statements: Iterable[ox.Quad], settings: Settings
) -> tuple[tuple[QuestionFile, ...], Mapping[str, Question], list[Problem]]:
    """Return the questions as files and as read, none if one cannot be used, and what is wrong with them.

    They are asked of `statements`.
    """
    try:
        files = tuple(question_files(settings))
        questions = read_questions(files, settings.languages, settings.prefixes)
        problems = [
            *check_terms(questions.values(), content, settings),
            *check_headers(questions.values(), statements, settings),
        ]
    except GovplanError as problem:
        where, mend = problem.where or "queries/", problem.mend or "correct the file"
        return (), {}, [Problem("violation", where, "", "questions", problem.what, mend)]
    return files, questions, problems


def _judged(
    content: Content, inferred: Sequence[Inferred], settings: Settings, progress: Progress, *, fresh: bool
) -> Judgement:
    """Return what shapes, rules about graphs and texts say: the judgement that is known, or a new one."""
    rules = load_rules(settings)
    folder, key = cache_folder(), known_reports.key_of(content, inferred, rules, settings)
    known = None if fresh or folder is None else known_reports.recall(folder / _REPORTS, key)
    if known is not None:
        progress("shapes and texts: nothing has changed since they were last checked (--fresh checks again)")
        return known
    progress("checking shapes")
    # rdflib and pySHACL are a third of what `govplan` would import, and nothing else needs them.
    from govplan.release.validate import validate

    shapes = list(content.statements("shapes"))
    further = added(shapes, settings.languages)
    core = content.given | {iri for each in inferred for iri in (each.graph, each.rule)}
    report = validate(
        (*content.statements("ontology", "data"), *(quad for each in inferred for quad in each.quads)),
        in_languages(shapes, settings.languages),
        rules,
        spared=lambda result: result.shape in further and result.focus in core,
    )
    progress("checking words and languages")
    judged = Judgement(report, (*word_problems(content), *language_problems(content, settings)))
    if judged.conforms and folder is not None:
        try:
            known_reports.remember(folder / _REPORTS, key, judged)
        except (ReleaseNotWritten, OSError) as problem:
            progress(f"the report cannot be kept for the next time: {problem}")
    return judged


def _worst_first(problem: Problem) -> tuple[int, bool, Problem]:
    # What is inferred repeats the faults of what it is inferred from, which stands in a file.
    return SEVERITIES.index(problem.severity), problem.place == NOWHERE, problem


def _doubtful(report: LinkReport, content: Content) -> Iterator[Problem]:
    """Identifiers with wrong check digits, which no shape sees, and links that say too much."""
    for register in report.registers:
        for fault in register.malformed:
            if fault.by_digits:
                place = content.places.of_value(fault.link, fault.identifier) or "data/"
                what = f"{fault.identifier} is no identifier of {register.register}: {fault.why}."
                yield Problem("violation", place, fault.link, "links", what, "read it again in the register")
        for several in register.ambiguous:
            yield _several(several, content, f"is the same as several by its links to {register.register}")
        for several in register.duplicates:
            yield _several(several, content, f"is linked to {register.register} more than once")


def _several(several: Ambiguity, content: Content, what: str) -> Problem:
    ends = (several.one, *several.many)
    place = next((place for end in ends if (place := content.places.of_subject(end))), "data/")
    named = f"{several.one} {what}: {', '.join(several.many)}."
    return Problem("warning", place, several.one, "links", named, "keep the right one, or use skos:closeMatch")
