"""The sources other than the monitor's page: each statement leads to an address, and disagreement stays visible."""

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from govplan.sparql import Store
from tests.content.test_inventory import ask

LIST = Path(__file__).with_name("sources.csv")
# Documents that were read after the notes were written; whoever adds one says here that it was read, and how.
LATER = Path(__file__).with_name("read-later.csv")
SOURCED = "VALUES ?layer { layer:reported layer:findings layer:reference layer:powers }"
PLACE = "prov:wasDerivedFrom/gp:unitOf"
# What only shows the identifiers of registers is judged in test_links.py.
ELSEWHERE = """FILTER EXISTS {
  ?about dcterms:source ?document FILTER(!STRENDS(STR(?about), "/registers")
    && !STRSTARTS(STR(?about), "https://w3id.org/govplan/graph/data/shared/links/")
    && STR(?about) != "https://w3id.org/govplan/graph/data/shared/actors/territories") }"""
NEWS = "https://w3id.org/govplan/graph/data/plans/be-ai-convergence/sources/government/"
MORE = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX document-type: <https://w3id.org/govplan/auth/document-type/>
PREFIX event: <https://w3id.org/govplan/id/event/>
PREFIX funding-source: <https://w3id.org/govplan/auth/funding-source/>
PREFIX level: <https://w3id.org/govplan/auth/level/>
PREFIX objective: <https://w3id.org/govplan/id/objective/>
PREFIX organisation: <https://w3id.org/govplan/id/organisation/>
PREFIX plan: <https://w3id.org/govplan/id/plan/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX source: <https://w3id.org/govplan/id/source/>
PREFIX standing: <https://w3id.org/govplan/auth/standing/>
PREFIX verification: <https://w3id.org/govplan/auth/verification/>
PREFIX work: <https://w3id.org/govplan/id/work/>
"""


def select(store: Store, query: str) -> list[tuple[str, ...]]:
    """The rows of a SELECT, as plain text."""
    return ask(store, MORE + query)


def _ends(iris: list[tuple[str, ...]]) -> set[str]:
    return {row[0].rsplit("/", 1)[-1] for row in iris}


def test_every_statement_leads_to_an_address(store: Store) -> None:
    """Every statement of what sources say can be followed, in its own graph, to the address of a document."""
    loose = select(
        store,
        f"""SELECT DISTINCT ?graph ?node {{
          {SOURCED} ?graph gp:layer ?layer .
          GRAPH ?graph {{ ?node ?property ?value }}
          FILTER(?node != ?graph)
          OPTIONAL {{ GRAPH ?graph {{ ?node prov:wasDerivedFrom ?place }} ?place gp:unitOf ?read }}
          OPTIONAL {{ ?node gp:unitOf ?own }}
          BIND(COALESCE(?read, ?own, ?node) AS ?document)
          FILTER NOT EXISTS {{ ?document a gp:SourceDocument ; schema:url ?address }}
        }}""",
    )

    assert [] == loose


def test_list_of_sources(store: Store) -> None:
    """The documents, how far they were verified and how many statements rest on each are those of the list."""
    rows = select(
        store,
        f"""SELECT ?document ?type ?standing
          (COUNT(DISTINCT ?place) AS ?places) (COUNT(DISTINCT ?hearsay) AS ?secondHand)
          (COUNT(DISTINCT ?statement) AS ?statements) {{
          ?document a gp:SourceDocument ; dcterms:type ?type ; gp:sourceStanding ?standing .
          ?place gp:unitOf ?document .
          OPTIONAL {{ ?place gp:verification verification:second-hand . BIND(?place AS ?hearsay) }}
          OPTIONAL {{
            {SOURCED} ?graph gp:layer ?layer .
            GRAPH ?graph {{ ?node prov:wasDerivedFrom ?place ; ?property ?value }}
            FILTER(?property != prov:wasDerivedFrom)
            BIND(CONCAT(STR(?graph), " ", STR(?node), " ", STR(?property), " ",
              STR(?value), " ", COALESCE(LANG(?value), "")) AS ?statement)
          }}
        }} GROUP BY ?document ?type ?standing ORDER BY ?document""",
    )
    found = [[cell.rsplit("/", 1)[-1] for cell in row] for row in rows]
    with LIST.open(encoding="utf-8", newline="") as lines:
        _, *expected = csv.reader(lines)

    assert expected == found


def test_titles_are_official_only_where_official(store: Store) -> None:
    """The plan has a printed title in Dutch, French and English and none in German; the objectives likewise."""
    titles = select(
        store, "SELECT DISTINCT (LANG(?t) AS ?tag) { plan:be-ai-convergence dcterms:title ?t } ORDER BY ?tag"
    )
    objectives = select(
        store,
        "SELECT ?tag (COUNT(DISTINCT ?o) AS ?n) { ?o a gp:Objective ; dcterms:title ?t BIND(LANG(?t) AS ?tag) } "
        "GROUP BY ?tag ORDER BY ?tag",
    )

    assert [("en",), ("fr",), ("nl",)] == titles
    assert [("en", "9"), ("fr", "9"), ("nl", "9")] == objectives


def test_two_dutch_wordings_are_kept_apart(store: Store) -> None:
    """Five objectives have two official Dutch titles, each in the graph of the source that prints it."""
    rows = select(
        store,
        f"""SELECT ?objective ?news ?council {{
          GRAPH <{NEWS}bosa-nl> {{ ?objective dcterms:title ?news }}
          GRAPH <{NEWS}council-of-ministers> {{
            ?objective dcterms:title ?council }}
          ?objective a gp:Objective FILTER(?news != ?council)
        }} ORDER BY ?objective""",
    )

    assert ["2", "4", "5", "6", "9"] == [row[0].rsplit("-", 1)[-1] for row in rows]
    assert ("De cyberveiligheid waarborgen", "De cyberbeveiliging waarborgen") == rows[0][1:]


def test_three_dates_are_three_events(store: Store) -> None:
    """Announcement, approval and publication on the web are three events on three days."""
    rows = select(
        store,
        """SELECT DISTINCT ?date ?type { ?e gp:eventOf plan:be-ai-convergence ; gp:eventType ?type ; dcterms:date ?date
        FILTER(?date < "2022-11-21"^^<http://www.w3.org/2001/XMLSchema#date>
          || STRENDS(STR(?type), "publication")) } ORDER BY ?date""",
    )

    assert [("2022-10-27", "announcement"), ("2022-10-28", "approval"), ("2022-11-21", "publication")] == [
        (date, kind.rsplit("/", 1)[-1]) for date, kind in rows
    ]


def test_approval_has_witnesses(store: Store) -> None:
    """Four sources give the day of approval, each in its own graph, and it is the same day."""
    rows = select(
        store, "SELECT ?graph ?date { GRAPH ?graph { event:plan-approval dcterms:date ?date } } ORDER BY ?graph"
    )

    assert ["bosa-en", "bosa-fr", "council-of-ministers", "eubelius"] == [row[0].rsplit("/", 1)[-1] for row in rows]
    assert {"2022-10-28"} == {row[1] for row in rows}


def test_sources_disagree_about_the_committee(store: Store) -> None:
    """One page says that the steering committee will exist, another that it does; both can be asked for."""
    rows = select(
        store,
        "SELECT ?graph ?status { GRAPH ?graph { organisation:ai-steering-committee gp:statusReported ?status } } "
        "ORDER BY ?graph",
    )
    said = {graph.rsplit("/", 1)[-1]: status.rsplit("/", 1)[-1] for graph, status in rows}

    assert ("planned", "ongoing") == (said["bosa-en"], said["bosa-fr"])


def test_committee_got_its_law_later(store: Store) -> None:
    """The legal ground of the committee is a decree of 2024."""
    rows = select(
        store, "SELECT ?date { organisation:ai-steering-committee gp:foundingAct ?act . ?act dcterms:date ?date }"
    )

    assert [("2024-05-25",)] == rows


def test_sources_disagree_about_the_founding_of_the_ccb(store: Store) -> None:
    """Official journal and the body's own page give two days, in two graphs."""
    rows = select(store, "SELECT ?date { GRAPH ?graph { work:royal-decree-ccb dcterms:date ?date } } ORDER BY ?date")

    assert [("2014-10-10",), ("2014-10-14",)] == rows


