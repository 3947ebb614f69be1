"""The pages for people, and whether the server is sound."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.engines.oxigraph.pool import EmbeddedStore
from govplan.manifest import Manifest
from govplan.sparql import Store
from govplan.web import create_app
from tests.conftest import LIMITS

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = (
    "/",
    "/?lang=fr",
    "/queries/",
    "/queries/plan-in-numbers",
    "/queries/objectives-with-action-counts",
    "/queries/actions-for-group?group=x",
    "/search",
    "/search?q=helth",
    "/plan/be-ai-convergence/picture",
    "/sparql",
    "/sparql?query=ASK+%7B%7D&format=html",
    "/sparql?query=DESCRIBE+%3Chttp%3A%2F%2Fx%2F%3E&format=html",
    "/dumps/",
    "/limits",
    "/errors/",
    "/errors/internal",
    "/nowhere",
)
REFUSED = ("/queries/actions-for-group?group=x", "/nowhere")


class _Page(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def _page(client: FlaskClient, path: str) -> _Page:
    return _Page(client.get(path, headers=BROWSER).text)


def test_home_tells_the_plan(client: FlaskClient, manifest: Manifest) -> None:
    """The home page shows the plan, its nine objectives, the three layers and the release."""
    text = client.get("/", headers=BROWSER).text

    assert "Belgian national convergence plan for AI" in text
    assert 9 == len(set(re.findall(r"/id/objective/be-ai-convergence-\d\.html", text)))
    for layer in ("layer-reported", "layer-findings", "layer-coding"):
        assert layer in text
    assert manifest.id in text
    assert "CC BY 4.0" in text


@pytest.mark.parametrize(
    ("headers", "address", "title"),
    [
        ({}, "/", "Belgian national convergence plan for AI"),
        ({"Accept-Language": "nl-BE, en;q=0.5"}, "/", "Belgisch nationaal convergentieplan voor AI"),
        ({"Accept-Language": "nl-BE"}, "/?lang=fr", "Plan national belge de convergence pour l’IA"),
        ({"Accept-Language": "ja"}, "/?lang=ja", "Belgian national convergence plan for AI"),
    ],
)
def test_language_of_labels(client: FlaskClient, headers: dict[str, str], address: str, title: str) -> None:
    """Labels come in the language of the address, else of the reader, else in English."""
    assert title in client.get(address, headers=headers).text


@pytest.mark.parametrize("path", PAGES)
def test_nothing_from_elsewhere(client: FlaskClient, path: str) -> None:
    """A page loads only from this server, has no inline script or style, and says so in its policy."""
    answer = client.get(path, headers=BROWSER)
    page = _Page(answer.text)

    assert {"module"} == {each.get("type") for each in page.of("script")} - {"application/ld+json"}
    assert [] == page.of("style")
    assert [] == [attributes for _, attributes in page.tags if "style" in attributes]
    loaded = [each.get("href") for each in page.of("link")]
    data = [each for each in page.of("script") if each.get("type") == "application/ld+json"]
    loaded += [each.get("src") for tag in ("img", "script") for each in page.of(tag) if each not in data]
    loaded += [each.get("srcset") for each in page.of("source")]
    assert all(str(address).startswith("/") for address in loaded)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", PAGES)
def test_structure(client: FlaskClient, path: str) -> None:
    """A page has a language, a title, one main heading, labelled fields and header cells with a scope."""
    page = _page(client, path)
    labelled = {each.get("for") for each in page.of("label")}
    identifiers = [attributes["id"] for _, attributes in page.tags if "id" in attributes]

    assert ["fr" if "lang=fr" in path else "en"] == [each.get("lang") for each in page.of("html")]
    assert 1 == len(page.of("title"))
    assert 1 == len(page.of("h1"))
    assert all(each.get("scope") in ("col", "row") for each in page.of("th"))
    assert all(each.get("id") in labelled for tag in ("textarea", "select") for each in page.of(tag))
    assert all(each.get("id") in labelled for each in page.of("input") if each.get("type") != "hidden")
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize("path", [path for path in PAGES if path not in REFUSED])
def test_links_lead_somewhere(client: FlaskClient, path: str) -> None:
    """Every link of a page to this server is answered."""
    links = {str(each.get("href")) for tag in ("a", "link") for each in _page(client, path).of(tag)}

    for link in sorted(link for link in links if link.startswith("/")):
        assert 200 == client.get(link, headers=BROWSER).status_code, link


def test_style_sheet_is_self_contained(client: FlaskClient) -> None:
    """The one style sheet loads nothing."""
    answer = client.get("/static/govplan.css")

    assert "text/css" == answer.mimetype
    assert [] == re.findall(r"@import|url\(", answer.text)


def test_limits(client: FlaskClient, settings: Settings) -> None:
    """The limits in force are published for machines and for people."""
    limits = client.get("/limits", headers={"Accept": "application/json"}).get_json()

    assert {"query_bytes": settings.query_bytes, "body_bytes": settings.body_bytes}.items() <= {
        each["name"]: each["value"] for each in limits
    }.items()
    assert "query_bytes" in client.get("/limits", headers=BROWSER).text


def test_sound(client: FlaskClient, manifest: Manifest) -> None:
    """A sound server says which release it serves, and no cache keeps that."""
    answer = client.get("/ready")

    assert 200 == answer.status_code
    assert {"status": "ok", "release": manifest.id}.items() <= answer.get_json().items()
    assert "no-store" == answer.headers["Cache-Control"]


def test_empty_store_is_not_sound(settings: Settings, manifest: Manifest, tmp_path: Path) -> None:
    """A store that opens and is empty is not sound."""
    empty = ox.Store(str(tmp_path / "store"))
    empty.flush()
    del empty
    store = EmbeddedStore.alone(tmp_path, {}, LIMITS)
    app = create_app(settings, manifest, tmp_path, store, {})
    answer = app.test_client().get("/ready")
    store.close()

    assert (503, "unavailable") == (answer.status_code, answer.get_json()["status"])


def test_project_without_questions(settings: Settings, manifest: Manifest, release: Path, store: Store) -> None:
    """A project without questions has a home page all the same."""
    client = create_app(settings, manifest, release, store, {}).test_client()

    assert 200 == client.get("/", headers=BROWSER).status_code


def test_home_names_whoever_speaks_most(client: FlaskClient) -> None:
    """The layer of what is reported has many speakers; the one who says most of it is named first, the rest counted."""
    page = client.get("/", headers=BROWSER).text
    card = page.split('class="card layer-reported"', 1)[1].split("</section>", 1)[0]

    assert re.search(r"According to: Knowledge Centre Data &amp; Society", card)
    assert re.search(r"and \d+ more", card)
