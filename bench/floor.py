"""The floors: one fixed answer over HTTP, and Oxigraph in a process of its own without any HTTP.

`python -m bench.floor STORE` reads jobs, one JSON object a line, and writes the seconds each query took.
"""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from bench.load import MARKER, Measured, of_times

_BODY = b'{"head":{},"boolean":true}'


async def static(scope: Any, protocol: Any) -> None:
    """Answer every request alike (RSGI)."""
    headers = [("content-type", "application/sparql-results+json"), ("content-length", str(len(_BODY)))]
    protocol.response_bytes(200, headers, _BODY)


class InProcess:
    """A process that holds a store and answers one query after the other, each written as SPARQL JSON to memory."""

    name = "in process"

    def __init__(self, store: Path) -> None:
        command = [sys.executable, "-m", "bench.floor", str(store)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, queries: Sequence[str], seconds: float) -> Measured:
        """Ask the queries in turn until `seconds` are over, each of them once at least."""
        times, size = self._job({"queries": queries, "seconds": seconds})
        return of_times(times, size)

    def answer(self, query: str) -> bytes:
        """Return one answer."""
        return str(self._job({"queries": [query], "body": True})).encode()

    def _job(self, job: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def _serve(store: ox.Store) -> None:
    for line in sys.stdin:
        job = json.loads(line)
        reply: object
        if job.get("body"):
            reply = _one(store, job["queries"][0]).decode()
        else:
            reply = _timed(store, job["queries"], job["seconds"])
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


def _timed(store: ox.Store, queries: Sequence[str], seconds: float) -> tuple[list[float], int]:
    times: list[float] = []
    size = 0
    end = time.perf_counter() + seconds
    for turn, query in enumerate(cycle(queries)):
        if turn >= len(queries) and time.perf_counter() >= end:
            break
        begin = time.perf_counter()
        size = len(_one(store, query.replace(MARKER, str(turn))))
        times.append(time.perf_counter() - begin)
    return times, size


def _one(store: ox.Store, query: str) -> bytes:
    results = store.query(query, use_default_graph_as_union=True)
    assert not isinstance(results, ox.QueryTriples)
    return results.serialize(format=ox.QueryResultsFormat.JSON) or b""


if __name__ == "__main__":
    _serve(ox.Store.read_only(sys.argv[1]))
