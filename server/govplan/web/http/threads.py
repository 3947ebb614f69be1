"""Threads for views that render or compute: a bounded number, few of which run Python at once.

Threads take turns at the interpreter, and the event loop is one of them: the fewer there are, the sooner its turn.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from govplan.errors import Overloaded
from govplan.sparql import Answer, Request, Store

Result = TypeVar("Result")
# What the thread at hand holds while it works.
_here = threading.local()


class Threads:
    """A pool of `size` threads, of which `at_once` work while the others wait for the store; `queue` tasks may wait."""

    def __init__(self, *, size: int, at_once: int, queue: int) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="govplan-view")
        self._working = threading.BoundedSemaphore(at_once)
        self._most = size + queue
        self._taken = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """Return what `work` returns, in a thread. Raises Overloaded if too much waits, and what `work` raises."""
        if self._taken >= self._most:
            raise Overloaded("Too many pages are being made.")
        self._taken += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._work, work)
        finally:
            self._taken -= 1

    def _work(self, work: Callable[[], Result]) -> Result:
        with self._working:
            _here.working = self._working
            try:
                return work()
            finally:
                del _here.working

    def close(self) -> None:
        """Take no more work; what runs ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def waiting() -> Iterator[None]:
    """Let another thread work while this one waits for something in the block; nothing outside threads of `Threads`."""
    working: threading.BoundedSemaphore | None = getattr(_here, "working", None)
    if working is None:
        yield
        return
    working.release()
    try:
        yield
    finally:
        working.acquire()


class WaitedFor:
    """A store that threads of `Threads` ask; while they wait, others work."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def waiting(self) -> int:
        """How many queries wait for their turn."""
        return self._store.waiting

    def answer(self, request: Request) -> Answer:
        """Return the complete answer; raises as the port says."""
        with waiting():
            return self._store.answer(replace(request, for_page=True))

    async def respond(self, request: Request) -> Answer:
        """Return the complete answer, on the event loop; raises as the port says."""
        return await self._store.respond(request)

    def close(self) -> None:
        """Close the store behind."""
        self._store.close()
