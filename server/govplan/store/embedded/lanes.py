"""Who may run, who waits and who is turned away: two lanes, one bounded queue, workers handed over in order.

A query starts in the fast lane; one that lasts moves to the slow lane, which never takes every worker. What was slow
before starts in the slow lane, so that a repeated bomb holds no fast place.
"""

import threading
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from enum import Enum

from govplan import metrics
from govplan.errors import Overloaded
from govplan.store.embedded.process import Worker

_REMEMBERED = 1000


class Lane(Enum):
    """The two lanes; the value is the label in the metrics."""

    FAST = "fast"
    SLOW = "slow"


@dataclass(slots=True, eq=False)
class _Ticket:
    """One waiting query; `called` is released when it has been given a worker or turned away."""

    lane: Lane
    called: threading.Lock = field(default_factory=threading.Lock)
    worker: Worker | None = None


class Lanes:
    """The idle workers and the places in both lanes. Every method may be called from any thread."""

    def __init__(self, *, fast: int, slow: int, queue: int, patience: float) -> None:
        """At most `fast` queries run in the fast lane and `slow` in the slow one; `queue` wait up to `patience` s."""
        self._places = {Lane.FAST: fast, Lane.SLOW: slow}
        self._queue, self._patience = queue, patience
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._running = {Lane.FAST: 0, Lane.SLOW: 0}
        self._waiting: dict[Lane, deque[_Ticket]] = {Lane.FAST: deque(), Lane.SLOW: deque()}
        self._slow_before: OrderedDict[int, None] = OrderedDict()
        self._open = True

    def enter(self, query: int) -> tuple[Worker, Lane]:
        """Return a worker and the lane it runs in; `query` is a hash of what is asked.

        Raises Overloaded if the queue is full, the wait takes too long, or the lanes are closed.
        """
        with self._lock:
            lane = Lane.SLOW if query in self._slow_before else Lane.FAST
            if not self._open:
                raise _closing()
            if self._idle and self._running[lane] < self._places[lane]:
                self._running[lane] += 1
                return self._idle.pop(), lane
            # The slow lane may fill half of the queue only: those who wait for it wait longest.
            if len(self._waiting[lane]) >= (self._queue if lane is Lane.FAST else self._queue // 2):
                raise Overloaded(f"{len(self._waiting[lane])} queries wait already.")
            ticket = _Ticket(lane)
            ticket.called.acquire()
            self._waiting[lane].append(ticket)
        begun = time.monotonic()
        ticket.called.acquire(timeout=self._patience)
        with self._lock:
            worker = ticket.worker
            if worker is None and self._open:
                self._waiting[lane].remove(ticket)
        metrics.QUEUE_SECONDS.observe(time.monotonic() - begun)
        if worker is None:
            raise Overloaded(f"No worker was free within {self._patience:g} s.") if self._open else _closing()
        return worker, lane

    def slow_down(self, query: int) -> bool:
        """Move a running query from the fast to the slow lane and remember it; False if no place is free there."""
        with self._lock:
            self._slow_before[query] = None
            if len(self._slow_before) > _REMEMBERED:
                self._slow_before.popitem(last=False)
            if self._running[Lane.SLOW] >= self._places[Lane.SLOW]:
                return False
            self._running[Lane.FAST] -= 1
            self._running[Lane.SLOW] += 1
            self._call()
            return True

    def leave(self, lane: Lane, worker: Worker | None) -> bool:
        """Give back a place, and the worker if it can take another query; False if it stays the caller's."""
        with self._lock:
            self._running[lane] -= 1
            if worker is not None and self._open:
                self._idle.append(worker)
            self._call()
            return self._open

    def join(self, worker: Worker) -> bool:
        """Add a new worker; False if the lanes are closed, and then it stays the caller's."""
        with self._lock:
            if self._open:
                self._idle.append(worker)
                self._call()
            return self._open

    def close(self) -> list[Worker]:
        """Turn away who waits or comes, and return the idle workers; those that run are given back to `leave`."""
        with self._lock:
            self._open = False
            for tickets in self._waiting.values():
                for ticket in tickets:
                    ticket.called.release()
                tickets.clear()
            idle, self._idle = self._idle, []
            return idle

    def occupied(self, lane: Lane) -> int:
        """Return how many queries run in a lane."""
        return self._running[lane]

    def waiting(self) -> int:
        """Return how many queries wait."""
        return sum(map(len, self._waiting.values()))

    def _call(self) -> None:
        """Hand idle workers to those who wait, the fast lane first; the lock is held."""
        for lane, tickets in self._waiting.items():
            while tickets and self._idle and self._running[lane] < self._places[lane]:
                ticket = tickets.popleft()
                ticket.worker = self._idle.pop()
                self._running[lane] += 1
                ticket.called.release()


def _closing() -> Overloaded:
    return Overloaded("This server is ending or changing its release.")
