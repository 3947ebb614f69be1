"""The `Store` of one release: worker processes that are replaced when a query ends them; the caller gets one error.

The front never opens the store itself, so that no query can crash it, block it or make it grow. All that happens here
happens on one event loop: that of the server, or one of the store's own. `answer` may be called from any other thread.
"""

import asyncio
import functools
import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from pathlib import Path
from typing import Any, TypeVar

from govplan import metrics
from govplan.engines.oxigraph import frames
from govplan.engines.oxigraph.exchange import answer_of, death_error, request_frame
from govplan.engines.oxigraph.lanes import Lane, Lanes, OwnPlaces, SlowPlaces
from govplan.engines.oxigraph.limits import PoolLimits
from govplan.engines.oxigraph.loops import LoopThread, result_of, runs_here
from govplan.engines.oxigraph.panics import Panics
from govplan.engines.oxigraph.process import Cause, Died, Worker
from govplan.engines.oxigraph.run import Ended, Run
from govplan.errors import EngineFailed, GovplanError, StoreUnavailable, WorkerDied
from govplan.sparql.limits import UNLIMITED
from govplan.sparql.port import Answer, Request
from govplan.sparql.scan import scan

LOG = logging.getLogger("govplan.store")
_RETRY_SECONDS = 0.5
_LEAST_SECONDS = 0.001
Result = TypeVar("Result")


