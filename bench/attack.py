"""One attack: who still answers beside it, are the answers to it honest, and what memory does it take?"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bench.attackers import Job
from bench.bombs import ATTACKS, Slow
from bench.contestants import DEADLINE
from bench.datasets import ROOT
from bench.load import FRESH, MARKER, Measured, of_times, wrk
from bench.servers import SAMPLE_SECONDS, Server

LIGHT_CLIENTS = 16
LIGHT = "light clients"
ROOM = 100_000_000  # bytes that a server may hold more than before
_GRACE = 0.5
_SLOW_GRACE = 1.0  # a client that sends a byte a beat learns late that it was sent away
_PEACE = 1.0  # seconds in which the light clients connect
_REST = 10.0
_WARM = 20
_BRIEF_REST = 2.0
_HONEST = ("error ", "whole answer", "left")
# Who sends slowly must come to an end; who reads slowly may do so for long. Both may be cut off.
READERS = ("slow-readers", "unread-answers")
_ALSO_HONEST = {"slow-bodies": ("cut off",)} | dict.fromkeys(READERS, ("cut off", "held"))


@dataclass(slots=True)
class Attack:
    """What came of one attack.

    `beside`: client → its figures. `verdicts`: what the requests of the attack got → how many. `slowest`: seconds of
    the slowest answer. `before`, `peak`, `after`: memory in bytes. `seconds`: how long all of it took. `client`:
    seconds of processor time of the attackers. `afterwards`: what a bare ASK got when they had gone.
    """

    beside: dict[str, Measured]
    verdicts: dict[str, int] = field(default_factory=dict)
    slowest: float = 0.0
    before: int = 0
    peak: int = 0
    after: int = 0
    seconds: float = 0.0
    client: float = 0.0
    afterwards: str = ""


def limit(name: str) -> float:
    """Return the seconds in which the requests of an attack are to be answered, or sent away."""
    return DEADLINE + (_SLOW_GRACE if isinstance(ATTACKS[name], Slow) else _GRACE)


def dishonest(name: str, verdicts: Mapping[str, int]) -> int:
    """Return how many requests of an attack got neither a whole answer nor an error that says what is the matter."""
    honest = (*_HONEST, *_ALSO_HONEST.get(name, ()))
    return sum(n for verdict, n in verdicts.items() if not verdict.startswith(honest) or verdict == "error 500")


def attack(
    server: Server, name: str, queries: Sequence[str], seconds: float, *, dump: str = "", brief: bool = False
) -> Attack:
    """Attack a server for so many seconds, while others ask it small queries, each with a part that never comes twice.

    `dump` is the target of the whole dataset. A `brief` attack leaves without waiting for its last answers.
    """
    begin = time.perf_counter()
    light = ATTACKS[name].light
    # All workers have started and answered before the memory is read.
    for query in queries[:_WARM]:
        server.get(server.target(query))
    server.settle()
    before = server.memory()
    peace = _PEACE if light else 0.0
    job = Job(name, server.port, server.path, dump, limit(name), peace, seconds + _PEACE + DEADLINE, brief)
    attackers = _Helper("attackers")
    if light:
        attackers.tell(asdict(job))
        targets = [server.target(FRESH + query) for query in queries]
        beside = {LIGHT: wrk(server, targets, LIGHT_CLIENTS, seconds, fresh=True)}
        attackers.heard()
    else:
        beside = _canaries(server, attackers, job, queries, seconds)
    attackers.leave()
    report = attackers.heard()
    client = attackers.end()
    afterwards = _afterwards(server)
    after = _rest(server, before, _BRIEF_REST if brief else _REST)
    return Attack(
        beside,
        report["verdicts"],
        report["slowest"],
        before=before,
        peak=server.peak,
        after=after,
        seconds=time.perf_counter() - begin,
        client=client,
        afterwards=afterwards,
    )


class _Helper:
    """A process of the bench that reads a job and then speaks in lines of JSON."""

    def __init__(self, module: str) -> None:
        self._module = f"bench.{module}"
        command = [sys.executable, "-m", self._module]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout

    def tell(self, what: object) -> None:
        self._in.write(json.dumps(what) + "\n")
        self._in.flush()

    def heard(self) -> Any:
        """Return what it says next. Raises RuntimeError if it has ended instead."""
        line = self._out.readline()
        if not line:
            raise RuntimeError(f"{self._module} ended too early")
        return json.loads(line)

    def leave(self) -> None:
        """Tell it that it is enough."""
        self._in.close()

    def end(self) -> float:
        """Wait for its end; return the processor time that it took, in seconds."""
        self._out.close()
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_utime + usage.ru_stime


def _canaries(
    server: Server, attackers: _Helper, job: Job, queries: Sequence[str], seconds: float
) -> dict[str, Measured]:
    """Let the two canaries ask from the moment that the attack has begun."""
    canaries = _Helper("canaries")
    fresh = [FRESH + query for query in queries]
    asked = {"port": server.port, "path": server.path, "queries": fresh, "marker": MARKER, "seconds": seconds}
    canaries.tell(asked)
    canaries.heard()
    attackers.tell(asdict(job))
    attackers.heard()
    canaries.tell("begin")
    found = canaries.heard()
    canaries.leave()
    canaries.end()
    return {
        name: replace(
            of_times(answers["times"], 0, answers["refused"], answers["broken"]), late=answers["late"], seconds=seconds
        )
        for name, answers in found.items()
    }


def _afterwards(server: Server) -> str:
    if server.ended or not server.alive:
        return server.ended or "dead"
    begin = time.perf_counter()
    try:
        status, _ = server.get(server.target("ASK {}"), timeout=DEADLINE)
    except OSError:
        return "no answer"
    return f"{status} after {1000 * (time.perf_counter() - begin):.0f} ms"


def _rest(server: Server, before: int, seconds: float) -> int:
    """Return the memory of a server as soon as it holds no more than it may, or after so many seconds."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while (used := server.memory()) > before + ROOM and time.monotonic() < end:
        pause.wait(SAMPLE_SECONDS)
    return used
