"""Budgets per client: what each may use, what flows back, and who pays for whom."""

import pytest

from govplan.errors import ClientOverBudget
from govplan.group import Accounts, client_keys
from tests.group.conftest import BUDGET, Clock

A, B = ("a",), ("b",)


@pytest.fixture(name="accounts")
def _accounts(clock: Clock) -> Accounts:
    return Accounts(BUDGET, clock=clock)


@pytest.mark.parametrize(("crowded", "allowed"), [(True, 2), (False, 5)])
def test_queries_at_once(accounts: Accounts, crowded: bool, allowed: int) -> None:
    """A client may run two queries at once while others wait, five while nobody does; others are not touched."""
    for _ in range(allowed):
        accounts.enter(A, crowded=crowded)
    with pytest.raises(ClientOverBudget, match="run already"):
        accounts.enter(A, crowded=crowded)
    accounts.check(A)
    accounts.enter(B, crowded=crowded)
    accounts.leave(A, 0)
    accounts.enter(A, crowded=crowded)


def test_query_time_flows_back(accounts: Accounts, clock: Clock) -> None:
    """Two minutes' worth are there at first; what is overdrawn is waited for, and the wait is told."""
    accounts.enter(A, crowded=False)
    accounts.leave(A, 130.0)
    with pytest.raises(ClientOverBudget, match="60 s of query time") as caught:
        accounts.enter(A, crowded=False)
    assert 10 == caught.value.retry_seconds
    with pytest.raises(ClientOverBudget, match="60 s of query time"):
        accounts.check(A)
    clock.now += 9
    with pytest.raises(ClientOverBudget):
        accounts.enter(A, crowded=False)
    clock.now += 2
    accounts.enter(A, crowded=False)


def test_errors_flow_back(accounts: Accounts, clock: Clock) -> None:
    """Sixty errors are allowed at first, then thirty a minute."""
    for _ in range(60):
        accounts.enter(A, crowded=False)
        accounts.leave(A, 0, errors=1)
    with pytest.raises(ClientOverBudget, match="30 errors a minute") as caught:
        accounts.enter(A, crowded=False)
    assert 2 == caught.value.retry_seconds
    clock.now += 2
    accounts.enter(A, crowded=False)


def test_charged_without_a_query(accounts: Accounts) -> None:
    """Time and errors of what is no query count alike."""
    accounts.charge(A, seconds=60.0)
    accounts.check(A)
    accounts.charge(A, seconds=60.0)
    with pytest.raises(ClientOverBudget, match="query time"):
        accounts.check(A)
    accounts.charge(B, errors=60)
    with pytest.raises(ClientOverBudget, match="errors"):
        accounts.enter(B, crowded=False)


def test_idle_time_does_not_pile_up(accounts: Accounts, clock: Clock) -> None:
    """However long a client stays away, it has no more than twice its budget of a minute."""
    accounts.enter(A, crowded=False)
    clock.now += 100_000
    accounts.leave(A, 121.0)
    with pytest.raises(ClientOverBudget):
        accounts.enter(A, crowded=False)


def test_waits_are_bounded(accounts: Accounts, clock: Clock) -> None:
    """Whatever a client did, it waits a minute or so for its errors and an hour for its time."""
    accounts.charge(A, errors=1_000_000)
    with pytest.raises(ClientOverBudget) as caught:
        accounts.check(A)
    assert 62 == caught.value.retry_seconds
    accounts.charge(B, seconds=1e12)
    with pytest.raises(ClientOverBudget) as caught:
        accounts.check(B)
    assert 3600 == caught.value.retry_seconds


def test_leaving_twice_frees_nothing(accounts: Accounts) -> None:
    """A client never runs less than no query."""
    accounts.leave(A, 0)
    for _ in range(5):
        accounts.enter(A, crowded=False)
    with pytest.raises(ClientOverBudget):
        accounts.enter(A, crowded=False)


def test_network_of_many_clients(accounts: Accounts) -> None:
    """Of 150 networks of one site (/64s of a /48), as many get in as eight clients could; others are untouched."""
    networks = [client_keys(f"2001:db8:1:{number:x}::1") for number in range(150)]
    entered = 0
    for network in networks:
        try:
            accounts.enter(network, crowded=False)
            entered += 1
        except ClientOverBudget:
            pass
    assert 8 * BUDGET.burst == entered
    accounts.enter(client_keys("2001:db8:2::1"), crowded=False)


def test_errors_of_a_network(accounts: Accounts) -> None:
    """Errors from ever new networks of one site are charged to the site."""
    for number in range(8 * 2 * BUDGET.errors):
        network = client_keys(f"2001:db8:1:{number:x}::1")
        accounts.enter(network, crowded=False)
        accounts.leave(network, 0.1, errors=1)
    with pytest.raises(ClientOverBudget, match="Your network has caused 240 errors a minute"):
        accounts.enter(client_keys("2001:db8:1:ffff::1"), crowded=False)


def test_refusal_of_the_site_takes_nothing(accounts: Accounts) -> None:
    """A client that its site's account refuses has no query counted as running."""
    client, neighbour = client_keys("2001:db8:1:1::1"), client_keys("2001:db8:1:2::1")
    accounts.charge(neighbour, seconds=8 * 121.0)
    for _ in range(9):
        with pytest.raises(ClientOverBudget, match="query time"):
            accounts.enter(client, crowded=False)
    for _ in range(5):
        accounts.enter(client[:1], crowded=False)


def test_no_budget(clock: Clock) -> None:
    """Without a budget nobody is refused."""
    accounts = Accounts(None, clock=clock)
    for _ in range(100):
        accounts.enter(A, crowded=True)
        accounts.charge(A, seconds=1000, errors=1000)
        accounts.check(A)
    accounts.leave(A, 1000, 1000)
