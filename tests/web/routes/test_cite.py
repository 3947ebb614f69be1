"""Citations over HTTP: making one, its page and its formats, verifying, and what a forged key gives."""

import base64
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govplan.citing.keys import LONGEST, Cited, make_key
from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.questions import load_questions
from govplan.sparql import Store
from govplan.web import create_app
from tests.citing.spellings import EQUAL, QUERY
from tests.web.conftest import ReadToEnd

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
NAME = "objectives-with-action-counts"
ASKED = "SELECT ?s { ?s a <https://w3id.org/govplan/ns#Action> } ORDER BY ?s"
LONG = f"ASK {{ FILTER({' || '.join(f'?x = <http://example.org/{number}>' for number in range(200))}) }}"


@pytest.fixture(name="writer")
def _writer(settings: Settings, manifest: Manifest, release: Path, store: Store, tmp_path: Path) -> FlaskClient:
    """A client of a server that records long queries in a folder of its own, and has one small file for them."""
    own = replace(settings, citations=str(tmp_path / "cited"), citation_bytes=100_000)
    app = create_app(own, manifest, release, store, load_questions(own))
    app.test_client_class = ReadToEnd
    return app.test_client()


def _cited(client: FlaskClient, query: str = ASKED, **more: str) -> str:
    response = client.post("/cite", data={"query": query, **more})
    assert 303 == response.status_code, response.text
    return response.headers["Location"].rpartition("/")[2]


def _json(client: FlaskClient, key: str) -> dict[str, object]:
    response = client.get(f"/cite/{key}?format=json")
    assert 200 == response.status_code, response.text
    return dict(response.get_json())


def test_same_key(client: FlaskClient) -> None:
    """Every spelling of a query, by GET or POST, has the same citation."""
    keys = {_cited(client, text) for text in EQUAL}
    location = client.get("/cite", query_string={"query": QUERY}).headers["Location"]
    assert keys == {location.rpartition("/")[2]}
    assert len(location) < LONGEST


def test_metadata(client: FlaskClient, manifest: Manifest) -> None:
    """The citation names what RDA R9 and R10 ask for: query, normal form, hashes, release with its date, superset."""
    found = _json(client, _cited(client, "# mine\n" + ASKED))
    assert "same" == found["result"]
    assert (manifest.id, manifest.id, manifest.date, manifest.version) == (
        found["release"],
        found["served"],
        found["issued"],
        found["version"],
    )
    assert str(found["normalForm"]).startswith("SELECT ?s WHERE { ?s <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>")
    assert found["understood"] is True
    now, cited = found["now"], found["cited"]
    assert isinstance(now, dict)
    assert isinstance(cited, dict)
    assert now["content"] == cited["content"]
    assert 64 == len(now["answer"])
    assert f"https://w3id.org/govplan/release/{manifest.id}" == found["subsetOf"]
    assert ["The editors of govplan"] == found["authors"] or found["authors"]
    assert str(found["address"]).startswith("https://w3id.org/govplan/cite/")


def test_page(client: FlaskClient, manifest: Manifest) -> None:
    """The page has the citation, the result, the metadata for people and programs, and the dataset it is a part of."""
    key = _cited(client)
    page = client.get(f"/cite/{key}", headers=BROWSER)
    assert 200 == page.status_code
    for part in (
        "Verified.",
        "APA 7",
        "@misc{govplan-",
        '<meta name="citation_title" content="Answer to a SPARQL query">',
        f'<meta name="citation_publication_date" content="{manifest.date.replace("-", "/")}">',
        f'<link rel="cite-as" href="https://w3id.org/govplan/cite/{key}">',
        "/sparql?query=",
        manifest.id,
    ):
        assert part in page.text
    described = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text)
    assert described
    data = json.loads(described[1])
    assert "Dataset" == data["@type"]
    assert f"https://w3id.org/govplan/release/{manifest.id}" == data["isPartOf"]["@id"]


