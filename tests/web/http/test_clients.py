"""Who sends a request and what that costs: proxies, budgets from the first byte, and which answers count as errors."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client as WebClient

from govplan.config import Settings
from govplan.errors import ClientOverBudget
from govplan.group import Accounts, Budget, client_keys
from govplan.manifest import Manifest
from govplan.sparql import Store
from govplan.web import create_app
from govplan.web.http.clients import Clients, in_force, is_clients_error, shape_of
from govplan.web.http.environ import FAULT, Environ
from tests.web.layers import get
from tests.web.served import CLIENT, Serve, Served, alone

WRONG = "SELECT * { ?s }"
RIGHT = "ASK {}"


def _environ(path: str = "/sparql", **more: str) -> Environ:
    return {"REMOTE_ADDR": CLIENT, "PATH_INFO": path, "wsgi.url_scheme": "http", **more}


def _clients(accounts: Accounts | None = None, *, proxies: int = 0, crowded: bool = False) -> Clients:
    return Clients(accounts, proxies, lambda: crowded)


@pytest.fixture(name="accounts")
def _accounts() -> Accounts:
    """Accounts for clients that may send one request at once, three if nobody waits, and cause two errors."""
    return Accounts(Budget(queries=1, burst=3, seconds=60, errors=1))


@pytest.mark.parametrize("status", [400, 405, 406, 408, 411, 413, 414, 415, 417, 422, 431, 504])
def test_errors_of_clients(status: int) -> None:
    """What a client alone can mend is its error, and so is a query that ran into its limit."""
    assert is_clients_error(status)


@pytest.mark.parametrize("status", [200, 204, 206, 301, 303, 304, 404, 410, 416, 429, 500, 501, 502, 503])
def test_no_errors_of_clients(status: int) -> None:
    """What honest clients meet is no error of theirs, nor is what fails here."""
    assert not is_clients_error(status)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", CLIENT),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "forged, 198.51.100.1:4711", "198.51.100.1"),
        (2, "forged, 198.51.100.1, 203.0.113.1", "198.51.100.1"),
        (2, "198.51.100.1", CLIENT),
        (1, "unknown", CLIENT),
        (1, None, CLIENT),
    ],
)
def test_address(proxies: int, forwarded: str | None, address: str) -> None:
    """The address of a client is what the outermost trusted proxy says, else that of its connection."""
    environ = _environ() if forwarded is None else _environ(HTTP_X_FORWARDED_FOR=forwarded)
    _clients(proxies=proxies).recognise(environ)

    assert address == environ["REMOTE_ADDR"]


@pytest.mark.parametrize(
    ("proxies", "said", "scheme"),
    [
        (0, "https", "http"),
        (1, "https", "https"),
        (1, "HTTPS", "https"),
        (1, "gopher, https ", "https"),
        (1, "https, http", "http"),
        (2, "https, http", "https"),
        (2, "https", "http"),
        (1, "gopher", "http"),
        (1, "", "http"),
        (1, None, "http"),
    ],
)
def test_scheme(proxies: int, said: str | None, scheme: str) -> None:
    """The scheme is what the outermost trusted proxy says, if it is one of the web, else that of its connection."""
    environ = _environ() if said is None else _environ(HTTP_X_FORWARDED_PROTO=said)
    _clients(proxies=proxies).recognise(environ)

    assert scheme == environ["wsgi.url_scheme"]


def test_without_budgets() -> None:
    """Where clients have no budgets, nobody is counted."""
    clients = _clients()
    assert not clients.counted
    with clients.visit(_environ()) as client:
        assert () == client.keys


@pytest.mark.parametrize("path", ["/live", "/ready", "/metrics", "/static/govplan.css"])
def test_free_of_charge(accounts: Accounts, path: str) -> None:
    """What machines ask that watch a server, and what every page asks, costs nothing."""
    clients = _clients(accounts)
    assert clients.counted
    for _ in range(5):
        with clients.visit(_environ(path)) as client:
            assert () == client.keys
            client.status = 400
    accounts.check(client_keys(CLIENT))


@pytest.mark.parametrize("status", [400, 406, 414, 422, 504])
def test_errors_are_charged_to_the_account(accounts: Accounts, status: int) -> None:
    """Of a hundred requests that are refused, the first are answered, and the others sent away before any work."""
    clients = _clients(accounts)
    let_in = 0
    for _ in range(100):
        environ = _environ()
        with clients.visit(environ) as client:
            if FAULT in environ:
                assert isinstance(environ[FAULT], ClientOverBudget)
                status = 429
            else:
                let_in += 1
            client.status = status

    assert 2 == let_in


@pytest.mark.parametrize(("crowded", "most"), [(True, 1), (False, 3)])
def test_requests_at_once(accounts: Accounts, crowded: bool, most: int) -> None:
    """A client may have so many requests under way, more while nobody waits; one that failed is under way no more."""
    clients = _clients(accounts, crowded=crowded)
    for _ in range(most - 1):
        accounts.enter(client_keys(CLIENT), crowded=crowded)
    with clients.visit(last := _environ()) as client, clients.visit(over := _environ()) as refused:
        assert client_keys(CLIENT) == client.keys == refused.keys
        assert FAULT not in last
        assert isinstance(over[FAULT], ClientOverBudget)
    with pytest.raises(ZeroDivisionError), clients.visit(_environ()):
        1 / 0  # noqa: B018
    with clients.visit(again := _environ()):
        assert FAULT not in again


@pytest.mark.parametrize("path", ["/sparql", "/sparql/chart", "/reconcile/draft/match", "/queries/x.csv"])
def test_queries_count(accounts: Accounts, path: str) -> None:
    """What programs ask for runs so many times at once for one client."""
    clients = _clients(accounts, crowded=True)
    with clients.visit(first := _environ(path)), clients.visit(second := _environ(path)):
        assert FAULT not in first
        assert isinstance(second[FAULT], ClientOverBudget)


@pytest.mark.parametrize("path", ["/", "/plan", "/queries/", "/queries/x", "/queries/x.svg", "/queries/x.png"])
def test_pages_do_not_count(accounts: Accounts, path: str) -> None:
    """Of pages and what they show a browser asks for many at once; their errors count as any other."""
    clients = _clients(accounts, crowded=True)
    with clients.visit(_environ()), clients.visit(first := _environ(path)), clients.visit(second := _environ(path)):
        assert FAULT not in first
        assert FAULT not in second
    for _ in range(2):
        with clients.visit(_environ(path)) as client:
            client.status = 400
    with clients.visit(third := _environ(path)):
        assert isinstance(third[FAULT], ClientOverBudget)


@pytest.fixture(name="counting")
def _counting(settings: Settings, manifest: Manifest, release: Path, store: Store, serve: Serve) -> Any:
    """Serve behind so many proxies, with clients that may cause two errors."""

    def counting(**changed: Any) -> Served:
        changed = {"budgets": "on", "proxies": 1, "client_errors": 1, "cache_bytes": 0, **changed}
        counted = replace(settings, **changed)
        return serve(create_app(counted, manifest, release, store, {}), counted, group=alone(counted))

    return counting


def _status(served: Served, query: str, **headers: str) -> int:
    return get(served, "/sparql", query={"query": query}, **headers).status_code


def test_over_budget(counting: Any) -> None:
    """Whoever causes errors only is told to come back later, others are not; the proxy says who is who."""
    served = counting()
    mine, other = ({"X_Forwarded_For": f"forged, {address}"} for address in ("192.0.2.1", "192.0.2.2"))
    assert [400, 400, 429] == [_status(served, WRONG, **mine) for _ in range(3)]
    answer = get(served, "/sparql", query={"query": RIGHT}, **mine)

    assert (429, "application/problem+json") == (answer.status_code, answer.mimetype)
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert 200 == _status(served, RIGHT, **other)
    assert 200 == get(served, "/live", **mine).status_code


def test_what_is_kept_is_free(counting: Any) -> None:
    """An answer that is kept is given to those who have used up their budget, too."""
    served = counting(cache_bytes=1_000_000)
    assert 200 == _status(served, RIGHT)
    assert [400, 400, 429] == [_status(served, WRONG) for _ in range(3)]

    assert 200 == _status(served, RIGHT)
    assert 429 == _status(served, RIGHT + " ")


def test_errors_before_any_view(counting: Any) -> None:
    """What is wrong with a request is charged, whichever layer finds it."""
    served = counting(proxies=0, body_bytes=10)
    body = {"data": b"x" * 11, "content_type": "application/sparql-query"}
    refused = [WebClient(served).post("/sparql", **body).status_code for _ in range(3)]

    assert [413, 413, 429] == refused
    assert 429 == _status(served, RIGHT)


@pytest.mark.parametrize(
    "spelling",
    ["192.0.2.1:{n}", "forged{n}, 192.0.2.1", "[::ffff:192.0.2.1]:{n}", "2001:db8:0:1::{n}", "junk{n}", "_{n}", '"{n}'],
)
def test_spellings_are_no_new_clients(counting: Any, spelling: str) -> None:
    """However a client's address is written, and whatever stands there instead, it is the same client each time."""
    served = counting()
    statuses = [_status(served, WRONG, X_Forwarded_For=spelling.format(n=number)) for number in range(3)]

    assert [400, 400, 429] == statuses
    assert 429 == _status(served, RIGHT, X_Forwarded_For=spelling.format(n=3))


