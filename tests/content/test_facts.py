"""Facts that were once wrong or missing here, each as the store has to tell it."""

import pytest

from govplan.sparql import Store
from tests.content.test_sources import select

PLAN = "https://w3id.org/govplan/id/{}/be-ai-convergence"
NAMES = """PREFIX area: <https://w3id.org/govplan/auth/area/>
PREFIX claim: <https://w3id.org/govplan/id/claim/>
PREFIX distribution: <https://w3id.org/govplan/auth/distribution/>
PREFIX group: <https://w3id.org/govplan/auth/group/>
PREFIX passage: <https://w3id.org/govplan/id/passage/>
PREFIX role: <https://w3id.org/govplan/auth/role/>
PREFIX rule: <https://w3id.org/govplan/id/rule/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
"""
DIVIDED = ["3.1", "3.2", "3.5", "3.6", "4.2", "7.1", "7.2", "7.3", "7.4", "8.1", "8.3", "8.5", "8.7", "9.2", "9.3"]


def _ends(store: Store, where: str) -> list[str]:
    """The last parts of the values of ?x, sorted, each once."""
    rows = select(store, f"{NAMES} SELECT DISTINCT ?x {{ {where} }}")
    return sorted(row[0].rsplit("/", 1)[-1].rsplit("#", 1)[-1] for row in rows)


def _about(store: Store, kind: str, number: str, path: str) -> list[str]:
    return _ends(store, f"<{PLAN.format(kind)}-{number}> {path} ?x")


# Powers


@pytest.mark.parametrize("number", DIVIDED)
def test_area_of_regions_or_communities_is_divided(store: Store, number: str) -> None:
    """An action in an area where regions or communities have powers too is flagged as being in a divided area."""
    where = f'?action gp:sourceNumber "{number}" ; a gp:Action . ?flag gp:flags ?action ; gp:byRule ?x'

    assert {"shared-powers"} <= set(_ends(store, where))


def test_another_tier_and_several_are_two_flags(store: Store) -> None:
    """The environment belongs to another tier too; social protection and employment only belong to several."""
    where = """?flag gp:byRule rule:{} ; gp:flags ?action . ?action gp:policyArea ?x .
    FILTER NOT EXISTS {{ ?action gp:policyArea ?other FILTER(?other != ?x) }}"""
    several, another = (set(_ends(store, where.format(rule))) for rule in ("shared-powers", "power-of-another-tier"))

    assert another <= several & {"economy", "education-and-skills", "energy", "environment", "health", "mobility"}
    assert {"education-and-skills", "health", "mobility"} <= another
    assert {"employment", "science-and-innovation"} & several


def test_flags_leave_procedure_out(store: Store) -> None:
    """No flag rests on a claim that only says how tiers deal with each other, or that was not found."""
    parts = _ends(store, "?flag gp:restsOn/gp:distribution ?x")

    assert ["assigned", "exclusive", "exercised", "parallel", "reserved", "residual"] == parts


def test_social_security_is_federal(store: Store) -> None:
    """Social security and labour law are federal alone, by the Special Law of 1980."""
    where = "?c gp:concerns area:{} ; gp:levelInvolved level:federal ; gp:distribution distribution:exclusive ; "

    assert ["art. 6, § 1, VI, al. 5, 12°"] == _ends(store, where.format("social-protection") + "gp:article ?x")
    assert ["special-law-1980"] == _ends(store, where.format("employment") + "gp:legalGround ?x")


def test_regions_are_associated_with_traffic_rules(store: Store) -> None:
    """Article 6, § 4, 3° associates the regions, which is more than consulting them."""
    assert ["associated"] == _ends(store, "claim:law-13 gp:distribution ?x")


def test_person_related_matters(store: Store) -> None:
    """Article 130 concerns health and social protection too."""
    assert ["education-and-skills", "health", "social-protection"] == _ends(store, "claim:law-04 gp:concerns ?x")


@pytest.mark.parametrize("number", ["17", "18", "19", "20", "21", "23"])
def test_ordinary_laws_exercise_powers(store: Store, number: str) -> None:
    """A directive or an ordinary law exercises a power; it assigns none."""
    assert ["exercised"] == _ends(store, f"claim:law-{number} gp:distribution ?x")


def test_duties_bind_member_states(store: Store) -> None:
    """The duty to have a sandbox involves the Union and the member states."""
    assert ["eu", "national-unspecified"] == _ends(store, "claim:law-22 gp:levelInvolved ?x")


@pytest.mark.parametrize("article", ["art. 6bis, § 3", "art. 4, 16°", "art. 92bis, § 1", "art. 35"])
def test_central_provisions_are_there(store: Store, article: str) -> None:
    """Federal research initiatives, retraining, cooperation agreements and the residual power each have a claim."""
    assert 1 == len(_ends(store, f'?x a gp:PowerClaim ; gp:article "{article}"'))


def test_acts_have_their_numbers(store: Store) -> None:
    """The special law of 1980 and the decree on ethics are linked by the numbers that were verified."""
    assert ["1980080802"] == _ends(store, "work:special-law-1980 dcterms:identifier ?x")
    assert ["2023045485"] == _ends(store, "work:royal-decree-ai-ethics-committee dcterms:identifier ?x")


def test_fragmentation_is_claimed_of_no_single_level(store: Store) -> None:
    """The monitor does not say between whom powers are fragmented."""
    where = "?g gp:layer layer:findings . GRAPH ?g { ?claim gp:distribution distribution:fragmented ; "

    assert ["national-unspecified"] == _ends(store, where + "gp:levelInvolved ?x }")


# Levels