def test_question(client: FlaskClient) -> None:
    """A question is cited with all of its values, so that its key does not hang on defaults."""
    location = client.get(f"/cite/question/{NAME}?lang=nl").headers["Location"]
    key = location.partition("?")[0].rpartition("/")[2]
    found = _json(client, key)
    assert f"queries/{NAME}" == found["path"]
    assert ["lang", "nl"] in list(found["parameters"])  # type: ignore[call-overload]
    assert "same" == found["result"]
    bare = client.get(f"/cite/question/{NAME}").headers["Location"].rpartition("/")[2]
    spelled = client.get(f"/cite/question/{NAME}?plan=&lang=en").headers["Location"]
    assert bare == spelled.partition("?")[0].rpartition("/")[2]
    page = client.get(f"/cite/{key}", headers=BROWSER).text
    assert f"/queries/{NAME}.csv?lang=nl" in page
    assert 404 == client.get("/cite/question/nothing").status_code
    assert 400 == client.get(f"/cite/question/{NAME}?nothing=1").status_code


@pytest.mark.parametrize(
    ("name", "media_type", "begins"),
    [
        ("bibtex", "application/x-bibtex", "@misc{"),
        ("ris", "application/x-research-info-systems", "TY  - DATA\r\n"),
        ("csl", "application/vnd.citationstyles.csl+json", "["),
        ("apa", "text/plain; charset=utf-8", ""),
        ("iso690", "text/plain; charset=utf-8", ""),
        ("datacite", "text/plain; charset=utf-8", ""),
    ],
)
def test_styles(client: FlaskClient, name: str, media_type: str, begins: str) -> None:
    """Each style is a file at the address of the citation, by name, those of programs also by Accept."""
    address = f"/cite/{_cited(client)}"
    named = client.get(f"{address}?format={name}")
    assert (200, media_type) == (named.status_code, named.headers["Content-Type"])
    assert named.text.startswith(begins)
    if begins:
        assert named.text == client.get(address, headers={"Accept": media_type}).text
    french = client.get(f"{address}?format={name}&lang=fr").text
    assert "SPARQL" in french
    assert french != named.text


def test_signposting(client: FlaskClient) -> None:
    """The header leads to the citation itself, its metadata, the answer, the licence and its type."""
    key = _cited(client)
    links = client.get(f"/cite/{key}").headers.getlist("Link")
    relations = [re.search(r'rel="([^"]+)"', link)[1] for link in links]  # type: ignore[index]
    assert {"cite-as", "describedby", "item", "license", "type"} == {*relations}
    assert 1 == relations.count("cite-as")
    assert 4 <= relations.count("describedby")
    assert f'<https://w3id.org/govplan/cite/{key}>; rel="cite-as"' in links
    for link in links:
        target = re.match(r"<([^>]+)>", link)
        kind = re.search(r'type="([^"]+)"', link)
        assert target
        if 'rel="describedby"' in link or 'rel="item"' in link:
            assert kind
            answer = client.get(target[1])
            assert (200, kind[1]) == (answer.status_code, answer.headers["Content-Type"].partition(";")[0])


def test_forged(client: FlaskClient, manifest: Manifest) -> None:
    """A key with another hash is told, on the page and for programs; the hash of the key is never shown as true."""
    forged = str(make_key(manifest.id, "ab" * 32, Cited.of_query(ASKED))[0])
    page = client.get(f"/cite/{forged}", headers=BROWSER).text
    assert "The answer differs." in page
    assert "Verified." not in page
    assert "differs" == _json(client, forged)["result"]
    assert "differs" == client.get(f"/verify/{forged}").get_json()["result"]
    assert (
        "differs"
        == _json(client, str(make_key(manifest.id, "ab" * 32, Cited.of_query("SELECT (NOW() AS ?x) {}"))[0]))["result"]
    )


def test_other_release(client: FlaskClient, settings: Settings, manifest: Manifest) -> None:
    """A citation of another release is compared with the one that is served, and leads to its own with its date."""
    content = _json(client, _cited(client))["cited"]
    assert isinstance(content, dict)
    other = "fedcba987654"
    folder = settings.releases / other
    folder.mkdir()
    try:
        replace(manifest, id=other, date="2020-01-02", version="0.0.1").write(folder)
        same = str(make_key(other, content["content"], Cited.of_query(ASKED))[0])
        page = client.get(f"/cite/{same}", headers=BROWSER).text
        assert f"Unchanged since release {other}." in page
        assert f'href="/release/{other}/cite/{same}"' in page
        found = _json(client, same)
        assert (other, "2020-01-02", "0.0.1") == (found["release"], found["issued"], found["version"])
        changed = str(make_key(other, "ab" * 32, Cited.of_query(ASKED))[0])
        page = client.get(f"/cite/{changed}", headers=BROWSER).text
        assert "The release that is served now gives a different answer" in page
    finally:
        shutil.rmtree(folder)


