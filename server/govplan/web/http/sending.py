"""Clients that read slowly: found by asking the kernel, and sent away when they take too long.

The HTTP server sends by itself and says nothing of how far it is. The kernel does: how many bytes of a connection
wait to be taken, and how many were (`SIOCOUTQ`, `TCP_INFO` of Linux). A connection that has had something to take all
the time for `seconds`, and took less than `rate` bytes a second of it, is closed. So is the slowest where more than
`most` are slow.
"""

import contextlib
import fcntl
import logging
import os
import socket
import stat
import struct
import termios
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from govplan import metrics
from govplan.web.http.files import FileBody

LOG = logging.getLogger("govplan.sending")
_DESCRIPTORS = Path("/proc/self/fd")
_LOOK_SECONDS = 1.0
# How long the file of a body is kept open after it was handed to the HTTP server, which opens it once more.
_HOLD_SECONDS = 5.0
_INFO_BYTES = 192
# Offset of tcpi_bytes_acked in `struct tcp_info` (linux/tcp.h).
_ACKED = struct.Struct("=120xQ")
_QUEUED = struct.Struct("i")


@dataclass(frozen=True, slots=True)
class SendingLimits:
    """Seconds that a client may take for what waits for it, bytes a second it takes at least, and how many are slow."""

    seconds: float
    rate: int = 8192
    most: int = 512


@dataclass(slots=True, eq=False)
class _Held:
    """A body that the HTTP server sends: opened for sure at `until`; `release` is called once it is sent."""

    body: FileBody
    until: float
    release: Callable[[], None] | None


@dataclass(slots=True)
class _Slow:
    """A connection that had something to take at every look since `since`, when it had taken `acked` bytes."""

    since: float
    acked: int
    seen: float


class Sending:
    """What one server process sends. A thread of its own looks at the connections each second."""

    def __init__(self, limits: SendingLimits) -> None:
        self._limits = limits
        self._slow: dict[int, _Slow] = {}
        self._held: list[_Held] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        metrics.source(metrics.SLOW_READERS, lambda: len(self._slow))
        self._thread = threading.Thread(target=self._run, name="govplan-sending", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def hold(self, body: FileBody, release: Callable[[], None] | None = None) -> FileBody:
        """Keep a body open until the HTTP server has surely opened its path; call `release` once it was sent."""
        with self._lock:
            self._held.append(_Held(body, time.monotonic() + _HOLD_SECONDS, release))
        return body

    def _run(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            self.look(time.monotonic())

    def look(self, now: float) -> None:
        """Look at every connection once, and close those that are too slow."""
        self._let_go(now)
        for inode, connection in _connections():
            with connection:
                queued, acked = _progress(connection)
                if queued == 0:
                    self._slow.pop(inode, None)
                    continue
                slow = self._slow.setdefault(inode, _Slow(now, acked, now))
                slow.seen = now
                if self._too_slow(slow, acked, now):
                    self._dismiss(inode, connection)
        self._slow = {inode: slow for inode, slow in self._slow.items() if slow.seen == now}
        self._make_room()

    def _let_go(self, now: float) -> None:
        """Forget the bodies that were sent, or opened where nobody needs to know when they are sent."""
        with self._lock:
            held = self._held
            descriptors = {each.body.file.fileno() for each in held}
            sent = Counter(inode for number, inode in _files() if number not in descriptors)
            left: list[_Held] = []
            # The HTTP server has as many descriptors of a file as it sends bodies from it; the oldest are done first.
            for each in reversed(held):
                inode = os.fstat(each.body.file.fileno()).st_ino
                if each.until > now:
                    left.append(each)
                elif each.release is not None and sent[inode] > 0:
                    sent[inode] -= 1
                    left.append(each)
                elif each.release is not None:
                    each.release()
            self._held = left[::-1]

    def _too_slow(self, slow: _Slow, acked: int, now: float) -> bool:
        took = now - slow.since
        if took < self._limits.seconds:
            return False
        if acked - slow.acked < self._limits.rate * took:
            return True
        # Whoever was fast enough has earned no time beyond that.
        slow.since, slow.acked = now, acked
        return False

    def _make_room(self) -> None:
        """Dismiss those who are slow for the longest time where there are too many."""
        surplus = len(self._slow) - self._limits.most
        if surplus <= 0:
            return
        longest = set(sorted(self._slow, key=lambda inode: self._slow[inode].since)[:surplus])
        for inode, connection in _connections():
            with connection:
                if inode in longest:
                    self._dismiss(inode, connection)

    def _dismiss(self, inode: int, connection: socket.socket) -> None:
        del self._slow[inode]
        metrics.DISMISSED_READERS.inc()
        LOG.info("a client that reads too slowly was sent away")
        with contextlib.suppress(OSError):
            # Without waiting for what it never takes.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.shutdown(socket.SHUT_RDWR)


def _files() -> Iterator[tuple[int, int]]:
    """Yield the descriptors of this process that are no sockets, with their inodes."""
    for entry in _DESCRIPTORS.iterdir():
        with contextlib.suppress(OSError):
            about = os.fstat(int(entry.name))
            if stat.S_ISREG(about.st_mode):
                yield int(entry.name), about.st_ino


def _connections() -> Iterator[tuple[int, socket.socket]]:
    """Yield the connections of this process that TCP carries: inode and a handle of our own, to be closed."""
    for entry in _DESCRIPTORS.iterdir():
        try:
            target = entry.readlink().name
        except OSError:
            continue
        if not target.startswith("socket:["):
            continue
        try:
            # A duplicate: the number may be another's by the time it is used.
            connection = socket.socket(fileno=os.dup(int(entry.name)))
        except OSError:
            continue
        if connection.family in (socket.AF_INET, socket.AF_INET6) and connection.type is socket.SOCK_STREAM:
            yield os.fstat(connection.fileno()).st_ino, connection
        else:
            connection.close()


def _progress(connection: socket.socket) -> tuple[int, int]:
    """Return how many bytes of a connection are not acknowledged yet, and how many were; 0 if it is not connected."""
    try:
        connection.getpeername()
        queued = _QUEUED.unpack(fcntl.ioctl(connection, termios.TIOCOUTQ, b"\0" * _QUEUED.size))[0]
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
        return queued, _ACKED.unpack_from(info)[0]
    except OSError:
        return 0, 0
