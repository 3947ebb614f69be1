"""One worker process as the front sees it: start it, ask it, wait for it, kill it, and say why it died."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from enum import Enum
from typing import IO, Any, cast

from govplan.errors import StoreUnavailable
from govplan.store.embedded import frames
from govplan.store.embedded.frames import OUT_OF_MEMORY

START_SECONDS = 20.0
_REAP_SECONDS = 2.0
_SLOW_NICE = 10
_ENVIRONMENT = {"RUST_BACKTRACE": "0", "MALLOC_ARENA_MAX": "2", "LC_ALL": "C.UTF-8"}


class Cause(Enum):
    """Why a worker is gone; the value is the label in the metrics."""

    TIME = "time"
    MEMORY = "memory"
    STACK = "stack"
    LANE = "lane"
    CLOSED = "closed"
    RETIRED = "retired"
    UNEXPLAINED = "unexplained"


class Died(Exception):
    """The worker is gone, for this cause; `detail` is what it and the system said, for the log."""

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail


class Worker:
    """A worker process that is ready for its first query."""

    def __init__(self, setup: dict[str, Any]) -> None:
        """Start the process and wait until its store is open; `setup` is the head of its first frame.

        Raises StoreUnavailable if it cannot open the store or does not start.
        """
        self._memory_bytes = int(setup["memory_bytes"])
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "govplan.store.embedded.worker", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=_ENVIRONMENT,
                start_new_session=True,
            )
        self._words = cast(IO[bytes], self._process.stderr)
        self.pid = self._process.pid
        self.usage_bytes = self._peak_at_start = 0
        frames.bound(self._channel, socket.SO_SNDTIMEO, frames.REST_SECONDS)
        try:
            frames.send(self._channel, frames.Frame(frames.SETUP, setup))
            first = frames.receive(self._channel, START_SECONDS)
        except (frames.Closed, frames.Late) as problem:
            died = self.gone()
            raise StoreUnavailable(f"A worker process did not start: {died.detail}.") from problem
        if first.kind != frames.READY:
            self.gone()
            raise frames.raised(first)
        self.fenced = bool(first.head["fenced"])
        self._peak_at_start = int(first.head["peak_bytes"])

    def ask(self, request: frames.Frame) -> None:
        """Send a request. Raises Died."""
        try:
            frames.send(self._channel, request)
        except frames.Closed:
            raise self.gone() from None

    def wait(self, until: float) -> frames.Frame | None:
        """Return the reply, or None if there is none by `until` (monotonic clock). Raises Died."""
        try:
            return frames.receive(self._channel, until - time.monotonic())
        except frames.Late:
            return None
        except frames.Closed:
            raise self.gone() from None

    def slow_down(self) -> None:
        """Let other processes go first from now on."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _SLOW_NICE)

    def pause(self) -> None:
        """Stop the process where it is; its deadline goes on."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let a stopped process go on."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End the process now; returns when it is gone."""
        # Once it is reaped, its number may be that of another process.
        if self._process.returncode is None:
            os.kill(self.pid, signal.SIGKILL)
            self._reap()
        self._give_back()

    def gone(self) -> Died:
        """Return why the process ended; one that has only closed its socket is ended first."""
        code = self._reap()
        said = self._last_words()
        self._give_back()
        return Died(
            cause_of(code, said, self.usage_bytes, self._memory_bytes), f"{_ending(code)}, {said or 'no words'}"
        )

    def _reap(self) -> int:
        """Return the exit code as `subprocess` counts it (negative: signal), killing the process if it lingers."""
        until = time.monotonic() + _REAP_SECONDS
        pid, status, usage = os.wait4(self.pid, os.WNOHANG)
        while pid == 0 and time.monotonic() < until:
            select.select([], [], [], 0.001)
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
        if pid == 0:
            os.kill(self.pid, signal.SIGKILL)
            pid, status, usage = os.wait4(self.pid, 0)
        peak = usage.ru_maxrss * 1024
        # A peak that was there before the first query is that of the front, which Linux hands down.
        self.usage_bytes = peak if peak > self._peak_at_start else 0
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return self._process.returncode

    def _last_words(self) -> str:
        os.set_blocking(self._words.fileno(), False)
        said = self._words.read(4096) or b""
        return said.decode(errors="replace").strip().replace("\n", " | ")

    def _give_back(self) -> None:
        self._channel.close()
        self._words.close()


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def cause_of(code: int, said: str, usage: int, limit: int) -> Cause:
    """Return the cause of an ending: exit code (negative: signal), last words, and bytes used of the bytes allowed."""
    if code == -signal.SIGALRM:
        return Cause.TIME
    if code == -signal.SIGSEGV or "overflowed its stack" in said:
        return Cause.STACK
    if code == OUT_OF_MEMORY or (code == -signal.SIGABRT and "memory allocation" in said):
        return Cause.MEMORY
    # Nobody here sent SIGKILL: the system was out of memory, or somebody killed a worker that had little.
    if code == -signal.SIGKILL and usage > limit // 2:
        return Cause.MEMORY
    return Cause.UNEXPLAINED
