"""The layer in front of the application: nothing is done twice, and nobody gets what was meant for another."""

import random
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import request
from werkzeug.test import Client, TestResponse

from govplan.config import Settings
from govplan.errors import StoreUnavailable
from govplan.manifest import Manifest
from govplan.questions import Question, load_questions
from govplan.sparql import Store
from govplan.web import App, create_app
from govplan.web.http import cache
from tests.web.layers import DECODE, CountedStore, get, plain
from tests.web.served import Serve, Served

Make = Callable[..., Served]
LIMIT = 4_000_000
TYPED = "?s a <https://w3id.org/govplan/ns#Objective> ; ?p ?o"
ROWS = {"query": f"SELECT ?s ?p ?o {{ {TYPED} }} ORDER BY ?s ?p ?o LIMIT 40"}
FEW = {"query": f"SELECT ?s {{ {TYPED} }} ORDER BY ?s LIMIT 1"}
QUESTION = "/queries/actions-with-budget"


@pytest.fixture(name="counted")
def _counted(store: Store) -> CountedStore:
    return CountedStore(store)


@pytest.fixture(scope="module", name="questions")
def _questions(settings: Settings) -> Mapping[str, Question]:
    return load_questions(settings)


@pytest.fixture(name="inside")
def _inside(
    settings: Settings, manifest: Manifest, release: Path, counted: CountedStore, questions: Mapping[str, Question]
) -> App:
    """The application on a store that counts."""
    return create_app(settings, manifest, release, counted, questions)


@pytest.fixture(name="make")
def _make(inside: App, settings: Settings, serve: Serve) -> Make:
    """Put other layers before the same application."""

    def make(limit: int = LIMIT, **more: Any) -> Served:
        return serve(inside, replace(settings, cache_bytes=limit), **more)

    return make


@pytest.fixture(name="front")
def _front(make: Make) -> Served:
    return make()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("first", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["identity", *DECODE])
def test_not_twice(front: Served, counted: CountedStore, first: str, method: str, coding: str) -> None:
    """The same request again gets the same headers and bytes, and nothing is evaluated; HEAD works for GET too."""
    before = get(front, "/sparql", first, ROWS, Accept_Encoding=coding)
    after = get(front, "/sparql", method, ROWS, Accept_Encoding=coding)

    assert 1 == len(counted.asked)
    assert list(before.headers) == list(after.headers)
    assert (b"" if method == "HEAD" else get(front, "/sparql", "GET", ROWS, Accept_Encoding=coding).data) == after.data
    assert 1 == len(counted.asked)


def test_hit_does_not_enter(make: Make, inside: App) -> None:
    """A hit does not reach the application at all."""
    entered: list[str] = []

    @inside.before_request
    def note() -> None:
        entered.append(request.path)

    front = make()
    for accept in ("identity", "gzip", "br, gzip", "zstd"):
        for method in ("GET", "HEAD"):
            get(front, "/sparql", method, ROWS, Accept_Encoding=accept)

    assert ["/sparql"] == entered
    assert 7 == front.cache.entries.hits


@pytest.mark.parametrize("accept", ["application/json", "*/*;q=0.1", "application/sparql-results+json, text/csv;q=0.5"])
def test_other_words_for_the_same_format(front: Served, counted: CountedStore, accept: str) -> None:
    """An Accept that leads to a format that is kept evaluates nothing and keeps no second copy."""
    first = get(front, "/sparql", query=ROWS)
    again = get(front, "/sparql", query=ROWS, Accept=accept)

    assert 1 == len(counted.asked)
    assert (first.data, list(first.headers)) == (again.data, list(again.headers))
    assert front.cache.entries.size < 2 * len(first.data) + 6_000