def test_public_bodies_have_a_level(store: Store) -> None:
    """Every actor of a public kind has a level of power, and so have regions, health insurance and Senate."""
    kinds = " ".join(
        f"<https://w3id.org/govplan/auth/organisation-kind/{kind}>"
        for kind in ("agency", "authority", "committee", "government", "legislature", "public-service")
    )
    bare = f"VALUES ?kind {{ {kinds} }} ?x gp:organisationKind ?kind FILTER NOT EXISTS {{ ?x gp:levelOfPower ?level }}"

    assert [] == _ends(store, bare)
    assert ["region"] == _ends(store, "organisation:belgian-regions gp:levelOfPower ?x")
    assert ["federal"] == _ends(
        store, "VALUES ?o { organisation:nihdi organisation:belgian-senate } ?o gp:levelOfPower ?x"
    )


def test_regions_are_found_by_their_level(store: Store) -> None:
    """The path from an action over its actors to their levels leads to the regions."""
    where = "?action gp:participation/gp:actor/gp:levelOfPower level:region ; gp:sourceNumber ?x"

    assert {"6.3", "6.4"} <= set(_ends(store, where))


# The plan


@pytest.mark.parametrize("aim", ["04", "05"])
def test_aims_of_each_objective(store: Store, aim: str) -> None:
    """An aim that the source states of each objective is one of the plan and of its nine objectives."""
    assert 10 == len(_about(store, "aim", aim, "gp:aimOf"))


def test_priority_of_guidance(store: Store) -> None:
    """Action 8.3 is a priority."""
    assert ["true"] == _about(store, "action", "046", "gp:flaggedAsPriority")


def test_addressee_is_not_inferred(store: Store) -> None:
    """Action 4.3 names no one who must act."""
    assert [] == _about(store, "action", "027", "gp:addresseeGroup")
    assert "targetGroup" in _about(store, "action", "027", "gp:notStated")


@pytest.mark.parametrize("concept", ["3740", "c_433922a6", "c_df93fd35"])
def test_subjects_rest_on_text(store: Store, concept: str) -> None:
    """Robotics, cloud and text mining are subjects of nothing, since no text unit names them."""
    assert [] == _ends(store, f"?x dcterms:subject <http://eurovoc.europa.eu/{concept}>")


def test_monitor_and_its_publisher_are_one_speaker(store: Store) -> None:
    """Nobody speaks as the policy monitor any more; its IRI is retired and leads to the publisher."""
    assert [] == _ends(store, "?x gp:claimedBy|dcterms:publisher organisation:policy-monitor")
    assert ["knowledge-centre-data-and-society"] == _ends(
        store, "organisation:policy-monitor owl:deprecated true ; dcterms:isReplacedBy ?x"
    )


def test_research_organisations_are_named(store: Store) -> None:
    """Actions 1.5 and 3.6 name kinds of research organisations."""
    where = "?p skos:broader* group:research-organisations . ?action ?names ?p ; a gp:Action ; gp:sourceNumber ?x"

    assert {"1.5", "3.6"} <= set(_ends(store, where))


@pytest.mark.parametrize("source", ["ethics-call", "com-2021-206-copy", "hda-hogan-lovells"])
def test_preview_hosts_and_attachments_are_secondary(store: Store, source: str) -> None:
    """A page on a preview host, an attachment and a hosted copy are no official sources, nor read at the source."""
    assert ["secondary"] == _ends(store, f"source:{source} gp:sourceStanding ?x")
    assert ["second-hand"] == _ends(store, f"?p gp:unitOf source:{source} ; gp:verification ?x")


def test_shared_document_is_secondary(store: Store) -> None:
    """A consultation that stands in a shared document, on no page of the government, is secondary."""
    assert ["secondary"] == _ends(store, "source:procurement-consultation gp:sourceStanding ?x")


def test_rules_of_the_ai_act_were_postponed(store: Store) -> None:
    """The later dates for high risk and sandboxes are events, known second-hand."""
    where = "?event gp:eventOf work:ai-act ; dcterms:date ?date FILTER(STR(?date) > '2026-08-02') ?event "

    assert ["2027-08-02", "2027-12-02", "2028-08-02"] == _ends(store, where + "dcterms:date ?x")
    assert ["second-hand"] == _ends(store, where + "prov:wasDerivedFrom/gp:verification ?x")
    assert ["2026-06-29"] == _ends(
        store, "?e gp:eventOf work:ai-act-omnibus ; dcterms:date ?x FILTER(STRENDS(STR(?e), 'council-approval'))"
    )


def test_who_was_politically_responsible(store: Store) -> None:
    """The Secretary of State is politically responsible for the plan, and not its lead or owner."""
    where = "?part gp:actor organisation:secretary-of-state-michel ; gp:role ?x"

    assert ["politically-responsible"] == _ends(store, where)


def test_announced_supervisor_is_a_candidate(store: Store) -> None:
    """That BIPT was announced as supervisor is an event; that it follows from the plan is a candidate of ours."""
    assert ["2025-01-31"] == _ends(store, "event:bipt-ai-act-announcement dcterms:date ?x")
    assert [] == _ends(store, "?x a gp:PowerClaim ; gp:claimedBy organisation:bipt")


def test_deliverable_is_joined_with_its_committee(store: Store) -> None:
    """The ethics committee is what became of a deliverable, by our judgement."""
    assert ["ai-ethics-committee"] == _about(store, "deliverable", "04", "gp:realisedAs")
    where = f"GRAPH ?g {{ <{PLAN.format('deliverable')}-04> gp:realisedAs ?thing }} ?g gp:layer ?x"
    assert ["coding"] == _ends(store, where)
