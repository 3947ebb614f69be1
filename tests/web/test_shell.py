"""The outermost layer of a server process: clients that leave, faults that nothing else takes, large answers."""

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Response

from govplan import deadline
from govplan.config import Settings
from govplan.engines.oxigraph.lanes import Lane
from govplan.engines.oxigraph.pool import EmbeddedStore
from govplan.group import client_keys
from govplan.manifest import Manifest
from govplan.sparql import Store
from govplan.web import App, create_app, shell
from tests.conftest import LIMITS
from tests.loops import LONG, until
from tests.web.layers import CountedStore
from tests.web.served import CLIENT, Asked, Connection, Fields, Serve, Served, alone

BOMB = quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
MANY = quote("SELECT * { GRAPH ?g { ?s ?p ?o } } LIMIT 3000")
DUMP = "/dumps/be-ai-convergence.nq"
KEYS = client_keys(CLIENT)
Start = Callable[..., Served]


@pytest.fixture(name="start")
def _start(settings: Settings, manifest: Manifest, release: Path, store: Store, serve: Serve) -> Start:
    """Serve an application of its own with other settings, on another store if one is given."""

    def start(other: Store = store, **changed: Any) -> Served:
        changed = {"budgets": "off", "cache_bytes": 0, **changed}
        changed_settings = replace(settings, **changed)
        app = create_app(changed_settings, manifest, release, other, {})
        return serve(app, changed_settings, group=alone(changed_settings))

    return start


def _ask(
    served: Served,
    path: str,
    query: str = "",
    method: str = "GET",
    connection: Connection | None = None,
    **headers: str,
) -> Connection:
    lines = [("host", "localhost"), *((name.replace("_", "-"), value) for name, value in headers.items())]
    return served.ask(Asked(path, query, method, Fields(lines)), connection or Connection())


@pytest.mark.parametrize("path", ["/live", "/sparql", DUMP, "/nowhere"])
def test_head(start: Start, path: str) -> None:
    """HEAD is answered with the header that GET has, and nothing after it."""
    served = start()
    get, head = (_ask(served, path, method=method) for method in ("GET", "HEAD"))

    assert (get.status, get.headers) == (head.status, head.headers)
    assert get.body
    assert b"" == head.body
    assert str(len(get.body)) == dict(get.headers)["Content-Length"]


