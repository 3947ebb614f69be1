"""Citations on an engine that shares no code with ours: rdflib answers the normal form with the same content."""

from pathlib import Path

import pytest
import rdflib

from govplan.citing.endpoint import in_our_order
from govplan.citing.examining import Examined, examine
from govplan.sparql import Answer, Request, Store
from tests.conftest import ROOT


@pytest.fixture(scope="module", name="dataset")
def _dataset(release: Path) -> rdflib.Dataset:
    """The release in rdflib, its default graph the union of all graphs."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=(release / "dataset.nq").read_text(encoding="utf-8"), format="nquads")
    return dataset


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # rdflib calls itself so
@pytest.mark.parametrize(
    "name",
    ["actions-with-budget", "actions-without-stated-form", "agreement-of-coders", "claim-counts-by-area-and-level"],
)
def test_same_content(name: str, store: Store, dataset: rdflib.Dataset) -> None:
    """The hash of the content that we give is that of another engine, which was asked the normal form."""
    text = (ROOT / "queries" / f"{name}.rq").read_text(encoding="utf-8")
    ours = examine(text, "SELECT", lambda kind: store.answer(Request(text, kind)))

    def foreign(kind: str) -> Answer:
        written = dataset.query(ours.normal.text).serialize(format="json")
        assert written is not None
        return Answer(in_our_order(written), kind)

    theirs: Examined = examine(ours.normal.text, "SELECT", foreign)
    assert ours.content
    assert ours.content == theirs.content
