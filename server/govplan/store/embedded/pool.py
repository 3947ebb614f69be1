"""The `Store` of one release: worker processes that are replaced when a query ends them; the caller gets one error.

The front never opens the store itself, so that no query can crash it, block it or make it grow.
"""

import functools
import hashlib
import logging
import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govplan import metrics
from govplan.errors import (
    GovplanError,
    MemoryExceeded,
    Overloaded,
    QueryTimedOut,
    QueryTooDeep,
    StoreUnavailable,
    WorkerDied,
)
from govplan.store.embedded import frames
from govplan.store.embedded.lanes import Lane, Lanes
from govplan.store.embedded.limits import PoolLimits
from govplan.store.embedded.process import START_SECONDS, Cause, Died, Worker
from govplan.store.limits import UNLIMITED
from govplan.store.port import Answer, Request, Scan
from govplan.store.scan import scan

LOG = logging.getLogger("govplan.store")
_RETRY_SECONDS = 0.5
_LEAST_SECONDS = 0.001


class EmbeddedStore:
    """Oxigraph behind worker processes, read-only on the store of one release. Threads may share it."""

    def __init__(
        self,
        release: Path,
        prefixes: dict[str, str],
        limits: PoolLimits,
        suspect: Callable[[], None] = lambda: None,
    ) -> None:
        """Open `release/store`; the caller has verified the release. `suspect` hears of unexplained deaths.

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
        self._counting = threading.Lock()
        self._wake = threading.Event()
        self._lanes = Lanes(
            fast=limits.fast,
            slow=limits.workers,
            queue=limits.queue,
            patience=limits.queue_seconds,
            hungry=self._wake.set,
        )
        metrics.WORKERS.set_function(lambda: self._alive)
        metrics.WAITING.set_function(self._lanes.waiting)
        for lane in Lane:
            metrics.RUNNING.labels(lane.value).set_function(functools.partial(self._lanes.occupied, lane))
        # For each fast place a worker, and one that takes over when its query turns out to last. Besides, as many as
        # such queries hold. An idle one takes 5 to 20 MiB.
        self._usual = 2 * limits.fast
        self._pause = threading.Event()
        self._closing = False
        self._broken: StoreUnavailable | None = None
        self._condemned: StoreUnavailable | None = None
        self._start()
        self._wake.set()
        self._keeper = threading.Thread(target=self._keep, name="govplan-keeper", daemon=True)
        self._keeper.start()

    @property
    def waiting(self) -> int:
        """How many queries wait for a worker."""
        return self._lanes.waiting()

    def answer(self, request: Request) -> Answer:
        """Return the complete answer; raises as the port says."""
        begun = time.monotonic()
        outcome = "fault of the server"
        try:
            answer = self._answer(request)
            outcome = "answer"
            return answer
        except GovplanError as problem:
            outcome = type(problem).__name__
            raise
        finally:
            seconds = time.monotonic() - begun
            metrics.QUERIES.labels(outcome).inc()
            metrics.QUERY_SECONDS.observe(seconds)
            # The text itself may hold anything, also personal data and line ends.
            digest = hashlib.sha256(request.query.encode()).hexdigest()[:12]
            LOG.info("query %s as %s: %s in %.1f ms", digest, request.media_type, outcome, seconds * 1000)

    def _answer(self, request: Request) -> Answer:
        if self._condemned is not None:
            raise self._condemned
        if self._broken is not None and self._alive == 0:
            raise self._broken
        # What may be asked was decided before the query came here.
        found = request.found or scan(request.query, UNLIMITED)
        key = hash((request.query, request.default_graphs, request.named_graphs))
        seconds = self._limits.seconds if request.seconds is None else min(request.seconds, self._limits.seconds)
        # Who asks sees one time limit, whether his query waits or runs.
        until = time.monotonic() + seconds
        run = _Run(key, *self._lanes.enter(key, seconds))
        kept = False
        begun = time.monotonic()
        try:
            run.worker.ask(_frame_of(request, found, max(until - begun, _LEAST_SECONDS)))
            reply = self._reply(run, begun, until, seconds)
            kept = not (run.slowed or reply.head["tired"] or self._surplus())
            if not kept:
                self._end(run.worker, Cause.RETIRED)
        except Died as died:
            raise self._mourned(died, seconds) from None
        finally:
            metrics.COMPUTE_SECONDS.inc(time.monotonic() - begun)
            if not self._lanes.leave(run.lane, run.worker if kept else None) and kept:
                self._end(run.worker, Cause.CLOSED)
            if not kept:
                self._count(-1)
        if reply.kind == frames.FAULT:
            raise frames.raised(reply)
        return _answer_of(reply)

    def _reply(self, run: "_Run", begun: float, until: float, seconds: float) -> frames.Frame:
        """Return the answer to what began then and may take until then, which is `seconds` after it came.

        The worker is gone if anything is raised.
        """
        limits = self._limits
        stages: tuple[tuple[float, Callable[[_Run, float], None]], ...] = (
            (limits.fast_seconds, self._change_lane),
            (limits.slow_seconds, _slow_down),
        )
        for after, then in stages:
            if begun + after < until:
                reply = run.worker.wait(begun + after)
                if reply is not None:
                    return reply
                then(run, until - begun - after)
        reply = run.worker.wait(until)
        if reply is None:
            self._end(run.worker, Cause.TIME)
            raise QueryTimedOut(limit=seconds)
        return reply

    def _change_lane(self, run: "_Run", left: float) -> None:
        """Let a query that lasts give up its fast place; `left` is its time. Raises Overloaded if there is no other."""
        if run.lane is Lane.SLOW:
            return
        run.lane = None
        if not self._lanes.slow_down(run.key, run.worker, left):
            self._end(run.worker, Cause.LANE)
            raise Overloaded(
                f"The query ran for {self._limits.fast_seconds:g} s, and every place for long queries is taken.",
                retry_seconds=math.ceil(self._limits.seconds),
            )
        run.lane = Lane.SLOW

    def condemn(self, problem: StoreUnavailable) -> None:
        """Answer every query with this problem from now on: the release is damaged and there is no other."""
        self._condemned = problem

    def close(self) -> None:
        """Take no more queries and end every worker; one that runs a query ends with it."""
        self._closing = True
        self._wake.set()
        for worker in self._lanes.close():
            self._end(worker, Cause.CLOSED)
        self._keeper.join(START_SECONDS)

    def _end(self, worker: Worker, cause: Cause) -> None:
        worker.kill()
        metrics.WORKER_ENDS.labels(cause.value).inc()

    def _mourned(self, died: Died, seconds: float) -> GovplanError:
        """Count and log a death; return the error that the client gets, whose query was allowed so many seconds."""
        metrics.WORKER_ENDS.labels(died.cause.value).inc()
        if died.cause is Cause.UNEXPLAINED:
            LOG.error("a worker died and no limit explains it: %s", died.detail)
            threading.Thread(target=self._suspect, name="govplan-suspect", daemon=True).start()
            return WorkerDied()
        LOG.info("a worker died at a limit (%s): %s", died.cause.value, died.detail)
        if died.cause is Cause.MEMORY:
            return MemoryExceeded(limit=self._limits.memory_bytes)
        if died.cause is Cause.STACK:
            return QueryTooDeep()
        return QueryTimedOut(limit=seconds)

    def _count(self, change: int) -> None:
        with self._counting:
            self._alive += change
        self._wake.set()

    def _surplus(self) -> bool:
        """Tell whether there are more workers than in calm times, and times are calm."""
        return self._alive > self._usual and self._lanes.calm()

    def _short(self) -> bool:
        """Tell whether another worker is needed: before it is, so that short queries need not wait for its start."""
        return self._alive < self._usual + self._lanes.lasting()

    def _keep(self) -> None:
        """Keep the number of workers up; runs in a thread of its own until the store closes."""
        while not self._closing:
            self._wake.wait()
            self._wake.clear()
            while self._short() and not self._closing:
                try:
                    self._start()
                except StoreUnavailable as problem:
                    self._broken = problem
                    LOG.error("a worker cannot be started: %s", problem)
                    threading.Thread(target=self._suspect, name="govplan-suspect", daemon=True).start()
                    self._pause.wait(_RETRY_SECONDS)

    def _start(self) -> None:
        """Start one worker and let it take queries. Raises StoreUnavailable."""
        begun = time.monotonic()
        worker = Worker(self._setup)
        metrics.WORKER_START_SECONDS.observe(time.monotonic() - begun)
        self._broken = None
        if not self._lanes.join(worker):
            self._end(worker, Cause.CLOSED)
            return
        self._count(1)


@dataclass(slots=True)
class _Run:
    """One query on its worker; `lane` is None while it has no place, `slowed` once other processes go first."""

    key: int
    worker: Worker
    lane: Lane | None
    slowed: bool = False


def _slow_down(run: _Run, left: float) -> None:
    # Only root could take that back, so the worker retires after its answer.
    run.worker.slow_down()
    run.slowed = True


def _frame_of(request: Request, found: Scan, seconds: float) -> frames.Frame:
    head = {
        "media_type": request.media_type,
        "default_graphs": request.default_graphs,
        "named_graphs": request.named_graphs,
        "seconds": seconds,
        "max_rows": request.max_rows,
        "partial_link": request.partial_link,
        "row_cap": request.row_cap,
        "found": found,
    }
    return frames.Frame(frames.REQUEST, head, request.query.encode())


def _answer_of(reply: frames.Frame) -> Answer:
    content = reply.body if reply.file is None else os.fdopen(reply.file, "rb")
    return Answer(content, reply.head["media_type"], reply.head["partial"])
