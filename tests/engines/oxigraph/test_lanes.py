"""Lanes and dispatchers: who runs, who waits, who is turned away; workers are tokens here, that are only handed on."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import cast

import pytest

from govplan.engines.oxigraph.dispatcher import Dispatcher
from govplan.engines.oxigraph.lanes import Lane, Lanes, Part, Permits, Places
from govplan.engines.oxigraph.process import Worker
from govplan.engines.oxigraph.tickets import Ticket
from govplan.errors import Overloaded
from govplan.group import Budget, Group, Shape
from govplan.group.places import half
from tests.loops import LONG, on_a_loop, turn, until

NOBODY: Sequence[str] = ()
ANN, BOB = ("198.51.100.1",), ("198.51.100.2",)

Entered = asyncio.Task[tuple[Worker, Lane]]


class OnePerClient:
    """Places for long queries as several processes may share them: so many, of which each client has one at most."""

    def __init__(self, places: int) -> None:
        self.free = places
        self.refused = 0
        self._held: Counter[Sequence[str]] = Counter()

    def acquire(self, client: Sequence[str]) -> bool:
        """Take a place for a client."""
        if not self.free or self._held[client]:
            self.refused += 1
            return False
        self.free -= 1
        self._held[client] += 1
        return True

    def release(self, client: Sequence[str]) -> None:
        """Give a place back."""
        self.free += 1
        self._held[client] -= 1


def _worker() -> Worker:
    return cast(Worker, object())


def _lanes(
    workers: int,
    *,
    places: int = 2,
    slow: Places | None = None,
    queue: int = 4,
    parked: int = 2,
    patience: float = LONG,
    need_worker: Callable[[], None] = lambda: None,
) -> Dispatcher:
    """The dispatcher of the only store of a process, with so many idle workers."""
    lanes = Lanes(
        fast=places,
        slow=slow or Permits(places),
        queue=queue,
        parked=parked,
        patience=patience,
        part_of_slow=Permits(1),
    )
    return _dispatcher(lanes, workers, need_worker=need_worker)


def _dispatcher(
    lanes: Lanes, workers: int, *, secondary: bool = False, need_worker: Callable[[], None] = lambda: None
) -> Dispatcher:
    dispatcher = Dispatcher(lanes, secondary=secondary, need_worker=need_worker)
    lanes.add(dispatcher, first=not secondary)
    for _ in range(workers):
        assert dispatcher.join(_worker())
    return dispatcher


async def _waiter(lanes: Dispatcher, query: int, client: Sequence[str] = NOBODY) -> Entered:
    """Let one more query wait."""
    before = lanes.waiting()
    task = asyncio.create_task(lanes.enter(query, client))
    await turn()
    assert before + 1 == lanes.waiting()
    return task


async def _known_as_slow(lanes: Dispatcher, query: int) -> None:
    """Let the lanes learn that a query lasts."""
    worker, lane = await lanes.enter(query, NOBODY)
    assert Lane.FAST is lane
    assert lanes.demote(query, NOBODY, worker) is True
    assert lanes.leave(Lane.SLOW, NOBODY, worker)


@on_a_loop
async def test_fast_lane_keeps_a_spare() -> None:
    """The fast lane has as many places as it was given, though another worker is idle."""
    lanes = _lanes(3, patience=0.01)
    await lanes.enter(1, NOBODY)
    await lanes.enter(2, NOBODY)

    with pytest.raises(Overloaded, match=r"No worker was free within 0\.01 s"):
        await lanes.enter(3, NOBODY)
    assert (2, 0) == (lanes.occupied(Lane.FAST), lanes.waiting())


@on_a_loop
async def test_demoted_query_frees_a_fast_place() -> None:
    """A query that lasts gives its fast place to who waits, and is slow from the start the next time."""
    lanes = _lanes(3)
    worker, lane = await lanes.enter(1, NOBODY)
    await lanes.enter(2, NOBODY)
    waiting = await _waiter(lanes, 3)
    assert lanes.demote(1, NOBODY, worker) is True

    assert Lane.FAST is lane is (await waiting)[1]
    assert (2, 1) == (lanes.occupied(Lane.FAST), lanes.occupied(Lane.SLOW))
    assert not lanes.calm()
    assert lanes.leave(Lane.SLOW, NOBODY, worker)
    assert lanes.calm()
    assert Lane.SLOW is (await lanes.enter(1, NOBODY))[1]


@on_a_loop
async def test_parties_take_turns() -> None:
    """Who waits behind a crowd waits for one of them, be the crowd another client or pages for the same one."""
    lanes = _lanes(1, places=1, queue=100)
    worker, _ = await lanes.enter(0, ANN)
    order: list[str] = []

    async def one(name: str, client: Sequence[str], *, for_page: bool = False) -> None:
        taken, lane = await lanes.enter(hash(name), client, for_page=for_page)
        order.append(name)
        lanes.leave(lane, client, taken)

    tasks = [asyncio.create_task(one(f"page {n}", ANN, for_page=True)) for n in range(3)]
    tasks += [asyncio.create_task(one(f"crowd {n}", ANN)) for n in range(3)]
    tasks += [asyncio.create_task(one(f"bob {n}", BOB)) for n in range(2)]
    await turn()
    tasks[1].cancel()
    await turn()
    lanes.leave(Lane.FAST, ANN, worker)
    await asyncio.wait(tasks)
    assert ["page 0", "crowd 0", "bob 0", "page 2", "crowd 1", "bob 1", "crowd 2"] == order
    assert lanes.calm()


@on_a_loop
async def test_memory_of_slow_queries_is_bounded() -> None:
    """Old slow queries are forgotten, so that the memory of them does not grow."""
    lanes = _lanes(1, places=2000)
    for query in range(1001):
        await _known_as_slow(lanes, query)
    assert Lane.FAST is (await lanes.enter(0, NOBODY))[1]


@on_a_loop
async def test_need_of_workers() -> None:
    """Each query that lasts, running or parked, makes the lanes call for another worker, and is counted."""
    calls: list[str] = []
    lanes = _lanes(3, places=1, need_worker=lambda: calls.append("worker"))
    first, _ = await lanes.enter(1, NOBODY)
    assert ([], 0) == (calls, lanes.lasting())
    assert lanes.demote(1, NOBODY, first) is True
    assert (["worker"], 1) == (calls, lanes.lasting())
    second, _ = await lanes.enter(2, NOBODY)
    parked = lanes.demote(2, NOBODY, second)
    assert isinstance(parked, Ticket)
    assert (["worker"] * 2, 2) == (calls, lanes.lasting())
    assert lanes.leave(Lane.SLOW, NOBODY, first)

    assert parked.called.result()
    assert 1 == lanes.occupied(Lane.SLOW) == lanes.lasting()
    assert lanes.leave(Lane.SLOW, NOBODY, second)
    assert (Lane.SLOW, 1) == ((await lanes.enter(1, NOBODY))[1], lanes.lasting())


@on_a_loop
async def test_waits_no_longer_than_it_may_take() -> None:
    """A query whose time is up before its turn is turned away then."""
    with pytest.raises(Overloaded, match=r"No worker was free within 0\.01 s"):
        await _lanes(0).enter(1, NOBODY, 0.01)


@on_a_loop
async def test_first_come_first_served() -> None:
    """Workers are handed over in the order of arrival."""
    lanes = _lanes(1)
    worker, lane = await lanes.enter(1, NOBODY)
    first, second = await _waiter(lanes, 2), await _waiter(lanes, 3)
    assert lanes.leave(lane, NOBODY, worker)
    assert worker is (await first)[0]
    assert not second.done()
    assert lanes.leave(Lane.FAST, NOBODY, worker)
    assert worker is (await second)[0]


@on_a_loop
async def test_nobody_jumps_the_queue() -> None:
    """A query that comes while others wait is last, though a worker is idle at that moment."""
    lanes = _lanes(2, places=1)
    await lanes.enter(1, NOBODY)
    first = await _waiter(lanes, 2)
    last = await _waiter(lanes, 3)
    assert lanes.leave(Lane.FAST, NOBODY, _worker())
    await first

    assert not last.done()
    assert 1 == lanes.waiting()
    last.cancel()


@on_a_loop
async def test_new_worker_serves_who_waits() -> None:
    """A worker that joins goes to who waits."""
    lanes = _lanes(0)
    waiting = await _waiter(lanes, 1)
    worker = _worker()
    assert lanes.join(worker)

    assert worker is (await waiting)[0]


@pytest.mark.parametrize(("slow", "allowed"), [(False, 4), (True, 2)])
@on_a_loop
async def test_queue_is_bounded(slow: bool, allowed: int) -> None:
    """The queue takes so many and no more; known slow queries may fill half of it."""
    lanes = _lanes(1)
    worker, _ = await lanes.enter(1, NOBODY)
    if slow:
        assert lanes.demote(1, NOBODY, worker) is True
    waiting = [await _waiter(lanes, 1) for _ in range(allowed)]
    with pytest.raises(Overloaded, match=f"{allowed} queries wait already"):
        await lanes.enter(1, NOBODY)
    assert [] == lanes.close()
    for each in waiting:
        with pytest.raises(Overloaded, match="is ending"):
            await each


@on_a_loop
async def test_full_slow_lane_does_not_hold_up_short_queries() -> None:
    """Whoever waits for a slow place stands in nobody's way to a fast one."""
    lanes = _lanes(2, places=1)
    await _known_as_slow(lanes, 1)
    await lanes.enter(1, NOBODY)
    waiting = await _waiter(lanes, 1)

    assert Lane.FAST is (await lanes.enter(2, NOBODY))[1]
    waiting.cancel()


