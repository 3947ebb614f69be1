"""Budgets per client: what each may use, what flows back, and who is who."""

from dataclasses import replace

import pytest

from govplan.config import Settings
from govplan.errors import ClientOverBudget
from govplan.web.admission import Accounts, Budget, client_key, in_force

BUDGET = Budget(queries=2, burst=5, seconds=60, errors=30)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="accounts")
def _accounts(clock: Clock) -> Accounts:
    return Accounts(BUDGET, clock)


@pytest.mark.parametrize(("crowded", "allowed"), [(True, 2), (False, 5)])
def test_queries_at_once(accounts: Accounts, crowded: bool, allowed: int) -> None:
    """A client may run two queries at once while others wait, five while nobody does; others are not touched."""
    for _ in range(allowed):
        accounts.enter("a", crowded=crowded)
    with pytest.raises(ClientOverBudget, match="run already"):
        accounts.enter("a", crowded=crowded)
    accounts.enter("b", crowded=crowded)
    accounts.leave("a", 0, error=False)
    accounts.enter("a", crowded=crowded)


def test_query_time_flows_back(accounts: Accounts, clock: Clock) -> None:
    """Two minutes' worth are there at first; what is overdrawn is waited for, and the wait is told."""
    accounts.enter("a", crowded=False)
    accounts.leave("a", 130.0, error=False)
    with pytest.raises(ClientOverBudget, match="60 s of query time") as caught:
        accounts.enter("a", crowded=False)
    assert 10 == caught.value.retry_seconds
    clock.now += 9
    with pytest.raises(ClientOverBudget):
        accounts.enter("a", crowded=False)
    clock.now += 2
    accounts.enter("a", crowded=False)


def test_errors_flow_back(accounts: Accounts, clock: Clock) -> None:
    """Sixty errors are allowed at first, then thirty a minute."""
    for _ in range(60):
        accounts.enter("a", crowded=False)
        accounts.leave("a", 0, error=True)
    with pytest.raises(ClientOverBudget, match="30 errors a minute") as caught:
        accounts.enter("a", crowded=False)
    assert 2 == caught.value.retry_seconds
    clock.now += 2
    accounts.enter("a", crowded=False)


def test_idle_time_does_not_pile_up(accounts: Accounts, clock: Clock) -> None:
    """However long a client stays away, it has no more than twice its budget of a minute."""
    accounts.enter("a", crowded=False)
    clock.now += 100_000
    accounts.leave("a", 121.0, error=False)
    with pytest.raises(ClientOverBudget):
        accounts.enter("a", crowded=False)


def test_full_accounts_are_forgotten(accounts: Accounts, clock: Clock) -> None:
    """The memory of clients is bounded by those who were here lately; who runs a query is not forgotten."""
    accounts.enter("runner", crowded=False)
    for number in range(4095):
        accounts.enter(str(number), crowded=False)
        accounts.leave(str(number), 0, error=False)
    clock.now += 200
    accounts.enter("late", crowded=False)

    assert {"runner", "late"} == set(accounts._accounts)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unix:", "unix:"),
    ],
)
def test_who_is_a_client(address: str, key: str) -> None:
    """A client is an IPv4 address, however it is written, or the /64 of an IPv6 address."""
    assert key == client_key(address)


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
