"""Pages and documents of releases: what there is, what each is, what changed, and what the gate found."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.sparql import Store
from govplan.web import create_app

HTML = {"Accept": "text/html"}
PLAN = "https://w3id.org/govplan/id/plan/be-ai-convergence"


def _json(answer: TestResponse) -> Any:
    return json.loads(answer.text)


def test_listing(client: FlaskClient, manifest: Manifest) -> None:
    """The releases that are kept are listed, with the current one, and never kept by a cache."""
    listed = client.get("/releases/?format=json")
    assert manifest.id == _json(listed)["current"]
    [own] = [each for each in _json(listed)["releases"] if each["id"] == manifest.id]
    assert (manifest.version, manifest.quads, manifest.sha256) == (own["version"], own["statements"], own["sha256"])
    assert own["url"].endswith(f"/release/{manifest.id}")
    assert "no-cache" == listed.headers["Cache-Control"]
    assert manifest.id in client.get("/releases/", headers=HTML).text


def test_release(client: FlaskClient, manifest: Manifest) -> None:
    """The page of a release says how to verify it, and its own pages stay within it."""
    page = client.get(f"/release/{manifest.id}", headers=HTML).text
    assert manifest.sha256 in page
    assert f'href="/release/{manifest.id}/queries/"' in page
    inside = client.get(f"/release/{manifest.id}/queries/", headers=HTML)
    assert f'href="/release/{manifest.id}/queries/plan-in-numbers"' in inside.text
    assert 'href="/queries/"' in inside.text, "the same page in the current release"
    assert "noindex" == inside.headers["X-Robots-Tag"]


def test_manifest(client: FlaskClient, manifest: Manifest) -> None:
    """Whoever verifies a release gets its manifest."""
    assert manifest.sha256 == _json(client.get(f"/release/{manifest.id}/manifest.json"))["sha256"]


def test_other_release(client: FlaskClient) -> None:
    """A program that has one release open answers for no other."""
    for address in (f"/release/{'0' * 12}/", f"/sparql?query=ASK%7B%7D&release={'0' * 12}", f"/release/{'0' * 12}"):
        answer = client.get(address)
        assert 404 == answer.status_code
        assert _json(answer)["type"].endswith("/release-unknown")


def test_permanent_link(client: FlaskClient, manifest: Manifest) -> None:
    """The permanent link of a question names the release."""
    page = client.get("/queries/plan-in-numbers", headers=HTML).text
    assert f"/release/{manifest.id}/queries/plan-in-numbers?" in page


def test_memento(client: FlaskClient, manifest: Manifest) -> None:
    """The time map lists a memento for each release, and the time gate leads to the one of a date."""
    timemap = client.get("/timemap/queries/plan-in-numbers.csv")
    assert "application/link-format" == timemap.mimetype
    assert f'/release/{manifest.id}/queries/plan-in-numbers.csv>; rel="memento"' in timemap.text
    for headers in ({}, {"Accept-Datetime": "Thu, 01 Jan 2099 00:00:00 GMT"}):
        gate = client.get("/timegate/queries/plan-in-numbers.csv", headers=headers)
        assert 302 == gate.status_code
        assert gate.headers["Location"].endswith("/queries/plan-in-numbers.csv")
        assert "Accept-Datetime" in gate.headers["Vary"]
    assert f'/release/{manifest.id}/>; rel="memento"' in client.get("/timemap/").text
    early = client.get("/timegate/plan", headers={"Accept-Datetime": "Fri, 01 Jan 1999 00:00:00 GMT"})
    assert "/release/" in early.headers["Location"]
    assert 400 == client.get("/timegate/plan", headers={"Accept-Datetime": "soon"}).status_code


def test_difference(client: FlaskClient, manifest: Manifest) -> None:
    """Between a release and itself nothing changed; of one that is not there, nothing is told."""
    pair = f"/releases/{manifest.id}...{manifest.id}"
    told = _json(client.get(f"{pair}?format=json"))
    assert ([], []) == (told["things"], told["questions"])
    assert "0 things changed." in client.get(pair, headers=HTML).text
    assert "TX .\nTC .\n" == client.get(f"{pair}.rdfp").text
    assert 404 == client.get(f"/releases/{manifest.id}...{'0' * 12}").status_code
    assert 404 == client.get("/releases/latest").status_code


def test_history(client: FlaskClient, manifest: Manifest) -> None:
    """The history of a thing begins with the release that brought it."""
    steps = _json(client.get("/history", query_string={"iri": PLAN, "format": "json"}))
    assert "added" == steps[-1]["what"]
    assert steps[-1]["label"] in client.get("/history", query_string={"iri": PLAN}, headers=HTML).text
    assert 404 == client.get("/history", query_string={"iri": f"{PLAN}-none"}).status_code
    assert 400 == client.get("/history").status_code


def test_feed(client: FlaskClient, manifest: Manifest) -> None:
    """The feed has an entry for each release."""
    feed = client.get("/releases/feed.atom")
    assert "application/atom+xml" == feed.mimetype
    atom = "{http://www.w3.org/2005/Atom}"
    entries = ElementTree.fromstring(feed.data).findall(f"{atom}entry")
    assert f"https://w3id.org/govplan/release/{manifest.id}" in [entry.findtext(f"{atom}id") for entry in entries]


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_report(client: FlaskClient, language: str) -> None:
    """What the gate found is a page in each language, JSON and RDF."""
    assert _json(client.get("/report?format=json"))["conforms"]
    assert "sh:conforms true" in client.get("/report?format=ttl").text
    page = client.get(f"/report?lang={language}", headers=HTML)
    assert 200 == page.status_code
    assert f'lang="{language}"' in page.text


def test_tables(client: FlaskClient, manifest: Manifest) -> None:
    """Each table is a file of the release, and there is a workbook in the language of the reader."""
    listed = [each["name"] for each in _json(client.get("/tables/?format=json"))]
    assert {f"be-ai-convergence-{tag}.xlsx" for tag in ("nl", "fr", "de", "en")} <= set(listed)
    assert client.get("/queries/actions.csv").data == client.get("/tables/actions.csv").data
    assert "application/csvm+json" == client.get("/tables/actions.csv-metadata.json").mimetype
    home = client.get("/?lang=nl", headers=HTML).text
    assert 'href="/tables/be-ai-convergence-nl.xlsx"' in home
    for page, table in (
        ("plan/be-ai-convergence", "actions"),
        ("plan/be-ai-convergence/actors", "actors"),
        ("plan/be-ai-convergence/powers", "power-claims"),
    ):
        shown = client.get(f"/{page}", headers=HTML, follow_redirects=True).text
        assert f'href="/tables/{table}.csv"' in shown, page
    book = client.get("/tables/be-ai-convergence-nl.xlsx")
    assert book.data.startswith(b"PK")
    assert "spreadsheetml" in str(book.mimetype)


def test_for_good(client: FlaskClient, manifest: Manifest) -> None:
    """Data of a named release are for good; what the program or its settings make of them is asked for again."""
    release = f"/release/{manifest.id}"
    for address in (
        "/queries/actions.csv",
        "/tables/actions.csv",
        "/manifest.json",
        "/sparql?query=ASK%7B%7D",
        "/ns.ttl",
    ):
        assert "immutable" in client.get(release + address).headers["Cache-Control"], address
        assert "immutable" not in client.get(address).headers["Cache-Control"], address
    made = ("/search?q=plan&format=json", "/limits?format=json", "/openapi.json", "/sparql?format=ttl", "/sparql/terms")
    for address in (*made, "/queries/actions-by-level.svg", "/dumps/?format=json", "/catalog.ttl"):
        assert "immutable" not in client.get(release + address).headers.get("Cache-Control", ""), address


def test_patch_has_a_bound(settings: Settings, manifest: Manifest, release: Path, store: Store) -> None:
    """A patch that is larger than what the server answers is an error, not a part of one."""
    small = create_app(replace(settings, answer_bytes=5), manifest, release, store, {}).test_client()
    answer = small.get(f"/releases/{manifest.id}...{manifest.id}.rdfp")
    assert _json(answer)["type"].endswith("/answer-too-large")