@pytest.mark.parametrize(
    ("path", "query", "headers"),
    [
        ("/sparql", {"query": ROWS["query"] + " "}, {}),
        ("/sparql", {**ROWS, "max-rows": "3"}, {}),
        ("/sparql", {**ROWS, "default-graph-uri": "http://x/g"}, {}),
        ("/sparql", {**ROWS, "format": "csv"}, {}),
        ("/sparql", ROWS, {"Accept": "text/csv"}),
        ("/sparql/", ROWS, {}),
    ],
)
def test_other_answers(
    front: Served, counted: CountedStore, path: str, query: dict[str, str], headers: dict[str, str]
) -> None:
    """What may have another answer is asked anew."""
    get(front, "/sparql", query=ROWS)
    get(front, path, query=query, **headers)

    assert 2 == len(counted.asked)


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/sparql", {"query": "SELECT (NOW() AS ?x) {}"}, 200),
        ("/sparql", {**FEW, "format": "html"}, 200),  # no-cache
        ("/ready", None, 200),
    ],
)
def test_not_kept(front: Served, counted: CountedStore, path: str, query: dict[str, str] | None, status: int) -> None:
    """What may not be kept is asked each time."""
    for _ in range(2):
        before = len(counted.asked)
        assert status == get(front, path, query=query).status_code
        assert before < len(counted.asked)
    assert 0 == len(front.cache.entries)


@pytest.mark.parametrize("query", [{"query": "SELECT"}, {"query": "ASK { SERVICE <http://x/> {} }"}])
def test_errors_are_not_kept(front: Served, query: dict[str, str]) -> None:
    """An error is never kept, and has its headers as before."""
    answers = [get(front, "/sparql", query=query) for _ in range(2)]

    assert [(400, "no-store")] * 2 == [(each.status_code, each.headers["Cache-Control"]) for each in answers]
    assert 0 == len(front.cache.entries)


def test_post_is_not_kept(front: Served, counted: CountedStore) -> None:
    """A posted query is evaluated each time, and compressed as any other."""
    for _ in range(2):
        answer = Client(front).post("/sparql", data=ROWS, headers={"Accept-Encoding": "gzip"})
        assert "gzip" == answer.headers["Content-Encoding"]
        assert str(len(answer.data)) == answer.headers["Content-Length"]
        assert get(front, "/sparql", query=ROWS).data == plain(answer)

    assert 3 == len(counted.asked)


def test_no_store_of_the_client(front: Served, counted: CountedStore) -> None:
    """What a client asks with no-store is not kept; no-cache gets what is kept, which is never stale."""
    get(front, "/sparql", query=ROWS, Cache_Control="no-store")
    assert 0 == len(front.cache.entries)
    get(front, "/sparql", query=ROWS)
    get(front, "/sparql", query=ROWS, Cache_Control="no-cache")

    assert 2 == len(counted.asked)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_other_methods(front: Served, method: str) -> None:
    """Other methods are the business of the application."""
    get(front, "/sparql", query=ROWS)

    assert (204 if method == "OPTIONS" else 405) == get(front, "/sparql", method, ROWS).status_code


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["identity", *DECODE])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"other" , W/{},"x"'])
def test_unchanged(make: Make, counted: CountedStore, method: str, coding: str, form: str) -> None:
    """Who holds an answer in a coding is told that it is unchanged, without any evaluation, kept or not."""
    first = get(make(), "/sparql", query=ROWS, Accept_Encoding=coding)
    held = {"If_None_Match": form.format(first.headers["ETag"]), "Accept_Encoding": coding}
    fresh = make()
    unkept = get(fresh, "/sparql", method, ROWS, **held)
    assert 1 == len(counted.asked)
    get(fresh, "/sparql", query=ROWS)
    kept = get(fresh, "/sparql", method, ROWS, **held)

    for answer in (unkept, kept):
        assert (304, b"") == (answer.status_code, answer.data)
        assert first.headers["ETag"] == answer.headers["ETag"]
        assert {"Content-Type", "Content-Length", "Content-Encoding"}.isdisjoint(answer.headers.keys())
        for name in ("Cache-Control", "Content-Security-Policy", "Vary", "X-Release", "X-Content-Type-Options"):
            assert first.headers[name] == answer.headers[name]
    assert 2 == len(counted.asked)


def test_any_answer_held(make: Make) -> None:
    """`If-None-Match: *` holds for whatever there is, kept or not, and hides no error."""
    for front in (make(), make(0)):
        for _ in range(2):
            assert 304 == get(front, "/sparql", query=ROWS, If_None_Match="*").status_code
        assert 400 == get(front, "/sparql", query={"query": "SELECT"}, If_None_Match="*").status_code


