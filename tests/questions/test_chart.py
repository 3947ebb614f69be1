"""What a question may declare as its chart, and what can be drawn of an answer."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any
from xml.etree import ElementTree

import pytest

from govplan.errors import ChartImpossible
from govplan.namespaces import STANDARD
from govplan.questions.chart import Chart, read_chart
from govplan.questions.drawing import Drawing, Words, drawing
from govplan.questions.looks import DARK, LIGHT
from govplan.questions.marks import MOST_MARKS
from govplan.vega.drawers import DrawerLimits, ProcessDrawer

COLUMNS = ("number", "thing", "thingLabel", "status", "count")
WORDS = Words("Things & <counts>", "What is counted.", {"thing": "Thing", "count": "Count"})
SVG = "{http://www.w3.org/2000/svg}"


def _row(thing: str, label: str, count: float | None, status: str = "planned") -> Mapping[str, Mapping[str, str]]:
    row = {
        "thing": {"type": "uri", "value": f"urn:x/{thing}"},
        "thingLabel": {"type": "literal", "value": label, "xml:lang": "en"},
        "status": {"type": "literal", "value": status},
    }
    if count is not None:
        row["count"] = {"type": "literal", "value": str(count), "datatype": STANDARD["xsd"] + "decimal"}
    return row


@pytest.fixture(scope="module", name="drawer")
def _drawer() -> Iterator[ProcessDrawer]:
    """Somebody who draws."""
    with closing(ProcessDrawer(DrawerLimits(seconds=60))) as drawer:
        yield drawer


@pytest.fixture(name="svg")
def _svg(drawer: ProcessDrawer) -> Callable[[Drawing], str]:
    """Draw as SVG."""
    return lambda planned: drawer.draw(planned.specification, "svg").decode()


BARS = Chart("bar", "count", "thing")


@pytest.mark.parametrize(
    ("header", "chart"),
    [
        (None, None),
        ({"type": "bar", "x": "count", "y": "thing"}, BARS),
        ({"type": "bar", "x": "count", "y": "thingLabel"}, BARS),  # labels stand for their things
        (
            {"type": "heatmap", "x": "number", "y": "thing", "color": "count"},
            Chart("heatmap", "number", "thing", "count"),
        ),
    ],
)
def test_read(header: object, chart: Chart | None) -> None:
    """A header names a type and columns of the answer."""
    assert chart == read_chart(header, COLUMNS)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("bar", "must be written as"),
        ({"mark": "bar"}, "unknown key 'mark'"),
        ({"type": "pie", "x": "count", "y": "thing"}, "one of bar, stacked-bar, heatmap, dot"),
        ({"x": "count", "y": "thing"}, "needs a type"),
        ({"type": "bar", "x": "count"}, "needs y"),
        ({"type": "heatmap", "x": "count", "y": "thing"}, "needs color"),
        ({"type": "bar", "x": "amount", "y": "thing"}, "no column 'amount' for x"),
        ({"type": "bar", "x": "thing", "y": "thingLabel"}, "one column twice"),
    ],
)
def test_read_refuses(header: object, said: str) -> None:
    """Anything else is refused with what would do."""
    with pytest.raises(ValueError, match=said):
        read_chart(header, COLUMNS)


def test_svg(svg: Callable[[Drawing], str]) -> None:
    """A picture has title and description, the labels of things, and no address of another machine."""
    found = drawing(BARS, [_row("a", "Ärger & <b>", 3), _row("b", "Second", 5)], WORDS, LIGHT)
    drawn = svg(found)
    root = ElementTree.fromstring(drawn)

    assert ("img", "title description") == (root.get("role"), root.get("aria-labelledby"))
    assert "Things & <counts>" == root.findtext(f"{SVG}title")
    assert "What is counted." == root.findtext(f"{SVG}desc")
    texts = {text.text for text in root.iter(f"{SVG}text")}
    assert {"Ärger & <b>", "Second", "Thing", "Count", "3", "5"} <= texts
    assert (found.width, found.height) == (float(root.get("width", "")), float(root.get("height", "")))
    plain = drawn.replace('xmlns="http://www.w3.org/2000/svg"', "").replace('"http://www.w3.org/1999/xlink"', "")
    assert "http" not in plain


def test_dark_differs(svg: Callable[[Drawing], str]) -> None:
    """The same picture has other colours by night."""
    rows = [_row("a", "A", 3)]
    light, dark = (svg(drawing(BARS, rows, WORDS, look)) for look in (LIGHT, DARK))

    assert LIGHT.ink in light
    assert DARK.ink in dark
    assert LIGHT.ink not in dark


@pytest.mark.parametrize(
    "chart",
    [
        BARS,
        Chart("bar", "thing", "count"),
        Chart("stacked-bar", "count", "thing", "status"),
        Chart("heatmap", "status", "thing", "count"),
        Chart("dot", "count", "thing", "status"),
        Chart("dot", "count", "thing"),
    ],
)
@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_every_type(svg: Callable[[Drawing], str], chart: Chart, size: str) -> None:
    """Every type is drawn in both sizes and holds every label."""
    rows = [_row("a", "First", 3, "planned"), _row("b", "Second", 0.5, "done")]
    root = ElementTree.fromstring(svg(drawing(chart, rows, WORDS, LIGHT, size)))

    texts = {text.text for text in root.iter(f"{SVG}text")}
    assert {"First", "Second"} <= texts
    if "status" in chart.columns:
        assert {"planned", "done"} <= texts


def test_same_label_twice(svg: Callable[[Drawing], str]) -> None:
    """Two things of the same name stay two."""
    found = svg(drawing(BARS, [_row("a", "Same", 3), _row("b", "Same", 5)], WORDS, LIGHT))

    assert "Same (a)" in found
    assert "Same (b)" in found


@pytest.mark.parametrize(
    ("chart", "rows", "said"),
    [
        (BARS, [], "no row"),
        (BARS, [_row(str(n), f"Thing {n}", n) for n in range(MOST_MARKS + 1)], "cannot be read"),
        (BARS, [_row(str(n), f"Thing {n}", n) for n in range(61)], "60 can be read"),
        (BARS, [_row("a", "A", 3), _row("b", "B", None)], "Neither count nor thing is a number"),
        (BARS, [_row("a", "A", 3), _row("a", "A", 4)], "same place"),  # bars would silently add up
        (Chart("heatmap", "count", "thing", "status"), [_row("a", "A", 3)], "status is no number"),
        (
            Chart("stacked-bar", "count", "thing", "status"),
            [_row("a", "A", 1, f"status {n}") for n in range(9)],
            "colours can be told apart",
        ),
    ],
)
def test_misleading(chart: Chart, rows: list[Any], said: str) -> None:
    """What a picture would show wrongly is not drawn."""
    with pytest.raises(ChartImpossible, match=said):
        drawing(chart, rows, WORDS, LIGHT)


def test_png(drawer: ProcessDrawer) -> None:
    """PNG has twice the size, for sharp screens."""
    found = drawing(BARS, [_row("a", "A", 3)], WORDS, LIGHT)
    body = drawer.draw(found.specification, "png")

    assert body.startswith(b"\x89PNG")
    assert 2 * found.width == int.from_bytes(body[16:20], "big")
