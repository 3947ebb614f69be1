"""Byte by byte: what comes through a worker process is what the engine gives in this one."""

import io
from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import Settings, load
from govplan.engines.oxigraph.engine import evaluate
from govplan.formats import for_form
from govplan.questions import bind, load_questions
from govplan.sparql import Request, Store
from govplan.sparql.scan import query_form, scan
from tests.conftest import ROOT

NAMES = sorted(load_questions(load(ROOT, environ={})))


@pytest.fixture(scope="module", name="inside")
def _inside(release: Path) -> ox.Store:
    """The store of the release, opened in this process."""
    return ox.Store.read_only(str(release / "store"))


@pytest.mark.parametrize("name", NAMES)
def test_question(store: Store, inside: ox.Store, settings: Settings, name: str) -> None:
    """Every shipped question, in every format."""
    text = bind(load_questions(settings)[name], {})
    for fmt in for_form(query_form(text)):
        asked = Request(text, fmt.media_type)
        body = io.BytesIO()
        evaluate(inside, asked, scan(text), settings.prefixes, body)
        assert body.getvalue() == store.answer(asked).body
