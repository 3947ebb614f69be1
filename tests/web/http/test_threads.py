"""Threads for views: a bounded number, few of which work at once, and none that holds up others while it waits."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from govplan.engines.oxigraph.pool import EmbeddedStore
from govplan.errors import Overloaded
from govplan.formats import BINDINGS
from govplan.sparql import Request, Store
from govplan.web.http.threads import Threads, WaitedFor, waiting
from tests.conftest import LIMITS
from tests.loops import LONG, on_a_loop, turn

ASK = Request("ASK {}", BINDINGS[0].media_type)


def _work(event: threading.Event) -> Callable[[], bool]:
    return lambda: event.wait(LONG)


@on_a_loop
async def test_result() -> None:
    """What work returns or raises arrives, and it was done in another thread."""
    threads = Threads(size=1, at_once=1, queue=0)
    assert threading.current_thread() is not await threads.run(threading.current_thread)
    with pytest.raises(ZeroDivisionError):
        await threads.run(lambda: 1 / 0)
    assert 1 == await threads.run(lambda: 1)
    threads.close()


@on_a_loop
async def test_too_much_waits() -> None:
    """What finds no thread and no place to wait is turned away at once, and what comes after is taken."""
    threads = Threads(size=1, at_once=1, queue=1)
    done = threading.Event()
    taken = [asyncio.create_task(threads.run(_work(done))) for _ in range(2)]
    await turn()
    with pytest.raises(Overloaded, match="Too many pages"):
        await threads.run(lambda: 1)
    done.set()

    assert [True, True] == await asyncio.gather(*taken)
    assert 1 == await threads.run(lambda: 1)
    threads.close()


@pytest.mark.parametrize("at_once", [1, 3])
@on_a_loop
async def test_few_at_once(at_once: int) -> None:
    """However many threads there are, so many work at once and no more."""
    threads = Threads(size=8, at_once=at_once, queue=100)
    lock = threading.Lock()
    working: list[int] = []
    most: list[int] = []

    def work() -> None:
        with lock:
            working.append(1)
            most.append(len(working))
        # Python gives others a turn here, who would work now if they might.
        sum(range(20_000))
        with lock:
            working.pop()

    await asyncio.gather(*(threads.run(work) for _ in range(50)))

    assert 50 == len(most)
    assert max(most) <= at_once
    threads.close()


@on_a_loop
async def test_others_work_while_one_waits() -> None:
    """A thread that waits lets another one work, and goes on when that is done."""
    threads = Threads(size=2, at_once=1, queue=0)
    done = threading.Event()

    def wait() -> bool:
        with waiting():
            return done.wait(LONG)

    first = asyncio.create_task(threads.run(wait))
    await threads.run(done.set)

    assert await first
    threads.close()


@on_a_loop
async def test_waiting_in_vain() -> None:
    """A thread that waited for something that failed has its place again, and gives it back once."""
    threads = Threads(size=2, at_once=1, queue=0)

    def wait() -> None:
        with waiting():
            raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await threads.run(wait)
    assert 1 == await threads.run(lambda: 1)
    threads.close()


def test_waiting_elsewhere() -> None:
    """Whoever waits outside these threads holds up nobody."""
    with waiting():
        assert True


@on_a_loop
async def test_closed() -> None:
    """Once closed, what runs ends by itself and what waits is given up."""
    threads = Threads(size=1, at_once=1, queue=1)
    done = threading.Event()
    running, given_up = (asyncio.create_task(threads.run(_work(done))) for _ in range(2))
    await turn()
    threads.close()
    done.set()

    assert await running
    with pytest.raises(asyncio.CancelledError):
        await given_up
    with pytest.raises(RuntimeError, match="after shutdown"):
        await threads.run(lambda: 1)


def test_store_that_is_waited_for(store: Store, loop: asyncio.AbstractEventLoop) -> None:
    """While a thread waits for the store, another one works; on the loop, nobody waits."""
    threads = Threads(size=2, at_once=1, queue=0)
    waited_for = WaitedFor(store)

    async def ask() -> list[bytes]:
        answers = await asyncio.gather(*(threads.run(lambda: waited_for.answer(ASK)) for _ in range(2)))
        return [answer.body for answer in (*answers, await waited_for.respond(ASK))]

    bodies = asyncio.run_coroutine_threadsafe(ask(), loop).result(LONG)

    assert 3 == len(bodies)
    assert 1 == len(set(bodies))
    assert 0 == waited_for.waiting
    threads.close()


def test_store_is_closed(release: Path) -> None:
    """Closing what is waited for closes the store behind."""
    waited_for = WaitedFor(EmbeddedStore.alone(release, {}, LIMITS))
    assert b"true" in waited_for.answer(ASK).body
    waited_for.close()

    with pytest.raises(Overloaded, match="is ending"):
        waited_for.answer(ASK)
