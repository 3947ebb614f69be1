"""Turns for the long query texts of clients: read one at a time, with a rest after each, and no crowd that waits.

Threads take turns at Python: long texts read side by side are done no earlier, and leave little to short ones.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from govplan.errors import Overloaded
from govplan.store.limits import Limits
from govplan.store.port import Scan
from govplan.store.scan import scan

# How many long texts may be read or wait for it, each with its thread.
PLACES = 64
# Characters of a long text.
_LONG = 4000
# How many times as long as the reading of one the next one rests: together they get a third of the time at most.
_REST = 2
_PATIENCE = 0.5


class Turns:
    """The turns of those who wait for one and the same thing. Threads share it."""

    def __init__(self, places: int, patience: float) -> None:
        """So many threads may have or await a turn, for so many seconds at most."""
        self._places = threading.Semaphore(places)
        self._patience = patience
        self._lock = threading.Lock()
        self._rested = time.monotonic()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Give the turn for the block. Raises Overloaded if too many wait, or this one waited too long."""
        if not self._places.acquire(blocking=False):
            raise Overloaded("Too many long queries wait to be read.")
        try:
            if not self._lock.acquire(timeout=self._patience):
                raise Overloaded(f"Other long queries were read for {self._patience:g} s.")
            try:
                time.sleep(max(0.0, self._rested - time.monotonic()))
                begun = time.monotonic()
                try:
                    yield
                finally:
                    now = time.monotonic()
                    self._rested = now + _REST * (now - begun)
            finally:
                self._lock.release()
        finally:
            self._places.release()


_turns = Turns(PLACES, _PATIENCE)


def scan_in_turn(query: str, limits: Limits) -> Scan:
    """Scan the query of a client, a long one when it is its turn; raises as `scan` does, and Overloaded."""
    if len(query) <= _LONG:
        return scan(query, limits)
    with _turns.one():
        return scan(query, limits)
