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
    head = json.dumps(frame.head).encode()
    lengths = _LENGTHS.pack(frame.kind, len(head), len(frame.body))
    try:
        if frame.file is not None:
            socket.send_fds(channel, [lengths], [frame.file])
            channel.sendall(head + frame.body)
        elif len(frame.body) < _AT_ONCE:
            channel.sendall(lengths + head + frame.body)
        else:
            channel.sendall(lengths + head)
            channel.sendall(frame.body)
    except (BrokenPipeError, ConnectionResetError, BlockingIOError) as problem:
        raise Closed from problem


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
    kind, head, body = _LENGTHS.unpack_from(received)
    if len(received) > size + head + body:
        raise Closed
    if len(received) < size + head + body:
        received = _filled(channel, received, size + head + body, bounded=bounded)
    return Frame(kind, json.loads(received[size : size + head].decode()), received[size + head :], file)


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
