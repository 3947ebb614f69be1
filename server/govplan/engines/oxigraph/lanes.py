"""How many queries run and wait in one process, whichever store they are for: two lanes with a bounded queue each.

A query starts in the fast lane; one that lasts moves to the slow lane, or is stopped until there is a place, so that a
fast place is never held for long. What was slow before starts in the slow lane. Everything here belongs to one event
loop and is called on its thread alone.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from govplan.errors import Overloaded
from govplan.group.places import half

_REMEMBERED = 1000


class Lane(Enum):
    """The two lanes; the value is the label in the metrics."""

    FAST = "fast"
    SLOW = "slow"


class Places(Protocol):
    """A bounded number of places, which several processes may share."""

    def acquire(self, client: Sequence[str]) -> bool:
        """Take a place for a client; False if there is none, or none for this client."""
        ...

    def release(self, client: Sequence[str]) -> None:
        """Give a place back."""
        ...


class Permits:
    """Places of one process alone, the same for every client."""

    def __init__(self, limit: int) -> None:
        self._free = limit

    def acquire(self, client: Sequence[str] = ()) -> bool:
        """Take a place; False if there is none."""
        if self._free == 0:
            return False
        self._free -= 1
        return True

    def release(self, client: Sequence[str] = ()) -> None:
        """Give a place back."""
        self._free += 1


class Part:
    """A part of some places: whoever holds one of the part holds one of the whole."""

    def __init__(self, part: Places, whole: Places) -> None:
        self._part, self._whole = part, whole

    def acquire(self, client: Sequence[str]) -> bool:
        """Take a place of both; False if either has none."""
        if not self._part.acquire(client):
            return False
        if self._whole.acquire(client):
            return True
        self._part.release(client)
        return False

    def release(self, client: Sequence[str]) -> None:
        """Give a place back to both."""
        self._whole.release(client)
        self._part.release(client)


@dataclass(frozen=True, slots=True)
class Share:
    """What the stores of one rank may hold together: places in each lane and its queue, and parked queries."""

    running: Mapping[Lane, Places]
    waiting: Mapping[Lane, Places]
    parked: Places


class Queue(Protocol):
    """The waiting queries of one store."""

    def call(self) -> None:
        """Let those run who may."""
        ...

    def waiting(self) -> int:
        """Return how many queries wait."""
        ...


class Lanes:
    """The places of a process in both lanes, for all its stores together.

    Stores of the `secondary` rank, those of releases beside the current one, hold half of everything at most, and are
    called last, so that the current one keeps its share.
    """

    def __init__(
        self, *, fast: int, slow: Places, queue: int, parked: int, patience: float, part_of_slow: Places
    ) -> None:
        """Run `fast` queries in the fast lane; `queue` wait up to `patience` s, and `parked` ones are stopped.

        `part_of_slow` are those of the slow places that secondary stores may hold.
        """
        self.patience = patience
        # The slow lane may fill half of the queue only: those who wait for it wait longest.
        waiting = {Lane.FAST: queue, Lane.SLOW: queue // 2}
        self.current = Share(
            {Lane.FAST: Permits(fast), Lane.SLOW: slow},
            {lane: Permits(number) for lane, number in waiting.items()},
            Permits(parked),
        )
        self.secondary = Share(
            {
                Lane.FAST: Part(Permits(half(fast)), self.current.running[Lane.FAST]),
                Lane.SLOW: Part(part_of_slow, slow),
            },
            {lane: Part(Permits(half(number)), self.current.waiting[lane]) for lane, number in waiting.items()},
            Part(Permits(half(parked)), self.current.parked),
        )
        self._running = {Lane.FAST: 0, Lane.SLOW: 0}
        self._slow_before: OrderedDict[int, None] = OrderedDict()
        self._queues: list[Queue] = []

    def add(self, queue: Queue, *, first: bool) -> None:
        """Call a queue from now on when a place may be free, before the others or after them."""
        self._queues.insert(0 if first else len(self._queues), queue)

    def remove(self, queue: Queue) -> None:
        """Call a queue no longer; nothing if it was never added."""
        if queue in self._queues:
            self._queues.remove(queue)

    def begin(self, share: Share, lane: Lane, client: Sequence[str]) -> bool:
        """Take a place in a lane; False if there is none."""
        if not share.running[lane].acquire(client):
            return False
        self._running[lane] += 1
        return True

    def end(self, share: Share, lane: Lane, client: Sequence[str]) -> None:
        """Give back a place in a lane; `call` lets others have it."""
        self._running[lane] -= 1
        share.running[lane].release(client)

    def call(self) -> None:
        """Let those run who may, of all stores."""
        for queue in self._queues:
            queue.call()

    def remember(self, query: int) -> None:
        """Remember that a query lasts; `query` is a hash of what is asked."""
        self._slow_before[query] = None
        if len(self._slow_before) > _REMEMBERED:
            self._slow_before.popitem(last=False)

    def lane_of(self, query: int) -> Lane:
        """Return the lane in which a query starts."""
        return Lane.SLOW if query in self._slow_before else Lane.FAST

    def occupied(self, lane: Lane) -> int:
        """Return how many queries run in a lane."""
        return self._running[lane]

    def waiting(self) -> int:
        """Return how many queries wait."""
        return sum(queue.waiting() for queue in self._queues)


def closing() -> Overloaded:
    """Return the error for queries that come while the store closes."""
    return Overloaded("This server is ending or changing its release.")
