"""The data against the figures of the source page's inventory, and against the page itself where it is at hand."""

import hashlib
import json
from pathlib import Path

import pytest

from govplan.sparql import Request, Store

PREFIXES = """
PREFIX action: <https://w3id.org/govplan/id/action/>
PREFIX finding-type: <https://w3id.org/govplan/auth/finding-type/>
PREFIX gp: <https://w3id.org/govplan/ns#>
PREFIX layer: <https://w3id.org/govplan/auth/layer/>
PREFIX organisation: <https://w3id.org/govplan/id/organisation/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX unit-kind: <https://w3id.org/govplan/auth/unit-kind/>
PREFIX voice: <https://w3id.org/govplan/auth/voice/>
"""


def ask(store: Store, query: str) -> list[tuple[str, ...]]:
    """The rows of a SELECT, as plain text."""
    answer = json.loads(store.answer(Request(PREFIXES + query, "application/sparql-results+json")).body)
    columns = answer["head"]["vars"]
    return [
        tuple(row[name]["value"] if name in row else "" for name in columns) for row in answer["results"]["bindings"]
    ]


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("Plan", 1),
        ("Objective", 9),
        ("Aim", 12),
        ("Action", 57),
        ("Deliverable", 20),
        ("FundingStatement", 1),
        ("PowerClaim", 3),
        ("Finding", 17),
        ("Remark", 3),
        ("Rating", 1),
        ("SourceDocument", 1),
        ("TextUnit", 88),
    ],
)
def test_counts(store: Store, kind: str, count: int) -> None:
    """The graphs of the monitor hold the whole inventory."""
    query = f"""SELECT (COUNT(DISTINCT ?x) AS ?n) {{
        ?graph gp:claimedBy organisation:knowledge-centre-data-and-society . GRAPH ?graph {{ ?x a gp:{kind} }} }}"""

    assert [(str(count),)] == ask(store, query)


@pytest.mark.parametrize(
    "kind", ["Plan", "Objective", "Aim", "Action", "Deliverable", "FundingStatement", "Finding", "Remark", "Rating"]
)
def test_no_other_source_adds_to_the_inventory(store: Store, kind: str) -> None:
    """Other sources add no element and no assessment, so that counts over everything are those of the monitor."""
    query = f"""SELECT ?x {{ ?x a gp:{kind} FILTER NOT EXISTS {{
        ?graph gp:claimedBy organisation:knowledge-centre-data-and-society . GRAPH ?graph {{ ?x a gp:{kind} }} }} }}"""

    assert [] == ask(store, query)


def test_actions_per_objective(store: Store) -> None:
    """The nine objectives hold 9, 8, 7, 3, 4, 6, 6, 7 and 7 actions."""
    rows = ask(
        store,
        """SELECT (COUNT(?action) AS ?n) { ?action gp:underObjective ?objective . ?objective gp:sourceNumber ?number }
        GROUP BY ?number ORDER BY STR(?number)""",
    )

    assert ["9", "8", "7", "3", "4", "6", "6", "7", "7"] == [row[0] for row in rows]


@pytest.mark.parametrize(("kind", "count"), [("intro-sentence", 22), ("bullet", 35)])
def test_prose_and_bullets(store: Store, kind: str, count: int) -> None:
    """22 actions stand in running text and 35 in bullets."""
    query = f"""SELECT (COUNT(DISTINCT ?action) AS ?n) {{
        ?action a gp:Action ; prov:wasDerivedFrom [ gp:unitKind unit-kind:{kind} ] }}"""

    assert [(str(count),)] == ask(store, query)


@pytest.mark.parametrize(("voice", "count"), [("own", 13), ("restating", 4)])
def test_voices_of_findings(store: Store, voice: str, count: int) -> None:
    """13 findings are the monitor's own and 4 restate the plan."""
    assert [(str(count),)] == ask(store, f"SELECT (COUNT(?f) AS ?n) {{ ?f a gp:Finding ; gp:voice voice:{voice} }}")


def test_only_amount(store: Store) -> None:
    """EUR 75 million is the only amount, and it is that of action 3.2."""
    rows = ask(
        store,
        """SELECT ?number ?amount ?currency { ?action gp:funding ?f ; gp:sourceNumber ?number .
        ?f gp:amount ?amount ; gp:currency ?currency }""",
    )

    assert [("3.2", "75000000", "http://publications.europa.eu/resource/authority/currency/EUR")] == rows
    assert [("1",)] == ask(store, "SELECT (COUNT(?a) AS ?n) { ?x gp:amount ?a }")


