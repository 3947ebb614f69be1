"""From the rows of an answer to a chart: a Vega-Lite specification that somebody who has Vega can draw."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from govplan.errors import ChartImpossible
from govplan.questions.chart import Chart
from govplan.questions.looks import Look
from govplan.questions.marks import MOST_MARKS, MOST_PLACES, Mark, Row, legible, marks, roles
from govplan.vega.port import Specification

__all__ = ["MOST_MARKS", "WIDTHS", "ChartImpossible", "Drawing", "Words", "drawing"]

WIDTHS = {"wide": 760, "narrow": 360}
_LETTERS = {"wide": 38, "narrow": 24}
_TITLE = 1000
_ROW, _LINE = 30, 16
_STEPS = 6
# Further from one than this, the axis could not be told from its numbers.
_LEAST, _MOST = 1e-9, 1e15
_SEE = "see the table"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a chart: its title and description, and the name of each column that it shows."""

    title: str
    description: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart that can be drawn, and its size in pixels."""

    specification: Specification
    width: int
    height: int


def drawing(chart: Chart, rows: Sequence[Row], words: Words, look: Look, size: str = "wide") -> Drawing:
    """Return the chart of some rows, `WIDTHS[size]` pixels wide; nothing is drawn yet.

    `rows` are the bindings of SPARQL 1.1 JSON results. Raises ChartImpossible where a chart would mislead: no row,
    too many, no number to measure, one that no axis shows, or two rows for one place.
    """
    names = {column: legible(name) for column, name in words.columns.items()}
    vega_lite = _vega_lite(chart, marks(chart, rows, _LETTERS[size]), names, look, size)
    title, description = legible(words.title, _TITLE), legible(words.description, _TITLE)
    specification = Specification(vega_lite, title, description, look.surface)
    return Drawing(specification, vega_lite["width"], vega_lite["height"])


def _vega_lite(chart: Chart, shown: list[Mark], named: Mapping[str, str], look: Look, size: str) -> dict[str, Any]:
    numbers = {role for role in roles(chart) if all(isinstance(mark[role], float) for mark in shown)}
    _refuse_misleading(chart, shown, numbers)
    places = {role: list(dict.fromkeys(mark[role] for mark in shown)) for role in roles(chart)}
    if chart.color:
        for mark in shown:
            mark["order"] = places["color"].index(mark["color"])
    names = {role: named.get(column, legible(column)) for role, column in roles(chart).items()}
    x, y = (_axis(role, names[role], numbers, places[role]) for role in ("x", "y"))
    if chart.type != "heatmap":
        measure = "x" if "x" in numbers else "y"
        sums = _sums(shown, measure) if chart.type == "stacked-bar" else places[measure]
        axis = _measured(x if measure == "x" else y, sums, all(mark[measure].is_integer() for mark in shown))
        x, y = (axis, y) if measure == "x" else (x, axis)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": shown},
        "width": WIDTHS[size],
        "height": _height(chart, numbers, places),
        "autosize": {"type": "fit", "contains": "padding"},
        "background": None,
        "padding": 4,
        "encoding": {"x": x, "y": y},
        "layer": _layers(chart, numbers, places, names, look),
        "config": look.config(),
    }


def _sums(shown: Sequence[Mark], measure: str) -> list[float]:
    """Return how far the stacked bars reach; those below zero are stacked by themselves."""
    sums: Counter[tuple[Any, bool]] = Counter()
    for mark in shown:
        sums[mark["y" if measure == "x" else "x"], mark[measure] < 0] += mark[measure]
    return list(sums.values())


def _refuse_misleading(chart: Chart, shown: Sequence[Mark], numbers: set[str]) -> None:
    if chart.type == "heatmap" and "color" not in numbers:
        raise ChartImpossible(f"{legible(chart.color or '')} is no number in every row.", mend=_SEE)
    if chart.type != "heatmap" and not ({"x", "y"} & numbers):
        both = f"Neither {legible(chart.x)} nor {legible(chart.y)}"
        raise ChartImpossible(f"{both} is a number in every row.", mend=_SEE)
    for role in numbers:
        if any(mark[role] and not _LEAST <= abs(mark[role]) <= _MOST for mark in shown):
            column = legible(roles(chart)[role])
            raise ChartImpossible(f"{column} holds a number that is too large or small to be drawn.", mend=_SEE)
    value = "color" if chart.type == "heatmap" else next(role for role in ("x", "y") if role in numbers)
    places = [tuple(mark[role] for role in roles(chart) if role != value) for mark in shown]
    if chart.type != "dot" and len(set(places)) < len(places):
        raise ChartImpossible("Two rows have the same place in the chart.", mend=_SEE)
    for role in set(roles(chart)) - {value}:
        if (count := len({mark[role] for mark in shown})) > MOST_PLACES:
            column = legible(roles(chart)[role])
            raise ChartImpossible(f"{column} has {count} values; {MOST_PLACES} can be read.", mend=_SEE)


def _axis(role: str, name: str, numbers: set[str], places: Sequence[Any]) -> dict[str, Any]:
    if role in numbers:
        return {"field": role, "type": "quantitative", "title": name}
    # Vega hangs the second line of a label below the middle of its place; so the whole label is lifted by half of it.
    lifts = [
        {"test": f"length(split(datum.value, '\\n')) == {lines}", "value": -_LINE * (lines - 1) / 2}
        for lines in range(2, _most_lines(places) + 1)
    ]
    axis = {"labelAngle": 0, "labelOffset": {"condition": lifts, "value": 0} if lifts else 0}
    return {"field": role, "type": "nominal", "title": name, "sort": list(places), "axis": axis}


def _measured(axis: dict[str, Any], values: Sequence[float], whole: bool) -> dict[str, Any]:
    """Return the axis of a measure from zero to a little beyond the values, with round steps, whole where all are."""
    least, most = min(0.0, *values), max(0.0, *values)
    reach = max(most, -least)
    step = 10.0 ** math.floor(math.log10(reach / _STEPS)) if reach else 1.0
    step = next(step * factor for factor in (1, 2, 5, 10, 20) if reach / (step * factor) <= _STEPS)
    step = max(1.0, step) if whole else step
    ticks = [place * step for place in range(math.ceil(least / step), math.floor(most / step) + 1)]
    scale = {"domain": [least * 1.12, max(most, step if not least else 0.0) * 1.12], "nice": False}
    return axis | {"scale": scale, "axis": {"grid": True, "values": ticks, "format": ",~r"}}


def _most_lines(places: Sequence[Any]) -> int:
    return max(str(place).count("\n") + 1 for place in places)


def _height(chart: Chart, numbers: set[str], places: Mapping[str, Sequence[Any]]) -> int:
    if "y" in numbers and chart.type != "heatmap":
        return 380
    rows = len(places["y"]) * max(_ROW, _LINE * _most_lines(places["y"]) + 10)
    return rows + 60 + (_legend(places["color"]) if chart.color and chart.type != "heatmap" else 0)


def _legend(names: Sequence[Any]) -> int:
    return 30 + 22 * len(names)


def _layers(
    chart: Chart, numbers: set[str], places: Mapping[str, Sequence[Any]], names: Mapping[str, str], look: Look
) -> list[dict[str, Any]]:
    if chart.type == "heatmap":
        return _cells(places["color"], look)
    encoding: dict[str, Any] = {"color": {"value": look.many[0]}}
    if chart.color:
        encoding = _coloured(chart, places["color"], names["color"], look)
    if chart.type == "dot":
        return [{"mark": {"type": "point", "filled": True, "size": 90, "opacity": 1}, "encoding": encoding}]
    bars = {"mark": {"type": "bar", "stroke": look.surface, "strokeWidth": 1}, "encoding": encoding}
    if chart.color:
        return [bars]
    measure = "x" if "x" in numbers else "y"
    place = {"align": "left", "dx": 5} if measure == "x" else {"dy": -8}
    text = {"text": {"field": measure, "type": "quantitative", "format": ",~r"}, "color": {"value": look.ink}}
    return [bars, {"mark": {"type": "text", "fontSize": 13, **place}, "encoding": text}]


def _cells(values: Sequence[float], look: Look) -> list[dict[str, Any]]:
    """The cells of a heatmap, and the number in each."""
    least, most = min(0.0, *values), max(0.0, *values)
    scale = {"domain": [least, most or 1.0], "range": list(look.ramp), "interpolate": "lab"}
    color = {"field": "color", "type": "quantitative", "legend": None, "scale": scale}
    high = {"test": f"datum.color > {(least + most) * 0.5}", "value": look.on_high}
    text = {"field": "color", "type": "quantitative", "format": ",~r"}
    return [
        {"mark": {"type": "rect", "stroke": look.surface, "strokeWidth": 2}, "encoding": {"color": color}},
        {
            "mark": {"type": "text", "fontSize": 13},
            "encoding": {"text": text, "color": {"condition": high, "value": look.on_low}},
        },
    ]


def _coloured(chart: Chart, values: Sequence[Any], name: str, look: Look) -> dict[str, Any]:
    """Colours of bars and dots, and the legend that explains them; dots have shapes as well."""
    if len(values) > len(look.many):
        column = legible(chart.color or "")
        colours = f"{len(look.many)} colours can be told apart"
        raise ChartImpossible(f"{column} has {len(values)} values; {colours}.", mend=_SEE)
    legend = {"title": name, "orient": "bottom", "columns": 1, "symbolType": "square"}
    scale = {"domain": list(values), "range": list(look.many[: len(values)])}
    color = {"field": "color", "type": "nominal", "legend": legend, "scale": scale}
    encoding: dict[str, Any] = {"color": color, "order": {"field": "order"}}
    if chart.type == "dot":
        keys = {**legend, "symbolType": None, "symbolStrokeWidth": 0}
        encoding["color"] = color | {"legend": keys}
        shapes = {"domain": list(values)}
        encoding["shape"] = {"field": "color", "type": "nominal", "legend": keys, "scale": shapes}
    return encoding