@on_a_loop
async def test_closed() -> None:
    """Closed lanes turn everybody away and leave the workers to their owner."""
    lanes = _lanes(2)
    worker, lane = await lanes.enter(1, NOBODY)
    idle = lanes.close()

    assert 1 == len(idle)
    assert lanes.demote(1, NOBODY, worker) is False
    assert not lanes.leave(None, NOBODY, worker)
    assert not lanes.join(worker)
    assert Lane.FAST is lane
    with pytest.raises(Overloaded, match="is ending"):
        await lanes.enter(2, NOBODY)


@on_a_loop
async def test_parked_queries_are_bounded() -> None:
    """So many queries are stopped before a full slow lane, and one more gets no ticket; each leaves its fast place."""
    lanes = _lanes(4, places=4, slow=Permits(1), parked=2)
    outcomes = []
    for query in range(4):
        worker, _ = await lanes.enter(query, NOBODY)
        outcomes.append(lanes.demote(query, NOBODY, worker))

    assert [True, "ticket", "ticket", False] == ["ticket" if isinstance(each, Ticket) else each for each in outcomes]
    assert (0, 1, 2) == (lanes.occupied(Lane.FAST), lanes.occupied(Lane.SLOW), lanes.waiting())
    for ticket in outcomes:
        if isinstance(ticket, Ticket):
            lanes.turn_away(Lane.SLOW, ticket)


