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
from govplan.store.embedded.process import START_SECONDS, Cause, Died, Worker
from govplan.store.port import Answer, Request

LOG = logging.getLogger("govplan.store")
_RETRY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """What the pool may use; times in seconds, sizes in bytes, `spool` a folder.

    `workers` is the number of queries that run at once before any is slow; one spare comes on top.
    """

    workers: int = 2
    seconds: float = 10.0
    fast_seconds: float = 1.0
    memory_bytes: int = 512 << 20
    answer_bytes: int = 50 << 20
    spool_bytes: int = 1 << 20
    spool: str = "/tmp"
    queue: int = 64
    queue_seconds: float = 2.0


DEFAULTS = PoolLimits()


class EmbeddedStore:
    """Oxigraph behind worker processes, read-only on the store of one release. Threads may share it."""

    def __init__(
        self,
        release: Path,
        prefixes: dict[str, str],
        limits: PoolLimits = DEFAULTS,
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
        self._lanes = Lanes(
            fast=limits.workers,
            slow=max(1, limits.workers - 1),
            queue=limits.queue,
            patience=limits.queue_seconds,
        )
        self._target = limits.workers + 1
        self._alive = 0
        metrics.WORKERS.set_function(lambda: self._alive)
        metrics.WAITING.set_function(self._lanes.waiting)
        for lane in Lane:
            metrics.RUNNING.labels(lane.value).set_function(functools.partial(self._lanes.occupied, lane))
        self._changed = threading.Condition()
        self._closing = False
        self._broken: StoreUnavailable | None = None
        self._condemned: StoreUnavailable | None = None
        self._start()
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
        key = hash((request.query, request.default_graphs, request.named_graphs))
        run = _Run(key, *self._lanes.enter(key))
        healthy = False
        begun = time.monotonic()
        try:
            reply = self._reply(run, request, begun)
            # A worker that ran long has grown, and other processes go before it; a new one takes its place.
            healthy = run.lane is Lane.FAST and not reply.head["tired"]
            if not healthy:
                self._end(run.worker, Cause.RETIRED)
        except Died as died:
            raise self._mourned(died, request) from None
        finally:
            metrics.COMPUTE_SECONDS.inc(time.monotonic() - begun)
            if not self._lanes.leave(run.lane, run.worker if healthy else None) and healthy:
                self._end(run.worker, Cause.CLOSED)
            if not healthy:
                self._lost()
        if reply.kind == frames.FAULT:
            raise frames.raised(reply)
        return _answer_of(reply)

    def _reply(self, run: "_Run", request: Request, begun: float) -> frames.Frame:
        """Return the frame that answers; the worker is gone if anything is raised."""
        limits = self._limits
        seconds = limits.seconds if request.seconds is None else min(request.seconds, limits.seconds)
        run.worker.ask(_frame_of(request, seconds))
        if run.lane is Lane.FAST and limits.fast_seconds < seconds:
            reply = run.worker.wait(begun + limits.fast_seconds)
            if reply is not None:
                return reply
            if not self._lanes.slow_down(run.key):
                self._end(run.worker, Cause.LANE)
                raise Overloaded(
                    f"The query ran for {limits.fast_seconds:g} s and every place for long queries is taken.",
                    retry_seconds=math.ceil(limits.seconds),
                )
            run.lane = Lane.SLOW
            run.worker.slow_down()
        reply = run.worker.wait(begun + seconds)
        if reply is None:
            self._end(run.worker, Cause.TIME)
            raise QueryTimedOut(limit=seconds)
        return reply

    def condemn(self, problem: StoreUnavailable) -> None:
        """Answer every query with this problem from now on: the release is damaged and there is no other."""
        self._condemned = problem

    def close(self) -> None:
        """Take no more queries and end every worker; one that runs a query ends with it."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for worker in self._lanes.close():
            self._end(worker, Cause.CLOSED)
        self._keeper.join(START_SECONDS)

    def _end(self, worker: Worker, cause: Cause) -> None:
        worker.kill()
        metrics.WORKER_ENDS.labels(cause.value).inc()

    def _mourned(self, died: Died, request: Request) -> GovplanError:
        """Count and log a death; return the error that the client gets."""
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
        return QueryTimedOut(limit=self._limits.seconds if request.seconds is None else request.seconds)

    def _lost(self) -> None:
        with self._changed:
            self._alive -= 1
            self._changed.notify_all()

    def _keep(self) -> None:
        """Keep the number of workers up; runs in a thread of its own until the store closes."""
        while True:
            with self._changed:
                while self._alive >= self._target and not self._closing:
                    self._changed.wait()
                if self._closing:
                    return
            try:
                self._start()
            except StoreUnavailable as problem:
                self._broken = problem
                LOG.error("a worker cannot be started: %s", problem)
                threading.Thread(target=self._suspect, name="govplan-suspect", daemon=True).start()
                with self._changed:
                    self._changed.wait(_RETRY_SECONDS)

    def _start(self) -> None:
        """Start one worker and let it take queries. Raises StoreUnavailable."""
        begun = time.monotonic()
        worker = Worker(self._setup)
        metrics.WORKER_START_SECONDS.observe(time.monotonic() - begun)
        self._broken = None
        if not self._lanes.join(worker):
            self._end(worker, Cause.CLOSED)
            return
        with self._changed:
            self._alive += 1


@dataclass(slots=True)
class _Run:
    """One query on its worker; `lane` changes when it lasts."""

    key: int
    worker: Worker
    lane: Lane


def _frame_of(request: Request, seconds: float) -> frames.Frame:
    head = {
        "media_type": request.media_type,
        "default_graphs": request.default_graphs,
        "named_graphs": request.named_graphs,
        "seconds": seconds,
    }
    return frames.Frame(frames.REQUEST, head, request.query.encode())


def _answer_of(reply: frames.Frame) -> Answer:
    media_type = reply.head["media_type"]
    if reply.file is None:
        return Answer(reply.body, media_type)
    return Answer(os.fdopen(reply.file, "rb"), media_type)