@pytest.mark.parametrize("keep", [True, False])
def test_held_in_a_coding_no_longer_taken(make: Make, keep: bool) -> None:
    """Who holds an answer in a coding that it does not take any more gets the answer."""
    tag = get(make(), "/sparql", query=ROWS, Accept_Encoding="br").headers["ETag"]
    front = make()
    if keep:
        get(front, "/sparql", query=ROWS)
    answer = get(front, "/sparql", query=ROWS, Accept_Encoding="gzip", If_None_Match=tag)

    assert (200, "gzip") == (answer.status_code, answer.headers["Content-Encoding"])


def test_forged_tag(front: Served, counted: CountedStore) -> None:
    """A tag that is no tag of ours, or none at all, gets the answer."""
    for tag in ('"x"', '"x-br"', "nonsense", '""', "W/", '"', ",,"):
        assert 200 == get(front, "/sparql", query=ROWS, If_None_Match=tag).status_code
    assert 1 == len(counted.asked)


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/", {"Accept": "text/html"}), ("/sparql", {"Accept": "text/turtle"}), ("/dumps/", {}), ("/queries/", {})],
)
def test_host_is_not_shared(make: Make, path: str, headers: dict[str, str]) -> None:
    """An answer never names a host that another request named; what has to name a foreign one is kept by nobody."""
    front = make()
    for host in ("evil.example", "localhost:81", "evil.example"):
        answer = get(front, path, **{"Accept": "application/json", **headers}, Host=host)
        other = {"evil.example": "localhost:81", "localhost:81": "evil.example"}[host]
        assert other.encode() not in answer.data
        if host == "evil.example" and host.encode() in answer.data:
            assert "no-store" == answer.headers["Cache-Control"]


def test_forged_hosts(make: Make) -> None:
    """Whoever asks by ever other hosts fills no memory."""
    front = make(500_000)
    for number in range(100):
        get(front, "/queries/", Accept="application/json", Host=f"{number}.example")
        assert front.cache.entries.size <= 500_000

    assert 0 == len(front.cache.entries)


def test_scheme_is_not_shared(front: Served) -> None:
    """An answer that names the address it was asked by is not given to who asks by another scheme."""
    for scheme in ("http", "https"):
        answer = Client(front).get("/queries/", base_url=f"{scheme}://x", headers={"Accept": "application/json"})
        assert f'"{scheme}://x/queries/'.encode() in answer.data


def test_word_of_a_proxy(inside: App, settings: Settings, serve: Serve) -> None:
    """A trusted proxy's word on the scheme counts before anything is looked up; anybody else's is nothing."""
    for proxies in (0, 1):
        front = serve(inside, replace(settings, proxies=proxies))
        for scheme in ("http", "https", "http", "https"):
            answer = get(front, "/queries/", Accept="application/json", X_Forwarded_Proto=scheme)
            said = scheme if proxies else "http"
            assert f'"{said}://localhost/queries/'.encode() in answer.data


@pytest.mark.parametrize("path", ["/", QUESTION, "/queries/"])
def test_language(front: Served, inside: App, counted: CountedStore, path: str) -> None:
    """A page is kept by language, and a language in other words finds it."""
    pages = {}
    for language in ("nl", "fr", "nl-BE,nl;q=0.9", "nl", "fr", "nl-BE,nl;q=0.9"):
        asked = {"Accept": "text/html", "Accept_Language": language}
        pages[language] = get(front, path, **asked)
        assert get(inside, path, **asked).data == pages[language].data
    assert pages["nl"].data == pages["nl-BE,nl;q=0.9"].data
    assert pages["nl"].headers["ETag"] == pages["nl-BE,nl;q=0.9"].headers["ETag"] != pages["fr"].headers["ETag"]

    done = len(counted.asked)
    for language in pages:
        get(front, path, Accept="text/html", Accept_Language=language)
    assert done == len(counted.asked)


