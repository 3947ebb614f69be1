"""The questions on an engine that shares no code with ours: rdflib, over the dump that anybody can load.

Each question is asked once, in one of the four languages by turns: the English rows are the golden answer, the others
are what our own engine gives.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
import rdflib
from rdflib.query import ResultRow

from govplan.config import Settings
from govplan.questions import Question, bind
from govplan.sparql import Request, Store
from tests.conftest import ROOT
from tests.turns import QUESTIONS, TURNS

PLAN = "data/plans/be-ai-convergence"
NEWS = f"{PLAN}/sources/government"
PAGE = f"{PLAN}/sources/policy-monitor/documents"
# rdflib joins what two GRAPH patterns find row by row, which takes minutes over all graphs: these are asked over some.
BOUNDED = {
    "fields-by-state": (f"{PLAN}/objectives", f"{PLAN}/plan", PAGE, "ontology/gp"),
    "values-that-differ-by-source": (f"{NEWS}/bosa-nl", f"{NEWS}/council-of-ministers", "ontology/gp"),
}
pytestmark = pytest.mark.soak
foreign = pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # rdflib calls itself so


@pytest.fixture(scope="session", name="dataset")
def _dataset(release: Path) -> rdflib.Dataset:
    """The release in rdflib, its default graph the union of all graphs."""
    return _loaded((release / "dataset.nq").read_text(encoding="utf-8").splitlines(keepends=True))


def _loaded(lines: Iterable[str]) -> rdflib.Dataset:
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data="".join(lines), format="nquads")
    return dataset


def _number(text: str) -> str:
    """A number by what it is worth, since engines spell one number in several ways."""
    try:
        return format(float(text), "g")
    except ValueError:
        return text


def _counted(rows: Iterable[Iterable[object]]) -> Counter[tuple[str, ...]]:
    return Counter(tuple(_number("" if cell is None else str(cell)) for cell in row) for row in rows)


def _asked(dataset: rdflib.Dataset, text: str) -> tuple[list[str], Counter[tuple[str, ...]]]:
    answer = dataset.query(text)
    return [str(variable) for variable in answer.vars or ()], _counted(
        row for row in answer if isinstance(row, ResultRow)
    )


def _read(answer: bytes) -> tuple[list[str], Counter[tuple[str, ...]]]:
    header, *rows = csv.reader(io.StringIO(answer.decode(), newline=""))
    return header, _counted(rows)


@foreign
@pytest.mark.parametrize(
    ("question", "language"),
    [turn for turn in TURNS if turn[0].name not in BOUNDED],
    ids=[f"{question.name}-{language}" for question, language in TURNS if question.name not in BOUNDED],
)
def test_same_answer(question: Question, language: str, dataset: rdflib.Dataset, store: Store) -> None:
    """Another engine gives the same columns, rows and values as ours."""
    text = bind(question, {"lang": language})
    golden = (ROOT / "tests" / "answers" / f"{question.name}.csv").read_bytes()
    expected = golden if language == "en" else store.answer(Request(text, "text/csv")).body

    assert _read(expected) == _asked(dataset, text)


@foreign
@pytest.mark.parametrize("name", BOUNDED)
def test_same_answer_over_some_graphs(name: str, release: Path, store: Store, settings: Settings) -> None:
    """Where the other engine would take minutes, both are asked over the same few graphs."""
    graphs = tuple(f"{settings.base}graph/{path}" for path in BOUNDED[name])
    lines = (release / "dataset.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    some = _loaded(line for line in lines if line.endswith(tuple(f" <{graph}> .\n" for graph in graphs)))
    text = QUESTIONS[name].text
    ours = _read(store.answer(Request(text, "text/csv", default_graphs=graphs, named_graphs=graphs)).body)

    assert ours[1], "the graphs chosen show nothing"
    assert ours == _asked(some, text)
