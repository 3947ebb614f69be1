"""/search and /suggest: things found by their words, for people and for programs."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.questions import load_questions
from govplan.search import FILE
from govplan.sparql import Store
from govplan.web import create_app

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
HEALTH = "https://w3id.org/govplan/id/objective/be-ai-convergence-5"


@pytest.mark.parametrize(
    ("query", "language", "label"),
    [
        ("gezondheidszorg", "nl", "AI in de gezondheidszorg"),
        ("sante", "fr", "L’IA dans les soins de santé"),
        ("gesundheitswesn", "de", "KI im Gesundheitswesen"),
        ("health car", "en", "AI in health care"),
        (HEALTH, "nl", "AI in de gezondheidszorg"),
        ("objective:be-ai-convergence-5", "en", "AI in health care"),
    ],
)
def test_json(client: FlaskClient, query: str, language: str, label: str) -> None:
    """Programs get hits with IRI, kind, label and the text that matched, in the language they ask for."""
    found = client.get("/search", query_string={"q": query, "lang": language}, headers={"Accept": "application/json"})
    hits = {hit["iri"]: hit for hit in found.get_json()["results"]}

    assert (label, language, "gp:Objective") == (
        hits[HEALTH]["label"],
        hits[HEALTH]["lang"],
        hits[HEALTH]["type"],
    )


def test_correction(client: FlaskClient) -> None:
    """A typing error is forgiven, and both forms say so."""
    answer = client.get("/search?q=helth&format=json").get_json()
    page = client.get("/search?q=helth", headers=BROWSER).text

    assert {"helth": ["health"]} == answer["corrected"]
    assert "“helth” appears nowhere" in page


@pytest.mark.parametrize(
    ("language", "heading"), [("nl", "Doelstellingen"), ("fr", "Objectifs"), ("de", "Ziele"), ("en", "Objectives")]
)
def test_page(client: FlaskClient, language: str, heading: str) -> None:
    """People get hits by kind, in their language, with the words marked."""
    page = client.get(f"/search?q=AI&lang={language}", headers=BROWSER).text

    assert re.search(rf"<h2 id=\"g-\d+\">{heading} ", page)
    assert "<mark>" in page


def test_questions_are_found(client: FlaskClient) -> None:
    """Questions are found by what they ask."""
    page = client.get("/search?q=deadline", headers=BROWSER).text
    names = {each["name"] for each in client.get("/search?q=deadline&format=json").get_json()["questions"]}

    assert 'href="/queries/actions-with-deadline"' in page
    assert "actions-with-deadline" in names


def test_one_kind(client: FlaskClient) -> None:
    """One kind can be kept, and then all of it is shown."""
    counted = client.get("/search?q=AI&format=json").get_json()["counts"]["gp:Action"]
    kept = client.get("/search?q=AI&type=gp:Action&limit=200&format=json").get_json()["results"]
    page = client.get("/search?q=AI&type=gp:Action", headers=BROWSER).text

    assert counted == len(kept) > 5
    assert {"gp:Action"} == {hit["type"] for hit in kept}
    assert counted == page.count("<li>\n")


def test_no_hit(client: FlaskClient) -> None:
    """A text that is nowhere finds nothing, and the page quotes it as text."""
    page = client.get("/search?q=%3Cb%3Ezzzzqqq", headers=BROWSER).text

    assert "matches “&lt;b&gt;zzzzqqq”" in page


@pytest.mark.parametrize("query", ['"', "NEAR(", "a AND", "*", "label:", "(", "a\x00b", "'; DROP TABLE words --"])
def test_any_text(client: FlaskClient, query: str) -> None:
    """Whatever is typed is looked for; nothing of it is a command."""
    assert 200 == client.get("/search", query_string={"q": query, "format": "json"}).status_code


def test_too_long(client: FlaskClient) -> None:
    """A text that is too long is refused: with a problem for programs, beside the field for people."""
    asked = {"q": "x" * 201}
    answer = client.get("/search", query_string={**asked, "format": "json"})
    page = client.get("/search", query_string=asked, headers=BROWSER)

    assert (400, "application/problem+json") == (answer.status_code, answer.mimetype)
    assert 400 == page.status_code
    assert 'aria-describedby="q-error"' in page.text


@pytest.mark.parametrize(
    "limit", ["0", "201", "x", "-1", "²", "9" * 5000, "0" * 5000 + "1"], ids=lambda limit: limit[:9]
)
def test_limit(client: FlaskClient, limit: str) -> None:
    """A limit that is none is refused with what would do."""
    answer = client.get(f"/search?q=ai&format=json&limit={limit}")

    assert 400 == answer.status_code
    assert "from 1 to 200" in answer.text
    assert 3 == len(client.get("/search?q=ai&format=json&limit=3").get_json()["results"])


def test_suggest(client: FlaskClient) -> None:
    """A field gets the codes of its list, or the things of its class, by the beginning of a word."""
    groups = client.get("/suggest?type=auth:group&q=onderz&lang=nl").get_json()
    actions = client.get("/suggest?type=gp:Action&q=maas&lang=en").get_json()

    assert {"group:researchers", "group:research-centres"} <= {each["name"] for each in groups}
    assert "action:be-ai-convergence-034" in {each["name"] for each in actions}
    assert 400 == client.get("/suggest?q=x").status_code


@pytest.mark.parametrize("path", ["/search?q=ai&type=gp:Acton&format=json", "/suggest?type=gp:Acton"])
def test_unknown_type(client: FlaskClient, path: str) -> None:
    """A type of nothing is refused with those there are."""
    answer = client.get(path)

    assert 400 == answer.status_code
    assert "gp:Action" in answer.get_json()["offered"]


def test_release_without_index(settings: Settings, manifest: Manifest, release: Path, store: Store) -> None:
    """A release that was built before there was an index says so; its questions still answer, fields and all."""
    old = replace(manifest, files=tuple(entry for entry in manifest.files if entry.path != FILE))
    client = create_app(settings, old, release, store, load_questions(settings)).test_client()

    assert 503 == client.get("/search?q=ai&format=json").status_code
    assert "built without a search index" in client.get("/search?q=ai&format=json").text
    assert 200 == client.get("/queries/actions-for-group", headers=BROWSER).status_code
