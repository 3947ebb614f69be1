"""From the rows of an answer to a picture: a Vega-Lite specification, and SVG or PNG made of it in this process.

Nothing is fetched and no reader's script runs: vl-convert carries Vega and its fonts.
"""

import functools
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Any

from govplan.errors import GovplanError
from govplan.namespaces import STANDARD
from govplan.questions.chart import Chart
from govplan.questions.looks import Look

Term = Mapping[str, str]
# A picture with more than this is not read at a glance; the table is.
MOST_MARKS, MOST_PLACES = 400, 60
WIDTHS = {"wide": 760, "narrow": 360}
_LETTERS = {"wide": 38, "narrow": 24}
_ROW, _LINE, _PNG_SCALE = 30, 16, 2
_NUMBERS = {STANDARD["xsd"] + name for name in ("integer", "decimal", "double", "float")}
_STEPS = 6
_KEPT = 64
_ORDER = "order of the colour"


class ChartImpossible(GovplanError):
    """An answer that its chart cannot show rightly; the table always can."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a picture: its title and description, and the name of each column that it shows."""

    title: str
    description: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that can be drawn: its specification and its size in pixels."""

    words: Words
    specification: Mapping[str, Any]
    width: int
    height: int

    def svg(self) -> str:
        """Return the picture as SVG, with title and description for who does not see it."""
        head, _, rest = _svg(json.dumps(self.specification, ensure_ascii=False)).partition(">")
        return (
            f'{head} role="img" aria-labelledby="title description">'
            f'<title id="title">{escape(self.words.title)}</title>'
            f'<desc id="description">{escape(self.words.description)}</desc>{rest}'
        )


def drawing(chart: Chart, rows: Sequence[Mapping[str, Term]], words: Words, look: Look, size: str = "wide") -> Drawing:
    """Return the picture of some rows, `WIDTHS[size]` pixels wide; nothing is drawn yet.

    `rows` are the bindings of SPARQL 1.1 JSON results. Raises ChartImpossible where a picture would mislead: no row,
    too many, no number to measure, or two rows for one place.
    """
    specification = _specification(chart, _marks(chart, rows), words, look, size)
    return Drawing(words, specification, specification["width"], specification["height"])


@functools.lru_cache(maxsize=_KEPT)
def png(svg: str, background: str) -> bytes:
    """Return a picture as PNG of twice its size on a background, for documents that know no dark side."""
    import vl_convert

    head, _, rest = svg.partition("</desc>")
    return vl_convert.svg_to_png(
        f'{head}</desc><rect width="100%" height="100%" fill="{background}"/>{rest}', _PNG_SCALE
    )


@functools.lru_cache(maxsize=_KEPT)
def _svg(specification: str) -> str:
    # Loading Vega takes most of a second and 90 MB; who asks for no picture does not pay for it.
    import vl_convert

    return vl_convert.vegalite_to_svg(specification, vl_version="5.20", allowed_base_urls=[])


def _marks(chart: Chart, rows: Sequence[Mapping[str, Term]]) -> list[dict[str, Any]]:
    """Return a place per row: what is written for each column, with a different text for different things."""
    if not rows:
        raise ChartImpossible("The answer has no row to show.", mend="choose other parameters")
    if len(rows) > MOST_MARKS:
        raise ChartImpossible(
            f"A chart of {len(rows)} rows cannot be read; {MOST_MARKS} are shown at most.", mend="see the table"
        )
    texts = {column: _texts(column, rows) for column in chart.columns}
    return [{column: texts[column][place] for column in chart.columns} for place in range(len(rows))]


def _texts(column: str, rows: Sequence[Mapping[str, Term]]) -> list[str | float | None]:
    if all(row[column].get("datatype") in _NUMBERS for row in rows if column in row):
        return [float(row[column]["value"]) if column in row else None for row in rows]
    names = [(row.get(column, {}).get("value", ""), row.get(column + "Label", row.get(column, {})).get("value", "–"))
             for row in rows]  # fmt: skip
    things: dict[str, set[str]] = {}
    for thing, name in names:
        things.setdefault(name, set()).add(thing)
    return [name if len(things[name]) == 1 else f"{name} ({thing.rpartition('/')[2]})" for thing, name in names]


def _specification(chart: Chart, marks: list[dict[str, Any]], words: Words, look: Look, size: str) -> dict[str, Any]:
    numbers = {column for column in chart.columns if all(isinstance(mark[column], float) for mark in marks)}
    _refuse_misleading(chart, marks, numbers)
    for mark in marks:
        for column in chart.columns:
            if isinstance(mark[column], str):
                mark[column] = "\n".join(wrap(mark[column], _LETTERS[size]))
    places = {column: list(dict.fromkeys(mark[column] for mark in marks)) for column in chart.columns}
    if chart.color:
        for mark in marks:
            mark[_ORDER] = places[chart.color].index(mark[chart.color])
    x, y = (_axis(column, words, numbers, places[column]) for column in (chart.x, chart.y))
    if chart.type != "heatmap":
        measure = chart.x if chart.x in numbers else chart.y
        most = max(_sums(chart, marks, measure).values() if chart.type == "stacked-bar" else places[measure])
        axis = _measured(x if measure == chart.x else y, most, all(mark[measure].is_integer() for mark in marks))
        x, y = (axis, y) if measure == chart.x else (x, axis)
    layers = _layers(chart, numbers, places, words, look)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": marks},
        "width": WIDTHS[size],
        "height": _height(chart, numbers, places),
        "autosize": {"type": "fit", "contains": "padding"},
        "background": None,
        "padding": 4,
        "encoding": {"x": x, "y": y},
        "layer": layers,
        "config": look.config(),
    }


def _sums(chart: Chart, marks: Sequence[Mapping[str, Any]], measure: str) -> Counter[str]:
    other = chart.y if measure == chart.x else chart.x
    sums: Counter[str] = Counter()
    for mark in marks:
        sums[mark[other]] += mark[measure]
    return sums


def _refuse_misleading(chart: Chart, marks: Sequence[Mapping[str, Any]], numbers: set[str]) -> None:
    measured = [column for column in chart.columns if column in numbers]
    if chart.type == "heatmap" and chart.color not in numbers:
        raise ChartImpossible(f"{chart.color} is no number in every row.", mend="see the table")
    if chart.type != "heatmap" and not ({chart.x, chart.y} & numbers):
        raise ChartImpossible(f"Neither {chart.x} nor {chart.y} is a number in every row.", mend="see the table")
    value = chart.color if chart.type == "heatmap" else next(c for c in (chart.x, chart.y) if c in measured)
    places = [tuple(mark[column] for column in chart.columns if column != value) for mark in marks]
    if chart.type != "dot" and len(set(places)) < len(places):
        raise ChartImpossible("Two rows have the same place in the chart.", mend="see the table")
    for column in set(chart.columns) - {value}:
        if (count := len({mark[column] for mark in marks})) > MOST_PLACES:
            raise ChartImpossible(f"{column} has {count} values; {MOST_PLACES} can be read.", mend="see the table")


def _axis(column: str, words: Words, numbers: set[str], places: Sequence[Any]) -> dict[str, Any]:
    name = words.columns.get(column, column)
    if column in numbers:
        return {"field": column, "type": "quantitative", "title": name}
    # Vega hangs the second line of a label below the middle of its place; so the whole label is lifted by half of it.
    lifts = [
        {"test": f"length(split(datum.value, '\\n')) == {lines}", "value": -_LINE * (lines - 1) / 2}
        for lines in range(2, _most_lines(places) + 1)
    ]
    axis = {"labelAngle": 0, "labelOffset": {"condition": lifts, "value": 0} if lifts else 0}
    return {"field": column, "type": "nominal", "title": name, "sort": list(places), "axis": axis}


def _measured(axis: dict[str, Any], most: float, whole: bool) -> dict[str, Any]:
    """Return the axis of a measure from zero to a little beyond the most, with round steps, whole where all are."""
    step = 10.0 ** math.floor(math.log10(most / _STEPS)) if most > 0 else 1.0
    step = next(step * factor for factor in (1, 2, 5, 10) if most / (step * factor) <= _STEPS)
    step = max(1.0, step) if whole else step
    ticks = [place * step for place in range(int(most / step) + 1)]
    scale = {"domain": [0, max(most, step) * 1.12], "nice": False}
    return axis | {"scale": scale, "axis": {"grid": True, "values": ticks, "format": ",~r"}}


def _most_lines(places: Sequence[Any]) -> int:
    return max(str(place).count("\n") + 1 for place in places)


def _height(chart: Chart, numbers: set[str], places: Mapping[str, Sequence[Any]]) -> int:
    if chart.y in numbers and chart.type != "heatmap":
        return 380
    rows = len(places[chart.y]) * max(_ROW, _LINE * _most_lines(places[chart.y]) + 10)
    return rows + 60 + (_legend(places[chart.color]) if chart.color and chart.type != "heatmap" else 0)


def _legend(names: Sequence[Any]) -> int:
    return 30 + 22 * len(names)


def _layers(
    chart: Chart, numbers: set[str], places: Mapping[str, Sequence[Any]], words: Words, look: Look
) -> list[dict[str, Any]]:
    color = chart.color
    if chart.type == "heatmap" and color:
        top = max(places[color])
        return [
            {
                "mark": {"type": "rect", "stroke": look.surface, "strokeWidth": 2},
                "encoding": {
                    "color": {
                        "field": color,
                        "type": "quantitative",
                        "legend": None,
                        "scale": {"domain": [0, top], "range": list(look.ramp), "interpolate": "lab"},
                    }
                },
            },
            {
                "mark": {"type": "text", "fontSize": 13},
                "encoding": {
                    "text": {"field": color, "type": "quantitative", "format": ",~r"},
                    "color": {
                        "condition": {"test": f"datum['{color}'] > {top * 0.5}", "value": look.on_high},
                        "value": look.on_low,
                    },
                },
            },
        ]
    encoding: dict[str, Any] = {"color": {"value": look.many[0]}}
    if color:
        if len(places[color]) > len(look.many):
            raise ChartImpossible(
                f"{color} has {len(places[color])} values; {len(look.many)} colours can be told apart.",
                mend="see the table",
            )
        legend = {"title": words.columns.get(color, color), "orient": "bottom", "columns": 1, "symbolType": "square"}
        scale = {"domain": list(places[color]), "range": list(look.many[: len(places[color])])}
        encoding = {"color": {"field": color, "type": "nominal", "legend": legend, "scale": scale}}
        encoding["order"] = {"field": _ORDER}
    if chart.type == "dot":
        if color:
            keys = {**legend, "symbolType": None, "symbolStrokeWidth": 0}
            encoding["color"]["legend"] = keys
            encoding["shape"] = {
                "field": color,
                "type": "nominal",
                "legend": keys,
                "scale": {"domain": scale["domain"]},
            }
        return [{"mark": {"type": "point", "filled": True, "size": 90, "opacity": 1}, "encoding": encoding}]
    bars = {"mark": {"type": "bar", "stroke": look.surface, "strokeWidth": 1}, "encoding": encoding}
    if color:
        return [bars]
    measure = chart.x if chart.x in numbers else chart.y
    place = {"align": "left", "dx": 5} if measure == chart.x else {"dy": -8}
    text = {"text": {"field": measure, "type": "quantitative", "format": ",~r"}, "color": {"value": look.ink}}
    return [bars, {"mark": {"type": "text", "fontSize": 13, **place}, "encoding": text}]
