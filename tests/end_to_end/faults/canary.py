"""Two clients beside an attack: one asks whether the server lives, one asks a query that nobody asked before."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.end_to_end.faults.conftest import Server, settled

# What an attack may cost others at most; how fast they are answered is for the bench to measure.
SOON = 1.0
_PAUSE = 0.02
_LOOKUP = "SELECT ?p ?o { ?s ?p ?o } LIMIT 10 # "


@dataclass(slots=True)
class Log:
    """What the canaries met: how many answers they got, and every one that was wrong or came late."""

    answers: int = 0
    wrong: list[str] = field(default_factory=list)


@contextmanager
def canaries(server: Server) -> Iterator[Log]:
    """Let both ask a settled server until the block ends, each by a new connection every time, as a new client does."""
    settled(server)
    log = Log()
    over = threading.Event()
    threads = [threading.Thread(target=_ask, args=(server, log, over, kind)) for kind in ("live", "lookup")]
    for thread in threads:
        thread.start()
    try:
        yield log
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _ask(server: Server, log: Log, over: threading.Event, kind: str) -> None:
    number = 0
    while not over.wait(_PAUSE):
        number += 1
        path = "/live" if kind == "live" else f"/sparql?query={quote(f'{_LOOKUP}{id(log)} {number}')}"
        begun = time.monotonic()
        try:
            connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
            connection.request("GET", path)
            status: object = connection.getresponse().status
            connection.close()
        except OSError as problem:
            status = repr(problem)
        took = time.monotonic() - begun
        log.answers += 1
        if status != 200 or took > SOON:
            log.wrong.append(f"{kind} {number}: {status} after {took:.2f} s")
