"""The `Drawer` of a server: one chart process at a time, started when it is needed and ended when it is not.

Charts wait for each other in a queue that is bounded; the time limit covers waiting and drawing.
"""

import json
import logging
import math
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from govplan.errors import ChartImpossible, ChartLost, Overloaded, QueryTimedOut
from govplan.vega.port import Kind, Specification
from govplan.vega.process import Died, Process
from govplan.vega.worker import IMPOSSIBLE, WORN

LOG = logging.getLogger("govplan.vega")
# The longest request, in bytes of JSON: four times that of a chart with the most and longest labels.
REQUEST_BYTES = 2 << 20


@dataclass(frozen=True, slots=True)
class DrawerLimits:
    """What a drawer may use; times in seconds. `queue` is how many charts may wait while one is drawn.

    `memory_bytes` bounds the data segment, of which Vega reserves 600 MiB and touches a quarter. A process ends after
    so many `charts`, and `idle_seconds` after its last one.
    """

    seconds: float
    queue: int = 8
    memory_bytes: int = 2 << 30
    charts: int = 500
    idle_seconds: float = 60.0


class ProcessDrawer:
    """Draws in a process of its own. Threads may share it."""

    def __init__(self, limits: DrawerLimits) -> None:
        """Start nothing yet."""
        self.limits = limits
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._there = 0
        self._process: list[Process] = []
        self._timer: threading.Timer | None = None
        # Also when the interpreter ends, and when nobody refers to this drawer any more.
        self._end = weakref.finalize(self, _end, self._process)

    @property
    def pid(self) -> int | None:
        """The number of the process, None while there is none."""
        return next((process.pid for process in self._process), None)

    def draw(self, chart: Specification, kind: Kind, seconds: float | None = None) -> bytes:
        """Return the picture; raises as the port says."""
        limit = self.limits.seconds if seconds is None else min(seconds, self.limits.seconds)
        until = time.monotonic() + limit
        with self._place():
            if not self._turn.acquire(timeout=limit):
                raise _late(limit)
            try:
                return self._drawn(_request(chart, kind, until), until, limit)
            finally:
                self._turn.release()

    def close(self) -> None:
        """End the process, once what it draws is drawn; another chart would start a new one."""
        with self._turn:
            self._stop()

    @contextmanager
    def _place(self) -> Iterator[None]:
        with self._counting:
            if self._there > self.limits.queue:
                raise Overloaded(
                    f"One chart is drawn at a time, and {self.limits.queue} wait already.",
                    retry_seconds=math.ceil(self.limits.seconds / 2),
                )
            self._there += 1
        try:
            yield
        finally:
            with self._counting:
                self._there -= 1

    def _drawn(self, request: bytes, until: float, limit: float) -> bytes:
        process = self._started(until)
        try:
            reply = process.draw(request, until)
        except Died as died:
            self._stop()
            LOG.error("the chart process ended: %s", died)
            if died.killed:
                raise ChartLost from None
            raise ChartImpossible("The chart of this answer cannot be drawn.", mend="see the table") from None
        if reply is None:
            self._stop()
            raise _late(limit)
        kind, body = reply[:1], reply[1:]
        if kind == WORN:
            self._stop()
        else:
            self._rest_later()
        if kind == IMPOSSIBLE:
            LOG.error("a chart cannot be drawn: %s", body.decode(errors="replace").partition("\n")[0])
            raise ChartImpossible("The chart of this answer cannot be drawn.", mend="see the table")
        return body

    def _started(self, until: float) -> Process:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._process and not self._process[0].alive:
            self._stop()
        if not self._process:
            self._process.append(Process(self.limits.memory_bytes, self.limits.charts, until))
        return self._process[0]

    def _stop(self) -> None:
        _end(self._process)

    def _rest_later(self) -> None:
        """End the process after a while without a chart."""
        self._timer = threading.Timer(self.limits.idle_seconds, _rest, (weakref.ref(self),))
        self._timer.daemon = True
        self._timer.start()


def _late(limit: float) -> QueryTimedOut:
    mend = "ask for a chart of fewer rows, or for another format of the answer"
    return QueryTimedOut(limit=limit, what="The chart", mend=mend)


def _request(chart: Specification, kind: Kind, until: float) -> bytes:
    asked = {"chart": asdict(chart), "kind": kind, "seconds": max(0.0, until - time.monotonic())}
    try:
        request = json.dumps(asked, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as problem:  # a number that JSON has no word for, half of a surrogate pair
        raise ChartImpossible("The chart holds what cannot be written.", mend="see the table") from problem
    if len(request) > REQUEST_BYTES:
        raise ChartImpossible("The chart holds too much text to be read.", mend="see the table")
    return request


def _end(processes: list[Process]) -> None:
    while processes:
        processes.pop().kill()


def _rest(of: "weakref.ref[ProcessDrawer]") -> None:
    drawer = of()
    # Whoever has the turn now starts the clock anew.
    if drawer is not None and drawer._turn.acquire(blocking=False):
        try:
            drawer._stop()
        finally:
            drawer._turn.release()
