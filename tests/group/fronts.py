"""Front processes that do what a test tells them, and die when it says so."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from govplan.group import Group

# Long enough for a slow machine to start a process; nothing is waited for that long unless it fails.
PATIENCE = 60.0
_SPAWN = multiprocessing.get_context("spawn")


class FrontProblem(Exception):
    """What a front raised, in words: not every error survives the way between processes."""


class Front:
    """A front process of a group. `call` has it call a function with its group and returns what that returns."""

    def __init__(self, group: Group, *, joins: bool = True) -> None:
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_obey, args=(group, theirs, joins), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> "Front":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._pipe.close()

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function of a module in that process, with its group first. Raises FrontProblem if it raises."""
        self.begin(function, *arguments)
        return self.result()

    def begin(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Have a function called, without waiting for it."""
        self._pipe.send((function, arguments))

    def result(self) -> Any:
        """Return what the function that `begin` has called returned. Raises FrontProblem if it raised."""
        assert self._pipe.poll(PATIENCE), "the front does not answer"
        done, value = self._pipe.recv()
        if not done:
            raise FrontProblem(value)
        return value

    def kill(self) -> None:
        """Kill the process, as the kernel does; returns when it is gone."""
        self._process.kill()
        self._process.join(PATIENCE)


def _obey(group: Group, pipe: Connection, joins: bool) -> None:
    if joins:
        group.join()
    while True:
        try:
            function, arguments = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send((True, function(group, *arguments)))
        except Exception as problem:
            pipe.send((False, f"{type(problem).__name__}: {problem}"))
