"""Below a prefix, behind a proxy: every address that the server writes is one under which clients reach it."""

import json
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse, create_environ, run_wsgi_app

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.questions import load_questions
from govplan.sparql import Store
from govplan.web import create_app
from govplan.web.site import EXTENSION

PREFIX = "/ai/plan"
ROOT = f"https://gov.example{PREFIX}"
BACKEND = "http://10.0.0.7:8000"
NAMED = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "gov.example",
    "X-Forwarded-Prefix": PREFIX,
    "X-Forwarded-For": "192.0.2.1",
}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
# How many addresses of a kind are read.
SAMPLE = 2
_ATTRIBUTES = ("href", "src", "action", "formaction", "poster", "data")
# Addresses of one member of a document are below those of another one.
_BELOW = ("service_path",)
_ADDRESS = re.compile(r"https?://[^\s<>\"')]+")
# Documents for programs, and what a page does not link to.
DOCUMENTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/openapi.json", {}),
    ("/queries/", {"Accept": "application/json"}),
    ("/dumps/", {"Accept": "application/json"}),
    ("/reconcile", {}),
    ("/reconcile/draft", {}),
    ("/sitemap.xml", {}),
    ("/robots.txt", {}),
    ("/sparql", {"Accept": "text/turtle"}),
    ("/search?q=mobil&format=json", {}),
    ("/search?q=mobil", BROWSER),
    ("/suggest?parameter=group&query=actions-for-group&q=a", {"Accept": "application/json"}),
    ("/lookup?id=x", {"Accept": "application/json"}),
    ("/errors/nothing", {"Accept": "application/json"}),
    ("/queries/nothing", BROWSER),
    ("/id/plan/be-ai-convergence", {"Accept": "text/turtle"}),
    ("/id/plan/be-ai-convergence", BROWSER),
    ("/ns/nothing", {}),
    ("/query/plan-in-numbers", BROWSER),
    ("/queries", {}),
    ("/dumps", {}),
    ("/reconcile/view?id=https%3A%2F%2Fw3id.org%2Fgovplan%2Fid%2Forganisation%2Fsmals", {}),
)

Asking = Callable[..., TestResponse]
Make = Callable[..., FlaskClient]


class _Page(HTMLParser):
    """The addresses that a page names, wherever it names them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: set[str] = set()
        self.data: list[str] = []
        self._is_data = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value is not None}
        self._is_data = tag == "script" and given.get("type") == "application/ld+json"
        self.addresses.update(given[name] for name in _ATTRIBUTES if given.get(name))
        for each in given.get("srcset", "").split(", "):
            self.addresses.update(each.split()[:1])
        # What scripts are told: data-terms, data-script, data-url …
        self.addresses.update(
            value for name, value in given.items() if name.startswith("data-") and value.startswith(("/", "http"))
        )
        if tag == "option" and given.get("value", "").startswith("/"):
            self.addresses.add(given["value"])

    def handle_endtag(self, tag: str) -> None:
        self._is_data = False

    def handle_data(self, data: str) -> None:
        if self._is_data:
            self.data.append(data)


@dataclass
class _Crawl:
    """A walk over a site; `ask` is told the whole address that a client would ask."""

    ask: Asking
    language: str
    waiting: deque[tuple[str, dict[str, str]]] = field(default_factory=deque)
    seen: set[str] = field(default_factory=set)
    kinds: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Follow every address of the site from its root; what is not right lands in `wrong`."""
        self.waiting.extend((ROOT + path, headers) for path, headers in DOCUMENTS)
        self.waiting.append((f"{ROOT}/", BROWSER))
        while self.waiting:
            address, headers = self.waiting.popleft()
            answer = self.ask(address, {**headers, "Accept-Language": self.language})
            if BACKEND[7:] in answer.text if str(answer.mimetype).startswith("text") else False:
                self.wrong.append(f"{address} names the host behind")
            if answer.status_code >= 400 and headers is BROWSER and "nothing" not in address:
                self.wrong.append(f"{address}: {answer.status_code}")
            for found in self._addresses(answer):
                self._follow(address, found)

    def _addresses(self, answer: TestResponse) -> Iterator[str]:
        if location := answer.headers.get("Location"):
            yield location
        for link in answer.headers.getlist("Link"):
            yield from re.findall(r"<([^>]*)>", link)
        if answer.mimetype == "text/html":
            page = _Page(answer.text)
            yield from page.addresses
            for text in page.data:
                yield from _strings(json.loads(text))
        elif answer.mimetype in ("application/json", "application/problem+json") and answer.data:
            yield from _strings(json.loads(answer.text))
        elif answer.mimetype in ("text/plain", "application/xml", "text/turtle"):
            yield from _ADDRESS.findall(answer.text)
            yield from re.findall(r"^Disallow: (.*)$", answer.text, re.MULTILINE)

    def _follow(self, page: str, found: str) -> None:
        target = urljoin(page, found).partition("#")[0]
        parts = urlsplit(target)
        if parts.netloc not in ("gov.example", "localhost", "10.0.0.7:8000"):
            return
        if not (target == ROOT or target.startswith(f"{ROOT}/")):
            self.wrong.append(f"{page} names {found}")
            return
        if target in self.seen or "{" in target:
            return
        self.seen.add(target)
        kind = parts.path.rpartition("/")[0] + ("?" if parts.query else "")
        self.kinds[kind] += 1
        # Of static files every one is read: there are few.
        if (self.kinds[kind] > SAMPLE and "/static/" not in parts.path) or _is_chart(target):
            return
        self.waiting.append((target, BROWSER))


