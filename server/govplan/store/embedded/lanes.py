"""Who may run, who waits and who is turned away: two lanes with a bounded queue each.

A query starts in the fast lane; one that lasts moves to the slow lane, or is stopped until there is a place, so that a
fast place is never held for long. What was slow before starts in the slow lane.
"""

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
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
    """One waiting query; `called` is released when it may run, with the worker it has then, or is turned away."""

    worker: Worker | None
    called: threading.Lock = field(default_factory=threading.Lock)
    chosen: bool = False

    @property
    def parked(self) -> bool:
        """Whether it has begun to run and was stopped."""
        return not self.chosen and self.worker is not None


class Lanes:
    """The idle workers and the places in both lanes. Every method may be called from any thread."""

    def __init__(
        self, *, fast: int, slow: int, queue: int, patience: float, hungry: Callable[[], None] = lambda: None
    ) -> None:
        """So many queries run in each lane; `queue` wait in each up to `patience` s, of which `slow` may be parked.

        `hungry` is called when one more worker is held by a query that lasts; it must not call back.
        """
        self._places = {Lane.FAST: fast, Lane.SLOW: slow}
        self._queue, self._patience = queue, patience
        self._hungry = hungry
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._running = {Lane.FAST: 0, Lane.SLOW: 0}
        self._waiting: dict[Lane, deque[_Ticket]] = {Lane.FAST: deque(), Lane.SLOW: deque()}
        self._slow_before: OrderedDict[int, None] = OrderedDict()
        self._open = True

    def enter(self, query: int, seconds: float = math.inf) -> tuple[Worker, Lane]:
        """Return a worker and the lane it runs in; `query` is a hash of what is asked, `seconds` the time it has.

        Raises Overloaded if the queue is full, the wait takes too long, or the lanes are closed.
        """
        with self._lock:
            lane = Lane.SLOW if query in self._slow_before else Lane.FAST
            if not self._open:
                raise _closing()
            if self._idle and self._running[lane] < self._places[lane]:
                self._begin(lane)
                return self._idle.pop(), lane
            # The slow lane may fill half of the queue only: those who wait for it wait longest.
            if len(self._waiting[lane]) >= (self._queue if lane is Lane.FAST else self._queue // 2):
                raise Overloaded(f"{len(self._waiting[lane])} queries wait already.")
            ticket = self._ticket(lane, None)
        patience = min(seconds, self._patience)
        if not self._called(lane, ticket, patience):
            raise Overloaded(f"No worker was free within {patience:g} s.") if self._open else _closing()
        assert ticket.worker is not None
        return ticket.worker, lane

    def slow_down(self, query: int, worker: Worker, seconds: float) -> bool:
        """Move a running query from the fast to the slow lane, and remember it for the next time.

        Where the slow lane is full it is stopped until it may go on, for so many seconds at most. False if it waited
        too long or too many wait so; either way its place in the fast lane is free.
        """
        with self._lock:
            self._slow_before[query] = None
            if len(self._slow_before) > _REMEMBERED:
                self._slow_before.popitem(last=False)
            self._running[Lane.FAST] -= 1
            waiting = self._waiting[Lane.SLOW]
            if self._running[Lane.SLOW] < self._places[Lane.SLOW] and not waiting:
                self._begin(Lane.SLOW)
                self._call()
                return True
            if not self._open or sum(ticket.parked for ticket in waiting) >= self._places[Lane.SLOW]:
                self._call()
                return False
            ticket = self._ticket(Lane.SLOW, worker)
            self._call()
            self._hungry()
        worker.pause()
        if not self._called(Lane.SLOW, ticket, min(seconds, self._patience)):
            return False
        worker.go_on()
        return True

    def leave(self, lane: Lane | None, worker: Worker | None) -> bool:
        """Give back a place, and the worker if it can take another query; False if it stays the caller's."""
        with self._lock:
            if lane is not None:
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

    def calm(self) -> bool:
        """Tell whether nobody waits and nothing slow runs."""
        return self._running[Lane.SLOW] == 0 and self.waiting() == 0

    def lasting(self) -> int:
        """Return how many workers are held by queries that run in the slow lane or are parked before it."""
        with self._lock:
            return self._running[Lane.SLOW] + sum(ticket.parked for ticket in self._waiting[Lane.SLOW])

    def _ticket(self, lane: Lane, worker: Worker | None) -> _Ticket:
        ticket = _Ticket(worker)
        ticket.called.acquire()
        self._waiting[lane].append(ticket)
        return ticket

    def _begin(self, lane: Lane) -> None:
        self._running[lane] += 1
        if lane is Lane.SLOW:
            self._hungry()

    def _called(self, lane: Lane, ticket: _Ticket, seconds: float) -> bool:
        """Wait until a ticket is called; False if it was not in time or was turned away."""
        begun = time.monotonic()
        ticket.called.acquire(timeout=seconds)
        metrics.QUEUE_SECONDS.observe(time.monotonic() - begun)
        with self._lock:
            if not ticket.chosen and self._open:
                self._waiting[lane].remove(ticket)
            return ticket.chosen

    def _call(self) -> None:
        """Let those run who may, the fast lane first; the lock is held."""
        for lane, tickets in self._waiting.items():
            while tickets and self._running[lane] < self._places[lane] and (tickets[0].parked or self._idle):
                ticket = tickets.popleft()
                ticket.worker = ticket.worker or self._idle.pop()
                ticket.chosen = True
                self._begin(lane)
                ticket.called.release()


def _closing() -> Overloaded:
    return Overloaded("This server is ending or changing its release.")