def test_silence_of_one_source_beside_a_value_of_another(store: Store) -> None:
    """The monitor's page is silent on its publisher, and another source names it."""
    rows = select(
        store,
        """SELECT ?publisher { GRAPH ?silent { source:policy-monitor gp:notStated dcterms:publisher }
        GRAPH ?speaking { source:policy-monitor dcterms:publisher ?publisher } }""",
    )

    assert {"knowledge-centre-data-and-society"} == _ends(rows)


def test_number_of_action_lines_differs_by_source(store: Store) -> None:
    """Some say 70 action lines, some about 70; nobody's number is that of the actions described."""
    exact = select(
        store, "SELECT ?n (COUNT(?g) AS ?c) { GRAPH ?g { plan:be-ai-convergence gp:statedActionCount ?n } } GROUP BY ?n"
    )
    about = select(
        store,
        "SELECT ?n (COUNT(?g) AS ?c) { GRAPH ?g { plan:be-ai-convergence gp:statedActionCountAbout ?n } } GROUP BY ?n",
    )

    assert [("70", "2")] == exact
    assert [("70", "2")] == about


def test_no_new_money_is_second_hand(store: Store) -> None:
    """That the plan brings no new money is said in the press only, and marked so."""
    rows = select(
        store,
        """SELECT DISTINCT ?value ?how { GRAPH ?g {
          plan:be-ai-convergence gp:bringsNewMoney ?value ; prov:wasDerivedFrom ?place }
        ?place gp:verification ?how }""",
    )

    assert [("false", "https://w3id.org/govplan/auth/verification/second-hand")] == rows