def _is_chart(target: str) -> bool:
    return ".svg?" in target or ".png?" in target


def _strings(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, name)
    elif isinstance(value, str) and value.startswith(("/", "http://", "https://")) and not name.endswith(_BELOW):
        yield value


@pytest.fixture(scope="module", name="make")
def _make(settings: Settings, manifest: Manifest, release: Path, store: Store) -> Make:
    """Make a client of an application with other settings."""

    def make(**changed: Any) -> FlaskClient:
        changed_settings = replace(settings, **changed)
        app: Flask = create_app(changed_settings, manifest, release, store, load_questions(settings))
        return app.test_client()

    return make


def _asking(client: FlaskClient, *, strip: bool, headers: dict[str, str]) -> Asking:
    def ask(address: str, more: dict[str, str]) -> TestResponse:
        path = address.removeprefix("https://gov.example")
        path = (path.removeprefix(PREFIX) or "/") if strip else path
        return client.get(path, base_url=BACKEND, headers={**headers, **more}, buffered=True)

    return ask


@pytest.mark.parametrize(
    ("language", "way"),
    [
        ("nl", "stripped path"),
        ("en", "proxy headers"),
        pytest.param("en", "whole path", marks=pytest.mark.soak),
        pytest.param("nl", "proxy headers", marks=pytest.mark.soak),
    ],
)
def test_crawl(make: Make, language: str, way: str) -> None:
    """No address leaves the prefix, wherever it stands, and each of them is answered."""
    if way == "proxy headers":
        ask = _asking(make(proxies=1), strip=True, headers=NAMED)
    else:
        ask = _asking(make(public_url=ROOT), strip=way == "stripped path", headers={})
    crawl = _Crawl(ask, language)

    crawl.run()

    assert [] == crawl.wrong
    assert 150 < len(crawl.seen)


