"""Hostile queries: each gets a typed answer, and whoever asks beside them notices nothing."""

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.end_to_end.faults.attacks import ATTACKS
from tests.end_to_end.faults.conftest import Reply, Server, Starter, until

STATUSES = {200, 400, 413, 414, 422, 503, 504}
LIGHT = "SELECT ?s { ?s a ?type } LIMIT 3"
BOMB = ATTACKS["cartesian count"]
# `make soak` sends a thousand, which takes five minutes.
BOMBS = int(os.environ.get("GOVPLAN_BOMBS", "100"))


def _typed(reply: Reply) -> bool:
    """Tell whether a reply is an answer or a problem of a known type; a 200 is whole by its length."""
    if reply.status == 200:
        return len(reply.body) == int(reply.headers["content-length"])
    return (
        reply.status in STATUSES
        and reply.type == "application/problem+json"
        and json.loads(reply.body)["status"] == reply.status
    )


@pytest.mark.soak
def test_light_queries_beside_attacks(start: Starter) -> None:
    """While every attack is run, light queries of others are all answered, and alike."""
    server = start(query_seconds=2)
    expected = server.get("/sparql", query=LIGHT).body
    over = threading.Event()

    def ask(client: int) -> tuple[int, list[Reply]]:
        asked, failed = 0, []
        while not over.is_set():
            # Never the same text twice, so that no cache answers.
            reply = server.get("/sparql", query=f"{LIGHT} # {client} {asked}")
            asked += 1
            if reply.body != expected:
                failed.append(reply)
        return asked, failed

    with ThreadPoolExecutor() as pool:
        light = [pool.submit(ask, client) for client in range(2)]
        try:
            replies = {name: server.post(query) for name, query in ATTACKS.items()}
        finally:
            over.set()
        counts = [future.result() for future in light]
    assert {} == {name: reply for name, reply in replies.items() if not _typed(reply)}
    assert all(asked > 20 for asked, _ in counts), counts
    assert [[], []] == [failed for _, failed in counts]
    assert {"service": 400, "service per row": 400, "update": 400} == {
        name: replies[name].status for name in ("service", "service per row", "update")
    }
    assert 504 == replies["cartesian count"].status


def test_two_hundred_bombs_at_once(start: Starter) -> None:
    """After two hundred bombs at once, each answered in its way, a light query is answered."""
    server = start(query_seconds=1)
    with ThreadPoolExecutor(200) as pool:
        replies = list(pool.map(lambda n: server.get("/sparql", query=f"{BOMB} # {n}"), range(200)))
    assert {503, 504} >= {reply.status for reply in replies}
    assert all(_typed(reply) for reply in replies)
    assert all("retry-after" in reply.headers for reply in replies if reply.status == 503)
    assert 200 == server.get("/sparql", query=LIGHT).status


@pytest.mark.soak
def test_nothing_grows(start: Starter) -> None:
    """So many deaths later the server has as many processes and files as before, and no more memory."""
    server = start(query_seconds=5, workers=2)

    def bomb(number: int) -> int:
        # Sooner than a worker starts on a machine that is busy with other things, so it may be turned away at first.
        for _ in range(100):
            status = server.get("/sparql", query=f"{BOMB} # {number}", timeout="0.05").status
            if status != 503:
                return status
        return 503

    def figures() -> tuple[int, int]:
        until(lambda: len(server.workers) == 5)
        return server.front.num_fds(), server.front.memory_info().rss

    with ThreadPoolExecutor(2) as pool:
        assert {504} == set(pool.map(bomb, range(20)))
        files, memory = figures()
        assert {504} == set(pool.map(bomb, range(20, 20 + BOMBS)))
    files_after, memory_after = figures()
    assert files_after <= files + 3
    assert memory_after < memory + (8 << 20)


def test_whole_or_nothing_while_workers_are_killed(start: Starter) -> None:
    """While workers are killed, whatever comes with status 200 is the whole answer."""
    server: Server = start(query_seconds=20)
    query = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
    whole = server.get("/sparql", query=query, format="csv").body
    over = threading.Event()

    def reap() -> None:
        while not over.wait(0.05):
            for worker in server.workers[:1]:
                worker.kill()

    with ThreadPoolExecutor() as pool:
        reaper = pool.submit(reap)
        try:
            replies = [server.get("/sparql", query=f"{query} # {n}", format="csv") for n in range(40)]
        finally:
            over.set()
        reaper.result()
    assert {200, 500, 503, 504} >= {reply.status for reply in replies}
    assert {whole} >= {reply.body for reply in replies if reply.status == 200}
    assert all(reply.type == "application/problem+json" for reply in replies if reply.status != 200)
    until(lambda: server.get("/ready").status == 200)
