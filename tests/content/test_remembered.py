"""What the research notes only remember, or looked for in vain, is not in the data; every statement can be followed."""

import csv
import io
import re
from pathlib import Path

import pytest

from govplan.config import load
from govplan.content import Content
from govplan.questions import load_questions
from govplan.sparql import Request, Store
from tests.conftest import ROOT
from tests.content.test_sources import select

WEAK, SURE = re.compile(r"FROM-MEMORY|NOT FOUND"), re.compile(r"VERIFIED")
# A name or a number that says something of its own: a capital or a digit, five characters or more.
TELLING = re.compile(r"\b(?=\w*[A-Z0-9])[\w-]{5,}\b")
# "Something (name FROM-MEMORY)": what stands before the bracket, up to the last separator.
REMEMBERED = re.compile(r"([^|;:,(]+) \((?:[^()]*\b)?FROM-MEMORY\b[^()]*\)")


@pytest.fixture(scope="module", name="said")
def _said(content: Content) -> str:
    """Every text and every address of the data, one a line."""
    return "\n".join(
        {getattr(term, "value", "") for quad in content.statements("data") for term in (quad.subject, quad.object)}
    )


@pytest.fixture(scope="module", name="lines")
def _lines(shared: Path) -> list[str]:
    """The rows of the tables of facts, without the marks that explain themselves."""
    text = (shared / "research" / "plan-facts.md").read_text(encoding="utf-8").split("## 8. Sources")[0]
    return [line for line in text.splitlines() if line.startswith("| ")]


def test_no_row_that_is_only_remembered(lines: list[str], said: str) -> None:
    """No name or number that stands only in rows marked FROM-MEMORY or NOT FOUND is in the data."""
    sure = " ".join(line for line in lines if SURE.search(line) or not WEAK.search(line))
    # Our own German title is a label of ours, and said to be no official one.
    rows = [re.sub(r"\(Own translation.*?\)", "", WEAK.sub("", line)) for line in lines if WEAK.search(line)]
    rows = [row for row in rows if not SURE.search(row)]
    telling = {word for row in rows for word in TELLING.findall(row)} - set(TELLING.findall(sure))

    assert {"Dermagne", "Vandenbroucke"} <= telling
    assert [] == [word for word in sorted(telling) if re.search(rf"\b{re.escape(word)}\b", said)]


def test_no_part_of_a_row_that_is_only_remembered(lines: list[str], said: str, shared: Path) -> None:
    """A name marked FROM-MEMORY within a verified row is in the data only if the notes on identifiers verify it."""
    with (shared / "research" / "identifiers.tsv").open(encoding="utf-8", newline="") as file:
        verified = "\n".join(
            " ".join(row.values()) for row in csv.DictReader(file, delimiter="\t") if "VERIFIED" in row.values()
        )
    parts = {part.strip() for line in lines for part in REMEMBERED.findall(line)}

    assert {"FAGG", "RSZ", "Bureau de Normalisation"} <= parts
    assert [] == [part for part in sorted(parts) if re.search(rf"\b{re.escape(part)}\b", said) and part not in verified]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?t { plan:be-ai-convergence dcterms:title ?t FILTER(LANG(?t) = 'de') }",  # none was found
        "SELECT ?p { ?fund gp:fundedFrom ?p . ?p a gp:Organisation }",  # who runs the fund was not found
        "SELECT ?x { ?x ?p ?v FILTER(CONTAINS(STR(?v), 'COM(2018) 795') || STR(?v) = '2018-12-07') }",
        "SELECT ?x { ?x gp:article ?a FILTER(CONTAINS(?a, 'XII')) }",
    ],
)
def test_known_gaps_stay_open(store: Store, query: str) -> None:
    """What nobody could verify about titles, money, numbers and articles is not stated."""
    assert [] == select(store, query)


def test_every_statement_can_be_followed_by_one_question(store: Store) -> None:
    """Asked about everything, the question on statements and sources gives an address for each statement."""
    question = load_questions(load(ROOT, environ={}))["statements-with-sources"]
    found = select(store, "SELECT DISTINCT ?thing { ?thing prov:wasDerivedFrom ?any }")
    things = " ".join(f"<{thing}>" for [thing] in found)
    everything = question.text.replace("VALUES ?thing { UNDEF }", f"VALUES ?thing {{ {things} }}")
    assert everything != question.text
    answer = store.answer(Request(everything, "text/csv")).body.decode()
    followed = {
        (row["about"], row["property"], row["value"], row["layer"].rpartition("/")[2])
        for row in csv.DictReader(io.StringIO(answer, newline=""))
        if row["address"].startswith("http")
    }
    stated = select(
        store,
        """SELECT DISTINCT ?thing ?property ?value ?layer {
          VALUES ?layer { layer:findings layer:powers layer:reference layer:reported } ?graph gp:layer ?layer .
          GRAPH ?graph { ?thing ?property ?value }
          FILTER(?thing != ?graph)
          FILTER(?property NOT IN (gp:notStated, gp:statedNone, prov:wasDerivedFrom, rdfs:label))
          FILTER NOT EXISTS { ?thing gp:unitOf|schema:url ?own }
        }""",
    )

    assert [] == sorted({(*row[:3], row[3].rpartition("/")[2]) for row in stated} - followed)
