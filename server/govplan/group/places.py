"""Places of which there are only so many in a group: slow queries that run, answers that are being sent."""

import time
from collections.abc import Callable, Sequence

from govplan.group.accounts import WIDER
from govplan.group.page import SENDING
from govplan.group.table import Table

# A place is for so many bytes that are being sent; a larger answer takes several.
UNIT_BYTES = 8 << 20
SENDING_PLACES = 512
SENDING_EACH = 64


def half(places: int) -> int:
    """Return what releases beside the current one may hold of so many places: half, and one where there is one only."""
    return max(1, places // 2)


class Places:
    """Places of one kind; those of a dead process are free once reclaimed. Every method may be called anywhere.

    `clients` are the keys of one client, the widest last.
    """

    def __init__(
        self, table: Table, kind: int, total: int, each: int | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """So many in total, of which one client has `each` at most, and none has all; None sets no such limits."""
        self._table, self._kind, self.total, self._clock = table, kind, total, clock
        most = max(1, total - 1)
        self._limits = () if each is None else (min(each, most), min(each * WIDER, most))

    def acquire(self, clients: Sequence[str], places: int = 1) -> bool:
        """Take places for a client if there are so many for it; never waits."""
        table, kind = self._table, self._kind
        keys = self._keys(clients)
        with table.page.lock:
            if table.page.total(kind) + places > self.total:
                return False
            slots = table.slots(keys, self._clock())
            if any(table.held(slot, kind) + places > limit for slot, limit in zip(slots, self._limits, strict=False)):
                return False
            table.page.add(kind, places)
            for slot in slots:
                table.hold(slot, kind, places)
        return True

    def release(self, clients: Sequence[str], places: int = 1) -> None:
        """Give back places that `acquire` took."""
        table = self._table
        keys = self._keys(clients)
        with table.page.lock:
            table.page.add(self._kind, -places)
            for slot in map(table.find, keys):
                if slot >= 0:
                    table.hold(slot, self._kind, -places)

    def free_for(self, clients: Sequence[str]) -> int:
        """Return how many places a client could take now."""
        table = self._table
        keys = self._keys(clients)
        with table.page.lock:
            free = self.total - table.page.total(self._kind)
            for key, limit in zip(keys, self._limits, strict=False):
                slot = table.find(key)
                free = min(free, limit if slot < 0 else limit - table.held(slot, self._kind))
        return max(0, free)

    def held(self) -> int:
        """Return how many places the group holds."""
        return self._table.page.total(self._kind)

    def _keys(self, clients: Sequence[str]) -> list[bytes]:
        return self._table.keys(clients) if self._limits else []


class Sending:
    """Places for answers that are being sent, counted by their size: a client that does not read keeps its own."""

    def __init__(self, table: Table, *, limited: bool) -> None:
        """With `limited`, one client has an eighth of the places at most."""
        self._most = SENDING_EACH if limited else SENDING_PLACES
        self._places = Places(table, SENDING, SENDING_PLACES, SENDING_EACH if limited else None)

    def acquire(self, clients: Sequence[str], size: int) -> bool:
        """Take the places for an answer of so many bytes if they are free; a client without any may send any answer."""
        return self._places.acquire(clients, self._count(size))

    def release(self, clients: Sequence[str], size: int) -> None:
        """Give back what `acquire` took for an answer of that size."""
        self._places.release(clients, self._count(size))

    def held(self) -> int:
        """Return how many places the group holds."""
        return self._places.held()

    def _count(self, size: int) -> int:
        return min(1 + size // UNIT_BYTES, self._most)
