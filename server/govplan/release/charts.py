"""The charts of a release: the answers of its own questions, drawn when it is built, so that no server need draw them.

A chart that would mislead is left out; whoever asks for it is told why.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from govplan.config import Settings
from govplan.engines.oxigraph.engine import evaluate
from govplan.errors import ChartImpossible
from govplan.formats import BINDINGS
from govplan.questions import Question
from govplan.questions.figures import figure, path_of, renditions, usual_text
from govplan.questions.looks import LOOKS
from govplan.questions.marks import MOST_MARKS, Row
from govplan.sparql import Answer, Request
from govplan.sparql.limits import UNLIMITED
from govplan.sparql.results import Results
from govplan.sparql.scan import scan
from govplan.vega.drawers import DrawerLimits, ProcessDrawer
from govplan.vega.port import Drawer, Kind, Specification

# A picture takes more time than everything around it.
_PROCESSES = 2
_SECONDS = 60.0


class _Picture(NamedTuple):
    path: Path
    specification: Specification
    kind: Kind


def write_charts(work: Path, settings: Settings, questions: Mapping[str, Question]) -> None:
    """Draw the charts of the answers of the store in `work`, into folders below `work`.

    Raises Overloaded or ChartLost where no chart can be drawn, QueryTimedOut where one takes a minute.
    """
    pictures = list(_pictures(work, settings, questions))
    with ExitStack() as opened:
        limits = DrawerLimits(_SECONDS, queue=_PROCESSES)
        drawers = [opened.enter_context(closing(ProcessDrawer(limits))) for _ in range(_PROCESSES)]
        threads = opened.enter_context(ThreadPoolExecutor(_PROCESSES))
        list(threads.map(_write, cycle(drawers), pictures))


def _pictures(work: Path, settings: Settings, questions: Mapping[str, Question]) -> Iterator[_Picture]:
    store = ox.Store.read_only(str(work / "store"))
    for question in (each for each in questions.values() if each.chart):
        answers: dict[str, list[Row]] = {}
        for rendition in renditions(question, settings.languages):
            text = usual_text(question, rendition.language)
            if text not in answers:
                answers[text] = _rows(store, text, settings)
            with suppress(ChartImpossible):
                look = LOOKS[rendition.theme]
                drawing = figure(question, answers[text], rendition.language, look, rendition.size)
                yield _Picture(work / path_of(question, rendition), drawing.specification, rendition.kind)


def _rows(store: ox.Store, text: str, settings: Settings) -> list[Row]:
    body = BytesIO()
    asked = Request(text, BINDINGS[0].media_type, max_rows=MOST_MARKS + 1)
    written = evaluate(store, asked, scan(text, UNLIMITED), settings.prefixes, body)
    return list(Results(Answer(body.getvalue(), written.media_type)))


def _write(drawer: Drawer, picture: _Picture) -> None:
    with suppress(ChartImpossible):
        body = drawer.draw(picture.specification, picture.kind)
        picture.path.parent.mkdir(parents=True, exist_ok=True)
        picture.path.write_bytes(body)
