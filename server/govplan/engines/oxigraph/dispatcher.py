"""Which query of one store runs next and in which of its workers, as far as the lanes of the process allow.

Everything here belongs to one event loop and is called on its thread alone.
"""

import asyncio
import math
import time
from collections.abc import Callable, Sequence

from govplan import metrics
from govplan.engines.oxigraph.lanes import Lane, Lanes, closing
from govplan.engines.oxigraph.process import Worker
from govplan.engines.oxigraph.tickets import Ticket, Tickets
from govplan.errors import Overloaded

# How often to look whether another process gave back a slow place, in seconds.
_LOOK_SECONDS = 0.02


class Dispatcher:
    """The idle workers of one store and the queries that wait for them or for a place in a lane."""

    def __init__(
        self, lanes: Lanes, *, secondary: bool = False, need_worker: Callable[[], None] = lambda: None
    ) -> None:
        """Take places of the share of the current release, or of the `secondary` one; `lanes.add` is the caller's.

        `need_worker` is called when a query waits, and when one more worker is held by a query that lasts.
        """
        self._lanes = lanes
        self._share = lanes.secondary if secondary else lanes.current
        self._need_worker = need_worker
        self._idle: list[Worker] = []
        self._running = {Lane.FAST: 0, Lane.SLOW: 0}
        self._waiting = {Lane.FAST: Tickets(), Lane.SLOW: Tickets()}
        self._looking = False
        self._open = True

    async def enter(
        self, query: int, client: Sequence[str], seconds: float = math.inf, *, for_page: bool = False
    ) -> tuple[Worker, Lane]:
        """Return a worker and the lane it runs in; `query` is a hash of what is asked, `seconds` the time it has.

        Where queries wait, clients take turns, and so do the queries of pages and those of programs.

        Raises Overloaded if the queue is full, the wait takes too long, or the store is closed.
        """
        if not self._open:
            raise closing()
        lane = self._lanes.lane_of(query)
        if self._idle and self._first(lane, client):
            return self._idle.pop(), lane
        if not self._share.waiting[lane].acquire(client):
            raise Overloaded(f"{self._lanes.waiting()} queries wait already.")
        ticket = self._ticket(lane, client, None, for_page=for_page)
        patience = min(seconds, self._lanes.patience)
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
        called. False if too many are parked. Either way its place in the fast lane is free.
        """
        self._lanes.remember(query)
        self._end(Lane.FAST, client)
        outcome: Ticket | bool = False
        if self._open and self._first(Lane.SLOW, client):
            outcome = True
        elif self._open and self._share.parked.acquire(client):
            outcome = self._ticket(Lane.SLOW, client, worker)
        self._lanes.call()
        return outcome

    def turn_away(self, lane: Lane, ticket: Ticket) -> None:
        """Let a ticket wait no longer; nothing if it was called."""
        if not ticket.called.done():
            self._remove(lane, ticket)
            ticket.called.set_result(False)

    def turn_all_away(self) -> None:
        """Let nobody wait any longer."""
        for lane, tickets in self._waiting.items():
            for ticket in tickets:
                self.turn_away(lane, ticket)

    def leave(self, lane: Lane | None, client: Sequence[str], worker: Worker | None) -> bool:
        """Give back a place, and the worker if it can take another query; False if it stays the caller's."""
        if lane is not None:
            self._end(lane, client)
        if worker is not None and self._open:
            self._idle.append(worker)
        self._lanes.call()
        return self._open

    def join(self, worker: Worker) -> bool:
        """Add a new worker; False if the store is closed, and then it stays the caller's."""
        if self._open:
            self._idle.append(worker)
            self._lanes.call()
        return self._open

    def drop(self, worker: Worker) -> bool:
        """Forget an idle worker; False if it is none."""
        if worker not in self._idle:
            return False
        self._idle.remove(worker)
        return True

    def drop_idle(self) -> list[Worker]:
        """Forget all idle workers and return them: they are the caller's."""
        idle, self._idle = self._idle, []
        return idle

    def close(self) -> list[Worker]:
        """Turn everybody away from now on; return the idle workers, which are the caller's."""
        self._open = False
        self.turn_all_away()
        self._lanes.remove(self)
        return self.drop_idle()

    def occupied(self, lane: Lane) -> int:
        """Return how many queries of this store run in a lane."""
        return self._running[lane]

    def waiting(self) -> int:
        """Return how many queries of this store wait."""
        return sum(map(len, self._waiting.values()))

    def calm(self) -> bool:
        """Tell whether nobody waits and nothing slow runs."""
        return self._running[Lane.SLOW] == 0 and self.waiting() == 0

    def lasting(self) -> int:
        """Return how many workers are held by queries that run in the slow lane or are parked before it."""
        return self._running[Lane.SLOW] + sum(ticket.parked for ticket in self._waiting[Lane.SLOW])

    def call(self) -> None:
        """Let those run who may, the fast lane first."""
        for lane, tickets in self._waiting.items():
            for ticket in tickets.in_turn():
                if ticket.called.done() or (not ticket.parked and not self._idle):
                    continue
                if not self._begin(lane, ticket.client):
                    # In the slow lane there may be a place for another client.
                    if lane is Lane.FAST:
                        break
                    continue
                self._remove(lane, ticket)
                ticket.worker = ticket.worker or self._idle.pop()
                ticket.called.set_result(True)

    def _ticket(self, lane: Lane, client: Sequence[str], worker: Worker | None, *, for_page: bool = False) -> Ticket:
        ticket = Ticket(client, worker, parked=worker is not None, for_page=for_page)
        self._waiting[lane].add(ticket)
        if lane is Lane.SLOW:
            self._look_later()
        self._need_worker()
        return ticket

    def _remove(self, lane: Lane, ticket: Ticket) -> None:
        self._waiting[lane].remove(ticket)
        (self._share.parked if ticket.parked else self._share.waiting[lane]).release(ticket.client)
        ticket.parked = False

    def _forget(self, lane: Lane, ticket: Ticket) -> None:
        """Take back a ticket whose client has left, and what it was given."""
        if ticket in self._waiting[lane]:
            self._remove(lane, ticket)
        elif ticket.called.result():
            self.leave(lane, ticket.client, ticket.worker)

    def _first(self, lane: Lane, client: Sequence[str]) -> bool:
        """Take a place in a lane before anybody who waits, if none of them may have it; False if there is none."""
        if lane is Lane.FAST:
            return not self._waiting[lane] and self._begin(lane, client)
        # Who waits for a slow place may have as many as one client may: the place is another's then.
        self._lanes.call()
        return self._begin(lane, client)

    def _begin(self, lane: Lane, client: Sequence[str]) -> bool:
        """Take a place in a lane; False if there is none."""
        if not self._lanes.begin(self._share, lane, client):
            return False
        self._running[lane] += 1
        if lane is Lane.SLOW:
            self._need_worker()
        return True

    def _end(self, lane: Lane, client: Sequence[str]) -> None:
        self._running[lane] -= 1
        self._lanes.end(self._share, lane, client)

    def _look_later(self) -> None:
        """Look again soon while somebody waits for a slow place, which another process may give back."""
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_later(_LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._looking = False
        self._lanes.call()
        if self._waiting[Lane.SLOW]:
            self._look_later()
