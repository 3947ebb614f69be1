"""Charts of the answers of questions: SVG and PNG, in the colours of day or night, wide or narrow.

Those of answers by default lie in the release; any other is drawn by a process of its own, never here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, request, url_for

from govplan import deadline
from govplan.errors import ChartImpossible
from govplan.formats import Format
from govplan.questions import Question
from govplan.questions.drawing import WIDTHS, Drawing
from govplan.questions.figures import FOLDER, path_of, usual_text
from govplan.questions.figures import Rendition as Held
from govplan.questions.figures import figure as figure_of
from govplan.questions.looks import LIGHT, LOOKS, Look
from govplan.questions.marks import MOST_MARKS
from govplan.sparql import Answer
from govplan.values import shortened
from govplan.vega.port import Kind
from govplan.web.http.answers import SHARED, result
from govplan.web.http.errors import Refused
from govplan.web.render.tables import Shown
from govplan.web.site import policy, site

SVG = Format("svg", "SVG", "image/svg+xml", "bindings")
PNG = Format("png", "PNG", "image/png", "bindings")
PICTURES = (SVG, PNG)
_KINDS: Mapping[Format, Kind] = {SVG: "svg", PNG: "png"}
# The rows that decide whether there is a chart, and no further ones.
CHART_ROWS = MOST_MARKS + 1
_QUOTED = 60


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


def drawn_before(question: Question, text: str, fmt: Format, language: str) -> bytes | None:
    """Return the picture that the release holds of the answer to `text`, None if it holds none.

    Raises Refused for a theme or size that is none.
    """
    look, size = asked_look()
    if text != usual_text(question, language):
        return None
    path = path_of(question, Held(language, look.name, size, _KINDS[fmt]))
    return (site().folder / path).read_bytes() if path in site().cached(("charts",), _held) else None


def _held() -> frozenset[str]:
    return frozenset(entry.path for entry in site().manifest.files if entry.path.startswith(f"{FOLDER}/"))


def drawn_now(question: Question, answer: Shown, fmt: Format, language: str) -> bytes:
    """Return the chart of an answer. Raises ChartImpossible, what the drawer raises, and Refused."""
    look, size = asked_look()
    return draw(_drawing(question, answer, language, look, size), fmt)


def draw(drawing: Drawing, fmt: Format, seconds: float | None = None) -> bytes:
    """Return a chart as a picture; `seconds` may lower the time limit. Raises what the drawer raises."""
    return policy().drawer.draw(drawing.specification, _KINDS[fmt], deadline.left(seconds))


def picture(drawn: bytes, fmt: Format, file: str) -> Response:
    """Return a picture as a response that caches may keep."""
    response = result(Answer(drawn, fmt.media_type), fmt, file)
    response.headers["Cache-Control"] = SHARED
    response.add_etag()
    response.make_conditional(request)
    return response


def _drawing(question: Question, answer: Shown, language: str, look: Look, size: str) -> Drawing:
    refuse_part(answer)
    return figure_of(question, answer.bindings, language, look, size)


def refuse_part(answer: Shown) -> None:
    """Raise ChartImpossible for an answer of which only a part is there, unless a part was asked for."""
    if answer.more:
        raise ChartImpossible("The answer is too large to be read as a chart.", mend="see the table")


def asked_look() -> tuple[Look, str]:
    """Return the look and the size that the request asks for. Raises Refused for one that is none."""
    return LOOKS[_one_of("theme", LOOKS, LIGHT.name)], _one_of("size", WIDTHS, "wide")


def _one_of(name: str, known: Mapping[str, object], usual: str) -> str:
    asked = request.args.get(name, usual)
    if asked not in known:
        raise Refused(
            "request-malformed",
            f"There is no {name} {shortened(asked, _QUOTED)!r}.",
            mend="take one of those offered",
            offered=list(known),
        )
    return asked
