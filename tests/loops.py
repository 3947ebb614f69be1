"""Tests that run on an event loop of their own."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

# Longer than anything here takes; nothing is waited for without end.
LONG = 60.0


def on_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Let a coroutine be a test, on a new event loop."""

    @wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*arguments, **named), LONG))

    return run


async def turn() -> None:
    """Let everything else on the loop have its turn."""
    await asyncio.sleep(0)


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop run until something holds."""
    while not holds():
        await asyncio.sleep(0.001)