def test_fault_that_nobody_takes(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    """What nothing else takes is answered without a word about the inside, and is logged."""
    served = start()

    @served.app.get("/wrong")
    def wrong() -> Response:
        response = Response("abc")
        response.content_length = 5
        return response

    answer = _ask(served, "/wrong")

    assert (500, "application/problem+json") == (answer.status, dict(answer.headers)["Content-Type"])
    assert {"title", "status"} == set(json.loads(answer.body))
    assert "declared 5 bytes and wrote 3" in caplog.text


def test_answers_are_told(start: Start) -> None:
    """Each answer is told to whoever writes the log, with the time it took, also one that is kept."""
    served = start(cache_bytes=1_000_000)
    for path in ("/sparql", "/sparql", "/nowhere"):
        _ask(served, path, "query=ASK{}")

    assert [("/sparql", 200), ("/sparql", 200), ("/nowhere", 404)] == [(each.path, each.status) for each in served.told]
    assert all(0 <= each.seconds < LONG for each in served.told)


def test_without_a_log(app: App, settings: Settings, serve: Serve) -> None:
    """Where nobody writes a log, answers are given all the same."""
    assert 200 == _ask(serve(app, settings, log=False), "/live").status


def test_field_that_is_too_long(start: Start) -> None:
    """A request of which something had to be left out is refused, whatever is kept."""
    served = start(cache_bytes=1_000_000)
    assert [200, 200] == [_ask(served, "/sparql", "query=ASK{}").status for _ in range(2)]

    assert 431 == _ask(served, "/sparql", "query=ASK{}", accept="a" * 10_000).status
    assert 1 == len(served.cache.entries)


def test_what_the_store_is_told(start: Start, store: Store) -> None:
    """The store is told who asks, and no more time than the request has left."""
    counted = CountedStore(store)
    served = start(counted, budgets="on", query_seconds=5.0)
    for parameters in ("", "&timeout=2", "&timeout=60"):
        assert 200 == _ask(served, "/sparql", f"query=ASK{{}}{parameters}").status
    first, second, third = counted.asked

    assert {KEYS} == {asked.client for asked in counted.asked}
    assert 2.0 == second.seconds
    for asked in (first, third):
        assert asked.seconds is not None
        assert 0 < asked.seconds <= 5.0


def test_client_leaves_its_query(
    start: Start, release: Path, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query whose client leaves is ended, and nobody is answered."""
    monkeypatch.setattr(shell, "_LASTS_SECONDS", 0.0)
    store = EmbeddedStore.alone(release, {}, replace(LIMITS, seconds=LONG, fast_seconds=LONG), loop=loop)
    served = start(store, query_seconds=LONG)

    async def leave() -> None:
        await until(lambda: store._dispatcher.occupied(Lane.FAST) == 1)
        connection.leave()
        await until(lambda: store._dispatcher.occupied(Lane.FAST) == 0)

    connection = Connection()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(_ask, served, "/sparql", f"query={BOMB}", connection=connection)
        asyncio.run_coroutine_threadsafe(leave(), loop).result(LONG)
        assert connection is asked.result(LONG)

    assert 0 == connection.answers
    assert [("/sparql", 499)] == [(told.path, told.status) for told in served.told]
    assert 200 == _ask(served, "/sparql", "query=ASK{}").status
    store.close()


def test_client_leaves_its_page(start: Start, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a thread whose client leaves ends at its next look at the time."""
    monkeypatch.setattr(shell, "_LASTS_SECONDS", 0.0)
    served = start(query_seconds=LONG)
    connection = Connection()

    @served.app.get("/without-end")
    def without_end() -> str:
        loop.call_soon_threadsafe(connection.leave)
        while True:
            deadline.check()

    _ask(served, "/without-end", connection=connection)

    assert 504 == connection.status


def test_client_stays(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stays is answered however long that takes, and is watched no longer."""
    monkeypatch.setattr(shell, "_LASTS_SECONDS", 0.0)
    served = start()

    assert [200, 200] == [_ask(served, path).status for path in ("/queries/", "/queries/")]


@pytest.mark.parametrize(
    ("path", "query"), [(DUMP, ""), ("/sparql", f"format=csv&query={MANY}")], ids=["a dump", "a kept answer"]
)
def test_large_answers_have_places(start: Start, path: str, query: str) -> None:
    """Each large answer takes a place of its client until it is sent, also one that is kept; HEAD sends nothing."""
    served = start(budgets="on", cache_bytes=10_000_000)
    places = served.group.sending
    for held in (1, 2):
        answer = _ask(served, path, query)
        assert 200 == answer.status
        assert len(answer.body) > 200_000
        assert held == places.held()
    assert 200 == _ask(served, path, query, "HEAD").status
    assert 2 == places.held()
    served.sending.look(time.monotonic() + 60)

    assert 0 == places.held()


def test_too_many_large_answers(start: Start) -> None:
    """A client to which too many large answers are on their way gets no more, but small ones; others get theirs."""
    served = start(budgets="on")
    places = served.group.sending
    assert places.acquire(KEYS, 10**12)
    answer = _ask(served, DUMP)

    assert (429, "5") == (answer.status, dict(answer.headers)["Retry-After"])
    assert b"client-over-budget" in answer.body
    assert 200 == _ask(served, "/sparql", "query=ASK{}").status
    assert 200 == served.ask(Asked(DUMP, client="198.51.100.7:1"), Connection()).status
    places.release(KEYS, 10**12)
    assert 200 == _ask(served, DUMP).status


def test_large_answers_without_budgets(start: Start) -> None:
    """Where clients have no budgets, large answers take no places."""
    served = start()
    assert 200 == _ask(served, DUMP).status

    assert 0 == served.group.sending.held()


def test_part_of_a_file(start: Start) -> None:
    """A part of a file is sent from the file."""
    whole, part = (_ask(start(), DUMP), _ask(start(), DUMP, range="bytes=10-19"))

    assert (206, whole.body[10:20]) == (part.status, part.body)
    assert f"bytes 10-19/{len(whole.body)}" == dict(part.headers)["Content-Range"]
