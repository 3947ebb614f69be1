"""The page: memory that the processes of a group share, and the lock that each holds while it reads or writes there.

    secret (16 bytes) | answered, rested (doubles)
    by column: process, queries that wait, places held of each kind (32 bits each)
    by account: its key (16 bytes), its clocks (two doubles), places held by kind and column (16 bits each)

Each process writes its own column, so that what a dead one held can be told and released. Numbers are native, each is
written by one aligned store, and zeroes are a good beginning: a process may be killed between any two of them.
"""

import mmap
import secrets
import threading
import time
from pathlib import Path
from types import TracebackType

from govplan.filelocks import FileLock

# Kinds of places: queries that run, those of them in the slow lane, answers that are being sent, and slow queries on
# releases beside the current one.
QUERIES, SLOW, SENDING, SECONDARY = KINDS = range(4)
SLOTS = 1 << 14
KEY = 16
CLOCKS = 2
_HEAD = 64
_SECRET = 16
_FIRST_PAUSE, _LONGEST_PAUSE = 0.00005, 0.001


class PageLock:
    """The lock of a page, between threads and processes. Held for microseconds; never taken in a finalizer."""

    def __init__(self, file: FileLock) -> None:
        self._threads = threading.Lock()
        self._file = file

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            pause = _FIRST_PAUSE
            while not self._file.acquire():
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.release()
        self._threads.release()


class Page:
    """The shared memory of a group for so many columns; `column` is that of this process."""

    column: int

    def __init__(self, columns: int, path: Path | None = None) -> None:
        """Map the file that `make` has made; without a path, memory of this process alone."""
        self.columns = columns
        self.cells = len(KINDS) * columns
        self._keys_at = _HEAD + 8 * -(-4 * (2 * columns + self.cells) // 8)
        clocks_at = self._keys_at + SLOTS * KEY
        held_at = clocks_at + SLOTS * CLOCKS * 8
        size = held_at + SLOTS * self.cells * 2
        self.lock = PageLock(FileLock(path))
        if path is None:
            self._memory = mmap.mmap(-1, size)
            self._memory[:_SECRET] = secrets.token_bytes(_SECRET)
        else:
            with path.open("r+b") as file:
                self._memory = mmap.mmap(file.fileno(), size)
        view = memoryview(self._memory)
        self.secret = bytes(view[:_SECRET])
        self.answered = view[16:24].cast("d")
        self.rested = view[24:32].cast("d")
        counts = view[_HEAD : _HEAD + 4 * (2 * columns + self.cells)].cast("I")
        self.processes, self.waiting, self._totals = (
            counts[:columns],
            counts[columns : 2 * columns],
            counts[2 * columns :],
        )
        self.clocks = view[clocks_at:held_at].cast("d")
        self.held = view[held_at:].cast("H")
        self._none_held = memoryview(bytes(2 * self.cells)).cast("H")

    @staticmethod
    def make(columns: int, path: Path) -> None:
        """Make the file of a page. Raises OSError where there is no room for it."""
        page = Page(columns)
        # Written and not only made long: where the disk fills up later, the kernel would kill whoever writes there.
        path.write_bytes(page.secret + bytes(len(page._memory) - _SECRET))

    def find(self, key: bytes, first: int, slots: int) -> int:
        """Return the slot of a key among so many, or -1."""
        begin = self._keys_at + first * KEY
        at = self._memory.find(key, begin, begin + slots * KEY)
        return -1 if at < 0 else (at - self._keys_at) // KEY

    def put(self, slot: int, key: bytes) -> None:
        """Give a slot to a key, with no places held."""
        self.held[slot * self.cells : (slot + 1) * self.cells] = self._none_held
        begin = self._keys_at + slot * KEY
        self._memory[begin : begin + KEY] = key

    def total(self, kind: int) -> int:
        """Return how many places of a kind are held in all columns."""
        return sum(self._totals[kind * self.columns : (kind + 1) * self.columns])

    def add(self, kind: int, change: int) -> None:
        """Change how many places of a kind the column of this process holds; never below none."""
        at = kind * self.columns + self.column
        self._totals[at] = max(0, self._totals[at] + change)

    def clear(self, column: int) -> None:
        """Release whatever a column holds."""
        self.waiting[column] = 0
        for kind in KINDS:
            self._totals[kind * self.columns + column] = 0
            self.held[kind * self.columns + column :: self.cells] = memoryview(bytes(2 * SLOTS)).cast("H")