@pytest.mark.parametrize(
    ("field", "silent"),
    [("leadActor", 57), ("deadline", 57), ("funding", 56), ("targetGroup", 38), ("levelMentioned", 44)],
)
def test_silence(store: Store, field: str, silent: int) -> None:
    """Silence of the source is stated for each tracked field."""
    query = f"SELECT (COUNT(DISTINCT ?a) AS ?n) {{ ?a a gp:Action ; gp:notStated gp:{field} }}"

    assert [(str(silent),)] == ask(store, query)


def test_concreteness(store: Store) -> None:
    """Six actions are ambitions, 8 intentions, 23 activities, 19 deliverables and one is anchored."""
    rows = ask(
        store,
        """SELECT (COUNT(?action) AS ?n) { ?action gp:concreteness ?level . ?level gp:rank ?rank }
        GROUP BY ?rank ORDER BY ?rank""",
    )

    assert ["6", "8", "23", "19", "1"] == [row[0] for row in rows]


def test_every_node_of_the_monitor_leads_to_a_text_unit(store: Store) -> None:
    """Every node of the monitor's layers leads to a text unit with locator and offsets in the source document."""
    loose = ask(
        store,
        """SELECT DISTINCT ?node {
          ?graph gp:claimedBy organisation:knowledge-centre-data-and-society .
          GRAPH ?graph { ?node a ?type }
          FILTER NOT EXISTS { VALUES ?own { gp:TextUnit gp:SourceDocument gp:SourceGraph } ?node a ?own }
          FILTER NOT EXISTS {
            ?node prov:wasDerivedFrom ?unit .
            ?unit gp:locator ?locator ; gp:startOffset ?start ; gp:endOffset ?end ; gp:unitOf/a gp:SourceDocument
          }
        }""",
    )

    assert [] == loose


def test_findings_are_no_property_of_actions(store: Store) -> None:
    """No statement about an action has a finding as its value, and none is a subject of the findings layer."""
    assert [] == ask(
        store, "SELECT ?action { ?action a gp:Action ; ?p ?f . VALUES ?t { gp:Finding gp:Remark } ?f a ?t }"
    )
    assert [] == ask(
        store,
        "SELECT ?action { ?graph gp:layer layer:findings . GRAPH ?graph { ?action ?p ?o } ?action a gp:Action }",
    )


def test_units_are_those_of_the_page(store: Store, shared: Path) -> None:
    """Offsets and hashes of all text units are those of the page."""
    text = (shared / "source" / "policy-monitor-entry.txt").read_text(encoding="utf-8")
    rows = ask(
        store,
        "SELECT ?start ?end ?hash ?words {"
        " ?u gp:startOffset ?start ; gp:endOffset ?end ; gp:textHash ?hash ; gp:wordCount ?words }",
    )

    assert 88 == len(rows)
    for start, end, digest, words in rows:
        part = text[int(start) : int(end)]
        assert hashlib.sha256(part.encode()).hexdigest()[:12] == digest
        assert len(part.split()) == int(words)


def test_no_sentence_of_the_page_is_copied(store: Store, shared: Path) -> None:
    """No label repeats eight words of the page in a row."""
    words = (shared / "source" / "policy-monitor-entry.txt").read_text(encoding="utf-8").lower().split()
    runs = {" ".join(words[i : i + 8]) for i in range(len(words) - 7)}
    labels = ask(
        store,
        "SELECT DISTINCT ?label { ?x <http://www.w3.org/2000/01/rdf-schema#label> ?label FILTER(LANG(?label) = 'en') }",
    )

    for (label,) in labels:
        own = label.lower().split()
        assert not {" ".join(own[i : i + 8]) for i in range(len(own) - 7)} & runs, label


def test_actions_are_those_of_the_inventory(store: Store, shared: Path) -> None:
    """Unit, status and instruments of every action are those of the checked inventory."""
    inventory = json.loads((shared / "source" / "inventory.json").read_text(encoding="utf-8"))["actions"]
    rows = ask(
        store,
        """SELECT ?number ?unit ?status ?instrument {
        ?action a gp:Action ; gp:sourceNumber ?number ; prov:wasDerivedFrom ?unit ;
        gp:statusReported ?status ; gp:primaryInstrument ?instrument }""",
    )
    found = {(row[0], *(iri.rsplit("/", 1)[-1] for iri in row[1:])) for row in rows}
    expected = {(a["id"], a["unit"], a["status"].replace(" ", "-"), a["instr"]) for a in inventory}

    assert expected == found
