"""How long the work of a request may still go on: a moment, and whether its client is still there.

Whoever takes a request in begins its deadline; every loop over what a client sent, and every long one over the release,
asks `check` as it goes. It costs next to nothing, and nothing at all where no request has a deadline, as on the command
line.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from govplan.errors import QueryTimedOut

# Where a server leaves the deadline of a request that it took in (the environment of WSGI, PEP 3333).
ENVIRON = "govplan.deadline"
# Turns of a loop between two looks at the clock, where a turn is short: some hundred microseconds.
EVERY = 128
_MEND = "ask for less at once: shorter texts, fewer values, smaller batches"
Item = TypeVar("Item")
Given = TypeVar("Given", bound="Deadline | None")


class Deadline:
    """The end of the time of one request. Any thread may ask and cancel it.

    `limit` is the whole time in seconds, `until` the moment at which it is over (`time.monotonic`).
    """

    __slots__ = ("_cancelled", "limit", "until")

    def __init__(self, limit: float) -> None:
        """Give so many seconds from now on."""
        self.limit = limit
        self.until = time.monotonic() + limit
        self._cancelled = False

    def cancel(self) -> None:
        """Let the work end at its next check: nobody waits for it any longer."""
        self._cancelled = True

    def left(self) -> float:
        """Return the seconds that are left, 0 once it is over or cancelled."""
        return 0.0 if self._cancelled else max(0.0, self.until - time.monotonic())

    def over(self) -> bool:
        """Tell whether the time is over or the work was cancelled."""
        return self._cancelled or time.monotonic() >= self.until

    def check(self) -> None:
        """Raise QueryTimedOut if the time is over or the work was cancelled."""
        if self.over():
            raise QueryTimedOut(limit=self.limit, what="The request", mend=_MEND)


_current: ContextVar[Deadline | None] = ContextVar("govplan.deadline", default=None)


def current() -> Deadline | None:
    """Return the deadline of the work at hand, None if it has none."""
    return _current.get()


def begin(deadline: Deadline | None) -> Deadline | None:
    """Give the work at hand a deadline and return the one it had, with which to call this at the end."""
    before = _current.get()
    _current.set(deadline)
    return before


@contextmanager
def within(deadline: Given) -> Iterator[Given]:
    """Give the block a deadline; None lets it take its time."""
    before = begin(deadline)
    try:
        yield deadline
    finally:
        begin(before)


def check() -> None:
    """Raise QueryTimedOut if the work at hand has a deadline that is over or was cancelled."""
    found = _current.get()
    if found is not None:
        found.check()


def over() -> bool:
    """Tell the same for code that cannot raise."""
    found = _current.get()
    return found is not None and found.over()


def left(most: float | None = None) -> float | None:
    """Return the seconds that the work at hand has left, at most so many; None without any bound."""
    found = _current.get()
    if found is None:
        return most
    return found.left() if most is None else min(most, found.left())


def checked(items: Iterable[Item], every: int = EVERY) -> Iterator[Item]:
    """Yield the items, with a check before the first one and again after every so many."""
    for number, item in enumerate(items):
        if number % every == 0:
            check()
        yield item