def test_five_measures_are_no_actions(store: Store) -> None:
    """Five measures come from summaries only; none of them is among the 57 actions."""
    assert [("5",)] == select(store, "SELECT (COUNT(DISTINCT ?m) AS ?n) { ?m a gp:ReportedMeasure }")
    assert [] == select(
        store, "SELECT ?m { ?m a gp:ReportedMeasure . { ?m a gp:Action } UNION { ?m gp:underObjective ?o } }"
    )
    assert [("57",)] == select(store, "SELECT (COUNT(DISTINCT ?a) AS ?n) { ?a a gp:Action }")


def test_follow_up_is_always_a_candidate(store: Store) -> None:
    """What looks like follow-up is our coding with a confidence below 1; only one deliverable became something."""
    rows = select(
        store,
        f"""SELECT ?link ?from {{
          ?link gp:linkType <https://w3id.org/govplan/auth/link-type/follow-up> ; gp:linkFrom ?from .
          FILTER(NOT EXISTS {{ ?link gp:confidence ?degree FILTER(?degree < 1) }}
            || NOT EXISTS {{ GRAPH ?graph {{ ?link a gp:ElementLink }} ?graph gp:layer layer:coding }}
            || NOT EXISTS {{ ?from {PLACE}/schema:url ?address }})
        }}""",
    )

    assert [] == rows
    assert {"be-ai-convergence-04"} == _ends(select(store, "SELECT ?d { ?d gp:realisedAs ?thing }"))


