"""Who may run, who waits and who is turned away: two lanes with a bounded queue each.

A query starts in the fast lane; one that lasts moves to the slow lane, or is stopped until there is a place, so that a
fast place is never held for long. What was slow before starts in the slow lane. Everything here belongs to one event
loop and is called on its thread alone.
"""

import asyncio
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from govplan import metrics
from govplan.engines.oxigraph.process import Worker
from govplan.errors import Overloaded

_REMEMBERED = 1000
# How often to look whether another process gave back a slow place, in seconds.
_LOOK_SECONDS = 0.02


class Lane(Enum):
    """The two lanes; the value is the label in the metrics."""

    FAST = "fast"
    SLOW = "slow"


class SlowPlaces(Protocol):
    """The places for long queries, which several processes may share."""

    def acquire(self, client: Sequence[str]) -> bool:
        """Take a place for a client; False if there is none, or none for this client."""
        ...

    def release(self, client: Sequence[str]) -> None:
        """Give a place back."""
        ...


class OwnPlaces:
    """Slow places of one process alone, the same for every client."""

    def __init__(self, places: int) -> None:
        self._free = places

    def acquire(self, client: Sequence[str]) -> bool:
        """Take a place; False if there is none."""
        if self._free == 0:
            return False
        self._free -= 1
        return True

    def release(self, client: Sequence[str]) -> None:
        """Give a place back."""
        self._free += 1


@dataclass(slots=True, eq=False)
class Ticket:
    """One waiting query; `called` becomes True once it may run, with the worker it has then, False if turned away."""

    client: Sequence[str]
    worker: Worker | None
    called: "asyncio.Future[bool]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    parked: bool = False


