"""What all stores of one process use together: an event loop, the lanes, limits, and the gauges that show it."""

import asyncio
import functools

from govplan import metrics
from govplan.engines.oxigraph.lanes import Lane, Lanes, Permits, Places
from govplan.engines.oxigraph.limits import PoolLimits
from govplan.engines.oxigraph.loops import LoopThread
from govplan.group.places import half


class Capacity:
    """The capacity of one process for queries. A store more draws on it and adds nothing to it."""

    def __init__(
        self,
        limits: PoolLimits,
        *,
        loop: asyncio.AbstractEventLoop | None = None,
        slow: Places | None = None,
        part_of_slow: Places | None = None,
    ) -> None:
        """Let stores run on `loop`, which need not run yet; without one they have one in a thread of its own.

        `slow` are the places for long queries where several processes share them, `part_of_slow` those that releases
        beside the current one may hold.
        """
        self.limits = limits
        self.lanes = Lanes(
            fast=limits.fast,
            slow=slow or Permits(limits.workers),
            queue=limits.queue,
            parked=limits.workers,
            patience=limits.queue_seconds,
            part_of_slow=part_of_slow or Permits(half(limits.workers)),
        )
        # Worker processes that are alive, of all stores.
        self.workers = 0
        self._own = LoopThread() if loop is None else None
        self.loop: asyncio.AbstractEventLoop = loop if self._own is None else self._own.loop  # type: ignore[assignment]
        self._gauges = [
            metrics.source(metrics.WORKERS, lambda: self.workers),
            metrics.source(metrics.WAITING, self.lanes.waiting),
            *(
                metrics.source(metrics.RUNNING, functools.partial(self.lanes.occupied, lane), lane.value)
                for lane in Lane
            ),
        ]

    def close(self) -> None:
        """Show nothing more, and end the loop if it is one of its own; the stores are closed before."""
        for end in self._gauges:
            end()
        if self._own is not None:
            self._own.stop()
            self._own = None
