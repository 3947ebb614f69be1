"""Statements that follow by published rules: in graphs of their own, the same each time, and nothing written twice."""

import shutil
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import Settings, load
from govplan.content import read_project
from govplan.errors import ContentUnreadable
from govplan.namespaces import CORE, NS, STANDARD
from govplan.release.inference import Inferred, infer

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "fixtures" / "tiny-plan"
BASE = "https://plans.example.org/"
RULE = """#+ label: {en: Things}
#+ definition: {en: Everything is a thing.}
CONSTRUCT { ?thing a <http://www.w3.org/2002/07/owl#Thing> } WHERE { ?thing a <https://w3id.org/govplan/ns#Action> }
"""


@pytest.fixture(name="settings")
def _settings(tmp_path: Path) -> Settings:
    """The smallest project, which a test may add to."""
    root = tmp_path / "tiny"
    shutil.copytree(TINY, root)
    return load(root, environ={})


def _inferred(settings: Settings) -> dict[str, Inferred]:
    return {each.graph.rpartition("/")[2]: each for each in infer(read_project(settings), settings)}


def _said(inferred: Inferred, predicate: str) -> set[tuple[str, str]]:
    return {
        (str(getattr(quad.subject, "value", "")), str(getattr(quad.object, "value", "")))
        for quad in inferred.quads
        if quad.predicate.value == predicate
    }


def test_elements_are_in_their_plan(settings: Settings) -> None:
    """What falls under an objective belongs to its plan; what a file says already is not said again."""
    found = _said(_inferred(settings)["in-plan"], NS + "inPlan")
    plan = f"{BASE}id/plan/cycling"

    assert {(f"{BASE}id/action/cycling-00{number}", plan) for number in (1, 2, 3)} == found


def test_everything_about_a_plan_is_in_it() -> None:
    """Aims, deliverables, money, participations, assessments, codings, links and flags belong to the plan too."""
    settings = load(ROOT, environ={})
    content = read_project(settings)
    [plan] = {end for each in infer(content, settings) for _, end in _said(each, NS + "inPlan")}
    inside = {iri for each in infer(content, settings) for iri, _ in _said(each, NS + "inPlan")}
    kinds = {
        quad.object.value.removeprefix(NS)
        for quad in content.statements("data")
        if getattr(quad.subject, "value", "") in inside
        and quad.predicate.value == STANDARD["rdf"] + "type"
        and isinstance(quad.object, ox.NamedNode)
    }

    assert plan.endswith("/id/plan/be-ai-convergence")
    assert {
        *("Action", "Aim", "CodedStatement", "Deliverable", "Disagreement", "ElementLink", "Event", "Finding", "Flag"),
        *("FundingStatement", "Participation", "PowerClaim", "Rating", "Remark", "ReportedMeasure"),
    } == kinds


def test_super_terms(settings: Settings) -> None:
    """Parts have wholes, statements have authors, organisations are agents, and code lists have top concepts."""
    found = _inferred(settings)
    city, plan = f"{BASE}id/organisation/city", f"{BASE}id/plan/cycling"
    objective = f"{BASE}id/objective/cycling-1"
    parts = _said(found["part-of"], STANDARD["dcterms"] + "isPartOf")

    assert {(f"{BASE}id/action/cycling-001", objective), (objective, plan)} <= parts
    assert (plan, city) in _said(found["attributed-to"], STANDARD["prov"] + "wasAttributedTo")
    assert (city, STANDARD["foaf"] + "Agent") in _said(found["agents"], STANDARD["rdf"] + "type")
    top = _said(found["top-concepts"], STANDARD["skos"] + "hasTopConcept")
    assert (f"{CORE}auth/status", f"{CORE}auth/status/planned") in top


def test_header_names_the_rule(settings: Settings) -> None:
    """Each graph says that it is derived, by which rule and whose it is; the rule says what it does and its file."""
    for name, each in _inferred(settings).items():
        facts = {
            (quad.predicate.value, quad.object.value)
            for quad in each.quads
            if str(quad.subject) == f"<{each.graph}>" and not isinstance(quad.object, ox.Triple)
        }

        assert f"{BASE}graph/derived/{name}" == each.graph
        assert (NS + "layer", f"{CORE}auth/layer/derived") in facts
        assert (NS + "byRule", each.rule) in facts
        assert (NS + "claimedBy", f"{BASE}id/organisation/city") in facts
        assert {(each.rule, f"ontology/derived/{name}.rq")} == _said(each, NS + "ruleFile")


def test_same_each_time(settings: Settings) -> None:
    """The same content gives the same statements in the same order, without blank nodes."""
    first, second = infer(read_project(settings), settings), infer(read_project(settings), settings)

    assert first == second
    assert not any(isinstance(term, ox.BlankNode) for each in first for quad in each.quads for term in quad)


def test_rules_of_a_project(settings: Settings) -> None:
    """A project may add a rule, and put one of its own in the place of one of the core."""
    folder = settings.root / "ontology" / "derived"
    folder.mkdir(parents=True)
    for name in ("things", "agents"):
        (folder / f"{name}.rq").write_text(RULE, encoding="utf-8")
    found = _inferred(settings)

    assert (
        3 == len(_said(found["things"], STANDARD["rdf"] + "type") - {(found["things"].graph, NS + "SourceGraph")}) - 1
    )
    assert not any(end == STANDARD["foaf"] + "Agent" for _, end in _said(found["agents"], STANDARD["rdf"] + "type"))
    assert "in-plan" in found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RULE.replace("CONSTRUCT { ?thing a <http://www.w3.org/2002/07/owl#Thing> }", "SELECT ?thing"), "no CONSTRUCT"),
        (RULE.replace("?thing a <http://www.w3.org/2002/07/owl#Thing>", "[] a ?thing"), "blank nodes"),
        (
            RULE.replace("} WHERE", "; <urn:at> ?now } WHERE").replace("Action> }", "Action> BIND(NOW() AS ?now) }"),
            "each time",
        ),
        (RULE.replace("CONSTRUCT", "CONSTRUCTS"), "no word of SPARQL"),
        (RULE.replace("#+ label: {en: Things}\n", ""), "label by language"),
    ],
    ids=["select", "blank", "volatile", "syntax", "words"],
)
def test_broken_rules(settings: Settings, text: str, said: str) -> None:
    """A rule that cannot be used is named with its file and what is wrong."""
    folder = settings.root / "ontology" / "derived"
    folder.mkdir(parents=True)
    (folder / "things.rq").write_text(text, encoding="utf-8")

    with pytest.raises(ContentUnreadable, match=said) as caught:
        _inferred(settings)
    assert "ontology/derived/things.rq" == caught.value.where


def test_dataset_of_nobody(settings: Settings) -> None:
    """Where the catalogue does not say whose the dataset is, nothing is derived: the gate refuses the catalogue."""
    assert () == infer(read_project(settings), replace(settings, name="other"))
