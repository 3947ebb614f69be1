"""The `Store` of one release: worker processes that are replaced when a query ends them; the caller gets one error.

The front never opens the store itself, so that no query can crash it, block it or make it grow. All that happens here
happens on one event loop: that of the server, or one of the store's own. `answer` may be called from any other thread.
"""

import asyncio
import hashlib
import logging
import os
import time
from collections.abc import Callable
from copy import copy
from pathlib import Path

from govplan import metrics
from govplan.engines.oxigraph import frames
from govplan.engines.oxigraph.capacity import Capacity
from govplan.engines.oxigraph.exchange import answer_of, death_error, request_frame
from govplan.engines.oxigraph.lanes import Lane, Places
from govplan.engines.oxigraph.limits import PoolLimits
from govplan.engines.oxigraph.loops import result_of
from govplan.engines.oxigraph.panics import Panics
from govplan.engines.oxigraph.process import Cause, Worker
from govplan.engines.oxigraph.run import Ended, Run
from govplan.engines.oxigraph.workers import Workers
from govplan.errors import EngineFailed, GovplanError, Overloaded, StoreUnavailable, WorkerDied
from govplan.sparql.limits import UNLIMITED
from govplan.sparql.port import Answer, Request
from govplan.sparql.scan import scan

LOG = logging.getLogger("govplan.store")
_LEAST_SECONDS = 0.001


class EmbeddedStore:
    """Oxigraph behind worker processes, read-only on the store of one release. Threads may share it."""

    def __init__(
        self,
        release: Path,
        prefixes: dict[str, str],
        capacity: Capacity,
        suspect: Callable[[], None] = lambda: None,
        *,
        secondary: bool = False,
    ) -> None:
        """Open `release/store`; the caller has verified the release. `suspect` hears of unexplained deaths.

        The store of a release beside the current one is `secondary`: it holds no process until its first query, one at
        most, and its share of the capacity is half.
        Raises StoreUnavailable if a worker cannot open the store; a secondary store says so at its first query.
        """
        self._capacity = capacity
        limits = capacity.limits
        setup = {
            # A symbolic link may be switched while the engine still opens files by path.
            "store": os.path.realpath(release / "store"),
            "prefixes": prefixes,
            "memory_bytes": limits.memory_bytes,
            "answer_bytes": limits.answer_bytes,
            "spool_bytes": limits.spool_bytes,
            "spool": limits.spool,
        }
        self._workers = Workers(setup, capacity, suspect, secondary=secondary)
        self._dispatcher = self._workers.dispatcher
        self._panics = Panics()
        self._condemned: StoreUnavailable | None = None
        self._own: Capacity | None = None

    @classmethod
    def alone(
        cls,
        release: Path,
        prefixes: dict[str, str],
        limits: PoolLimits,
        suspect: Callable[[], None] = lambda: None,
        *,
        loop: asyncio.AbstractEventLoop | None = None,
        slow: Places | None = None,
    ) -> "EmbeddedStore":
        """Open the only store of a process, with a capacity of its own; `loop` and `slow` are those of `Capacity`."""
        capacity = Capacity(limits, loop=loop, slow=slow)
        try:
            store = cls(release, prefixes, capacity, suspect)
        except BaseException:
            capacity.close()
            raise
        store._own = capacity
        return store

    @property
    def waiting(self) -> int:
        """How many queries wait for a worker."""
        return self._dispatcher.waiting()

    def answer(self, request: Request) -> Answer:
        """Return the complete answer, waiting in this thread, which is not the loop's; raises as the port says."""
        return result_of(self.respond(request), self._capacity.loop)

    async def respond(self, request: Request) -> Answer:
        """Return the complete answer, on the store's own loop; raises as the port says."""
        begun = time.monotonic()
        outcome = "fault of the server"
        try:
            answer = await self._respond(request)
            outcome = "answer"
            return answer
        except GovplanError as problem:
            outcome = type(problem).__name__
            raise
        except asyncio.CancelledError:
            outcome = "client left"
            raise
        finally:
            seconds = time.monotonic() - begun
            metrics.QUERIES.labels(outcome).inc()
            metrics.QUERY_SECONDS.observe(seconds)
            # The text itself may hold anything, also personal data and line ends.
            digest = hashlib.sha256(request.query.encode()).hexdigest()[:12]
            LOG.info("query %s as %s: %s in %.1f ms", digest, request.media_type, outcome, seconds * 1000)

    async def _respond(self, request: Request) -> Answer:
        if self._condemned is not None:
            raise copy(self._condemned)
        if (problem := self._workers.problem) is not None:
            raise copy(problem)
        if self._panics.known(request):
            raise EngineFailed
        # What may be asked was decided before the query came here.
        found = request.found or scan(request.query, UNLIMITED)
        key = hash((request.query, request.default_graphs, request.named_graphs))
        limits = self._capacity.limits
        seconds = limits.seconds if request.seconds is None else min(request.seconds, limits.seconds)
        # The time limit covers waiting and running.
        until = time.monotonic() + seconds
        worker, lane = await self._enter(key, request, seconds)
        run = Run(key, request.client, worker, lane, self._dispatcher, limits, until=until, seconds=seconds)
        gone = True
        begun = time.monotonic()
        try:
            reply = await run.reply(request_frame(request, found, max(until - begun, _LEAST_SECONDS)))
            gone = run.lowered or reply.head["retire"] or self._workers.surplus()
            if gone:
                self._workers.end(worker, Cause.RETIRED)
        except frames.Closed:
            raise await self._death_error(worker, request, seconds) from None
        except Ended as ended:
            self._workers.end(worker, ended.cause)
            raise ended.problem from None
        except asyncio.CancelledError:
            run.discard()
            self._workers.end(worker, Cause.LEFT)
            raise
        finally:
            run.over()
            metrics.COMPUTE_SECONDS.inc(time.monotonic() - begun)
            self._workers.leave(run.lane, run.client, worker, ended=gone)
        try:
            return answer_of(reply)
        except EngineFailed:
            self._panics.remember(request)
            raise

    async def _enter(self, key: int, request: Request, seconds: float) -> tuple[Worker, Lane]:
        """Return a worker for a query and its lane; a store that cannot be opened is the reason why there is none."""
        try:
            return await self._dispatcher.enter(key, request.client, seconds, for_page=request.for_page)
        except Overloaded:
            if (problem := self._workers.problem) is not None:
                raise copy(problem) from None
            raise

    async def _death_error(self, worker: Worker, request: Request, seconds: float) -> GovplanError:
        """Log a death; return the error that the client gets, whose query was allowed so many seconds."""
        died = await self._workers.died(worker)
        if died.cause is Cause.UNEXPLAINED:
            return WorkerDied()
        LOG.info("a worker died at a limit (%s): %s", died.cause.value, died.detail)
        if died.cause is Cause.PANIC:
            self._panics.remember(request)
        return death_error(died.cause, self._capacity.limits.memory_bytes, seconds)

    def condemn(self, problem: StoreUnavailable) -> None:
        """Answer every query with this problem from now on: the release is damaged and there is no other."""
        self._condemned = problem

    def close(self) -> None:
        """Take no more queries and end every worker; one that runs a query ends with it. Other stores go on."""
        self._workers.close()
        if self._own is not None:
            self._own.close()
