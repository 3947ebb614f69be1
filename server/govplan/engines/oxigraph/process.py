"""One worker process as the front sees it: start it, ask it, wait for it, kill it, and say why it died."""

import asyncio
import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from enum import Enum
from typing import IO, Any, cast

from govplan.engines.oxigraph import frames
from govplan.engines.oxigraph.frames import OUT_OF_MEMORY
from govplan.engines.oxigraph.panics import said_panic
from govplan.errors import StoreUnavailable

START_SECONDS = 20.0
_REAP_SECONDS = 2.0
_LOW_NICE = 10
_ENVIRONMENT = {"RUST_BACKTRACE": "0", "MALLOC_ARENA_MAX": "2", "LC_ALL": "C.UTF-8"}


class Cause(Enum):
    """Why a worker is gone; the value is the label in the metrics."""

    TIME = "time"
    MEMORY = "memory"
    STACK = "stack"
    PANIC = "panic"
    LANE = "lane"
    LEFT = "left"
    CLOSED = "closed"
    IDLE = "idle"
    RETIRED = "retired"
    UNEXPLAINED = "unexplained"


class Died(Exception):
    """The worker is gone, for this cause; `detail` is what it and the system said, for the log."""

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail


class Worker:
    """A worker process that is ready for its first query. After `attach`, it belongs to the thread of an event loop."""

    def __init__(self, setup: dict[str, Any]) -> None:
        """Start the process and wait until its store is open; `setup` is the head of its first frame.

        Raises StoreUnavailable if it cannot open the store or does not start.
        """
        self._memory_bytes = int(setup["memory_bytes"])
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "govplan.engines.oxigraph.worker", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=_ENVIRONMENT,
                # A group of its own, so that a terminal's Ctrl+C is not for it, in the session of the front: should the
                # front be gone, the system hangs up (SIGHUP) on groups with a stopped process.
                process_group=0,
            )
        self._words = cast(IO[bytes], self._process.stderr)
        self.pid = self._process.pid
        self.usage_bytes = self._peak_at_start = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reply: asyncio.Future[frames.Frame] | None = None
        self._inbox = frames.Inbox(self._channel)
        self._unsent = memoryview(b"")
        self._writing = False
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

    def attach(self, loop: asyncio.AbstractEventLoop, closed: Callable[["Worker"], None]) -> None:
        """Let the running `loop` read what the worker says; `closed` is called if it goes while nobody asks it."""
        self._loop, self._closed = loop, closed
        self._channel.setblocking(False)
        loop.add_reader(self._channel.fileno(), self._read)

    def ask(self, request: frames.Frame) -> "asyncio.Future[frames.Frame]":
        """Send a request and return what will be its reply; it raises frames.Closed if the worker is gone."""
        reply = self._reply = asyncio.get_running_loop().create_future()
        if self._loop is None:
            # It went while it was on its way to this query.
            self._settle(frames.Closed())
            return reply
        self._unsent = memoryview(frames.packed(request))
        self._write(self._loop)
        return reply

    def _write(self, loop: asyncio.AbstractEventLoop) -> None:
        """Send what the socket takes; the rest once it takes more."""
        try:
            self._unsent = self._unsent[self._channel.send(self._unsent) :]
        except BlockingIOError:
            pass
        except (BrokenPipeError, ConnectionResetError):
            # What it said last, if anything, is still to be read.
            self._unsent = memoryview(b"")
        if self._unsent and not self._writing:
            self._writing = True
            loop.add_writer(self._channel.fileno(), self._write, loop)
        elif self._writing and not self._unsent:
            self._writing = False
            loop.remove_writer(self._channel.fileno())

    def _read(self) -> None:
        try:
            frame = self._inbox.read()
            if frame is not None and self._reply is None:
                raise frames.Closed
        except frames.Closed as problem:
            self.detach()
            if self._reply is None:
                self._closed(self)
            else:
                self._settle(problem)
            return
        if frame is not None:
            self._settle(frame)

    def _settle(self, outcome: frames.Frame | frames.Closed) -> None:
        reply, self._reply = self._reply, None
        if reply is None or reply.done():
            # Whoever asked has left; the file of the answer goes with it.
            if isinstance(outcome, frames.Frame) and outcome.file is not None:
                os.close(outcome.file)
            return
        if isinstance(outcome, frames.Frame):
            reply.set_result(outcome)
        else:
            reply.set_exception(outcome)

    def detach(self) -> None:
        """Read no more of what the worker says."""
        if self._loop is not None:
            self._loop.remove_reader(self._channel.fileno())
            if self._writing:
                self._loop.remove_writer(self._channel.fileno())
            self._loop = None

    def lower_priority(self) -> None:
        """Let other processes go first from now on."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _LOW_NICE)

    def pause(self) -> None:
        """Stop the process where it is; its deadline goes on."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a stopped process go on."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Tell the process to end now; `reap` waits until it is gone."""
        # Once it is reaped, its number may be that of another process.
        if self._process.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    def reap(self) -> None:
        """Wait until the process is gone and give back what it held; may take a moment, so not on a loop."""
        if self._process.returncode is None:
            self._exit_code()
        self._give_back()

    def gone(self) -> Died:
        """Return why the process ended; one that has only closed its socket is ended first. Not for a loop, either."""
        code = self._exit_code()
        said = self._last_words()
        self._give_back()
        return Died(
            cause_of(code, said, self.usage_bytes, self._memory_bytes), f"{_ending(code)}, {said or 'no words'}"
        )

    def _exit_code(self) -> int:
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
        self._inbox.close()
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
    if code == -signal.SIGABRT and said_panic(said):
        return Cause.PANIC
    if code == OUT_OF_MEMORY or (code == -signal.SIGABRT and "memory allocation" in said):
        return Cause.MEMORY
    # Nobody here sent SIGKILL: the system was out of memory, or somebody killed a worker that had little.
    if code == -signal.SIGKILL and usage > limit // 2:
        return Cause.MEMORY
    return Cause.UNEXPLAINED