def test_page_after_data(front: Served, counted: CountedStore) -> None:
    """One address with answers that vary on more and on fewer headers keeps them apart."""
    seen = []
    for _ in range(2):
        for accept, language in (("text/csv", "nl"), ("text/html", "nl"), ("text/html", "fr"), ("text/csv", "fr")):
            seen.append(get(front, QUESTION, Accept=accept, Accept_Language=language).data)
    assert seen[:4] == seen[4:]
    assert 3 == len(set(seen))
    # The question in three ways; on pages also how complete it is and who is cited, in each language, the plans in the
    # navigation and the licence in the foot.
    assert 13 == len(counted.asked)


def test_new_release(front: Served, manifest: Manifest, counted: CountedStore) -> None:
    """With another release nothing of the old one is given, and each keeps its own."""
    get(front, "/sparql", query=ROWS)
    before, front.release.id = front.release.id, "another"
    for _ in range(2):
        assert manifest.id == get(front, "/sparql", query=ROWS).headers["X-Release"]
        assert 2 == len(counted.asked)
    front.release.id = before
    get(front, "/sparql", query=ROWS)

    assert 2 == len(counted.asked)


def test_nothing_is_kept_without_memory(make: Make, counted: CountedStore) -> None:
    """With 0 bytes nothing is kept, and everything else holds: codings, validators, HEAD."""
    front = make(0)
    answers = [get(front, "/sparql", method, ROWS, Accept_Encoding="br") for method in ("GET", "HEAD")]

    assert 2 == len(counted.asked)
    assert list(answers[0].headers) == list(answers[1].headers)
    assert (
        304
        == get(front, "/sparql", query=ROWS, If_None_Match=answers[0].headers["ETag"], Accept_Encoding="br").status_code
    )
    assert 0 == front.cache.entries.size


def test_large_answer_is_given_and_not_kept(make: Make, counted: CountedStore) -> None:
    """An answer above an eighth of the memory is not kept."""
    size = len(get(make(), "/sparql", query=ROWS).data)
    small, large = make(size * 8 - 1), make(size * 8 + 8)
    for front in (small, large):
        for _ in range(2):
            get(front, "/sparql", query=ROWS)

    assert (0, 1) == (len(small.cache.entries), len(large.cache.entries))
    assert 4 == len(counted.asked)


def test_longest_unused_goes_first(make: Make, counted: CountedStore) -> None:
    """The memory is bounded; what was used last stays."""
    front = make(30_000)
    for number in range(40):
        get(front, "/sparql", query={**FEW, "n": number})
        get(front, "/sparql", query={**FEW, "n": 0})
        assert front.cache.entries.size <= 30_000
    assert 40 == len(counted.asked)
    assert 1 < len(front.cache.entries) < 40
    get(front, "/sparql", query={**FEW, "n": 1})

    assert 41 == len(counted.asked)


@pytest.mark.parametrize("coding", DECODE)
def test_forms_count(make: Make, counted: CountedStore, coding: str) -> None:
    """Each coding of an answer counts against the memory, also of an answer that is no longer kept."""
    front = make(30_000)
    for number in range(40):
        get(front, "/sparql", query={**ROWS, "n": number, "max-rows": 9})
        get(front, "/sparql", query={**ROWS, "n": number, "max-rows": 9}, Accept_Encoding=coding)
        assert front.cache.entries.size <= 30_000
    assert 40 == len(counted.asked)


def test_header_without_end(front: Served, counted: CountedStore) -> None:
    """Whoever sends ever other headers fills no memory, and evaluates nothing."""
    for number in range(300):
        get(front, "/sparql", query=FEW, Accept=f"application/json, x/{number}")

    assert 1 == len(counted.asked)
    assert front.cache.entries.size < 100_000


def test_one_of_many_goes_on(make: Make, counted: CountedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of equal requests at once one is evaluated, and all get its answer."""
    monkeypatch.setattr(cache, "_PATIENCE", 60.0)
    front = make(waiting=5)
    counted.before = lambda _: _until(lambda: front.cache.waiting == 5)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: get(front, "/sparql", query=ROWS), range(6)))

    assert 1 == len(counted.asked)
    assert {200} == {answer.status_code for answer in answers}
    assert 1 == len({answer.data for answer in answers})
    assert (0, {}) == (front.cache.waiting, front.cache._under_way)


def test_nobody_gets_the_error_of_another(make: Make, counted: CountedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the one that goes on fails, who waited asks for itself."""
    monkeypatch.setattr(cache, "_PATIENCE", 60.0)
    front = make()

    def fail_first(number: int) -> None:
        if number == 1:
            _until(lambda: front.cache.waiting == 1)
            raise StoreUnavailable("torn")

    counted.before = fail_first
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: get(front, "/sparql", query=ROWS), range(2)))

    assert [200, 503] == sorted(answer.status_code for answer in answers)


