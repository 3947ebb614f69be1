"""The frames that the front and a worker exchange over a socket pair: kind, a JSON head, a body, at most one file.

    kind (1 byte) · length of head (4 bytes) · length of body (8 bytes), big-endian · head · body

A worker is never trusted: heads are JSON, an error is rebuilt from its name only if it is one of `govplan.errors`.
"""

import json
import os
import socket
import struct
from dataclasses import dataclass
from typing import Any

from govplan import errors
from govplan.errors import GovplanError

SETUP, READY, REQUEST, ANSWER, FAULT = b"S", b"R", b"Q", b"A", b"F"
# The exit code of a worker that met its memory limit in Python code; the engine aborts instead.
OUT_OF_MEMORY = 77
_LENGTHS = struct.Struct("!cIQ")
# Most frames are smaller: one call of the system receives them whole.
_AT_ONCE = 65536
_TIMEVAL = struct.Struct("@ll")
# How long the rest of a frame may take, and the reading of one.
REST_SECONDS = 10.0


class Closed(Exception):
    """The other side is gone, or fell silent in the middle of a frame."""


class Late(Exception):
    """Nothing has come in time."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; `file` is a descriptor that the receiver owns, None if there is none."""

    kind: bytes
    head: dict[str, Any]
    body: bytes = b""
    file: int | None = None


def send(channel: socket.socket, frame: Frame) -> None:
    """Send a whole frame. Raises Closed if the other side is gone or does not read."""
    try:
        if frame.file is None:
            channel.sendall(packed(frame))
        else:
            whole = packed(frame)
            socket.send_fds(channel, [whole[: _LENGTHS.size]], [frame.file])
            channel.sendall(whole[_LENGTHS.size :])
    except (BrokenPipeError, ConnectionResetError, BlockingIOError) as problem:
        raise Closed from problem


def packed(frame: Frame) -> bytes:
    """Return the bytes of a frame."""
    head = json.dumps(frame.head).encode()
    return b"".join((_LENGTHS.pack(frame.kind, len(head), len(frame.body)), head, frame.body))


class Inbox:
    """Frames that come over a non-blocking socket, put together from whatever pieces arrive."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._received = b""
        self._rest: memoryview | None = None
        self._file: int | None = None

    def read(self) -> Frame | None:
        """Take what has come and return the frame once it is whole, None while more is to come. Raises Closed."""
        try:
            if self._rest is not None:
                return self._read_rest(self._rest)
            received, files, _, _ = socket.recv_fds(self._channel, _AT_ONCE, 1)
        except BlockingIOError:
            return None
        except ConnectionResetError as problem:
            raise Closed from problem
        if files:
            self._drop_file()
            self._file = files[0]
        if not received:
            raise Closed
        self._received += received
        return self._begun()

    def close(self) -> None:
        """Give back the file of a frame that never became whole."""
        self._drop_file()

    def _begun(self) -> Frame | None:
        if len(self._received) < _LENGTHS.size:
            return None
        _, head, body = _LENGTHS.unpack_from(self._received)
        size = _LENGTHS.size + head + body
        if len(self._received) > size:
            raise Closed
        if len(self._received) == size:
            return self._whole()
        whole = bytearray(size)
        whole[: len(self._received)] = self._received
        self._rest = memoryview(whole)[len(self._received) :]
        self._received = whole  # type: ignore[assignment]
        return None

    def _read_rest(self, rest: memoryview) -> Frame | None:
        got = self._channel.recv_into(rest)
        if not got:
            raise Closed
        self._rest = rest[got:]
        return None if len(self._rest) else self._whole()

    def _whole(self) -> Frame:
        received, file = self._received, self._file
        self._received, self._rest, self._file = b"", None, None
        return _unpacked(received, file)

    def _drop_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def receive(channel: socket.socket, patience: float | None = None) -> Frame:
    """Return the next frame; the other side sends no other before it is answered.

    Raises Late if nothing comes for `patience` seconds, and Closed.
    """
    # The kernel keeps the time: a thread that polled before it reads would have to wait for the interpreter twice.
    if patience is not None:
        bound(channel, socket.SO_RCVTIMEO, patience)
    try:
        received, files, _, _ = socket.recv_fds(channel, _AT_ONCE, 1)
    except BlockingIOError as problem:
        raise Late from problem
    except ConnectionResetError as problem:
        raise Closed from problem
    try:
        return _frame(channel, received, files[0] if files else None, bounded=patience is not None)
    except BaseException:
        for file in files:
            os.close(file)
        raise


def bound(channel: socket.socket, option: int, seconds: float) -> None:
    """Set SO_RCVTIMEO or SO_SNDTIMEO of a blocking socket: at least a millisecond, as 0 would mean for ever."""
    whole, part = divmod(max(1000, round(seconds * 1_000_000)), 1_000_000)
    channel.setsockopt(socket.SOL_SOCKET, option, _TIMEVAL.pack(whole, part))


def _frame(channel: socket.socket, received: bytes, file: int | None, *, bounded: bool) -> Frame:
    """Return the frame that begins with what was received, reading what is missing."""
    size = _LENGTHS.size
    if len(received) < size:
        received = _filled(channel, received, size, bounded=bounded)
    _, head, body = _LENGTHS.unpack_from(received)
    if len(received) > size + head + body:
        raise Closed
    if len(received) < size + head + body:
        received = _filled(channel, received, size + head + body, bounded=bounded)
    return _unpacked(received, file)


def _unpacked(received: bytes | bytearray, file: int | None) -> Frame:
    """Return the frame that these bytes are, whole."""
    kind, head, _ = _LENGTHS.unpack_from(received)
    size = _LENGTHS.size
    body = bytes(memoryview(received)[size + head :])
    return Frame(kind, json.loads(received[size : size + head]), body, file)


def _filled(channel: socket.socket, begun: bytes, size: int, *, bounded: bool) -> bytes:
    """Return so many bytes, of which some have come."""
    if not begun:
        raise Closed
    if bounded:
        bound(channel, socket.SO_RCVTIMEO, REST_SECONDS)
    whole, filled = bytearray(size), len(begun)
    view = memoryview(whole)
    view[:filled] = begun
    try:
        while filled < size:
            got = channel.recv_into(view[filled:])
            if not got:
                raise Closed
            filled += got
    except (ConnectionResetError, BlockingIOError) as problem:
        raise Closed from problem
    return bytes(whole)


def fault(problem: GovplanError) -> Frame:
    """Return the frame that carries a named error."""
    return Frame(FAULT, {"error": type(problem).__name__, "fields": vars(problem)})


def raised(frame: Frame) -> GovplanError:
    """Return the error of a fault frame; one that is not of `govplan.errors` becomes a StoreUnavailable."""
    kind = getattr(errors, str(frame.head.get("error")), None)
    if not (isinstance(kind, type) and issubclass(kind, GovplanError)):
        return errors.StoreUnavailable(f"A worker reported an unknown error: {frame.head.get('error')!r}.")
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in frame.head["fields"].items()}
    problem = kind.__new__(kind, fields["what"])
    problem.__dict__.update(fields)
    return problem