def test_unknown_release(client: FlaskClient, manifest: Manifest) -> None:
    """Nothing is claimed of a release that is not here: neither that nothing has changed since, nor date or version."""
    content = _json(client, _cited(client))["cited"]
    assert isinstance(content, dict)
    for hashed in (content["content"], "ab" * 32, ""):
        key = str(make_key("0123456789ab", hashed, Cited.of_query(ASKED))[0])
        page = client.get(f"/cite/{key}", headers=BROWSER).text
        assert "Release 0123456789ab is not on this server" in page
        assert "Unchanged" not in page
        assert "Verified" not in page
        found = _json(client, key)
        assert ("", "") == (found["issued"], found["version"])
        for style in ("apa", "iso690", "datacite", "bibtex", "ris", "csl"):
            text = client.get(f"/cite/{key}?format={style}").text
            assert "0123456789ab" in text
            assert manifest.date not in text


def test_verify(client: FlaskClient) -> None:
    """An answer that says what was cited is verified, for programs and in a browser."""
    key = _cited(client)
    assert "same" == client.get(f"/verify/{key}").get_json()["result"]
    assert "Verified." in client.get(f"/verify/{key}", headers=BROWSER).text


def test_unverifiable(client: FlaskClient) -> None:
    """A citation that nobody can verify says why, and offers what asks the same and can be verified."""
    key = _cited(client, "SELECT ?s { ?s ?p ?o } LIMIT 3")
    assert ".." in key
    found = _json(client, key)
    assert ("unverifiable", ["slice"]) == (found["result"], found["reasons"])
    assert "ORDER BY ?s" in str(found["repaired"])
    page = client.get(f"/cite/{key}", headers=BROWSER).text
    assert "Not verifiable." in page
    assert "ORDER BY ?s" in page
    assert key == _cited(client, "SELECT ?s { ?s ?p ?o } LIMIT 3")


def test_not_understood(client: FlaskClient) -> None:
    """A query whose normal form is not known is cited letter by letter, and its page says so."""
    key = _cited(client, "SELECT ?s {\n ?s a <https://w3id.org/govplan/ns#Action> . BIND(<<( ?s ?s ?s )>> AS ?t) }")
    page = client.get(f"/cite/{key}", headers=BROWSER).text
    assert "exactly as written" in page