class EmbeddedStore:
    """Oxigraph behind worker processes, read-only on the store of one release. Threads may share it."""

    def __init__(
        self,
        release: Path,
        prefixes: dict[str, str],
        limits: PoolLimits,
        suspect: Callable[[], None] = lambda: None,
        *,
        loop: asyncio.AbstractEventLoop | None = None,
        slow: SlowPlaces | None = None,
    ) -> None:
        """Open `release/store`; the caller has verified the release. `suspect` hears of unexplained deaths.

        `loop` is the event loop to run on, which need not run yet; without one the store has its own. `slow` are the
        places for long queries, where several processes share them.
        Raises StoreUnavailable if a worker cannot open the store.
        """
        self._limits = limits
        self._suspect = suspect
        self._setup: dict[str, Any] = {
            # A symbolic link may be switched while the engine still opens files by path.
            "store": os.path.realpath(release / "store"),
            "prefixes": prefixes,
            "memory_bytes": limits.memory_bytes,
            "answer_bytes": limits.answer_bytes,
            "spool_bytes": limits.spool_bytes,
            "spool": limits.spool,
        }
        self._alive = 0
        self._lanes = Lanes(
            fast=limits.fast,
            slow=slow or OwnPlaces(limits.workers),
            queue=limits.queue,
            parked=limits.workers,
            patience=limits.queue_seconds,
            need_worker=self._keep_soon,
        )
        self._gauges = [
            metrics.source(metrics.WORKERS, lambda: self._alive),
            metrics.source(metrics.WAITING, self._lanes.waiting),
            *(
                metrics.source(metrics.RUNNING, functools.partial(self._lanes.occupied, lane), lane.value)
                for lane in Lane
            ),
        ]
        # For each fast place a worker, and one that takes over when its query turns out to last. Besides, as many as
        # such queries hold. An idle one takes 5 to 20 MiB.
        self._usual = 2 * limits.fast
        self._panics = Panics()
        self._starting = self._closed = False
        self._loop: asyncio.AbstractEventLoop
        self._broken: StoreUnavailable | None = None
        self._condemned: StoreUnavailable | None = None
        self._keepers = ThreadPoolExecutor(2, thread_name_prefix="govplan-keeper")
        try:
            first = Worker(self._setup)
        except BaseException:
            self._keepers.shutdown()
            raise
        self._own = LoopThread() if loop is None else None
        self._loop = loop if self._own is None else self._own.loop  # type: ignore[assignment]
        self._loop.call_soon_threadsafe(self._join, first)

    @property
    def waiting(self) -> int:
        """How many queries wait for a worker."""
        return self._lanes.waiting()

    def answer(self, request: Request) -> Answer:
        """Return the complete answer, waiting in this thread, which is not the loop's; raises as the port says."""
        return result_of(self.respond(request), self._loop)

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
        if self._broken is not None and self._alive == 0:
            raise copy(self._broken)
        if self._panics.known(request):
            raise EngineFailed
        # What may be asked was decided before the query came here.
        found = request.found or scan(request.query, UNLIMITED)
        key = hash((request.query, request.default_graphs, request.named_graphs))
        limits = self._limits
        seconds = limits.seconds if request.seconds is None else min(request.seconds, limits.seconds)
        # The time limit covers waiting and running.
        until = time.monotonic() + seconds
        worker, lane = await self._lanes.enter(key, request.client, seconds)
        run = Run(key, request.client, worker, lane, self._lanes, limits, until=until, seconds=seconds)
        kept = False
        begun = time.monotonic()
        try:
            reply = await run.reply(request_frame(request, found, max(until - begun, _LEAST_SECONDS)))
            kept = not (run.lowered or reply.head["tired"] or self._surplus())
            if not kept:
                self._end(worker, Cause.RETIRED)
        except frames.Closed:
            raise await self._death_error(worker, request, seconds) from None
        except Ended as ended:
            self._end(worker, ended.cause)
            raise ended.problem from None
        except asyncio.CancelledError:
            run.discard()
            self._end(worker, Cause.LEFT)
            raise
        finally:
            run.over()
            metrics.COMPUTE_SECONDS.inc(time.monotonic() - begun)
            if not self._lanes.leave(run.lane, run.client, worker if kept else None) and kept:
                self._end(worker, Cause.CLOSED)
                kept = False
            if not kept:
                self._count(-1)
        try:
            return answer_of(reply)
        except EngineFailed:
            self._panics.remember(request)
            raise

    def condemn(self, problem: StoreUnavailable) -> None:
        """Answer every query with this problem from now on: the release is damaged and there is no other."""
        self._condemned = problem

    def close(self) -> None:
        """Take no more queries and end every worker; one that runs a query ends with it."""
        if self._closed:
            return
        self._closed = True
        if self._loop.is_running() and not runs_here(self._loop):
            result_of(self._close(), self._loop)
        else:
            self._close_now()
        for end in self._gauges:
            end()
        # A start that is under way ends its worker itself.
        self._keepers.shutdown()
        if self._own:
            self._own.stop()

    async def _close(self) -> None:
        self._close_now()

    def _close_now(self) -> None:
        self._closed = True
        for worker in self._lanes.close():
            self._end(worker, Cause.CLOSED)

    def _end(self, worker: Worker, cause: Cause) -> None:
        worker.detach()
        worker.kill()
        metrics.WORKER_ENDS.labels(cause.value).inc()
        self._bury(worker.bury)

    def _bury(self, work: Callable[[], Result]) -> "Future[Result]":
        try:
            return self._keepers.submit(work)
        except RuntimeError:
            # The keepers are gone: the store closes, and whoever ends the last worker waits for it.
            done: Future[Result] = Future()
            done.set_result(work())
            return done

    async def _death_error(self, worker: Worker, request: Request, seconds: float) -> GovplanError:
        """Count and log a death; return the error that the client gets, whose query was allowed so many seconds."""
        died = await asyncio.wrap_future(self._bury(worker.gone))
        metrics.WORKER_ENDS.labels(died.cause.value).inc()
        if died.cause is Cause.UNEXPLAINED:
            self._unexplained(died)
            return WorkerDied()
        LOG.info("a worker died at a limit (%s): %s", died.cause.value, died.detail)
        if died.cause is Cause.PANIC:
            self._panics.remember(request)
        return death_error(died.cause, self._limits.memory_bytes, seconds)

    def _unexplained(self, died: Died) -> None:
        LOG.error("a worker died and no limit explains it: %s", died.detail)
        threading.Thread(target=self._suspect, name="govplan-suspect", daemon=True).start()

    def _idle_closed(self, worker: Worker) -> None:
        """Replace a worker that ended while it had nothing to do."""
        if not self._lanes.drop(worker):
            return
        self._count(-1)

        def mourn() -> None:
            died = worker.gone()
            metrics.WORKER_ENDS.labels(died.cause.value).inc()
            self._unexplained(died)

        self._bury(mourn)

    def _count(self, change: int) -> None:
        self._alive += change
        self._keep_soon()

    def _surplus(self) -> bool:
        """Tell whether there are more workers than in calm times, and times are calm."""
        return self._alive > self._usual and self._lanes.calm()

    def _keep_soon(self) -> None:
        """Start another worker if one is needed: before it is, so that short queries need not wait for its start."""
        needed = self._usual + self._lanes.lasting()
        if not (self._closed or self._starting) and self._alive < needed:
            self._starting = True
            self._bury(self._start)

    def _start(self) -> None:
        """Start one worker, in a thread of its own, and let it take queries."""
        begun = time.monotonic()
        try:
            worker = Worker(self._setup)
        except StoreUnavailable as problem:
            self._loop.call_soon_threadsafe(self._not_started, problem)
            return
        metrics.WORKER_START_SECONDS.observe(time.monotonic() - begun)
        try:
            self._loop.call_soon_threadsafe(self._join, worker)
        except RuntimeError:
            worker.kill()
            worker.bury()

    def _not_started(self, problem: StoreUnavailable) -> None:
        self._broken = problem
        LOG.error("a worker cannot be started: %s", problem)
        threading.Thread(target=self._suspect, name="govplan-suspect", daemon=True).start()
        self._loop.call_later(_RETRY_SECONDS, self._retry)

    def _retry(self) -> None:
        self._starting = False
        self._keep_soon()

    def _join(self, worker: Worker) -> None:
        self._starting = False
        self._broken = None
        worker.attach(self._loop, self._idle_closed)
        if not self._lanes.join(worker):
            self._end(worker, Cause.CLOSED)
            return
        self._count(1)
