"""A chart of the answer of any query: bars of its first number for each of what it names first, where that is right."""

from collections.abc import Callable

from govplan.errors import ChartImpossible
from govplan.questions.chart import Chart
from govplan.questions.columns import sentence
from govplan.questions.drawing import Drawing, Words, drawing
from govplan.questions.looks import LIGHT, Look
from govplan.web.http.language import gettext
from govplan.web.render.charts import Figure, refuse_part, renditions
from govplan.web.render.tables import Shown
from govplan.web.render.words import column_name


def sketch(answer: Shown, address: Callable[[str, str], str]) -> Figure | None:
    """Return the chart of an answer for a page, None where a chart would say nothing or mislead.

    `address` tells where the chart is in a theme and a size.
    """
    if len(answer.rows) < 2:
        return None
    figure = renditions(lambda size: sketched(answer, LIGHT, size), address)
    return None if figure.impossible else figure


def sketched(answer: Shown, look: Look, size: str) -> Drawing:
    """Return the chart of an answer in the reader's language. Raises ChartImpossible."""
    refuse_part(answer)
    chart = _chart(answer)
    names = {column: sentence(column_name(column)) for column in chart.columns}
    words = Words(gettext("Answer to the query"), f"{names[chart.y]} · {names[chart.x]}", names)
    # As the table writes them: IRIs in their short form.
    rows = [
        {
            name: {**row[name], "value": cell.text}
            for name, cell in zip(answer.columns, cells, strict=True)
            if name in row
        }
        for row, cells in zip(answer.bindings, answer.rows, strict=True)
    ]
    return drawing(chart, rows, words, look, size)


def _chart(answer: Shown) -> Chart:
    """A literal says more than the IRI beside it, so the first of these is shown."""
    numbers = [
        name
        for place, name in enumerate(answer.columns)
        if answer.rows and all(row[place].number for row in answer.rows)
    ]
    others = [name for name in answer.columns if name not in numbers]
    literals = [name for name in others if all(row.get(name, {}).get("type") == "literal" for row in answer.bindings)]
    if not numbers or not others:
        raise ChartImpossible("A chart needs a column of numbers and one of names.", mend="see the table")
    return Chart("bar", numbers[0], (literals or others)[0])
