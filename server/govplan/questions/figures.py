"""The chart of the answer of a question: in whose words, and which pictures of it a release holds ready."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from govplan.errors import ChartImpossible
from govplan.languages import FALLBACK
from govplan.questions.binding import bind
from govplan.questions.columns import column_title
from govplan.questions.drawing import WIDTHS, Drawing, Words, drawing
from govplan.questions.looks import LIGHT, LOOKS, Look
from govplan.questions.marks import Row
from govplan.questions.question import Question
from govplan.vega.port import Kind

FOLDER = "charts"
LANGUAGE, PLAN = "lang", "plan"


@dataclass(frozen=True, slots=True)
class Rendition:
    """One picture of a chart: the language of its words, its look, its size and its format."""

    language: str
    theme: str
    size: str
    kind: Kind


def renditions(question: Question, languages: Sequence[str]) -> Iterator[Rendition]:
    """Yield the pictures that pages show or link: every SVG, and the PNG of the usual look and size.

    A question that takes no language is answered in one, for every reader the same.
    """
    for language in languages if takes_language(question) else [usual_language(languages)]:
        yield from (Rendition(language, theme, size, "svg") for theme in LOOKS for size in WIDTHS)
        yield Rendition(language, LIGHT.name, "wide", "png")


def path_of(question: Question, rendition: Rendition) -> str:
    """Return where a release holds a picture of a question's answer; it is another once the question is."""
    version = hashlib.sha256(f"{question.text}\n{question.chart}".encode()).hexdigest()[:12]
    name = f"{rendition.language}-{rendition.theme}-{rendition.size}.{rendition.kind}"
    return f"{FOLDER}/{question.name}-{version}/{name}"


def takes_language(question: Question) -> bool:
    """Tell whether a question has a parameter for the language of its answer."""
    return takes(question, LANGUAGE)


def takes(question: Question, name: str) -> bool:
    """Tell whether a question has a parameter of this name."""
    return any(parameter.name == name for parameter in question.parameters)


def usual_language(languages: Sequence[str]) -> str:
    """Return the language of words for somebody who names none: English where the project speaks it."""
    return FALLBACK if FALLBACK in languages else languages[0]


def usual_text(question: Question, language: str) -> str:
    """Return the text that asks a question in a language, all else being as it is by default."""
    return bind(question, {LANGUAGE: language} if takes_language(question) else {})


def figure(question: Question, rows: Sequence[Row], language: str, look: Look, size: str) -> Drawing:
    """Return the chart of the answer of a question in a language. Raises ChartImpossible."""
    if question.chart is None:
        raise ChartImpossible(f"The question {question.name} has no chart.", mend="ask for another format")
    names = {column: column_title(column, language) for column in question.chart.columns}
    words = Words(question.summary[language], question.description[language], names)
    return drawing(question.chart, rows, words, look, size)