@pytest.mark.parametrize(("waiting", "patience"), [(0, 60.0), (1, 0.0)])
def test_nobody_waits_for_ever(
    make: Make,
    counted: CountedStore,
    monkeypatch: pytest.MonkeyPatch,
    waiting: int,
    patience: float,
) -> None:
    """Who finds no seat, or has waited long enough, goes on while the first is still under way."""
    monkeypatch.setattr(cache, "_PATIENCE", patience)
    front = make(waiting=waiting)
    done = threading.Event()
    counted.before = lambda number: _wait(done) if number == 1 else None
    with ThreadPoolExecutor(1) as pool:
        first: Future[TestResponse] = pool.submit(get, front, "/sparql", "GET", ROWS)
        _until(lambda: len(counted.asked) == 1)
        second = get(front, "/sparql", query=ROWS)
        assert 200 == second.status_code
        done.set()

    assert second.data == first.result().data
    assert 2 == len(counted.asked)


def test_the_same_as_without(front: Served, inside: App) -> None:
    """Whatever was asked before, in whatever order, an answer is what the application alone would have said."""
    paths = ["/", "/queries/", QUESTION, QUESTION + ".csv?lang=fr", "/dumps/", "/errors/not-found", "/nowhere"]
    paths += [
        "/reconcile",
        "/reconcile/draft",
        "/openapi.json",
        "/sitemap.xml",
        "/robots.txt",
        "/search?q=data&format=json",
    ]
    paths += [
        "/sparql",
        "/sparql?query=ASK%7B%7D",
        "/sparql?query=SELECT",
        "/static/govplan.css",
        "/sparql?query=ASK%7B%7D&max-rows=1",
    ]
    paths += [
        "/sparql?" + urlencode(ROWS),
        "/dumps/be-ai-convergence.ttl",
    ]
    accepts = ["*/*", "text/html", "application/json", "text/csv, */*;q=0.1", "image/png", "text/turtle"]
    chance = random.Random(20221028)
    tags: list[str] = []
    for _ in range(600):
        path, method = chance.choice(paths), chance.choice(["GET", "GET", "HEAD"])
        headers = {
            "Accept": chance.choice(accepts),
            "Accept_Language": chance.choice(["nl", "fr-BE", "en, de;q=0.5"]),
            "Host": chance.choice(["a.example", "b.example"]),
            "Range": chance.choice(["bytes=3-7", "lines=1-2", "bytes=0-"]),
        }
        coding = chance.choice(["identity", "gzip", "br", "zstd", "identity;q=0, *", "gzip;q=0"])
        # A range may be ignored (RFC 9110 section 14.2): of what is kept it is, and where the plain bytes are refused.
        if chance.random() < 0.7 or path.startswith("/static") or "identity;q=0" in coding:
            del headers["Range"]
        known = {"If_None_Match": chance.choice(tags)} if tags and chance.random() < 0.3 else {}
        alone = get(inside, path, method, **headers)
        answer = get(front, path, method, **headers, **known, Accept_Encoding=coding)
        if answer.status_code == 304:
            assert answer.headers["ETag"] in known["If_None_Match"]
            continue
        tags.append(answer.headers.get("ETag", '"none"'))
        assert alone.status_code == answer.status_code, (path, headers)
        if method == "GET":
            assert alone.data == plain(answer), (path, headers)
        changing = {"content-length", "content-encoding", "etag", "date"}
        assert {(name, value) for name, value in alone.headers if name.lower() not in changing} == {
            (name, value) for name, value in answer.headers if name.lower() not in changing
        }
    assert front.cache.entries.hits > 50


def _until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(60_000):
        if condition():
            return
        pause.wait(0.001)
    raise AssertionError("what was waited for did not come")


def _wait(event: threading.Event) -> None:
    assert event.wait(60)
