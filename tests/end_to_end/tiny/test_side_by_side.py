"""Two releases open in one process: each answers from its own content, and what the process has is shared."""

import asyncio
import json
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace

import pytest

from govplan import metrics
from govplan.config import Settings, load
from govplan.errors import StoreUnavailable
from govplan.group import Group, Shape
from govplan.manifest import Manifest
from govplan.release.build import build
from govplan.server.opened import OpenRelease
from govplan.server.runtime import Runtime
from govplan.web.http.bodies import Bodies
from govplan.web.http.cache import Cache
from govplan.web.http.clients import Clients
from govplan.web.http.environ import Environ
from govplan.web.http.sending import Sending, SendingLimits
from govplan.web.http.threads import Threads
from govplan.web.shell import Shell
from govplan.web.site import Site
from tests.conftest import TINY
from tests.loops import LONG
from tests.web.served import Asked, Connection, Fields

PAGE = "/id/plan/cycling.html"
MATCH = 'queries={"q":{"query":"Build"}}'
WORKERS = 2


class Front:
    """A front in which each request names its release by the header Host: `current`, or `old` for the one beside it."""

    def __init__(self, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.group = Group.alone(Shape(fronts=1, budget=None, slow=WORKERS))
        self.runtime = Runtime(settings, loop, self.group)
        self.open = dict[str, OpenRelease]()
        self.threads = Threads(size=4, at_once=1, queue=16)
        self.cache = Cache(
            lambda environ: self.open[environ["HTTP_HOST"]].edition, self.runtime.entries, in_thread=self.threads.run
        )
        self._shell = Shell(
            self.runtime.app,
            self._entered,
            cache=self.cache,
            clients=Clients(None, settings.proxies, crowded=lambda: self.runtime.waiting > 0),
            bodies=Bodies(limit=settings.body_bytes, seconds=settings.body_seconds),
            threads=self.threads,
            sending=Sending(SendingLimits(settings.send_seconds)),
            places=self.group.sending,
            seconds=settings.query_seconds,
        )

    @asynccontextmanager
    async def _entered(self, environ: Environ) -> AsyncIterator[Site]:
        opened = self.open[environ["HTTP_HOST"]]
        assert opened.enter()
        try:
            yield opened.site
        finally:
            opened.leave()

    def get(self, release: str, path: str, query: str = "") -> Connection:
        """Answer a request on a release, waiting for it in this thread."""
        asked = Asked(path=path, query_string=query, headers=Fields([("host", release)]))
        connection = Connection()
        asyncio.run_coroutine_threadsafe(self._shell.answer(asked, connection), self._loop).result(LONG)
        return connection

    def on_loop(self, function: Callable[[], int]) -> int:
        """Return what a function gives on the loop, once what was begun before has been done."""

        async def call() -> int:
            return function()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(LONG)

    def close(self) -> None:
        """Close the releases, then the process."""
        for opened in self.open.values():
            opened.close()
        self.runtime.close()
        self.threads.close()


@pytest.fixture(scope="module", name="changed")
def _changed(tiny: Settings, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """The manifest of another release of the same project: a label differs."""
    root = tmp_path_factory.mktemp("changed") / "plan"
    shutil.copytree(TINY, root)
    file = root / "data" / "plans" / "cycling" / "plan.ttl"
    file.write_text(file.read_text("utf-8").replace("Ruas seguras", "Ruas calmas"), "utf-8")
    return build(load(root, environ={}, overrides={"releases": tiny.releases}), same_version=True)


@pytest.fixture(name="front")
def _front(tiny: Settings, built: Manifest, changed: Manifest, loop: asyncio.AbstractEventLoop) -> Iterator[Front]:
    with closing(Front(replace(tiny, workers=WORKERS, cache_bytes=400_000), loop)) as front:
        for name, manifest in (("current", changed), ("old", built)):
            folder = tiny.releases / manifest.id
            front.open[name] = front.runtime.open(folder, manifest, lambda: None, secondary=name == "old")
        yield front


def _header(connection: Connection, name: str) -> str:
    return next(value for header, value in connection.headers if header.lower() == name)


def _gauge(name: str) -> float:
    metrics.push()
    return metrics.REGISTRY.get_sample_value(f"govplan_{name}") or 0.0


def test_each_answers_from_its_own(front: Front, built: Manifest, changed: Manifest) -> None:
    """Pages, search, matching and queries are those of the release that a request is about."""
    pages = {name: front.get(name, "/id/objective/cycling-1.html", "lang=pt") for name in ("current", "old")}
    searches = {name: front.get(name, "/search", "q=calmas&format=json").body for name in ("current", "old")}

    assert {"current": changed.id, "old": built.id} == {n: _header(page, "x-release") for n, page in pages.items()}
    assert b"Ruas calmas" in pages["current"].body
    assert b"Ruas seguras" in pages["old"].body
    assert (b"cycling-1" in searches["current"], b"cycling-1" in searches["old"]) == (True, False)
    for name in ("old", "current", "old"):
        answer = front.get(name, "/reconcile", MATCH)
        assert (200, True) == (answer.status, "q" in json.loads(answer.body))
    assert front.open["current"].site.matcher is not front.open["old"].site.matcher


def test_one_capacity(front: Front) -> None:
    """The release beside the current one adds one worker once it is asked, no place in the lanes and no gauge."""
    capacity = front.runtime.capacity
    # The gauge is of the process, in which other tests may have stores open.
    # Both are read on the loop, where workers are counted, so that none starts in between.
    others = front.on_loop(lambda: int(_gauge("workers")) - capacity.workers)
    usual = 2 * capacity.limits.fast
    while front.on_loop(lambda: capacity.workers) < usual:
        assert 200 == front.get("current", "/sparql", "query=ASK%7B%7D").status
    assert usual + others == _gauge("workers")
    answers = [front.get("old", "/sparql", f"query=ASK%7B%7D%23{number}").status for number in range(5)]

    assert [200] * 5 == answers
    assert usual + others + 1 == _gauge("workers")
    assert 0 == front.runtime.waiting == _gauge("waiting_queries")


def test_one_cache(front: Front) -> None:
    """One bound holds for the answers of both; each is found again under its own release."""
    for _ in range(2):
        for name in ("current", "old"):
            assert 200 == front.get(name, PAGE).status
    entries = front.runtime.entries
    assert (2, 2) == (len(entries), entries.hits)
    for number in range(60):
        assert 200 == front.get(("current", "old")[number % 2], PAGE, f"x={number}").status

    assert 2 < len(entries) < 60
    assert entries.size <= entries.limit
    assert entries.size == _gauge("kept_bytes")


def test_closed_beside_another(front: Front) -> None:
    """A release that is closed takes its worker and its answers with it, and nothing of the other."""
    for name in ("current", "old"):
        assert 200 == front.get(name, PAGE).status
    workers = front.on_loop(lambda: front.runtime.capacity.workers)
    front.open["old"].close()

    assert not front.open["old"].enter()
    assert 1 == len(front.runtime.entries)
    assert workers - 1 <= front.on_loop(lambda: front.runtime.capacity.workers)
    hits = front.runtime.entries.hits
    assert 200 == front.get("current", PAGE).status
    assert hits + 1 == front.runtime.entries.hits
    assert 200 == front.get("current", "/sparql", "query=ASK%7B%7D").status


def test_condemned_beside_another(front: Front) -> None:
    """A release that is damaged answers with its problem, and the other one goes on."""
    front.open["old"].condemn(StoreUnavailable("Release x is damaged."))

    assert 503 == front.get("old", PAGE).status
    assert 200 == front.get("current", PAGE).status


def test_entered_while_it_closes(front: Front) -> None:
    """A release that is being closed waits for whoever is inside, and lets nobody else in."""
    opened = front.open["old"]
    assert opened.enter()
    closer = threading.Thread(target=opened.close, args=(LONG,))
    closer.start()
    while opened.enter():
        opened.leave()
    assert closer.is_alive()
    opened.leave()
    closer.join(LONG)

    assert not closer.is_alive()


def test_closing_is_hurried(front: Front) -> None:
    """Whoever closes it again need not wait for the one that is inside."""
    opened = front.open["old"]
    assert opened.enter()
    closer = threading.Thread(target=opened.close, args=(LONG * 100,))
    closer.start()
    opened.close()
    closer.join(LONG)

    assert not closer.is_alive()
