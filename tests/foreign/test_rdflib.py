"""The questions on an engine that shares no code with ours: rdflib, over the dump that anybody can load.

Each question is asked once, in one of the four languages by turns: the English rows are the golden answer, the others
are what our own engine gives.
"""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
import rdflib
from rdflib.query import ResultRow

from govplan.config import load
from govplan.questions import Question, bind, load_questions
from govplan.store import Request, Store

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "nl", "fr", "de")
QUESTIONS = load_questions(load(ROOT, environ={}))
TURNS = [(question, LANGUAGES[turn % len(LANGUAGES)]) for turn, question in enumerate(QUESTIONS.values())]


@pytest.fixture(scope="session", name="dataset")
def _dataset(release: Path) -> rdflib.Dataset:
    """The release in rdflib, its default graph the union of all graphs."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=(release / "dataset.nq").read_text(encoding="utf-8"), format="nquads")
    return dataset


def _plain(value: object) -> str:
    """A value as CSV has it; a number by what it is worth, since engines spell one number in several ways."""
    if (
        isinstance(value, rdflib.Literal)
        and isinstance(value.value, (int, float))
        and not isinstance(value.value, bool)
    ):
        return _number(str(value))
    return "" if value is None else str(value)


def _number(text: str) -> str:
    try:
        return format(float(text), "g")
    except ValueError:
        return text


@pytest.mark.foreign
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # rdflib calls itself so
@pytest.mark.parametrize(("question", "language"), TURNS, ids=[f"{q.name}-{language}" for q, language in TURNS])
def test_same_answer(question: Question, language: str, dataset: rdflib.Dataset, store: Store) -> None:
    """Another engine gives the same rows, with the same values, as ours."""
    text = bind(question, {"lang": language})
    header, *rows = csv.reader(io.StringIO(store.answer(Request(text, "text/csv")).body.decode()))
    answer = dataset.query(text)
    found = [tuple(_number(_plain(cell)) for cell in row) for row in answer if isinstance(row, ResultRow)]

    assert header == [str(variable) for variable in answer.vars or ()]
    assert Counter(tuple(map(_number, row)) for row in rows) == Counter(found)
