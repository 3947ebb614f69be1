"""What a request costs: where budgets hold, which answers are errors of their client, and who pays."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from govplan.web.admission import Admission, Meter, charged, client_key, in_force, is_clients_error, shape_of

from govplan.bootstrap import open_store
from govplan.config import Settings
from govplan.errors import ClientOverBudget, Overloaded
from govplan.group import Accounts, Budget
from govplan.manifest import Manifest
from govplan.store import Request, Store
from govplan.store.formats import BINDINGS
from govplan.web import create_app, in_front

CLIENT = ("client",)


@pytest.mark.parametrize("status", [400, 405, 406, 408, 411, 413, 414, 415, 417, 422, 431, 504])
def test_errors_of_clients(status: int) -> None:
    """What a client alone can mend is its error, and so is a query that ran into its limit."""
    assert is_clients_error(status)


@pytest.mark.parametrize("status", [200, 204, 206, 301, 303, 304, 404, 410, 416, 429, 500, 501, 502, 503])
def test_no_errors_of_clients(status: int) -> None:
    """What honest clients meet is no error of theirs, nor is what fails here."""
    assert not is_clients_error(status)


@pytest.fixture(name="meter")
def _meter() -> Meter:
    """Counts for clients that may run one query at once and cause two errors."""
    return Meter(Accounts(Budget(queries=1, burst=2, seconds=60, errors=1)), crowded=lambda: True)


def test_meter_charges_errors(meter: Meter) -> None:
    """Whatever the answer is made of, its status is charged; whoever is refused costs nothing."""
    with meter.visit(CLIENT) as visit:
        visit.answered(200)
    with meter.visit(CLIENT) as visit:
        visit.answered(406)
    with meter.query(CLIENT) as visit:
        visit.answered(504)
    for _ in range(100):
        with pytest.raises(ClientOverBudget, match="errors"), meter.query(CLIENT):
            pass
        with pytest.raises(ClientOverBudget, match="errors") as caught, meter.visit(CLIENT):
            pass
    assert 60 == caught.value.retry_seconds


@pytest.mark.parametrize("status", [400, 406, 414, 422, 504])
def test_meter_stops_whoever_causes_errors_only(meter: Meter, status: int) -> None:
    """Of 150 requests that are refused, the first are answered, and the others sent away before any work."""
    let_in = 0
    for _ in range(150):
        with suppress(ClientOverBudget), meter.visit(CLIENT) as visit:
            let_in += 1
            visit.answered(status)
    assert 2 == let_in


def test_meter_counts_queries_alone(meter: Meter) -> None:
    """A page beside a query is let in, a second query is not; a query that failed runs no more."""
    refused = pytest.raises(ClientOverBudget, match="run already")
    with meter.query(CLIENT), meter.visit(CLIENT), refused, meter.query(CLIENT):
        pass
    with pytest.raises(ZeroDivisionError), meter.query(CLIENT):
        1 / 0  # noqa: B018
    with meter.query(CLIENT):
        pass


@pytest.fixture(name="counting")
def _counting(settings: Settings, manifest: Manifest, release: Path, store: Store) -> FlaskClient:
    """A client of a server behind a proxy, whose clients may cause two errors."""
    changed = replace(settings, budgets="on", proxies=1, client_errors=1, cache_bytes=0)
    app = create_app(changed, manifest, release, store, {})
    app.wsgi_app = in_front(app.wsgi_app, lambda: manifest.id, changed, waiting=1)  # type: ignore[method-assign, assignment]
    return app.test_client()


@pytest.mark.parametrize(
    "spelling",
    ["192.0.2.1:{n}", "forged{n}, 192.0.2.1", "[::ffff:192.0.2.1]:{n}", "2001:db8:0:1::{n}", "junk{n}", "_{n}", '"{n}'],
)
def test_spellings_are_no_new_clients(counting: FlaskClient, spelling: str) -> None:
    """However a client's address is written, and whatever stands there instead, it is the same client each time."""

    def status(query: str, number: int) -> int:
        headers = {"X-Forwarded-For": spelling.format(n=number)}
        return counting.get("/sparql", query_string={"query": query}, headers=headers).status_code

    assert [400, 400, 429] == [status("SELECT * { ?s }", number) for number in range(3)]
    assert 429 == status("ASK {}", 3)


def test_questions_of_the_server_itself(settings: Settings, release: Path) -> None:
    """What the server asks its store outside a request costs nobody anything."""
    admission = Admission(open_store(release, settings), Accounts(Budget(queries=1, burst=1, seconds=1, errors=1)))
    asked = Request("ASK {}", BINDINGS[0].media_type)
    for _ in range(5):
        assert b"true" in admission.answer(asked).body
    assert 0 == admission.waiting
    admission.close()
    with pytest.raises(Overloaded), charged(admission):
        admission.answer(asked)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unix:", "unix:"),
    ],
)
def test_who_is_a_client(address: str, key: str) -> None:
    """A client is an IPv4 address, however it is written, or the /64 of an IPv6 address."""
    assert key == client_key(address)


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
