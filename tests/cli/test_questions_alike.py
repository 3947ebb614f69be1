"""On the command line every question answers as it does in the store, each in one of the four languages by turns."""

import pytest
from click.testing import CliRunner

from govplan.cli import main
from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.questions import Question, bind
from govplan.sparql import Request, Store
from tests.conftest import ROOT
from tests.turns import TURNS


@pytest.mark.parametrize(("question", "language"), TURNS, ids=[f"{q.name}-{language}" for q, language in TURNS])
def test_same_bytes(question: Question, language: str, settings: Settings, manifest: Manifest, store: Store) -> None:
    """`govplan query` gives the bytes that the store gives, which in English are those of the golden answer."""
    words = ["--project", str(ROOT), "--releases", str(settings.releases), "query", "--release", manifest.id]
    run = CliRunner().invoke(main, [*words, question.name, f"lang={language}", "--format", "csv"])

    assert 0 == run.exit_code, run.output
    assert store.answer(Request(bind(question, {"lang": language}), "text/csv")).body == run.stdout_bytes