def test_graphs(client: FlaskClient) -> None:
    """The dataset of the protocol is a part of what is cited."""
    graph = "https://w3id.org/govplan/graph/data/catalogue"
    key = _cited(client, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", **{"default-graph-uri": graph})
    assert key != _cited(client, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert "same" == _json(client, key)["result"]


def test_long_query(writer: FlaskClient, tmp_path: Path) -> None:
    """A query that is too long for a key is recorded once, as it was sent, and found again."""
    key = _cited(writer, LONG)
    assert "~" in key
    assert key == _cited(writer, LONG.replace("?x", "$x"))
    (line,) = (tmp_path / "cited" / "citations.jsonl").read_text(encoding="utf-8").splitlines()
    assert LONG == json.loads(line)["original"]
    assert "same" == _json(writer, key)["result"]
    assert 200 == writer.get(f"/cite/{key}", headers=BROWSER).status_code
    assert 404 == writer.get(f"/cite/{key[:-1]}{'a' if key[-1] != 'a' else 'b'}").status_code


def test_full(settings: Settings, manifest: Manifest, release: Path, store: Store, tmp_path: Path) -> None:
    """Where nothing more can be recorded, a long query is not cited, and the error says what can be."""
    own = replace(settings, citations=str(tmp_path / "cited"), citation_bytes=0)
    app = create_app(own, manifest, release, store, load_questions(own))
    response = app.test_client().post("/cite", data={"query": LONG})
    assert 503 == response.status_code
    assert response.get_json()["type"].endswith("citations-unwritable")
    assert 303 == app.test_client().post("/cite", data={"query": ASKED}).status_code


EVIL = '"><script>alert(1)</script>'


@pytest.mark.parametrize("way", ["/cite/", "/verify/"])
@pytest.mark.parametrize(
    "key",
    [
        "x",
        EVIL,
        "0123456789ab..~" + "a" * 43,
        "0123456789ab.." + base64.urlsafe_b64encode(b'["queries/x",[["a","\\ud800"]]]').decode().rstrip("="),
        "0123456789ab.." + "a" * LONGEST,
        "..%2f..%2fetc%2fpasswd",
    ],
)
def test_no_key(client: FlaskClient, way: str, key: str) -> None:
    """What no key is is not there, and nothing of it stands in the page unescaped."""
    response = client.get(way + key, headers=BROWSER)
    assert 404 == response.status_code
    assert "<script>alert" not in response.text


def test_escaped(client: FlaskClient, manifest: Manifest) -> None:
    """A query with markup is shown as text, wherever it comes from."""
    key = _cited(client, f"SELECT ?s {{ ?s ?p '{EVIL}', '</code></script><script>alert(2)</script>' }}")
    page = client.get(f"/cite/{key}", headers=BROWSER).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    values = Cited("queries/" + NAME, (("lang", EVIL), ("plan", "")))
    forged = str(make_key(manifest.id, "", values)[0])
    response = client.get(f"/cite/{forged}", headers=BROWSER)
    assert response.status_code in (200, 400)
    assert "<script>alert" not in response.text


@pytest.mark.parametrize("query", ["", "SELECT", "INSERT DATA {}", "SELECT * { SERVICE <http://a/> {} }", "ASK {" * 70])
def test_no_query(client: FlaskClient, query: str) -> None:
    """What no query is, or none that is run here, is not cited."""
    assert 400 == client.post("/cite", data={"query": query}).status_code
    assert 400 == client.get("/cite", query_string={"query": query}).status_code


def test_nothing_asked(client: FlaskClient) -> None:
    """Whoever asks nothing is told how citing works."""
    assert "/about/citing" == client.get("/cite").headers["Location"]


def test_update_in_key(client: FlaskClient, manifest: Manifest) -> None:
    """A key that asks for what is never run here is refused as a query that asks for it."""
    for text in ("INSERT DATA {}", "SELECT * { SERVICE <http://a/> {} }"):
        key = str(make_key(manifest.id, "", Cited.of_query(text))[0])
        assert 400 == client.get(f"/cite/{key}").status_code


@pytest.mark.parametrize(
    "address",
    [
        "/sparql?format=html&query=ASK+%7B%7D",
        f"/queries/{NAME}",
        "/id/action/be-ai-convergence-034.html",
        "/dumps/",
        "/about/citing",
    ],
)
def test_boxes(client: FlaskClient, address: str) -> None:
    """Answers, questions, things and files have a box with their citation in every style."""
    page = client.get(address, headers=BROWSER).text
    assert 1 == page.count('<details class="cite">')
    for label in ("APA 7", "ISO 690", "DataCite", "BibTeX", "RIS", "CSL-JSON"):
        assert label in page


def test_box_cites(client: FlaskClient) -> None:
    """The boxes of answers lead to a citation of them."""
    page = client.get(f"/queries/{NAME}?lang=nl", headers=BROWSER).text
    assert f'<form method="get" action="/cite/question/{NAME}">' in page
    assert '<input type="hidden" name="lang" value="nl">' in page
    page = client.get("/sparql", query_string={"query": ASKED, "format": "html"}, headers=BROWSER).text
    assert '<form method="post" action="/cite' in page


def test_about(client: FlaskClient) -> None:
    """The page on citing lists every rule with the tests that prove it."""
    page = client.get("/about/citing", headers=BROWSER).text
    for number in range(1, 15):
        assert f">R{number}<" in page
    assert "tests/citing/test_normal.py::test_equal" in page


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_languages(app: Flask, client: FlaskClient, language: str) -> None:
    """The page of a citation is in the language of its reader."""
    page = client.get(f"/cite/{_cited(client)}?lang={language}", headers=BROWSER)
    assert language == page.headers["Content-Language"]
    assert ("Answer to a SPARQL query" in page.text) is (language == "en")
