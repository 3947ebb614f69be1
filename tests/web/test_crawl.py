"""From home to every page, in every language: no link is broken, no label is missing, nothing is untranslated."""

import re
from collections import Counter, deque
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from tests.conftest import ROOT

BASE = "https://w3id.org/govplan/"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
RDFS, SKOS = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2004/02/skos/core#"
# So many pages of a kind are read; any further one must be about something that the release describes, and every such
# thing has a page (test_resources.py).
SAMPLE = {"en": 12, "nl": 2, "fr": 2, "de": 2}
# What a page may weigh over the wire; here not even compressed.
PAGE_BYTES = 150_000
NAMING = {f"{RDFS}label", f"{SKOS}prefLabel", f"{BASE}ns#locator"}
TRANSLATIONS = ROOT / "server" / "govplan" / "web" / "translations"
# Elements without an end, and those whose text nobody reads.
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
_UNREAD = {"code", "pre", "script", "style", "textarea"}
_PINNED = re.compile(r"/release/[0-9a-f]{12}/")
_SHORT = re.compile(r"[a-z][a-z-]*:\S+")


class _Page(HTMLParser):
    """The links of a page with their texts and languages, its anchors, and its texts in its own language."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str, str]] = []
        self.anchors: set[str] = set()
        self.texts: set[str] = set()
        self.language = ""
        self._open: list[tuple[str, str]] = []
        self._href: str | None = None
        self._text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if identifier := attributes.get("id"):
            self.anchors.add(identifier)
        language = attributes.get("lang") or (self._open[-1][1] if self._open else "")
        self.language = self.language or language
        if tag not in _VOID:
            self._open.append((tag, language))
        for name in ("title", "aria-label", "placeholder", "alt"):
            if language == self.language and (said := attributes.get(name)):
                self.texts.add(said)
        if tag == "a":
            self._href, self._text = attributes.get("href"), ""

    def handle_data(self, data: str) -> None:
        self._text += data
        if self._open and self._open[-1][1] == self.language and _UNREAD.isdisjoint(tag for tag, _ in self._open):
            self.texts.add(" ".join(data.split()))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href is not None:
            self.links.append((self._href, self._text.strip(), self._open[-1][1]))
            self._href = None
        while self._open and self._open.pop()[0] != tag:
            pass


@pytest.fixture(scope="module", name="quads")
def _quads(release: Path) -> list[ox.Quad]:
    """Everything the release says."""
    return list(ox.parse(path=str(release / "dataset.nq"), format=ox.RdfFormat.N_QUADS))


@pytest.mark.parametrize(
    "language", ["en", "nl", pytest.param("fr", marks=pytest.mark.soak), pytest.param("de", marks=pytest.mark.soak)]
)
def test_crawl(client: FlaskClient, quads: list[ox.Quad], language: str) -> None:
    """Every link from the home page on is answered, every anchor is there, every label and word is in the language."""
    # A code may be an English word, and stands in every language as it is.
    plain = {q.object.value for q in quads if isinstance(q.object, ox.Literal) and not q.object.language}
    english = _untranslated(language) - plain
    named = {
        _named(quad.subject)
        for quad in quads
        if quad.predicate.value in NAMING and isinstance(quad.object, ox.Literal) and quad.object.language == language
    }
    described = {_named(quad.subject) for quad in quads}
    labelled = {_named(quad.subject) for quad in quads if quad.predicate.value in NAMING}
    kinds: Counter[str] = Counter()
    pages: dict[str, _Page | None] = {}
    anchors: set[tuple[str, str]] = set()
    waiting = deque(["/"])
    while waiting:
        address = waiting.popleft()
        kind = address.rpartition("/")[0]
        kinds[kind] += 1
        if kinds[kind] > SAMPLE[language] and address.endswith(".html"):
            assert _iri(address) in described, address
            continue
        answer = client.get(address, headers={**BROWSER, "Accept-Language": language})
        assert 200 == answer.status_code, f"{address}: {answer.status_code}"
        if answer.mimetype != "text/html":
            pages[address] = None
            continue
        assert PAGE_BYTES > len(answer.data), address
        page = pages[address] = _Page(answer.text)
        assert language == page.language, address
        assert not page.texts & english, f"{address} says {page.texts & english}"
        for href, text, tongue in page.links:
            assert text, f"{address} has a link without words: {href}"
            target = urlsplit(href)
            assert not _raw(target.path, text, labelled), f"{address} calls {href} {text!r}"
            if not target.query:
                shown = f"{address} calls {href} {text!r} in {tongue}"
                assert tongue == language or _iri(target.path) not in named, shown
            if target.scheme or target.netloc:
                continue
            path = target.path or address
            if _PINNED.match(path):
                continue  # all pages again, in the release
            if target.fragment:
                anchors.add((path, target.fragment))
            if target.query or path in pages:
                continue  # the language switch, and queries about each thing: other tests follow them
            pages[path] = None
            waiting.append(path)

    assert 800 < sum(kinds.values())
    for path, anchor in sorted(anchors):
        reached = pages[path]
        assert reached is not None, path
        assert anchor in reached.anchors, f"{path}#{anchor}"


def _untranslated(language: str) -> set[str]:
    """Return the English texts that a page in another language never shows: those that are called otherwise in it."""
    if language == "en":
        return set()
    with (TRANSLATIONS / f"{language}.po").open("rb") as file:
        return {
            message.id
            for message in read_po(file, locale=language)
            if isinstance(message.id, str) and message.id and message.id != message.string
        }


def _named(subject: ox.NamedNode | ox.BlankNode | ox.Triple) -> str:
    return subject.value if isinstance(subject, ox.NamedNode) else ""


def _raw(path: str, text: str, labelled: set[str]) -> bool:
    return _iri(path) in labelled and (_SHORT.fullmatch(text) is not None or text.startswith(BASE))


def _iri(path: str) -> str:
    return BASE + path[1:].removesuffix(".html")