@on_a_loop
async def test_parked_query_keeps_its_worker() -> None:
    """A parked query that is called runs on in its own worker, and needs no idle one."""
    lanes = _lanes(2, places=1)
    first, _ = await lanes.enter(1, NOBODY)
    assert lanes.demote(1, NOBODY, first) is True
    second, _ = await lanes.enter(2, NOBODY)
    ticket = lanes.demote(2, NOBODY, second)
    assert isinstance(ticket, Ticket)
    assert lanes.leave(Lane.SLOW, NOBODY, None)

    assert ticket.called.result()
    assert second is ticket.worker
    assert not ticket.parked


@on_a_loop
async def test_turned_away() -> None:
    """A ticket that is turned away waits no longer; one that was called keeps what it has."""
    lanes = _lanes(2, places=1)
    first, _ = await lanes.enter(1, NOBODY)
    assert lanes.demote(1, NOBODY, first) is True
    second, _ = await lanes.enter(2, NOBODY)
    ticket = lanes.demote(2, NOBODY, second)
    assert isinstance(ticket, Ticket)
    lanes.turn_away(Lane.SLOW, ticket)
    assert (False, 0) == (ticket.called.result(), lanes.waiting())
    lanes.turn_away(Lane.SLOW, ticket)

    assert (False, 0) == (ticket.called.result(), lanes.waiting())


