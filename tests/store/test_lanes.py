"""Lanes: who runs, who waits, who is turned away; the workers here are tokens, for lanes only hand them on."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import cast

import pytest

from govplan.errors import Overloaded
from govplan.store.embedded.lanes import Lane, Lanes
from govplan.store.embedded.process import Worker

LONG = 60.0


def _worker() -> Worker:
    return cast(Worker, object())


class _Parkable:
    """A worker that may be stopped."""

    def pause(self) -> None:
        """Nothing runs here."""

    def go_on(self) -> None:
        """Nothing runs here."""


def _lanes(workers: int, *, places: int = 2, queue: int = 4, patience: float = LONG) -> Lanes:
    lanes = Lanes(fast=places, slow=places, queue=queue, patience=patience)
    for _ in range(workers):
        assert lanes.join(_worker())
    return lanes


def _until(holds: Callable[[], bool]) -> None:
    """Wait until something holds that another thread is about to do."""
    pause = threading.Event()
    for _ in range(2000):
        if holds():
            return
        pause.wait(0.005)
    raise AssertionError("it did not come to hold within 10 s")


def _waiter(pool: ThreadPoolExecutor, lanes: Lanes, query: int) -> "Future[tuple[Worker, Lane]]":
    before = lanes.waiting()
    future = pool.submit(lanes.enter, query)
    _until(lambda: lanes.waiting() == before + 1)
    return future


def test_fast_lane_keeps_a_spare() -> None:
    """The fast lane has as many places as it was given, though another worker is idle."""
    lanes = _lanes(3, patience=0.01)
    lanes.enter(1)
    lanes.enter(2)

    with pytest.raises(Overloaded, match=r"No worker was free within 0\.01 s"):
        lanes.enter(3)
    assert (2, 0) == (lanes.occupied(Lane.FAST), lanes.waiting())


def test_who_slows_down_frees_a_fast_place() -> None:
    """A query that lasts gives its fast place to who waits, and is slow from the start the next time."""
    lanes = _lanes(3)
    with ThreadPoolExecutor() as pool:
        worker, lane = lanes.enter(1)
        lanes.enter(2)
        waiting = _waiter(pool, lanes, 3)
        assert lanes.slow_down(1, worker, LONG)
        assert Lane.FAST is waiting.result(LONG)[1]
    assert (2, 1) == (lanes.occupied(Lane.FAST), lanes.occupied(Lane.SLOW))
    assert Lane.FAST is lane
    assert not lanes.calm()
    assert lanes.leave(Lane.SLOW, worker)
    assert lanes.calm()
    assert Lane.SLOW is lanes.enter(1)[1]


def test_memory_of_slow_queries_is_bounded() -> None:
    """Old slow queries are forgotten, so that the memory of them does not grow."""
    lanes = _lanes(1, places=2000)
    for query in range(1001):
        worker, _ = lanes.enter(2000 + query)
        assert lanes.slow_down(query, worker, LONG)
        assert lanes.leave(Lane.SLOW, worker)
    assert Lane.FAST is lanes.enter(0)[1]


def test_hunger() -> None:
    """Each query that lasts, running or parked, makes the lanes call for another worker, and is counted."""
    calls: list[str] = []
    lanes = Lanes(fast=1, slow=1, queue=4, patience=LONG, hungry=lambda: calls.append("hungry"))
    workers = [_Parkable() for _ in range(3)]
    for worker in workers:
        assert lanes.join(cast(Worker, worker))
    first, _ = lanes.enter(1)
    assert ([], 0) == (calls, lanes.lasting())
    assert lanes.slow_down(1, first, LONG)
    assert (["hungry"], 1) == (calls, lanes.lasting())
    second, _ = lanes.enter(2)
    with ThreadPoolExecutor() as pool:
        parked = pool.submit(lanes.slow_down, 2, second, LONG)
        _until(lambda: lanes.lasting() == 2)
        assert lanes.leave(Lane.SLOW, first)
        assert parked.result(LONG)
    assert 2 <= len(calls)
    assert 1 == lanes.occupied(Lane.SLOW) == lanes.lasting()
    assert lanes.leave(Lane.SLOW, second)
    assert (Lane.SLOW, 1) == (lanes.enter(1)[1], lanes.lasting())


def test_waits_no_longer_than_it_may_take() -> None:
    """A query whose time is up before its turn is turned away then."""
    with pytest.raises(Overloaded, match=r"No worker was free within 0\.01 s"):
        _lanes(0).enter(1, 0.01)


def test_first_come_first_served() -> None:
    """Workers are handed over in the order of arrival."""
    lanes = _lanes(1)
    worker, lane = lanes.enter(1)
    with ThreadPoolExecutor() as pool:
        first, second = _waiter(pool, lanes, 2), _waiter(pool, lanes, 3)
        assert lanes.leave(lane, worker)
        assert worker is first.result(LONG)[0]
        assert not second.done()
        assert lanes.leave(Lane.FAST, worker)
        assert worker is second.result(LONG)[0]


def test_new_worker_serves_who_waits() -> None:
    """A worker that joins goes to who waits."""
    lanes = _lanes(0)
    with ThreadPoolExecutor() as pool:
        waiting = _waiter(pool, lanes, 1)
        worker = _worker()
        assert lanes.join(worker)
        assert worker is waiting.result(LONG)[0]


@pytest.mark.parametrize(("slow", "allowed"), [(False, 4), (True, 2)])
def test_queue_is_bounded(slow: bool, allowed: int) -> None:
    """The queue takes so many and no more; known slow queries may fill half of it."""
    lanes = _lanes(1)
    worker, _ = lanes.enter(1)
    if slow:
        assert lanes.slow_down(1, worker, LONG)
    with ThreadPoolExecutor() as pool:
        waiting = [_waiter(pool, lanes, 1) for _ in range(allowed)]
        with pytest.raises(Overloaded, match=f"{allowed} queries wait already"):
            lanes.enter(1)
        assert [] == lanes.close()
        for future in waiting:
            with pytest.raises(Overloaded, match="is ending"):
                future.result(LONG)


def test_closed() -> None:
    """Closed lanes turn everybody away and leave the workers to their owner."""
    lanes = _lanes(2)
    worker, lane = lanes.enter(1)
    idle = lanes.close()

    assert 1 == len(idle)
    assert not lanes.leave(lane, worker)
    assert not lanes.join(worker)
    with pytest.raises(Overloaded, match="is ending"):
        lanes.enter(2)
