"""The chart process: `python -I -m govplan.vega.worker DESCRIPTOR MEMORY CHARTS`, one chart at a time.

It says READY once Vega is loaded, then answers each chart (JSON) with DRAWN and the picture, or with IMPOSSIBLE. It
ends when the other end of its socket closes, and the kernel ends it at a deadline or at its memory limit.
"""

import json
import signal
import sys
from multiprocessing.connection import Connection

from govplan.engines.oxigraph import sandbox

READY, DRAWN, WORN, IMPOSSIBLE = b"R", b"D", b"W", b"I"
# The front kills at the deadline; the kernel does shortly after, should the front be gone.
GRACE_SECONDS = 0.25
# What it may write to a file: the warnings of Vega.
_FILE_BYTES = 16 << 20
# With so much memory, another process goes on.
_RESIDENT_BYTES = 400 << 20


def main(descriptor: int, memory_bytes: int, charts: int) -> None:
    """Serve the socket `descriptor` until its other end closes; after so many charts another process should go on."""
    channel = Connection(descriptor)
    sandbox.limit(memory_bytes, _FILE_BYTES)
    sandbox.forbid_network()
    # The front decides when to stop, and a terminal's Ctrl+C is meant for the front.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from govplan.vega import engine

    channel.send_bytes(READY)
    drawn = 0
    while True:
        asked = json.loads(channel.recv_bytes())
        drawn += 1
        sandbox.deadline(asked["seconds"] + GRACE_SECONDS)
        try:
            picture = engine.svg(asked["chart"])
            body = engine.png(picture, asked["chart"]["surface"]) if asked["kind"] == "png" else picture.encode()
        except ValueError as problem:
            reply = IMPOSSIBLE + str(problem).encode()
        else:
            worn = drawn >= charts or sandbox.resident_bytes() > _RESIDENT_BYTES
            reply = (WORN if worn else DRAWN) + body
        sandbox.deadline(0)
        channel.send_bytes(reply)


if __name__ == "__main__":
    try:
        main(*map(int, sys.argv[1:]))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        sys.exit(0)
