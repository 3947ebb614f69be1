"""The worker processes of one store: started when they are needed, replaced when they end, reaped in threads.

All of it happens on one event loop, but for what waits for a process, which a thread does.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from govplan import metrics
from govplan.engines.oxigraph.capacity import Capacity
from govplan.engines.oxigraph.dispatcher import Dispatcher
from govplan.engines.oxigraph.lanes import Lane
from govplan.engines.oxigraph.loops import result_of, runs_here
from govplan.engines.oxigraph.process import Cause, Died, Worker
from govplan.errors import StoreUnavailable

LOG = logging.getLogger("govplan.store")
_RETRY_SECONDS = 0.5
Result = TypeVar("Result")


class Workers:
    """The workers of one store, and the `dispatcher` that gives them queries.

    Those of the current release are there before they are needed. A `secondary` store has one at most: it is started
    when a query waits, and ended after `idle_seconds` without one.
    """

    def __init__(
        self, setup: dict[str, Any], capacity: Capacity, suspect: Callable[[], None], *, secondary: bool = False
    ) -> None:
        """Start the first worker, unless the store is `secondary`; `setup` is what each worker is told first.

        Raises StoreUnavailable if that worker cannot open the store.
        """
        self._setup, self._capacity, self._suspect, self._secondary = setup, capacity, suspect, secondary
        self._loop = capacity.loop
        self.dispatcher = Dispatcher(capacity.lanes, secondary=secondary, need_worker=self._keep_soon)
        # For each fast place a worker, and one that takes over when its query turns out to last. Besides, as many as
        # such queries hold. An idle one takes 5 to 20 MiB.
        self._usual = 1 if secondary else 2 * capacity.limits.fast
        self._alive = 0
        self._starting = self._closed = False
        self._problem: StoreUnavailable | None = None
        # When a secondary store ends its idle worker.
        self._clock: asyncio.TimerHandle | None = None
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="govplan-workers")
        try:
            first = None if secondary else Worker(setup)
        except BaseException:
            self._threads.shutdown()
            raise
        self._loop.call_soon_threadsafe(self._begin, first)

    @property
    def problem(self) -> StoreUnavailable | None:
        """Why there is no worker: one could not be started; None while there is one, or none was tried."""
        return self._problem if self._alive == 0 else None

    def surplus(self) -> bool:
        """Tell whether there are more workers than in calm times, and times are calm."""
        return self._alive > self._usual and self.dispatcher.calm()

    def leave(self, lane: Lane | None, client: Sequence[str], worker: Worker, *, ended: bool) -> None:
        """Give back the place of a query, and its worker unless that has `ended`."""
        if not self.dispatcher.leave(lane, client, None if ended else worker) and not ended:
            self.end(worker, Cause.CLOSED)
            ended = True
        if ended:
            self._count(-1)
        elif self._secondary:
            self._end_later()

    def end(self, worker: Worker, cause: Cause) -> None:
        """End the worker of a query, which has yet to leave."""
        worker.detach()
        worker.kill()
        metrics.WORKER_ENDS.labels(cause.value).inc()
        self._in_thread(worker.reap)

    async def died(self, worker: Worker) -> Died:
        """Return why the worker of a query ended, and count it by its cause; the query has yet to leave."""
        died = await asyncio.wrap_future(self._in_thread(worker.gone))
        self._note(died, explained=died.cause is not Cause.UNEXPLAINED)
        return died

    def close(self) -> None:
        """Let no more queries in, and end every worker; one that runs a query ends with it."""
        if self._closed:
            return
        self._closed = True
        if self._loop.is_running() and not runs_here(self._loop):
            result_of(self._close(), self._loop)
        else:
            self._close_now()
        # A start that is under way ends its worker itself.
        self._threads.shutdown()

    async def _close(self) -> None:
        self._close_now()

    def _close_now(self) -> None:
        self._stop_clock()
        for worker in self.dispatcher.close():
            self.end(worker, Cause.CLOSED)
            self._count(-1)

    def _count(self, change: int) -> None:
        self._alive += change
        self._capacity.workers += change
        self._keep_soon()

    def _in_thread(self, work: Callable[[], Result]) -> "Future[Result]":
        try:
            return self._threads.submit(work)
        except RuntimeError:
            # The threads are gone: the store closes, and whoever ends the last worker waits for it.
            done: Future[Result] = Future()
            done.set_result(work())
            return done

    def _note(self, died: Died, *, explained: bool) -> None:
        """Count an end by its cause; the release is suspected if no limit explains it."""
        metrics.WORKER_ENDS.labels(died.cause.value).inc()
        if not explained:
            LOG.error("a worker died and no limit explains it: %s", died.detail)
            self._suspect_release()

    def _suspect_release(self) -> None:
        threading.Thread(target=self._suspect, name="govplan-suspect", daemon=True).start()

    def _idle_closed(self, worker: Worker) -> None:
        """Replace a worker that ended while it had nothing to do."""
        if self.dispatcher.drop(worker):
            self._count(-1)
            self._in_thread(lambda: self._note(worker.gone(), explained=False))

    def _keep_soon(self) -> None:
        """Start another worker if one is needed: before it is, so that short queries need not wait for its start."""
        if self._secondary:
            needed = self._usual if self.dispatcher.waiting() else 0
        else:
            needed = self._usual + self.dispatcher.lasting()
        if not (self._closed or self._starting) and self._alive < needed:
            self._starting = True
            self._in_thread(self._start)

    def _end_later(self) -> None:
        """End the worker of a secondary store after a while without a query."""
        self._stop_clock()
        self._clock = self._loop.call_later(self._capacity.limits.idle_seconds, self._end_idle)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()

    def _end_idle(self) -> None:
        for worker in self.dispatcher.drop_idle():
            self.end(worker, Cause.IDLE)
            self._count(-1)

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
            worker.reap()

    def _not_started(self, problem: StoreUnavailable) -> None:
        self._problem = problem
        LOG.error("a worker cannot be started: %s", problem)
        self._suspect_release()
        if self._alive == 0:
            self.dispatcher.turn_all_away()
        self._loop.call_later(_RETRY_SECONDS, self._retry)

    def _retry(self) -> None:
        self._starting = False
        if self._secondary:
            # Nothing is started without a query, so the next one is to try.
            self._problem = None
        self._keep_soon()

    def _begin(self, first: Worker | None) -> None:
        if not self._closed:
            self._capacity.lanes.add(self.dispatcher, first=not self._secondary)
        if first is not None:
            self._join(first)

    def _join(self, worker: Worker) -> None:
        self._starting = False
        self._problem = None
        worker.attach(self._loop, self._idle_closed)
        if not self.dispatcher.join(worker):
            self.end(worker, Cause.CLOSED)
            return
        self._count(1)
        if self._secondary:
            self._end_later()