def test_claims_of_law_name_their_law(store: Store) -> None:
    """Each claim of the powers layer has law, claimant and passage, or was not found; the monitor's have no law."""
    bare = select(
        store,
        """SELECT ?claim { ?g gp:layer layer:powers . GRAPH ?g { ?claim a gp:PowerClaim }
        FILTER NOT EXISTS { ?claim gp:distribution <https://w3id.org/govplan/auth/distribution/not-found> }
        FILTER NOT EXISTS {
          ?claim gp:legalGround/a gp:ReferencedWork ; gp:claimedBy ?by ; prov:wasDerivedFrom ?p } }""",
    )
    monitor = select(
        store,
        """SELECT ?claim { ?claim a gp:PowerClaim ; gp:claimedBy organisation:knowledge-centre-data-and-society
          FILTER NOT EXISTS { ?claim gp:legalGround ?law } }""",
    )

    assert [] == bare
    assert {"be-ai-convergence-01", "be-ai-convergence-02", "be-ai-convergence-03"} == _ends(monitor)


# What the research notes say of each address, if they are at hand.


@pytest.fixture(name="marks")
def _marks(shared: Path) -> dict[str, set[str]]:
    """Address (without scheme, up to an ellipsis) → the marks of the noted facts that rest on it."""
    text = (shared / "research" / "plan-facts.md").read_text(encoding="utf-8")
    facts, sources = text.split("## 8. Sources")
    marks: dict[str, set[str]] = {}
    for line in facts.splitlines():
        # a source of which part of the row is not verified may still be used for the part that is
        found = set(re.findall(r"VERIFIED-2nd|VERIFIED(?!-)|FROM-MEMORY|NOT FOUND", line))
        numbers = set(re.findall(r"\bS\d+b?\b", line))
        for low, high in re.findall(r"\bS(\d+)–S(\d+)", line):
            numbers |= {f"S{n}" for n in range(int(low), int(high) + 1)}
        for number in numbers:
            marks.setdefault(number, set()).update(found)
    table: dict[str, set[str]] = {}
    for line in sources.splitlines():
        row = re.match(r"\| (S\d+b?) \| (.*) \|$", line)
        for address in re.findall(r"[\w.-]+\.\w+/[^\s;)|…]*", row[2]) if row else []:
            table.setdefault(address.rstrip("/"), set()).update(marks.get(row[1], set()) if row else set())
    return table


def _noted(address: str, marks: dict[str, set[str]]) -> set[str]:
    """The marks of an address; those of the documents that were read after the notes were written stand in LATER."""
    if address in read_later():
        return {"VERIFIED"} if read_later()[address] == "at-source" else {"VERIFIED-2nd"}
    bare = re.sub(r"^https?://", "", address).rstrip("/")
    return set().union(
        *(found for noted, found in marks.items() if bare == noted or (bare.startswith(noted) and len(noted) > 30))
    )


@cache
def read_later() -> dict[str, str]:
    """Address of a document that the notes do not list → how it was read: at-source, or second-hand."""
    with LATER.open(encoding="utf-8", newline="") as file:
        return {row["address"]: row["read"] for row in csv.DictReader(file)}


def test_only_verified_facts_are_used(store: Store, marks: dict[str, set[str]]) -> None:
    """Every document is one that the notes, or the list of later ones, mark as verified, at the source or not."""
    rows = select(
        store,
        f"SELECT DISTINCT ?document ?url {{ ?document a gp:SourceDocument ; schema:url ?url {ELSEWHERE} }} "
        "ORDER BY ?document",
    )

    assert [] == [row for row in rows if not _noted(row[1], marks) & {"VERIFIED", "VERIFIED-2nd"}]
    assert set() == read_later().keys() - {url for _, url in rows}


def test_second_hand_is_marked(store: Store, marks: dict[str, set[str]]) -> None:
    """A document that the notes know second-hand only has no passage marked as verified at the source."""
    rows = select(
        store,
        "SELECT ?place ?url { ?place gp:verification verification:at-source ; gp:unitOf ?document . "
        f"?document schema:url ?url {ELSEWHERE} }} ORDER BY ?place",
    )

    assert [] == [row for row in rows if "VERIFIED" not in _noted(row[1], marks)]
