"""The gate: everything that must hold before content becomes a release."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from govplan.config import Settings
from govplan.content import SEVERITIES, Content, Problem, check_content, read_project
from govplan.errors import GovplanError
from govplan.links.report import Ambiguity, LinkReport, link_report
from govplan.questions import Question, load_questions
from govplan.release.allowed import AllowedValues
from govplan.release.consistency import check_derived, check_terms
from govplan.release.coverage import Coverage, coverage, gaps, label_problems
from govplan.release.inference import Inferred, infer
from govplan.release.spoken import added, in_languages

if TYPE_CHECKING:
    from govplan.release.shacl_report import ShaclReport

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate saw: content and what follows from it, questions, reports, and every broken rule, worst first."""

    content: Content
    inferred: tuple[Inferred, ...]
    questions: Mapping[str, Question]
    shacl: "ShaclReport"
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


def check(settings: Settings, progress: Progress = lambda _: None) -> Gate:
    """Run the whole gate over the project of `settings`; `progress` is told what begins.

    Raises ContentUnreadable if a file cannot be read at all; broken rules are returned, not raised.
    """
    progress("reading files")
    return judge(read_project(settings), settings, progress)


def judge(content: Content, settings: Settings, progress: Progress = lambda _: None) -> Gate:
    """Run the gate over content that was read already, or that a file was put into before it is written."""
    # rdflib and pySHACL are a third of what `govplan` would import, and nothing else needs them.
    from govplan.release.breaches import breach_problem
    from govplan.release.graph_rules import load_rules
    from govplan.release.validate import validate

    progress("checking the rules of the files")
    problems = check_content(content, settings)
    progress("inferring statements")
    inferred = infer(content, settings)
    progress("checking shapes")
    shapes = list(content.room("shapes"))
    further = added(shapes, settings.languages)
    core = content.described("ontology") | {iri for each in inferred for iri in (each.graph, each.rule)}
    shacl = validate(
        (*content.room("ontology", "data"), *(quad for each in inferred for quad in each.quads)),
        in_languages(shapes, settings.languages),
        load_rules(settings),
        spared=lambda result: result.shape in further and result.focus in core,
    )
    allowed = AllowedValues(content, settings.prefixes)
    problems += [breach_problem(result, content, allowed) for result in shacl.results]
    progress("checking links")
    links = link_report(content.room("ontology", "data"), settings.base)
    problems += _doubtful(links, content)
    progress("comparing what is derived")
    problems += check_derived(content, settings)
    progress("counting labels")
    labelled = coverage(content, settings.languages, settings.prefixes)
    problems += gaps(labelled)
    problems += label_problems(content, settings.languages)
    progress("checking questions")
    questions: Mapping[str, Question] = {}
    try:
        questions = load_questions(settings)
        problems += check_terms(questions.values(), content, settings)
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
    return Gate(content, inferred, questions, shacl, links, tuple(labelled), tuple(sorted(problems, key=_worst_first)))


def _worst_first(problem: Problem) -> tuple[int, Problem]:
    return SEVERITIES.index(problem.severity), problem


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