@on_a_loop
async def test_who_leaves_while_waiting() -> None:
    """A query whose client leaves waits no longer, and the next one is served instead."""
    lanes = _lanes(1)
    worker, _ = await lanes.enter(1, NOBODY)
    leaving, staying = await _waiter(lanes, 2), await _waiter(lanes, 3)
    leaving.cancel()
    await turn()
    assert 1 == lanes.waiting()
    assert lanes.leave(Lane.FAST, NOBODY, worker)

    assert worker is (await staying)[0]
    assert leaving.cancelled()


@pytest.mark.parametrize("slow", [False, True])
@on_a_loop
async def test_who_leaves_when_called(slow: bool) -> None:
    """A client that leaves at the moment its query is called gives back worker and place."""
    lanes = _lanes(1, places=1)
    if slow:
        await _known_as_slow(lanes, 2)
    worker, _ = await lanes.enter(2, NOBODY)
    leaving = await _waiter(lanes, 2)
    assert lanes.leave(Lane.SLOW if slow else Lane.FAST, NOBODY, worker)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving

    assert (0, 0, 0) == (lanes.occupied(Lane.FAST), lanes.occupied(Lane.SLOW), lanes.waiting())
    assert worker is (await lanes.enter(2, NOBODY))[0]


@on_a_loop
async def test_who_leaves_when_turned_away() -> None:
    """A client that leaves at the moment it is turned away gives back nothing, for it has nothing."""
    lanes = _lanes(0)
    leaving = await _waiter(lanes, 1)
    lanes.close()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving

    assert (0, 0) == (lanes.occupied(Lane.FAST), lanes.waiting())


@on_a_loop
async def test_permits() -> None:
    """A process with places of its own gives them to whoever comes, again once they are given back."""
    places = Permits(2)
    assert [True, True, False] == [places.acquire(ANN) for _ in range(3)]
    places.release(ANN)

    assert [True, False] == [places.acquire(BOB) for _ in range(2)]


@on_a_loop
async def test_another_client_takes_a_slow_place() -> None:
    """A client that has its share of the slow places waits, and others go before it."""
    lanes = _lanes(1, places=2, slow=OnePerClient(2))
    await _known_as_slow(lanes, 1)
    await lanes.enter(1, ANN)
    mine = await _waiter(lanes, 1, ANN)
    other = await _waiter(lanes, 1, BOB)
    assert lanes.leave(None, NOBODY, _worker())

    assert Lane.SLOW is (await other)[1]
    assert (False, 2) == (mine.done(), lanes.occupied(Lane.SLOW))
    assert lanes.leave(Lane.SLOW, ANN, _worker())
    assert Lane.SLOW is (await mine)[1]


@on_a_loop
async def test_share_of_a_client() -> None:
    """A query that lasts is stopped where its client has its share of the slow places, though one is free."""
    lanes = _lanes(4, places=4, slow=OnePerClient(2))
    outcomes = []
    for query, client in enumerate((ANN, ANN, BOB)):
        worker, _ = await lanes.enter(query, client)
        outcomes.append(lanes.demote(query, client, worker))
    first, second, third = outcomes

    assert first is True
    assert isinstance(second, Ticket)
    # Bob's query goes before one that may not have the place.
    assert third is True
    assert not second.called.done()
    lanes.turn_away(Lane.SLOW, second)