def test_public_url_decides_alone(make: Make) -> None:
    """With a public address, neither Host nor what proxies say of it counts."""
    client = make(public_url=ROOT, proxies=1)
    forged = {**NAMED, "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil", "X-Forwarded-Proto": "http"}
    for path in ("/openapi.json", f"{PREFIX}/openapi.json"):
        answer = client.get(path, base_url="http://evil.example", headers=forged)
        assert ROOT == answer.get_json()["servers"][0]["url"]
        assert "public" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("proxies", "headers", "expected"),
    [
        (1, NAMED, ROOT),
        (1, {**NAMED, "X-Forwarded-Host": "evil.example, gov.example"}, ROOT),
        (2, {name: f"{value}, inner" for name, value in NAMED.items()}, ROOT),
        (1, {**NAMED, "X-Forwarded-Port": "8443"}, f"https://gov.example:8443{PREFIX}"),
        (1, {**NAMED, "X-Forwarded-Port": "443"}, ROOT),
        (
            1,
            {**NAMED, "X-Forwarded-Host": "gov.example:8443", "X-Forwarded-Port": "1"},
            f"https://gov.example:8443{PREFIX}",
        ),
        (1, {**NAMED, "X-Forwarded-Port": "99999"}, ROOT),
        (1, {**NAMED, "X-Forwarded-Port": "٤٤٣"}, ROOT),
        (1, {**NAMED, "X-Forwarded-Host": "[2001:db8::1]:8443"}, f"https://[2001:db8::1]:8443{PREFIX}"),
        (1, {**NAMED, "X-Forwarded-Proto": "javascript"}, f"http://gov.example{PREFIX}"),
        (1, {**NAMED, "X-Forwarded-Prefix": "/"}, "https://gov.example"),
        (1, {**NAMED, "X-Forwarded-Prefix": f"{PREFIX}/"}, ROOT),
    ],
)
def test_words_of_proxies(make: Make, proxies: int, headers: dict[str, str], expected: str) -> None:
    """The entry of the outermost trusted proxy counts."""
    answer = make(proxies=proxies).get("/openapi.json", base_url=BACKEND, headers=headers)

    assert expected == answer.get_json()["servers"][0]["url"]
    assert "public" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "prefix",
    [
        "ai",
        "//evil.example",
        "/a//b",
        "/a/../b",
        "/.",
        "/a b",
        "/a?b",
        '/"><script>',
        "/é",
        "https://evil.example",
        "/x" * 500,
    ],
)
def test_junk_is_no_prefix(make: Make, prefix: str) -> None:
    """A prefix that is none is ignored."""
    headers = {**NAMED, "X-Forwarded-Prefix": prefix.encode().decode("latin-1")}

    assert (
        "https://gov.example" == make(proxies=1).get("/openapi.json", headers=headers).get_json()["servers"][0]["url"]
    )


@pytest.mark.parametrize(
    "host", ["evil.example/x", "a b", "", ".", "x@y", "gov.example:0", "gov.example:x", "[::1", "é.example", "a" * 400]
)
def test_junk_is_no_host(make: Make, host: str) -> None:
    """A host that is none is ignored; then nobody vouches for the host."""
    headers = {**NAMED, "X-Forwarded-Host": host.encode().decode("latin-1")}
    answer = make(proxies=1).get("/openapi.json", base_url="http://inner.example", headers=headers)

    assert f"https://inner.example{PREFIX}" == answer.get_json()["servers"][0]["url"]
    assert "no-store" == answer.headers["Cache-Control"]


def test_headers_without_trusted_proxies(make: Make) -> None:
    """Nobody is believed who was not named by the operator."""
    answer = make().get("/openapi.json", headers=NAMED)

    assert "http://localhost" == answer.get_json()["servers"][0]["url"]


@pytest.mark.parametrize("headers", [BROWSER, {"Accept": "application/json"}, {"Accept": "text/turtle"}])
def test_foreign_host_is_never_cached(make: Make, app: Flask, headers: dict[str, str]) -> None:
    """A host that nobody vouches for appears in no answer that a cache may store, whatever the route."""
    client = make()
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    paths = [rule.rule for rule in rules] + [path for path, _ in DOCUMENTS]
    named = 0
    for path in paths:
        answer = client.get(path, base_url="http://evil.example", headers=headers, buffered=True)
        said = answer.data + "\n".join(f"{name}: {value}" for name, value in answer.headers).encode()
        if b"evil.example" in said:
            named += 1
            assert "no-store" == answer.headers["Cache-Control"], path
            assert answer.mimetype != "text/html", path
    assert named


