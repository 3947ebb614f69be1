"""One chart process as the front sees it: start it, let it draw, kill it, and say how it ended."""

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection

from govplan.errors import Overloaded
from govplan.vega import worker

# How long one side may fall silent in the middle of a message.
_REST = struct.pack("@ll", 10, 0)
_REAP_SECONDS = 2.0
_LAST_WORDS = 2000
# The longest picture that is taken: a PNG of the largest chart is a tenth of it.
PICTURE_BYTES = 32 << 20
_ENVIRONMENT = {"RUST_BACKTRACE": "0", "MALLOC_ARENA_MAX": "2", "LC_ALL": "C.UTF-8"}


class Died(Exception):
    """The process is gone; `killed` says that somebody sent it SIGKILL, which is not the doing of a chart."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"exit code {code}, {said or 'no words'}")
        self.killed = code == -signal.SIGKILL


class Process:
    """A process that is ready to draw. One thread at a time may use it."""

    def __init__(self, memory_bytes: int, charts: int, until: float) -> None:
        """Start the process and wait until it is ready. Raises Overloaded if it is not by `until` (monotonic clock)."""
        ours, theirs = socket.socketpair()
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            ours.setsockopt(socket.SOL_SOCKET, option, _REST)
        self._channel = Connection(ours.detach())
        # A pipe that nobody reads would fill with the warnings of Vega, and hold it up.
        self._words = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 — it is closed with the process
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", worker.__name__, *map(str, (theirs.fileno(), memory_bytes, charts))],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._words,
                env=_ENVIRONMENT,
                start_new_session=True,
            )
        self.pid = self._process.pid
        try:
            ready = self._received(until)
        except Died as died:
            raise Overloaded(f"The process that draws charts did not start: {died}.") from died
        if ready != worker.READY:
            self.kill()
            raise Overloaded("The process that draws charts did not start in time.")

    @property
    def alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def draw(self, asked: bytes, until: float) -> bytes | None:
        """Return what the process answers to a request of `worker`, None if there is nothing by `until` (monotonic).

        Raises Died.
        """
        try:
            self._channel.send_bytes(asked)
        except OSError as problem:
            raise self._gone() from problem
        return self._received(until)

    def kill(self) -> None:
        """End the process now; returns when it is gone."""
        # Once it is reaped, its number may be that of another process.
        if self._process.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
            self._process.wait()
        self._channel.close()
        self._words.close()

    def _received(self, until: float) -> bytes | None:
        try:
            if not self._channel.poll(max(0.0, until - time.monotonic())):
                return None
            return self._channel.recv_bytes(PICTURE_BYTES)
        except (EOFError, OSError) as problem:
            raise self._gone() from problem

    def _gone(self) -> Died:
        """Return how the process ended; one that has only closed its socket is ended first."""
        try:
            self._process.wait(_REAP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        size = self._words.seek(0, os.SEEK_END)
        self._words.seek(max(0, size - _LAST_WORDS))
        said = self._words.read().decode(errors="replace").strip().replace("\n", " | ")
        self.kill()
        return Died(self._process.returncode, said)