@on_a_loop
async def test_stopped_queries_of_one_client_keep_nobody_out() -> None:
    """However many queries of one client are stopped, the free place is another's."""
    lanes = _lanes(6, places=6, slow=OnePerClient(2), parked=2)
    outcomes = []
    for query, client in enumerate((ANN, ANN, ANN, ANN, BOB)):
        worker, _ = await lanes.enter(query, client)
        outcomes.append(lanes.demote(query, client, worker))
    stopped = [outcome for outcome in outcomes if isinstance(outcome, Ticket)]

    assert [True, False, True] == [outcome for outcome in outcomes if not isinstance(outcome, Ticket)]
    assert 2 == len(stopped)
    for ticket in stopped:
        lanes.turn_away(Lane.SLOW, ticket)


@on_a_loop
async def test_known_query_takes_a_free_slow_place() -> None:
    """So it is for a query that is known to take long: others who may not have the place do not keep it out."""
    lanes = _lanes(4, places=2, slow=OnePerClient(2))
    await _known_as_slow(lanes, 1)
    await lanes.enter(1, ANN)
    mine = await _waiter(lanes, 1, ANN)

    assert Lane.SLOW is (await lanes.enter(1, BOB))[1]
    assert not mine.done()
    assert lanes.leave(Lane.SLOW, ANN, _worker())
    assert Lane.SLOW is (await mine)[1]


@on_a_loop
async def test_place_of_another_process() -> None:
    """Who waits for a slow place finds the one that another process gives back, and nothing of this one calls it."""
    shared = OnePerClient(1)
    lanes = _lanes(2, slow=shared)
    await _known_as_slow(lanes, 1)
    assert shared.acquire(BOB)
    waiting = await _waiter(lanes, 1, ANN)
    await until(lambda: shared.refused >= 3)
    assert not waiting.done()
    shared.release(BOB)

    assert (Lane.SLOW, 0) == ((await waiting)[1], shared.free)


@on_a_loop
async def test_looks_only_while_somebody_waits() -> None:
    """Once nobody waits for a slow place, the lanes look for none."""
    shared = OnePerClient(1)
    lanes = _lanes(2, slow=shared)
    await _known_as_slow(lanes, 1)
    assert shared.acquire(BOB)
    waiting = await _waiter(lanes, 1, ANN)
    waiting.cancel()
    await until(lambda: not lanes._looking)
    refused = shared.refused
    shared.release(BOB)

    assert (refused, Lane.SLOW) == (shared.refused, (await lanes.enter(1, ANN))[1])


@on_a_loop
async def test_places_of_a_group() -> None:
    """The places of a group of processes are places for the lanes: no client has all of them."""
    group = Group.alone(Shape(fronts=1, budget=Budget(queries=9, burst=9, seconds=60, errors=30), slow=2))
    lanes = _lanes(3, slow=group.slow)
    await _known_as_slow(lanes, 1)
    await lanes.enter(1, ANN)
    mine = await _waiter(lanes, 1, ANN)

    assert Lane.SLOW is (await lanes.enter(1, BOB))[1]
    assert (False, 2) == (mine.done(), group.slow.held())
    mine.cancel()


@on_a_loop
async def test_dropped_worker() -> None:
    """An idle worker that is gone is forgotten; one that is not idle is the business of who has it."""
    lanes = _lanes(0)
    gone = _worker()
    assert lanes.join(gone)
    assert lanes.drop(gone)
    assert not lanes.drop(gone)
    waiting = await _waiter(lanes, 1)

    assert not waiting.done()
    waiting.cancel()


def test_part() -> None:
    """Whoever holds a place of a part holds one of the whole; where either has none, nothing is held."""
    part, whole = Permits(1), Permits(2)
    places = Part(part, whole)
    assert [True, False, True] == [places.acquire(ANN), places.acquire(ANN), whole.acquire()]
    places.release(ANN)
    assert whole.acquire()
    assert not places.acquire(ANN)
    whole.release()

    assert places.acquire(ANN)


