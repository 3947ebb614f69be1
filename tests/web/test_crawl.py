"""From the home page to every page of the site: no link is broken, and nothing with a label is shown without it."""

import re
from collections import Counter, deque
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

BASE = "https://w3id.org/govplan/"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Language": "en"}
RDFS, SKOS = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2004/02/skos/core#"
# So many pages of a kind are read; any further one must be about something that the release describes, and every such
# thing has a page (test_resources.py).
SAMPLE = 12
# What a page may weigh over the wire; here not even compressed.
PAGE_BYTES = 150_000
NAMING = {f"{RDFS}label", f"{SKOS}prefLabel", f"{BASE}ns#locator"}
_SHORT = re.compile(r"[a-z][a-z-]*:\S+")


class _Page(HTMLParser):
    """The links of a page with their texts, and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.anchors: set[str] = set()
        self._href: str | None = None
        self._text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if identifier := attributes.get("id"):
            self.anchors.add(identifier)
        if tag == "a":
            self._href, self._text = attributes.get("href"), ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href is not None:
            self.links.append((self._href, self._text.strip()))
            self._href = None


@pytest.fixture(scope="module", name="quads")
def _quads(release: Path) -> list[ox.Quad]:
    """Everything the release says."""
    return list(ox.parse(path=str(release / "dataset.nq"), format=ox.RdfFormat.N_QUADS))


def test_crawl(client: FlaskClient, quads: list[ox.Quad]) -> None:
    """Every link from the home page on is answered, every anchor is there, every label is shown."""
    described = {str(quad.subject.value) for quad in quads}
    labelled = {str(quad.subject.value) for quad in quads if quad.predicate.value in NAMING}
    kinds: Counter[str] = Counter()
    pages: dict[str, _Page | None] = {}
    anchors: set[tuple[str, str]] = set()
    waiting = deque(["/"])
    while waiting:
        address = waiting.popleft()
        kind = address.rpartition("/")[0]
        kinds[kind] += 1
        if kinds[kind] > SAMPLE and address.endswith(".html"):
            assert _iri(address) in described, address
            continue
        answer = client.get(address, headers=BROWSER)
        assert 200 == answer.status_code, f"{address}: {answer.status_code}"
        if answer.mimetype != "text/html":
            pages[address] = None
            continue
        assert PAGE_BYTES > len(answer.data), address
        page = pages[address] = _Page(answer.text)
        for href, text in page.links:
            assert text, f"{address} has a link without words: {href}"
            target = urlsplit(href)
            assert not _raw(target.path, text, labelled), f"{address} calls {href} {text!r}"
            if target.scheme or target.netloc:
                continue
            path = target.path or address
            if target.fragment:
                anchors.add((path, target.fragment))
            if target.query or path in pages:
                continue  # the language switch, and queries about each thing: other tests follow them
            pages[path] = None
            waiting.append(path)

    assert 800 < sum(kinds.values())
    for path, anchor in sorted(anchors):
        page = pages[path]
        assert page is not None, path
        assert anchor in page.anchors, f"{path}#{anchor}"


def _raw(path: str, text: str, labelled: set[str]) -> bool:
    return _iri(path) in labelled and (_SHORT.fullmatch(text) is not None or text.startswith(BASE))


def _iri(path: str) -> str:
    return BASE + path[1:].removesuffix(".html")
