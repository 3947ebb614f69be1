"""What a client may use, seen from outside: who asks for too much is refused, and nobody else notices."""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from govplan.config import Settings
from govplan.manifest import Manifest
from tests.end_to_end.faults.attacks import ATTACKS
from tests.end_to_end.faults.conftest import Reply, Server, Starter, starting

BOMB = ATTACKS["cartesian count"]
# Takes long enough to need a place for long queries, and no longer than a patient person waits.
LONG = "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o . ?s ?q ?x }"
# Each case of a test is a client of its own.
_CLIENTS = itertools.count(1)


def _ask(server: Server, client: str, query: str, **parameters: str) -> Reply:
    """Ask as a client behind the one trusted proxy."""
    return server.get("/sparql", headers={"X-Forwarded-For": client}, query=query, **parameters)


def test_one_client_leaves_a_long_place(start: Starter) -> None:
    """However many endless queries one client sends, the long query of another is answered, every time."""
    server = start(budgets="on", proxies=1, workers=2, query_seconds=4, client_errors=1000, client_seconds=1000)
    over = threading.Event()

    def attack(number: int) -> None:
        asked = 0
        while not over.is_set():
            asked += 1
            _ask(server, "192.0.2.1", f"{BOMB} # {number} {asked}")

    with ThreadPoolExecutor(4) as pool:
        for number in range(4):
            pool.submit(attack, number)
        try:
            statuses = [_ask(server, "198.51.100.7", f"{LONG} # {number}").status for number in range(8)]
        finally:
            over.set()
    assert {200} == set(statuses)


@pytest.fixture(scope="module", name="strict")
def _strict(settings: Settings, manifest: Manifest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that allows few errors, to each of its clients."""
    with starting(settings.releases, tmp_path_factory.mktemp("strict")) as start:
        yield start(budgets="on", proxies=1, client_errors=3, query_bytes=1000)


@pytest.mark.parametrize(
    ("path", "parameters", "status"),
    [
        ("/sparql", {"query": "SELECT"}, 400),
        ("/sparql", {"query": "ASK {}", "format": "png"}, 406),
        ("/sparql", {"query": "ASK {" + " " * 2000 + "}"}, 414),
        ("/sparql/chart", {"query": "ASK {}"}, 422),
        ("/reconcile", {"queries": "{"}, 400),
        ("/queries/actions-with-budget", {"nonsense": "1"}, 400),
        ("/search", {"q": "x" * 5000}, 400),
    ],
)
def test_every_error_is_charged(strict: Server, path: str, parameters: dict[str, str], status: int) -> None:
    """Whatever the error is, and whoever finds it, so many are allowed and no more."""
    headers = {"X-Forwarded-For": f"192.0.2.{next(_CLIENTS)}"}
    statuses = [strict.get(path, headers=headers, **parameters).status for _ in range(9)]
    assert 429 in statuses
    refused = statuses.index(429)
    assert {status} == set(statuses[:refused])
    assert 6 <= refused <= 7
    assert 429 != strict.get("/", headers={"X-Forwarded-For": "198.51.100.7"}).status


def test_time_that_is_over_is_charged(start: Starter) -> None:
    """A query that runs into its time limit is an error of its client, too."""
    server = start(budgets="on", proxies=1, client_errors=2, query_seconds=1)
    statuses = [_ask(server, "192.0.2.1", f"{BOMB} # {number}").status for number in range(7)]
    assert [504, 504, 504, 504, 429] == statuses[:5]


@pytest.mark.parametrize(
    "junk",
    [
        "unknown, {}x",
        *(pytest.param(each, marks=pytest.mark.soak) for each in ("8.8.8.8:{}", "junk-{}", "[2001:db8::{}")),
    ],
)
def test_junk_is_no_new_client(start: Starter, junk: str) -> None:
    """A last hop that is no address, or has a port, makes nobody a new client."""
    server = start(budgets="on", proxies=1, client_errors=3)
    statuses = [
        server.get("/sparql", headers={"X-Forwarded-For": junk.format(number)}, query="SELECT").status
        for number in range(9)
    ]
    assert 429 in statuses