def _two(*, fast: int = 4, slow: int = 4, queue: int = 8, parked: int = 4) -> tuple[Lanes, Dispatcher, Dispatcher]:
    """Return lanes, and the dispatchers of the current release and of one beside it, with idle workers enough."""
    lanes = Lanes(
        fast=fast,
        slow=Permits(slow),
        queue=queue,
        parked=parked,
        patience=LONG,
        part_of_slow=Permits(half(slow)),
    )
    beside = _dispatcher(lanes, 9, secondary=True)
    return lanes, _dispatcher(lanes, 9), beside


@on_a_loop
async def test_release_beside_has_half_of_the_fast_lane() -> None:
    """Queries on another release take half of the fast places at most, and the lanes count those of both."""
    lanes, current, beside = _two()
    await beside.enter(1, NOBODY)
    await beside.enter(2, NOBODY)
    waiting = await _waiter(beside, 3)
    for query in range(2):
        await current.enter(query, NOBODY)
    assert (4, 1, False) == (lanes.occupied(Lane.FAST), lanes.waiting(), waiting.done())
    assert current.leave(Lane.FAST, NOBODY, None)
    assert not waiting.done()
    assert beside.leave(Lane.FAST, NOBODY, None)

    assert Lane.FAST is (await waiting)[1]
    assert (3, 0) == (lanes.occupied(Lane.FAST), lanes.waiting())


@on_a_loop
async def test_current_release_is_called_first() -> None:
    """A place that is free is for a query on the current release, though one on another has waited longer."""
    _, current, beside = _two(fast=2)
    await beside.enter(1, NOBODY)
    await current.enter(2, NOBODY)
    first = await _waiter(beside, 3)
    second = await _waiter(current, 4)
    assert beside.leave(Lane.FAST, NOBODY, None)

    assert Lane.FAST is (await second)[1]
    assert not first.done()
    first.cancel()


@on_a_loop
async def test_release_beside_has_half_of_the_queue() -> None:
    """Where queries on another release fill their half of the queue, those on the current one wait all the same."""
    lanes, current, beside = _two(fast=1, queue=4)
    await current.enter(1, NOBODY)
    waiting = [await _waiter(beside, query) for query in (2, 3)]
    with pytest.raises(Overloaded, match="2 queries wait already"):
        await beside.enter(4, NOBODY)
    waiting += [await _waiter(current, query) for query in (5, 6)]

    assert 4 == lanes.waiting()
    for each in waiting:
        each.cancel()


@on_a_loop
async def test_release_beside_has_half_of_the_slow_lane() -> None:
    """So it is with long queries on another release, running and parked."""
    _, current, beside = _two(slow=2, parked=2)
    outcomes = []
    for query in range(3):
        worker, _ = await beside.enter(query, NOBODY)
        outcomes.append(beside.demote(query, NOBODY, worker))
    worker, _ = await current.enter(9, NOBODY)

    assert [True, "ticket", False] == ["ticket" if isinstance(each, Ticket) else each for each in outcomes]
    assert current.demote(9, NOBODY, worker) is True
    assert not any(each.called.done() for each in outcomes if isinstance(each, Ticket))
    beside.close()


@on_a_loop
async def test_closing_one_release() -> None:
    """Queries on a release that is closed are turned away, and their places are for the other."""
    lanes, current, beside = _two(fast=2)
    await beside.enter(1, NOBODY)
    await current.enter(2, NOBODY)
    turned_away, waiting = await _waiter(beside, 3), await _waiter(current, 4)
    assert 9 - 1 == len(beside.close())
    with pytest.raises(Overloaded, match="is ending"):
        await turned_away
    assert (1, False) == (lanes.waiting(), waiting.done())
    assert not beside.leave(Lane.FAST, NOBODY, _worker())

    assert Lane.FAST is (await waiting)[1]
    assert 2 == lanes.occupied(Lane.FAST)