def test_slash_redirects_name_no_host(make: Make) -> None:
    """A redirect to an address with a slash may be kept for long by whoever gets it, so it is a path."""
    answer = make().get("/dumps?x=1", base_url="http://evil.example")

    assert (308, "/dumps/?x=1") == (answer.status_code, answer.headers["Location"])


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:80", "LOCALHOST", "10.1.2.3"])
def test_own_hosts(make: Make, host: str) -> None:
    """Whoever names this machine or what it listens on reaches nothing else, so these answers may be kept."""
    answer = make(host="10.1.2.3").get("/openapi.json", headers={"Host": host})

    assert "public" in answer.headers["Cache-Control"]


def test_request_without_a_host(app: Flask) -> None:
    """Without the header Host, as in HTTP/1.0, the address is the one that is listened on."""
    environ = create_environ("/openapi.json", base_url="http://10.1.2.3:8000")
    del environ["HTTP_HOST"]
    environ["SERVER_PROTOCOL"] = "HTTP/1.0"
    pieces, status, headers = run_wsgi_app(partial(Flask.wsgi_app, app), environ, buffered=True)

    assert "200 OK" == status, pieces
    assert "http://10.1.2.3:8000" == json.loads(b"".join(pieces))["servers"][0]["url"]
    assert "public" in headers["Cache-Control"]


def test_forged_prefixes_fill_no_memory(make: Make) -> None:
    """A proxy that passes on what clients say of prefixes cannot be made to fill the memory."""
    site = make().application.extensions[EXTENSION]
    computed = list[int]()

    def compute(number: int) -> int:
        computed.append(number)
        return number

    for _ in range(2):
        assert [*range(1100)] == [
            site.cached(("page", f"/{number}"), partial(compute, number)) for number in range(1100)
        ]

    assert [*range(1100), *range(1000, 1100)] == computed


def test_pages_say_the_same_below_every_prefix(make: Make) -> None:
    """What was computed for one prefix is never shown below another."""
    client = make(proxies=1)
    for path in ("/", "/plan", "/codebook", "/ns", "/picture", "/powers", "/findings", "/actors", "/sources", "/links"):
        pages = []
        for prefix in ("/one", "/other"):
            page = client.get(path, headers={**BROWSER, **NAMED, "X-Forwarded-Prefix": prefix}).text
            assert f'"{prefix}/' in page
            pages.append(page.replace(f"{prefix}/", "/"))
        assert pages[0] == pages[1], path


def test_names_stay(make: Make) -> None:
    """Identifiers are names: they are the same whatever the address of the server."""
    here, there = make(), make(public_url=ROOT)
    for path in ("/id/plan/be-ai-convergence.ttl", "/queries/actions-with-budget.csv", "/ns.ttl"):
        assert here.get(path).data == there.get(path).data
    problem = there.get("/queries/none", headers={"Accept": "application/json"})
    assert "https://w3id.org/govplan/errors/question-unknown" == problem.get_json()["type"]
    assert f'<{ROOT}/errors/question-unknown>; rel="help"' in problem.headers["Link"]


def test_language_links(make: Make) -> None:
    """The links to the other languages keep the prefix and the parameters."""
    page = make(public_url=ROOT).get(f"{PREFIX}/queries/actions-for-group?group=x%20y", headers=BROWSER).text
    links = re.findall(r'href="([^"]*)" hreflang="fr"', page)

    assert [f"{PREFIX}/queries/actions-for-group"] == [urlsplit(link).path for link in links]
    assert {"group": ["x y"], "lang": ["fr"]} == parse_qs(urlsplit(links[0].replace("&amp;", "&")).query)


@pytest.mark.parametrize("path", ["/plan", "/id"])
def test_prefix_that_is_a_route(make: Make, path: str) -> None:
    """A prefix may have the name of a page if the proxy leaves the path alone."""
    client = make(public_url=f"https://gov.example{path}")

    assert 200 == client.get(f"{path}/plan/be-ai-convergence", headers=BROWSER).status_code
    answer = client.get(f"{path}/id/{quote('plan/be-ai-convergence')}", headers=BROWSER)
    assert (303, f"{path}/id/plan/be-ai-convergence.html") == (answer.status_code, answer.headers["Location"])