def test_proxy_is_not_trusted_unasked(counting: Any) -> None:
    """Without a trusted proxy, a forged address does not make another client."""
    served = counting(proxies=0)

    assert [400, 400, 429] == [_status(served, WRONG, X_Forwarded_For=f"192.0.2.{n}") for n in range(3)]


def test_shape_of_a_group(settings: Settings) -> None:
    """A group has as many slow places as queries may last at once, and budgets where they hold."""
    shape = shape_of(replace(settings, budgets="on", workers=7, client_burst=3), fronts=2)
    assert (2, 7) == (shape.fronts, shape.slow)
    assert shape.budget is not None
    assert 3 == shape.budget.burst
    shape = shape_of(replace(settings, budgets="off", workers=0), fronts=1)
    assert shape.budget is None
    assert 2 <= shape.slow


@pytest.mark.parametrize(
    ("host", "proxies", "budgets", "expected"),
    [
        ("127.0.0.1", 0, "auto", False),
        ("::1", 0, "auto", False),
        ("localhost", 0, "auto", False),
        ("127.0.0.1", 1, "auto", True),
        ("0.0.0.0", 0, "auto", True),
        ("plan.example.be", 0, "auto", True),
        ("127.0.0.1", 0, "on", True),
        ("0.0.0.0", 0, "off", False),
    ],
)
def test_where_budgets_hold(settings: Settings, host: str, proxies: int, budgets: str, expected: bool) -> None:
    """By default, budgets hold everywhere but on loopback without a proxy in front."""
    assert expected is in_force(replace(settings, host=host, proxies=proxies, budgets=budgets))
