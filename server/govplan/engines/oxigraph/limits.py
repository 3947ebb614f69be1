"""What the worker processes of one process that answers HTTP may use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """What all stores together may use; times in seconds, sizes in bytes, `spool` a folder.

    `workers` is the number of queries that run at once in the slow lane; after `fast_seconds` a query changes to it,
    and after `slow_seconds` other processes go before it. The worker of a release beside the current one ends after
    `idle_seconds` without a query.
    """

    workers: int
    seconds: float
    fast_seconds: float
    memory_bytes: int
    answer_bytes: int
    spool: str
    queue: int
    queue_seconds: float
    slow_seconds: float = 1.0
    idle_seconds: float = 60.0
    spool_bytes: int = 1 << 20
    fast_places: int | None = None

    @property
    def fast(self) -> int:
        """Queries that run at once in the fast lane: one more, so that as many long ones hold up no short one."""
        return self.workers + 1 if self.fast_places is None else self.fast_places
