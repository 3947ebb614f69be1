"""Relations that are read from their value: what a page says then is true, in every language."""

import re

import pytest
from flask.testing import FlaskClient

from govplan.namespaces import NS, STANDARD
from govplan.sparql import Request, Store
from govplan.web.render.terms import INVERSE_WORDS

LANGUAGES = ("nl", "fr", "de", "en")
FORWARD = {"en": "is owned by", "nl": "is het plan van", "fr": "est le plan de", "de": "ist der Plan von"}
BACKWARD = {"en": "is the owner of", "nl": "heeft als plan", "fr": "a pour plan", "de": "hat den Plan"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_actors(client: FlaskClient, language: str) -> None:
    """A government owns the plan; it is not owned by it."""
    page = client.get(f"/plan/be-ai-convergence/actors?lang={language}").text

    assert BACKWARD[language] in page
    assert f">{FORWARD[language]}<" not in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "inverse"),
    [
        ("id/organisation/federal-government", "ownedBy"),
        ("id/objective/be-ai-convergence-1", "underObjective"),
        ("id/plan/be-ai-convergence", "inPlan"),
        ("id/source/policy-monitor", "unitOf"),
        ("auth/area/health", "policyArea"),
    ],
)
def test_what_refers_to_a_thing(client: FlaskClient, store: Store, path: str, inverse: str, language: str) -> None:
    """What refers to a thing is told by the inverse name of the relation."""
    query = f'SELECT ?name {{ <{NS}{inverse}> <{NS}inverseLabel> ?name FILTER(LANG(?name) = "{language}") }}'
    name = store.answer(Request(query, "text/csv")).body.decode().splitlines()[1]
    inbound = client.get(f"/{path}.html?lang={language}").text.split('id="inbound"')[1]

    assert name in inbound


def test_every_relation_has_an_inverse_name(store: Store) -> None:
    """Of every relation by which anything in the release points to anything of ours the inverse has a name."""
    query = """SELECT DISTINCT ?property {
      GRAPH ?graph { ?thing ?property ?value } FILTER(STRSTARTS(STR(?value), "https://w3id.org/govplan/"))
      FILTER(isIRI(?value) && !CONTAINS(STR(?graph), "/graph/shapes/")) }"""
    used = set(store.answer(Request(query, "text/csv")).body.decode().splitlines()[1:])
    named = f"SELECT DISTINCT ?property {{ ?property <{NS}inverseLabel> ?name }}"
    known = {*store.answer(Request(named, "text/csv")).body.decode().splitlines()[1:], *INVERSE_WORDS}
    top = {STANDARD["skos"] + name for name in ("topConceptOf", "hasTopConcept")}
    silent = {f"{NS}notStated", f"{NS}statedNone", f"{NS}openEnded", *top}

    assert set() == used - known - silent


def test_letters_of_flags(client: FlaskClient) -> None:
    """A flag has the same letter in every language."""
    path = "/plan/be-ai-convergence/powers"
    marks = {
        language: re.findall(
            r'class="mark derived" href="([^"?]+)[^"]*"[^>]*>(\w)<', client.get(f"{path}?lang={language}").text
        )
        for language in LANGUAGES
    }

    assert marks["en"]
    assert {"A", "B"} <= {letter for _, letter in marks["en"]}
    assert marks["en"] == marks["nl"] == marks["fr"] == marks["de"]
