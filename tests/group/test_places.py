"""Places that a group has only so many of: none holds all, large answers take more, and the count never drifts."""

import pytest

from govplan.group import Budget, Group, Shape, client_keys
from govplan.group.places import SENDING_EACH, SENDING_PLACES, UNIT_BYTES
from tests.group.conftest import BUDGET

A, B, C = (client_keys(f"192.0.2.{number}") for number in range(3))


def _alone(slow: int, budget: Budget | None = BUDGET) -> Group:
    return Group.alone(Shape(fronts=1, budget=budget, slow=slow))


@pytest.mark.parametrize("total", [2, 3, 8])
def test_nobody_holds_all(total: int) -> None:
    """One client has all slow places but one at most; the last is left to others."""
    slow = _alone(total).slow
    assert total - 1 == slow.free_for(A)
    assert [True] * (total - 1) + [False] == [slow.acquire(A) for _ in range(total)]
    assert (0, 1) == (slow.free_for(A), slow.free_for(B))
    assert slow.acquire(B)
    assert (0, 0, 0) == (slow.free_for(A), slow.free_for(B), slow.free_for(C))
    assert not slow.acquire(C)
    slow.release(A)
    assert slow.acquire(C)


def test_single_place() -> None:
    """A single place is for whoever comes first."""
    slow = _alone(1).slow
    assert slow.acquire(A)
    assert not slow.acquire(B)
    slow.release(A)
    assert slow.acquire(B)


def test_networks_of_a_site() -> None:
    """The networks of one site (/64s of a /48) together never hold all slow places either."""
    slow = _alone(4).slow
    networks = [client_keys(f"2001:db8:1:{number:x}::1") for number in range(10)]
    assert 3 == sum(slow.acquire(network) for network in networks)
    assert 0 == slow.free_for(networks[9])
    assert slow.acquire(A)


def test_without_budgets() -> None:
    """Where clients have no budgets, one may hold all slow places."""
    slow = _alone(3, budget=None).slow
    assert [True, True, True, False] == [slow.acquire(A) for _ in range(4)]
    slow.release(A)
    assert 1 == slow.free_for(B)


def test_release_without_place() -> None:
    """Giving back what was not taken frees nothing."""
    slow = _alone(2).slow
    slow.release(A)
    assert slow.acquire(A)
    assert not slow.acquire(A)
    assert 1 == slow.held()


def test_large_answers_take_more() -> None:
    """An answer takes places by its size; one client has an eighth of them, all clients have all."""
    sending = _alone(2).sending
    size = 4 * UNIT_BYTES - 1
    assert SENDING_EACH // 4 == sum(sending.acquire(A, size) for _ in range(SENDING_EACH))
    assert not sending.acquire(A, 0)
    clients = [client_keys(f"198.51.100.{number}") for number in range(200)]
    assert (SENDING_PLACES - SENDING_EACH) // 4 == sum(sending.acquire(client, size) for client in clients)
    assert SENDING_PLACES == sending.held()
    for _ in range(SENDING_EACH // 4):
        sending.release(A, size)
    assert sending.acquire(B, 0)


@pytest.mark.parametrize("budget", [BUDGET, None])
def test_any_answer_can_be_sent(budget: Budget | None) -> None:
    """Whoever sends nothing else may have an answer of any size."""
    sending = _alone(2, budget).sending
    assert sending.acquire(A, 1 << 50)
    sending.release(A, 1 << 50)
    assert 0 == sending.held()
