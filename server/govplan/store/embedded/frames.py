"""The frames that the front and a worker exchange over a socket pair: kind, a JSON head, a body, at most one file.

    kind (1 byte) · length of head (4 bytes) · length of body (8 bytes), big-endian · head · body

A worker is never trusted: heads are JSON, an error is rebuilt from its name only if it is one of `govplan.errors`.
"""

import json
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


class Closed(Exception):
    """The other side is gone, before a frame or in the middle of one."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; `file` is a descriptor that the receiver owns, None if there is none."""

    kind: bytes
    head: dict[str, Any]
    body: bytes = b""
    file: int | None = None


def send(channel: socket.socket, frame: Frame) -> None:
    """Send a whole frame. Raises Closed if the other side is gone."""
    head = json.dumps(frame.head).encode()
    lengths = _LENGTHS.pack(frame.kind, len(head), len(frame.body))
    try:
        if frame.file is not None:
            socket.send_fds(channel, [lengths], [frame.file])
            channel.sendall(head + frame.body)
        elif len(frame.body) < 65536:
            channel.sendall(lengths + head + frame.body)
        else:
            channel.sendall(lengths + head)
            channel.sendall(frame.body)
    except (BrokenPipeError, ConnectionResetError) as problem:
        raise Closed from problem


def receive(channel: socket.socket) -> Frame:
    """Return the next frame. Raises Closed if the other side is gone, TimeoutError as the socket does."""
    try:
        lengths, files = _lengths(channel)
        kind, head, body = _LENGTHS.unpack(lengths)
        return Frame(kind, json.loads(_exactly(channel, head)), _exactly(channel, body), files[0] if files else None)
    except ConnectionResetError as problem:
        raise Closed from problem


def _lengths(channel: socket.socket) -> tuple[bytes, list[int]]:
    lengths, files, _, _ = socket.recv_fds(channel, _LENGTHS.size, 1)
    if not lengths:
        raise Closed
    return lengths + _exactly(channel, _LENGTHS.size - len(lengths)), files


def _exactly(channel: socket.socket, size: int) -> bytes:
    if size == 0:
        return b""
    piece = channel.recv(size)
    if len(piece) == size:
        return piece
    whole = bytearray(size)
    view, filled = memoryview(whole), len(piece)
    view[:filled] = piece
    while filled < size:
        got = channel.recv_into(view[filled:])
        if not got:
            raise Closed
        filled += got
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
