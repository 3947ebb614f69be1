"""docs/order.md: what it shows is what there is."""

import re
from random import Random

import pyoxigraph as ox

from tests.conftest import ROOT
from tests.engines.oxigraph.order.conftest import Sorted

DOCUMENT = (ROOT / "docs" / "order.md").read_text(encoding="utf-8")
QUERY, OTHER = re.findall(r"^```sparql\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)


def test_order_of_the_document(mixed: Sorted) -> None:
    """The terms come in the order in which the document lists them, in whatever order they are given."""
    head, terms, tail = re.split(r"(?<=VALUES \?term {\n)|(?=^  }$)", QUERY, flags=re.MULTILINE)
    lines = terms.splitlines(keepends=True)
    listed = mixed.rows(head + terms + tail.replace("ORDER BY ?term", ""))

    assert len(lines) == len(listed)
    for seed in range(10):
        shuffled = "".join(Random(seed).sample(lines, len(lines)))
        assert listed == mixed.rows(head + shuffled + tail)


def test_rewriting_of_the_document() -> None:
    """What it says to write instead is a query."""
    assert isinstance(ox.Store().query(OTHER), ox.QuerySolutions)
