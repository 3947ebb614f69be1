"""One query on its worker: what its clock does to it until the reply is there."""

import asyncio
import math
import os
import time
from collections.abc import Callable, Sequence

from govplan.engines.oxigraph import frames
from govplan.engines.oxigraph.dispatcher import Dispatcher
from govplan.engines.oxigraph.lanes import Lane
from govplan.engines.oxigraph.limits import PoolLimits
from govplan.engines.oxigraph.process import Cause, Worker
from govplan.engines.oxigraph.tickets import Ticket
from govplan.errors import GovplanError, Overloaded, QueryTimedOut

Stage = Callable[[], None]


class Ended(Exception):
    """The query was ended before its reply; `problem` is what its client is told, `cause` why its worker has to go."""

    def __init__(self, problem: GovplanError, cause: Cause) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.cause = cause


class Run:
    """One query; `lane` is None while it has no place, `lowered` says that other processes go before its worker."""

    def __init__(
        self,
        key: int,
        client: Sequence[str],
        worker: Worker,
        lane: Lane,
        dispatcher: Dispatcher,
        limits: PoolLimits,
        *,
        until: float,
        seconds: float,
    ) -> None:
        """`until` is its deadline (monotonic clock), `seconds` the time limit that its client is told."""
        self.client = client
        self.lane: Lane | None = lane
        self.lowered = False
        self._key, self._worker, self._dispatcher, self._limits = key, worker, dispatcher, limits
        self._until, self._seconds = until, seconds
        self._loop = asyncio.get_running_loop()
        self._begun = time.monotonic()
        self._timer: asyncio.TimerHandle | None = None
        self._ticket: Ticket | None = None

    async def reply(self, request: frames.Frame) -> frames.Frame:
        """Ask the worker and return its reply. Raises Ended at a limit, and frames.Closed if the worker is gone."""
        self._reply = self._worker.ask(request)
        self._next(self._begun + self._limits.fast_seconds, self._lasts)
        return await self._reply

    def discard(self) -> None:
        """Give back the file of a reply that nobody takes."""
        reply = self._reply
        if not reply.done() or reply.cancelled() or reply.exception() is not None:
            return
        if (file := reply.result().file) is not None:
            os.close(file)

    def over(self) -> None:
        """Stop the clock, if it has begun."""
        self._stop_clock()
        if self._ticket:
            ticket, self._ticket = self._ticket, None
            self._dispatcher.turn_away(Lane.SLOW, ticket)
            if ticket.called.result():
                self.lane = Lane.SLOW

    def _stop_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _next(self, at: float, stage: Stage) -> None:
        """Let a stage begin at a time, or the end at the deadline if that comes first."""
        if at >= self._until:
            at, stage = self._until, self._time_is_over
        self._timer = self._loop.call_later(at - time.monotonic(), stage)

    def _lasts(self) -> None:
        """Give up the fast place; where the slow lane is full, stop until there is a place."""
        if self._reply.done():
            return
        if self.lane is Lane.SLOW:
            self._next(self._begun + self._limits.slow_seconds, self._lower)
            return
        self.lane = None
        outcome = self._dispatcher.demote(self._key, self.client, self._worker)
        if outcome is True:
            self.lane = Lane.SLOW
            self._next(self._begun + self._limits.slow_seconds, self._lower)
        elif isinstance(outcome, Ticket):
            self._worker.pause()
            self._ticket = outcome
            outcome.called.add_done_callback(self._called)
            self._next(time.monotonic() + self._limits.queue_seconds, self._crowded)
        else:
            self._crowded()

    def _called(self, called: "asyncio.Future[bool]") -> None:
        if self._ticket is None:
            return
        self._ticket = None
        self._stop_clock()
        if not called.result():
            self._crowded()
            return
        self.lane = Lane.SLOW
        if not self._reply.done():
            self._worker.resume()
            self._next(max(self._begun + self._limits.slow_seconds, time.monotonic()), self._lower)

    def _lower(self) -> None:
        # Only root could take that back, so the worker retires after its answer.
        self._worker.lower_priority()
        self.lowered = True
        self._next(self._until, self._time_is_over)

    def _crowded(self) -> None:
        self._end(
            Overloaded(
                f"The query ran for {self._limits.fast_seconds:g} s, and every place for long queries is taken.",
                retry_seconds=math.ceil(self._limits.seconds),
            ),
            Cause.LANE,
        )

    def _time_is_over(self) -> None:
        self._end(QueryTimedOut(limit=self._seconds), Cause.TIME)

    def _end(self, problem: GovplanError, cause: Cause) -> None:
        if not self._reply.done():
            self._reply.set_exception(Ended(problem, cause))
