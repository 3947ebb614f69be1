"""Event loops and threads: a loop in a thread of its own, and waiting for a loop in another thread."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from govplan.engines.oxigraph.lanes import closing

Result = TypeVar("Result")


def runs_here(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether a loop runs in this thread."""
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def result_of(work: Coroutine[Any, Any, Result], loop: asyncio.AbstractEventLoop) -> Result:
    """Return what a coroutine returns on a loop, waiting for it in this thread; raises what it raises.

    Raises Overloaded if the loop is closed.
    """
    assert not runs_here(loop), "the loop would wait for itself"
    try:
        future = asyncio.run_coroutine_threadsafe(work, loop)
    except RuntimeError:
        work.close()
        raise closing() from None
    return future.result()


class LoopThread:
    """A thread that runs an event loop until it is stopped."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="govplan-store", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def stop(self) -> None:
        """Stop the loop once what is under way on it has ended, and close it."""
        asyncio.run_coroutine_threadsafe(_others(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


async def _others() -> None:
    mine = asyncio.current_task()
    while others := [task for task in asyncio.all_tasks() if task is not mine]:
        await asyncio.wait(others)
