"""The event loop of a store outside a server."""

import asyncio
import threading

from govplan.engines.oxigraph.loops import LoopThread
from tests.loops import LONG, until


def test_runs_in_its_own_thread() -> None:
    """What is given to the loop runs beside the thread that gives it."""
    own = LoopThread()

    async def where() -> str:
        assert asyncio.get_running_loop() is own.loop
        return threading.current_thread().name

    assert "govplan-store" == asyncio.run_coroutine_threadsafe(where(), own.loop).result(LONG)
    own.stop()


def test_stops_after_what_is_under_way() -> None:
    """Stopping waits for what is under way and for what that begins, and then the loop is closed."""
    own = LoopThread()
    done: list[str] = []
    begun: list[asyncio.Task[None]] = []

    async def last() -> None:
        done.append("last")

    async def first() -> None:
        # Who stops the loop is a task of it, too.
        await until(lambda: len(asyncio.all_tasks()) > 1)
        done.append("first")
        begun.append(asyncio.create_task(last()))

    asyncio.run_coroutine_threadsafe(first(), own.loop)
    own.stop()

    assert ["first", "last"] == done
    assert own.loop.is_closed()
