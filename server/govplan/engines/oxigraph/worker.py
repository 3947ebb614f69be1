"""The worker process: `python -I -m govplan.engines.oxigraph.worker DESCRIPTOR`, one query at a time on one store.

It says READY once the store is open, then answers each REQUEST with one ANSWER or FAULT. It ends when the other end of
its socket closes, and the kernel ends it at a deadline, at its memory limit or when its stack overflows.
"""

import gc
import io
import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from govplan.engines.oxigraph import frames, sandbox
from govplan.engines.oxigraph.engine import evaluate
from govplan.errors import AnswerTooLarge, EngineFailed, GovplanError, SpoolFull, StoreUnavailable
from govplan.sparql.port import Request, Scan

# The front kills at the deadline; the kernel does shortly after, should the front be gone.
GRACE_SECONDS = 0.25
_RETIRE_BYTES = 200 << 20
_LONG_SECONDS = 0.05
_LOOK_EVERY = 64
_PANIC_MODULE = "pyo3_runtime"


class Spool(io.RawIOBase):
    """Where an answer is written: memory first, a nameless file past `memory` bytes, an error past `limit` bytes."""

    def __init__(self, memory: int, limit: int, folder: str) -> None:
        self._memory, self._limit, self._folder = memory, limit, folder
        self._buffer: IO[bytes] = io.BytesIO()
        self.size = 0
        self.spooled = False

    def writable(self) -> bool:
        """An answer is written here."""
        return True

    def write(self, piece: object) -> int:
        """Take a piece of the answer. Raises AnswerTooLarge or SpoolFull."""
        data = memoryview(piece).cast("B")  # type: ignore[arg-type]
        self.size += len(data)
        if self.size > self._limit:
            raise AnswerTooLarge(observed=self.size, limit=self._limit, setting="answer_bytes")
        try:
            if not self.spooled and self.size > self._memory:
                self._to_file()
            self._buffer.write(data)
        except OSError as problem:
            raise SpoolFull(
                f"The answer cannot be put aside on disk: {problem.strerror}.",
                where=self._folder,
                mend="free some space there, or set another folder by the setting spool",
            ) from problem
        return len(data)

    def _to_file(self) -> None:
        file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115 — it is closed with the spool
        file.write(self._buffer.getvalue())  # type: ignore[attr-defined]
        self._buffer, self.spooled = file, True

    def frame(self, head: dict[str, object]) -> frames.Frame:
        """Return the whole answer as a frame; a file is handed over with its position at the start."""
        if not self.spooled:
            return frames.Frame(frames.ANSWER, head, self._buffer.getvalue())  # type: ignore[attr-defined]
        self._buffer.seek(0)
        return frames.Frame(frames.ANSWER, {**head, "size": self.size}, file=self._buffer.fileno())

    def close(self) -> None:
        """Forget the answer."""
        self._buffer.close()
        super().close()


def main(descriptor: int) -> None:
    """Serve the socket `descriptor` until its other end closes."""
    channel = socket.socket(fileno=descriptor)
    setup = frames.receive(channel).head
    sandbox.limit(setup["memory_bytes"], setup["answer_bytes"] + (1 << 20))
    fenced = sandbox.forbid_network()
    # The front decides when to stop, and a terminal's Ctrl+C is meant for the front.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        store = ox.Store.read_only(setup["store"])
    except (OSError, RuntimeError) as problem:
        frames.send(channel, frames.fault(_not_opened(setup["store"], problem)))
        return
    sandbox.deepen_stack()
    # What was made until here lives as long as the process; the collector need not look at it again.
    gc.freeze()
    frames.send(channel, frames.Frame(frames.READY, {"fenced": fenced, "peak_bytes": sandbox.peak_bytes()}))
    served = 0
    while True:
        request = frames.receive(channel)
        served += 1
        begun = time.monotonic()
        spool = Spool(setup["spool_bytes"], setup["answer_bytes"], setup["spool"])
        sandbox.deadline(request.head["seconds"] + GRACE_SECONDS)
        reply = _reply(store, request, setup["prefixes"], spool)
        sandbox.deadline(0)
        look = served % _LOOK_EVERY == 0 or time.monotonic() - begun > _LONG_SECONDS
        reply.head.setdefault("retire", look and sandbox.resident_bytes() > _RETIRE_BYTES)
        frames.send(channel, reply)
        spool.close()


def _reply(store: ox.Store, request: frames.Frame, prefixes: dict[str, str], spool: Spool) -> frames.Frame:
    head = request.head
    asked = Request(
        request.body.decode(),
        head["media_type"],
        tuple(head["default_graphs"]),
        tuple(head["named_graphs"]),
        max_rows=head["max_rows"],
        partial_link=head["partial_link"],
        row_cap=head["row_cap"],
        base_iri=head.get("base_iri"),
    )
    try:
        written = evaluate(store, asked, Scan(*head["found"]), prefixes, cast(IO[bytes], spool))
        return spool.frame({"media_type": written.media_type, "partial": written.partial})
    except GovplanError as problem:
        return frames.fault(problem)
    except MemoryError:
        os._exit(frames.OUT_OF_MEMORY)
    except BaseException as problem:
        # A panic of native code, whose class cannot be imported. Nobody knows what state the engine is in then.
        if type(problem).__module__ != _PANIC_MODULE:
            raise
        reply = frames.fault(EngineFailed())
        reply.head["retire"] = True
        return reply


def _not_opened(folder: str, problem: Exception) -> StoreUnavailable:
    return StoreUnavailable(
        f"The store of release {Path(folder).parent.name} cannot be opened: {problem}.",
        where=folder,
        mend="build the release again with `govplan build`",
    )


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]))
    except frames.Closed:
        sys.exit(0)
