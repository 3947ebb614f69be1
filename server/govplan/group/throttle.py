"""The throttle of long texts: one at a time is read in the whole group, with a rest after each, and no crowd waits.

Threads take turns at Python: long texts read side by side are done no earlier, and leave little to short ones.
"""

import threading
import time
from collections.abc import Callable, Iterator, MutableSequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

from govplan.errors import Overloaded
from govplan.filelocks import FileLock

# How many long texts may be read or wait for it in one process, each with its thread.
PLACES = 64
# How many times as long as the reading of one the next one rests: together they get a third of the time at most.
_REST = 2
_PATIENCE = 0.5
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.005


class Throttle:
    """Lets one thread at a time do something, with a rest after each. Threads and processes share it."""

    def __init__(
        self,
        lock: FileLock | None = None,
        rested: "MutableSequence[float] | memoryview[float] | None" = None,
        places: int = PLACES,
        patience: float = _PATIENCE,
    ) -> None:
        """Let `places` threads have a turn or wait for one, each for `patience` seconds at most.

        `rested` holds, for all processes that share `lock`, when the next turn may begin; without them, the throttle
        is of this process alone.
        """
        self._places = threading.Semaphore(places)
        self._patience = patience
        self._threads = threading.Lock()
        self._processes = lock or FileLock()
        self._rested: MutableSequence[float] | memoryview[float] = [0.0] if rested is None else rested

    @contextmanager
    def turn(self, waiting: Callable[[], AbstractContextManager[None]] = nullcontext) -> Iterator[None]:
        """Give the turn for the block. Raises Overloaded if too many wait, or this one waited too long.

        All waiting is done in the context that `waiting` returns.
        """
        if not self._places.acquire(blocking=False):
            raise Overloaded("Too many long queries wait to be read.")
        try:
            with waiting():
                self._begin()
            begun = time.monotonic()
            try:
                yield
            finally:
                now = time.monotonic()
                self._rested[0] = now + _REST * (now - begun)
                self._processes.release()
                self._threads.release()
        finally:
            self._places.release()

    def _begin(self) -> None:
        """Take the turn, and wait until it may begin."""
        until = time.monotonic() + self._patience
        if not self._threads.acquire(timeout=self._patience):
            raise self._late()
        try:
            self._take(until)
        except BaseException:
            self._threads.release()
            raise
        time.sleep(min(max(0.0, self._rested[0] - time.monotonic()), self._patience))

    def _take(self, until: float) -> None:
        """Take the turn from other processes; the kernel gives it back for one that died."""
        pause = _FIRST_PAUSE
        while not self._processes.acquire():
            left = until - time.monotonic()
            if left <= 0:
                raise self._late()
            time.sleep(min(pause, left))
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _late(self) -> Overloaded:
        return Overloaded(f"Other long queries were read for {self._patience:g} s.")
