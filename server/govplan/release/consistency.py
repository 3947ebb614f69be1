"""Whether what rests on other files still fits them: derived files, and the terms that questions name."""

import re
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from govplan.config import Settings
from govplan.content import Content, Problem
from govplan.folders import authored
from govplan.namespaces import CORE
from govplan.questions import Question
from govplan.release.derive import AGREEMENT, FLAGS, derive

_COMMENT = re.compile(r"^#.*$|(?<=\s)#\s.*$", re.MULTILINE)
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_PROLOGUE = re.compile(r"^PREFIX .*$", re.MULTILINE)
_NAME = re.compile(r"(?<![\w?$<:/-])([a-z][\w-]*):([\w-]+)")
_IRI = re.compile(r"<(https?://[^<>\s]+)>")


def check_derived(content: Content, settings: Settings) -> Iterator[Problem]:
    """Yield a violation for each derived file that does not hold what the rules derive from the other files.

    Raises ContentUnreadable for a rule that cannot be used.
    """
    names = {f"{plan}/{name}" for plan in content.plans for name in (FLAGS, AGREEMENT)}
    files = {file.path: file for file in content.files if file.path in names}
    if not files:
        return
    due = derive(content, settings)
    for path, file in sorted(files.items()):
        there = {quad.triple for quad in file.quads if quad.subject != ox.NamedNode(file.graph)}
        missing, surplus = len(due[path] - there), len(there - due[path])
        if missing or surplus:
            what = f"The file is not what follows from the others: {missing} statement(s) missing, {surplus} too many."
            yield Problem("violation", path, file.graph, "derived", what, "run govplan derive")


def check_terms(questions: Iterable[Question], content: Content, settings: Settings) -> Iterator[Problem]:
    """Yield a violation for each term or thing of core and project that a question names and no file describes."""
    described = content.described("ontology", "data", "shapes")
    places = {file.path.stem: file.name for file in authored(settings, "queries", ".rq") if file.within.count("/") == 1}
    for question in questions:
        for iri in sorted(_named(question.text, question.prefixes) - described):
            if iri.startswith((settings.base, CORE)) and "/graph/" not in iri:
                what = f"The question names <{iri}>, which nothing describes."
                yield Problem("violation", places[question.name], iri, "questions", what, "correct the name")


def _named(text: str, prefixes: Mapping[str, str]) -> set[str]:
    """Return the IRIs in the text of a query, whole and shortened."""
    plain = _PROLOGUE.sub("", _STRING.sub('""', _COMMENT.sub("", text)))
    names = {prefixes[label] + local for label, local in _NAME.findall(plain) if label in prefixes}
    return names | set(_IRI.findall(plain))
