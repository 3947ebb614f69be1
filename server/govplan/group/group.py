"""One group of front processes: what they share, who belongs to it, and which of them answers first."""

import os
import shutil
import stat
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from govplan.errors import Overloaded, SharedMemoryUnavailable
from govplan.filelocks import FileLock, Number, nobody_holds
from govplan.group.accounts import Accounts, Budget
from govplan.group.page import SECONDARY, SLOW, Page
from govplan.group.places import Places, Sending, half
from govplan.group.table import Table
from govplan.group.throttle import Throttle

_PREFIX = "govplan-group-"
# In memory, so that nothing is written to a disk and no full disk is in the way.
_IN_MEMORY = Path("/dev/shm")
_ROOM = 32 << 20
_PAUSE = 0.01
_JOIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a group is: its front processes, what one client may use (None: no budgets), slow queries at once."""

    fronts: int
    budget: Budget | None
    slow: int


class Group:
    """What the front processes of a server share. Every method may be called from any thread, once the front joined.

    `accounts` are those of clients, `slow` the places of slow queries, `secondary` those of them that releases beside
    the current one may hold, `sending` those of answers that are being sent, `long_texts` the throttle of long query
    texts.
    """

    def __init__(self, folder: Path | None, shape: Shape) -> None:
        """Open the group in a folder that `create` has made; None makes one of this process alone."""
        self._folder, self.shape = folder, shape
        self._owner: FileLock | None = None
        self._number: Number | None = None
        # A front may be replaced before it has ended.
        self._page = page = Page(2 * shape.fronts, folder and folder / "page")
        table = Table(page)
        limited = shape.budget is not None
        self.accounts = Accounts(shape.budget, table)
        self.slow = Places(table, SLOW, shape.slow, shape.slow if limited else None)
        self.secondary = Places(table, SECONDARY, half(shape.slow), None)
        self.sending = Sending(table, limited=limited)
        self.long_texts = Throttle(FileLock(folder and folder / "throttle"), page.rested)
        self._start = FileLock(folder and folder / "start")

    @classmethod
    def create(cls, shape: Shape, where: Path | None = None) -> "Group":
        """Make a group in a private folder below `where`; by default in memory, or where temporary files are.

        What servers left behind that were killed is removed. Raises SharedMemoryUnavailable if there is no room.
        """
        base = where or _place()
        _sweep(base)
        with ExitStack() as made:
            try:
                folder, owner = _make_folder(base)
                made.callback(owner.close)
                made.callback(shutil.rmtree, folder)
                (folder / "metrics").mkdir()
                Page.make(2 * shape.fronts, folder / "page")
                group = cls(folder, shape)
            except OSError as problem:
                raise SharedMemoryUnavailable(
                    f"What the processes of this server share finds no place: {problem.strerror}.",
                    where=str(base),
                    mend="make room there, or allow this user to write there",
                ) from problem
            group._owner = owner
            made.pop_all()
        return group

    @classmethod
    def alone(cls, shape: Shape) -> "Group":
        """Return the group of a server that has one process: this one, which has joined."""
        group = cls(None, shape)
        group._page.column = 0
        return group

    def __reduce__(self) -> tuple[Any, ...]:
        if self._folder is None:
            raise TypeError("a group of one process cannot be handed to another")
        return Group, (self._folder, self.shape)

    def __enter__(self) -> "Group":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def metrics_folder(self) -> Path:
        """The folder in which the processes of the group count (PROMETHEUS_MULTIPROC_DIR)."""
        assert self._folder is not None
        return self._folder / "metrics"

    def join(self) -> int:
        """Make this process a front of the group and return its column, with nothing left of who had it before.

        Raises Overloaded if there are twice as many processes as the group has fronts.
        """
        if self._folder is None:
            return self._page.column
        until = time.monotonic() + _JOIN_SECONDS
        while True:
            try:
                self._number = Number(self._folder, range(self._page.columns))
                break
            except LookupError:
                # Whoever reclaims the column of a dead front has its number for a moment.
                if time.monotonic() > until:
                    raise Overloaded(f"{self._page.columns} processes are in this group already.") from None
                time.sleep(_PAUSE)
        column = self._number.value
        self._page.column = column
        with self._page.lock:
            self._page.clear(column)
            self._page.processes[column] = os.getpid()
        return column

    def reclaim(self, column: int) -> bool:
        """Release what the front of a column held, if it is dead; tell whether it is."""
        if self._folder is None or (self._number is not None and self._number.value == column):
            return False
        with nobody_holds(self._folder, column) as dead:
            if dead and self._page.processes[column]:
                with self._page.lock:
                    self._page.clear(column)
                    self._page.processes[column] = 0
        return dead

    def reclaim_dead(self) -> list[int]:
        """Release what dead fronts held; return their columns."""
        joined = [column for column, process in enumerate(self._page.processes) if process]
        return [column for column in joined if self.reclaim(column)]

    def tell_waiting(self, queries: int) -> None:
        """Tell the group how many queries wait in this front."""
        self._page.waiting[self._page.column] = queries

    def waiting(self) -> int:
        """Return how many queries wait in all fronts, as they last told."""
        return sum(self._page.waiting)

    def await_first(self, seconds: float) -> bool:
        """Wait until a front has answered; returns at once in the first to call this, and in the next should it die.

        False if so many seconds were not enough.
        """
        until = time.monotonic() + seconds
        while not self._page.answered[0] and not self._start.acquire():
            if time.monotonic() > until:
                return False
            time.sleep(_PAUSE)
        return True

    def first_answered(self) -> None:
        """Let the other fronts start: one answers."""
        self._page.answered[0] = time.monotonic()
        self._start.release()

    def leave(self) -> None:
        """End what this process has in the group."""
        if self._number is not None:
            with self._page.lock:
                self._page.clear(self._number.value)
                self._page.processes[self._number.value] = 0
            self._number.leave()
            self._number = None

    def close(self) -> None:
        """Leave, and remove the group if this process made it."""
        self.leave()
        if self._owner is not None and self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._owner.close()
            self._owner = None


def _place() -> Path:
    """Return where a group is made."""
    if os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free > _ROOM:
        return _IN_MEMORY
    return Path(tempfile.gettempdir())


def _make_folder(base: Path) -> tuple[Path, FileLock]:
    """Make a folder that nobody else may enter; its lock tells that its maker lives."""
    made = Path(tempfile.mkdtemp(prefix=f".{_PREFIX}", dir=base))
    owner = FileLock(made / "owner")
    owner.acquire()
    # Only now may others see it: who finds it unlocked takes it for a leftover.
    return made.rename(base / made.name.removeprefix(".")), owner


def _sweep(base: Path) -> None:
    """Remove the folders of groups whose maker was killed."""
    for folder in base.glob(f"{_PREFIX}*"):
        # Another server that starts may remove it at this moment.
        with suppress(FileNotFoundError):
            about = folder.lstat()
            if about.st_uid == os.getuid() and stat.S_ISDIR(about.st_mode):
                _remove_if_left(folder)


def _remove_if_left(folder: Path) -> None:
    owner = FileLock(folder / "owner")
    try:
        if owner.acquire():
            # What cannot be removed harms nobody.
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        owner.close()
