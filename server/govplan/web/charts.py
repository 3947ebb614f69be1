"""Charts of the answers of questions: SVG and PNG, in the colours of day or night, wide or narrow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, request, url_for
from flask_babel import force_locale

from govplan.questions import Question
from govplan.questions.drawing import WIDTHS, ChartImpossible, Drawing, Words, drawing, png
from govplan.questions.looks import LIGHT, LOOKS, Look
from govplan.store import Answer
from govplan.store.formats import Format
from govplan.web.answers import SHARED, result
from govplan.web.errors import Refused
from govplan.web.tables import Shown
from govplan.web.words import column_name

SVG = Format("svg", "SVG", "image/svg+xml", "bindings")
PNG = Format("png", "PNG", "image/png", "bindings")
PICTURES = (SVG, PNG)


@dataclass(frozen=True, slots=True)
class Rendition:
    """One address of a chart and the media query under which a browser takes it, empty for all others."""

    media: str
    address: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart on a page: its renditions, the one for everybody last; or the reason why there is none."""

    renditions: tuple[Rendition, ...] = ()
    impossible: bool = False


def figure(question: Question, answer: Shown, bound: Mapping[str, str], language: str) -> Figure | None:
    """Return the chart of an answer for a page, None if the question has none."""
    if question.chart is None:
        return None
    return renditions(
        lambda size: _drawing(question, answer, language, LIGHT, size),
        lambda theme, size: address(question, bound, theme, size),
    )


def renditions(draw: Callable[[str], Drawing], address: Callable[[str, str], str]) -> Figure:
    """Return a chart for a page: `draw` plans it in a size, `address` tells where it is in a theme and a size."""
    dark, narrow = "(prefers-color-scheme: dark)", "(max-width: 40rem)"
    wanted = (
        (f"{narrow} and {dark}", "dark", "narrow"),
        (narrow, "light", "narrow"),
        (dark, "dark", "wide"),
        ("", "light", "wide"),
    )
    try:
        drawn = {size: draw(size) for size in WIDTHS}
    except ChartImpossible:
        return Figure(impossible=True)
    return Figure(
        tuple(
            Rendition(media, address(theme, size), drawn[size].width, drawn[size].height)
            for media, theme, size in wanted
        )
    )


def address(question: Question, bound: Mapping[str, str], theme: str, size: str, fmt: Format = SVG) -> str:
    """Return the address of the chart of an answer; the usual theme and size need not be said."""
    usual = {"theme": LIGHT.name, "size": "wide"}
    given = {**bound, **{key: value for key, value in (("theme", theme), ("size", size)) if value != usual[key]}}
    path = url_for("queries.question", name=f"{question.name}.{fmt.extension}", lang=None)
    return path + (f"?{urlencode(given)}" if given else "")


def picture(question: Question, answer: Shown, fmt: Format, language: str, file: str) -> Response:
    """Return the chart of an answer. Raises ChartImpossible, or Refused for a theme or size that is none."""
    look, size = asked_look()
    svg = _drawing(question, answer, language, look, size).svg()
    body = svg.encode() if fmt is SVG else png(svg, look.surface)
    response = result(Answer(body, fmt.media_type), fmt, file)
    response.headers["Cache-Control"] = SHARED
    response.add_etag()
    response.make_conditional(request)
    return response


def _drawing(question: Question, answer: Shown, language: str, look: Look, size: str) -> Drawing:
    if question.chart is None:
        raise ChartImpossible(f"The question {question.name} has no chart.", mend="ask for another format")
    with force_locale(language):
        names = {column: sentence(column_name(column)) for column in question.chart.columns}
    words = Words(question.summary[language], question.description[language], names)
    return drawing(question.chart, answer.bindings, words, look, size)


def asked_look() -> tuple[Look, str]:
    """Return the look and the size that the request asks for. Raises Refused for one that is none."""
    return LOOKS[_one_of("theme", LOOKS, LIGHT.name)], _one_of("size", WIDTHS, "wide")


def sentence(name: str) -> str:
    """Return a name as a sentence begins."""
    return name[:1].upper() + name[1:]


def _one_of(name: str, known: Mapping[str, object], usual: str) -> str:
    asked = request.args.get(name, usual)
    if asked not in known:
        raise Refused(
            "request-malformed", f"There is no {name} {asked!r}.", mend="take one of those offered", offered=list(known)
        )
    return asked
