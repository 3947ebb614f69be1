"""Load: wrk for many small answers, one patient client for large ones."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from bench.datasets import FOLDER
from bench.servers import JSON, Server

SCRIPT = Path(__file__).with_name("load.lua")
MARKER = "N3V3RAGAIN"
# An unused prefix makes a query that no cache can have seen, whatever it does with comments or blanks.
FRESH = f"PREFIX n: <urn:bench:{MARKER}> "
_RESULT = re.compile(r"^RESULT ([\d ]+)$", re.MULTILINE)
_TIMEOUT = "10s"
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One window: `answers` of status 2xx in `seconds`, failures by kind, latencies in ms, CPU seconds of client."""

    answers: int
    seconds: float
    body: int
    refused: int
    broken: int
    late: int
    p50: float
    p99: float
    worst: float
    client: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    @property
    def failures(self) -> int:
        """Requests without a good answer."""
        return self.refused + self.broken + self.late


def missing() -> str:
    """Say what to install if wrk is not there."""
    return (
        ""
        if shutil.which("wrk")
        else "The bench needs wrk: install it (Debian: apt install wrk; macOS: brew install wrk)."
    )


def wrk(
    server: Server, targets: Sequence[str], clients: int, seconds: float, *, fresh: bool, accept: str = JSON
) -> Measured:
    """Ask the targets in turn from `clients` connections for `seconds` (whole ones)."""
    file = FOLDER / "targets.txt"
    file.write_text("\n".join(targets) + "\n", encoding="ascii")
    begin = str(time.time_ns() // 1_000_000 % 10**9 * 1000)
    command = ["wrk", "--threads", "1", "--connections", str(clients), "--duration", f"{seconds:.0f}s"]
    command += ["--timeout", _TIMEOUT, "--script", str(SCRIPT), f"http://127.0.0.1:{server.port}/", "--"]
    command += [str(file), accept, MARKER if fresh else "", begin]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    with process.stdout as out:
        printed = out.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    found = _RESULT.search(printed)
    if found is None and "unable to connect" in printed:
        return Measured(0, seconds, 0, 0, clients, 0, 0.0, 0.0, 0.0)
    if process.returncode or found is None:
        raise RuntimeError(f"wrk ended with {process.returncode}: {printed.strip()[-300:]}")
    done, micros, size, refused, broken, late, p50, p99, worst = (int(part) for part in found[1].split())
    return Measured(
        answers=done - refused,
        seconds=micros / 1e6,
        body=size // max(done, 1),
        refused=refused,
        broken=broken,
        late=late,
        p50=p50 / 1000,
        p99=p99 / 1000,
        worst=worst / 1000,
        client=usage.ru_utime + usage.ru_stime,
    )


def one_by_one(server: Server, targets: Sequence[str], seconds: float, *, accept: str = JSON) -> Measured:
    """Ask the targets one after the other, reading each answer whole, until `seconds` are over; each once at least."""
    times: list[float] = []
    size = refused = broken = 0
    end = time.perf_counter() + seconds
    for turn, target in enumerate(cycle(targets)):
        begin = time.perf_counter()
        if turn >= len(targets) and begin >= end:
            break
        try:
            status, body = server.get(target.replace(MARKER, str(time.time_ns())), accept, timeout=_PATIENCE)
        except OSError:
            broken += 1
            continue
        times.append(time.perf_counter() - begin)
        size = len(body)
        refused += status != 200
    return of_times(times, size, refused, broken)


def of_times(times: Sequence[float], size: int, refused: int = 0, broken: int = 0) -> Measured:
    """Return the figures of single requests that took `times` seconds."""
    ordered = sorted(times) or [0.0]
    return Measured(
        answers=len(times) - refused,
        seconds=sum(times) or 1.0,
        body=size,
        refused=refused,
        broken=broken,
        late=0,
        p50=1000 * ordered[len(ordered) // 2],
        p99=1000 * ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
        worst=1000 * ordered[-1],
    )
