"""Fourteen places where the monitor's page misleads a reader or a program, and what the data must not say there."""

import re

import pyoxigraph as ox
import pytest

from govplan.content import Content
from govplan.sparql import Store
from tests.content.test_sources import select

ACTION = "https://w3id.org/govplan/id/action/be-ai-convergence-"
FINDING = "https://w3id.org/govplan/id/finding/be-ai-convergence-"


def _values(store: Store, subject: str, path: str) -> set[str]:
    rows = select(store, f"SELECT DISTINCT ?value {{ <{subject}> {path} ?value }}")
    return {row[0].rsplit("/", 1)[-1].rsplit("#", 1)[-1] for row in rows}


def test_national_is_not_federal(store: Store) -> None:
    """The data strategy is national in the objective and federal in the takeaway; each keeps its own word."""
    assert {"national-unspecified"} == _values(store, f"{ACTION}025", "gp:levelMentioned")
    assert {"federal"} == _values(store, f"{FINDING}2-1", "gp:levelMentioned")
    assert {"federal-government"} == _values(store, "https://w3id.org/govplan/id/plan/be-ai-convergence", "gp:ownedBy")


def test_action_line_means_two_things(store: Store) -> None:
    """What the page calls action lines is neither an objective in one place nor an action in the other."""
    assert [] == select(store, "SELECT ?x { ?x a gp:Objective . { ?x a gp:Action } UNION { ?x a gp:Aim } }")
    assert {"be-ai-convergence"} == _values(store, f"{FINDING}1-1", "gp:assesses")


def test_three_meanings_of_one_word(store: Store) -> None:
    """A skill, a responsible body and a legal power share a word on the page, and no statement in the data."""
    assert {"education-and-skills"} == _values(store, f"{ACTION}047", "gp:policyArea")
    assert set() == _values(store, f"{ACTION}047", "gp:participation")
    rows = select(
        store,
        """SELECT ?thing { ?claim gp:claimedBy organisation:knowledge-centre-data-and-society ; gp:concerns ?thing .
        ?graph gp:layer layer:findings . GRAPH ?graph { ?claim a gp:PowerClaim } }""",
    )
    assert {"be-ai-convergence", "be-ai-convergence-5", "be-ai-convergence-6"} == {
        row[0].rsplit("/", 1)[-1] for row in rows
    }


def test_two_names_of_one_thing_are_kept(store: Store) -> None:
    """The skills framework of the takeaway and the skills profile of the objective are two linked nodes."""
    rows = select(
        store,
        f"""SELECT ?confidence {{ ?link gp:linkFrom <{FINDING}3-3> ; gp:linkTo <{ACTION}047> ; gp:confidence ?confidence
        FILTER(?confidence < 1) }}""",
    )
    same = select(
        store,
        "SELECT ?a ?b { ?a ?p ?b FILTER(?p IN (<http://www.w3.org/2002/07/owl#sameAs>, skos:exactMatch)) "
        "?a a gp:PlanElement }",
    )

    assert 1 == len(rows)
    assert [] == same


def test_purpose_of_the_dialogue(store: Store) -> None:
    """The takeaway's purpose, awareness, is not put into the dialogue of the objective."""
    assert {"dialogue"} == _values(store, f"{ACTION}005", "gp:instrument|gp:primaryInstrument|gp:secondaryInstrument")
    assert {"plan"} == {
        row[0].split("/")[-2] for row in select(store, f"SELECT ?x {{ <{FINDING}1-4> gp:assesses ?x }}")
    }


def test_finding_and_action_in_tension(store: Store) -> None:
    """The finding that no action deals with split powers stands, and so do the two actions with the regions."""
    rows = select(
        store,
        f"""SELECT ?action {{ ?link gp:linkFrom <{FINDING}5-4> ; gp:linkTo ?action ;
        gp:linkType <https://w3id.org/govplan/auth/link-type/contradicts> .
        ?action gp:participation/gp:actor organisation:belgian-regions }}
        ORDER BY ?action""",
    )

    assert [(f"{ACTION}034",), (f"{ACTION}035",)] == rows


def test_many_is_not_spread_over_actions(store: Store) -> None:
    """What is said of many, without a list, is said of the plan and of no single action."""
    rows = select(
        store,
        """SELECT DISTINCT ?class { ?x gp:quantifier <https://w3id.org/govplan/auth/quantifier/many-not-enumerated> ;
        gp:assesses|gp:concerns ?thing . ?thing a ?class }""",
    )

    assert [("https://w3id.org/govplan/ns#Plan",)] == rows


def test_open_list_of_bodies(store: Store) -> None:
    """The list of bodies that ends with dots names four and says that it is open."""
    assert {"participation"} == _values(store, f"{ACTION}017", "gp:openEnded")
    assert 4 == len(_values(store, f"{ACTION}017", "gp:participation/gp:actor"))


@pytest.mark.parametrize("number", ["021", "022"])
def test_inter_regional_is_no_region(store: Store, number: str) -> None:
    """Inter-regional stays a word of the text; no region is made of it."""
    assert {"inter-regional"} == _values(store, ACTION + number, "gp:levelMentioned")
    assert set() == _values(store, f"{ACTION}022", "gp:participation/gp:actor")


def test_audience_is_that_of_the_page(store: Store) -> None:
    """Whom the page is for is said of the page, never of the plan or an action."""
    assert [("https://w3id.org/govplan/id/source/policy-monitor",)] == select(
        store, "SELECT DISTINCT ?x { ?x gp:audience ?group }"
    )


def test_need_is_no_promise_and_practice_is_no_plan(store: Store) -> None:
    """A recognised need carries a note that it is no promise; what is already done counts as ongoing."""
    notes = select(store, f"SELECT DISTINCT (LANG(?note) AS ?tag) {{ <{ACTION}045> skos:scopeNote ?note }}")

    assert {("nl",), ("fr",), ("de",), ("en",)} == set(notes)
    assert {"ongoing"} == _values(store, f"{ACTION}044", "gp:statusReported")
    assert {"ongoing"} == _values(store, f"{ACTION}051", "gp:statusReported")


def test_slips_of_the_page_are_not_taken_over(content: Content) -> None:
    """No text of the data repeats a typing slip of the page."""
    texts = [
        quad.object.value
        for quad in content.statements("data")
        if isinstance(quad.object, ox.Literal) and quad.object.language
    ]

    assert [] == [text for text in texts if "Maas " in text or "takeways" in text]


def test_cut_off_link_is_stored_as_printed(store: Store) -> None:
    """The link that ends in dots is kept as printed, and no page of that host is made up as a source."""
    assert [("https://michel.belgium.be/site...",)] == select(
        store, "SELECT ?link { plan:be-ai-convergence gp:linkAsPrinted ?link }"
    )
    assert [] == select(store, 'SELECT ?url { ?d schema:url ?url FILTER(CONTAINS(STR(?url), "michel.belgium.be")) }')


def test_selection_is_not_called_complete(store: Store) -> None:
    """The plan has no stated number of 57; other sources say 70, and the catalogue tells the reader so."""
    rows = select(
        store, "SELECT DISTINCT ?n { plan:be-ai-convergence gp:statedActionCount|gp:statedActionCountAbout ?n }"
    )
    notes = select(store, "SELECT ?note { ?dataset a <http://www.w3.org/ns/dcat#Dataset> ; skos:note ?note }")

    assert [("70",)] == rows
    assert ["57 70"] * 4 == [" ".join(sorted(set(re.findall(r"\b(?:57|70)\b", note)))) for (note,) in notes]
