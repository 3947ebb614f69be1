"""Tests that run on an event loop of their own."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")

# Longer than anything here takes; nothing is waited for without end.
LONG = 60.0


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives on a new event loop.

    In a thread of its own: Playwright leaves a running loop in the main thread of the tests.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def apart(test: Callable[..., None]) -> Callable[..., None]:
    """Let a test that runs loops itself do so in a thread of its own, for the reason that `run` has."""

    @wraps(test)
    def in_a_thread(*arguments: Any, **named: Any) -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(test, *arguments, **named).result()

    return in_a_thread


def on_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Let a coroutine be a test, on a new event loop."""

    async def bounded(*arguments: Any, **named: Any) -> None:
        await asyncio.wait_for(test(*arguments, **named), LONG)

    @wraps(test)
    def on_a_new_loop(*arguments: Any, **named: Any) -> None:
        run(bounded(*arguments, **named))

    return on_a_new_loop


async def turn() -> None:
    """Let everything else on the loop have its turn."""
    await asyncio.sleep(0)


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop run until something holds."""
    while not holds():
        await asyncio.sleep(0.001)