class Lanes:
    """The idle workers and the places in both lanes."""

    def __init__(
        self,
        *,
        fast: int,
        slow: SlowPlaces,
        queue: int,
        parked: int,
        patience: float,
        need_worker: Callable[[], None] = lambda: None,
    ) -> None:
        """Run `fast` queries in the fast lane; `queue` wait in each up to `patience` s, of which `parked` are stopped.

        `need_worker` is called when one more worker is held by a query that lasts.
        """
        self._fast, self._slow = fast, slow
        self._queue, self._most_parked, self._patience = queue, parked, patience
        self._need_worker = need_worker
        self._idle: list[Worker] = []
        self._running = {Lane.FAST: 0, Lane.SLOW: 0}
        self._waiting: dict[Lane, deque[Ticket]] = {Lane.FAST: deque(), Lane.SLOW: deque()}
        self._slow_before: OrderedDict[int, None] = OrderedDict()
        self._looking = False
        self._open = True

    async def enter(self, query: int, client: Sequence[str], seconds: float = math.inf) -> tuple[Worker, Lane]:
        """Return a worker and the lane it runs in; `query` is a hash of what is asked, `seconds` the time it has.

        Raises Overloaded if the queue is full, the wait takes too long, or the lanes are closed.
        """
        lane = Lane.SLOW if query in self._slow_before else Lane.FAST
        if not self._open:
            raise closing()
        if self._idle and self._first(lane, client):
            return self._idle.pop(), lane
        # The slow lane may fill half of the queue only: those who wait for it wait longest.
        if len(self._waiting[lane]) >= (self._queue if lane is Lane.FAST else self._queue // 2):
            raise Overloaded(f"{len(self._waiting[lane])} queries wait already.")
        ticket = self._ticket(lane, client, None)
        patience = min(seconds, self._patience)
        timer = asyncio.get_running_loop().call_later(patience, self.turn_away, lane, ticket)
        begun = time.monotonic()
        try:
            called = await ticket.called
        except asyncio.CancelledError:
            self._forget(lane, ticket)
            raise
        finally:
            timer.cancel()
            metrics.QUEUE_SECONDS.observe(time.monotonic() - begun)
        if not called:
            raise Overloaded(f"No worker was free within {patience:g} s.") if self._open else closing()
        assert ticket.worker is not None
        return ticket.worker, lane

    def demote(self, query: int, client: Sequence[str], worker: Worker) -> Ticket | bool:
        """Move a running query from the fast to the slow lane, and remember it for the next time.

        True if it runs on in the slow lane. A ticket if that is full: the query is to be stopped until the ticket is
        called. False if too many wait so. Either way its place in the fast lane is free.
        """
        self._slow_before[query] = None
        if len(self._slow_before) > _REMEMBERED:
            self._slow_before.popitem(last=False)
        self._running[Lane.FAST] -= 1
        waiting = self._waiting[Lane.SLOW]
        outcome: Ticket | bool = False
        if self._open and self._first(Lane.SLOW, client):
            outcome = True
        elif self._open and sum(ticket.parked for ticket in waiting) < self._most_parked:
            outcome = self._ticket(Lane.SLOW, client, worker)
            self._need_worker()
        self._call()
        return outcome

    def turn_away(self, lane: Lane, ticket: Ticket) -> None:
        """Let a ticket wait no longer; nothing if it was called."""
        if not ticket.called.done():
            self._waiting[lane].remove(ticket)
            ticket.called.set_result(False)

    def leave(self, lane: Lane | None, client: Sequence[str], worker: Worker | None) -> bool:
        """Give back a place, and the worker if it can take another query; False if it stays the caller's."""
        if lane is not None:
            self._running[lane] -= 1
        if lane is Lane.SLOW:
            self._slow.release(client)
        if worker is not None and self._open:
            self._idle.append(worker)
        self._call()
        return self._open

    def join(self, worker: Worker) -> bool:
        """Add a new worker; False if the lanes are closed, and then it stays the caller's."""
        if self._open:
            self._idle.append(worker)
            self._call()
        return self._open

    def drop(self, worker: Worker) -> bool:
        """Forget an idle worker; False if it is none."""
        if worker not in self._idle:
            return False
        self._idle.remove(worker)
        return True

    def close(self) -> list[Worker]:
        """Turn everybody away from now on; return the idle workers, which are the caller's."""
        self._open = False
        for lane, tickets in self._waiting.items():
            for ticket in list(tickets):
                self.turn_away(lane, ticket)
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
        return self._running[Lane.SLOW] + sum(ticket.parked for ticket in self._waiting[Lane.SLOW])

    def _ticket(self, lane: Lane, client: Sequence[str], worker: Worker | None) -> Ticket:
        ticket = Ticket(client, worker, parked=worker is not None)
        self._waiting[lane].append(ticket)
        if lane is Lane.SLOW:
            self._look_later()
        return ticket

    def _forget(self, lane: Lane, ticket: Ticket) -> None:
        """Take back a ticket whose client has left, and what it was given."""
        if ticket.called.done() and not ticket.called.cancelled() and ticket.called.result():
            self.leave(lane, ticket.client, ticket.worker)
        elif ticket in self._waiting[lane]:
            self._waiting[lane].remove(ticket)

    def _first(self, lane: Lane, client: Sequence[str]) -> bool:
        """Take a place in a lane before anybody who waits, if none of them may have it; False if there is none."""
        if lane is Lane.FAST:
            return not self._waiting[lane] and self._begin(lane, client)
        # Who waits for a slow place may have as many as one client may: the place is another's then.
        self._call()
        return self._begin(lane, client)

    def _begin(self, lane: Lane, client: Sequence[str]) -> bool:
        """Take a place in a lane; False if there is none."""
        if lane is Lane.FAST:
            if self._running[lane] >= self._fast:
                return False
        elif not self._slow.acquire(client):
            return False
        self._running[lane] += 1
        if lane is Lane.SLOW:
            self._need_worker()
        return True

    def _call(self) -> None:
        """Let those run who may, the fast lane first."""
        for lane, tickets in self._waiting.items():
            for ticket in list(tickets):
                if ticket.called.done() or (not ticket.parked and not self._idle):
                    continue
                if not self._begin(lane, ticket.client):
                    # In the slow lane there may be a place for another client.
                    if lane is Lane.FAST:
                        break
                    continue
                tickets.remove(ticket)
                ticket.parked = False
                ticket.worker = ticket.worker or self._idle.pop()
                ticket.called.set_result(True)

    def _look_later(self) -> None:
        """Look again soon while somebody waits for a slow place, which another process may give back."""
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_later(_LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._looking = False
        self._call()
        if self._waiting[Lane.SLOW]:
            self._look_later()


def closing() -> Overloaded:
    """Return the error for queries that come while the store closes."""
    return Overloaded("This server is ending or changing its release.")
