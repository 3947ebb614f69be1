"""One run: every contestant answers the same cells on the same machine, taking turns; the results as plain data."""

import datetime
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.attack import PACKS, attack
from bench.contestants import DEADLINE, Contestant, Floor, Govplan, Oxigraph, RdflibEndpoint
from bench.datasets import FOLDER, SIZES, Dataset, prepare
from bench.floor import InProcess
from bench.load import FRESH, Measured, one_by_one, wrk
from bench.results import IN_PROCESS, Results
from bench.servers import Server, ServerFailed
from bench.virtuoso import Virtuoso
from bench.workloads import Cell, Workload, Workloads

Tell = Callable[[str], None]
PATIENCE = 10.0
ENOUGH = 20
LONGEST = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure: rounds, seconds a window, times to start, seconds an attack (0: none), seconds in all."""

    rounds: int
    seconds: int
    starts: int
    attack: int
    limit: int


QUICK = Plan(rounds=2, seconds=1, starts=1, attack=12, limit=420)
FULL = Plan(rounds=3, seconds=2, starts=3, attack=15, limit=5400)


def run(cells: Sequence[Cell], plan: Plan, tell: Tell) -> Results:
    """Measure the attacks, then the cells, dataset by dataset."""
    results = Results(_about(plan))
    end = time.monotonic() + plan.limit
    contestants: list[Contestant] = []
    for contestant in (Govplan(), Oxigraph(), Virtuoso(), RdflibEndpoint(), Floor()):
        if why := contestant.missing():
            results.absent[contestant.name] = why
        else:
            contestants.append(contestant)
            results.versions[contestant.name] = contestant.version()
    if plan.attack:
        # First: it is short, and a run whose time is up leaves out cells of the largest data alone.
        _attack(plan, results, tell)
    for name in SIZES:
        wanted = [cell for cell in cells if cell.dataset == name]
        if wanted and time.monotonic() > end:
            results.skipped += [cell.name for cell in wanted]
        elif wanted:
            tell(f"{name}: preparing the data")
            _Bench(prepare(name), contestants, plan, results, tell).measure(wanted, end)
    return results


class _Bench:
    """The cells of one dataset."""

    def __init__(
        self, dataset: Dataset, contestants: Sequence[Contestant], plan: Plan, results: Results, tell: Tell
    ) -> None:
        self.dataset, self.plan, self.results, self.tell = dataset, plan, results, tell
        self.contestants = list(contestants)
        self.workloads = Workloads(dataset)
        self.servers: dict[str, Server] = {}
        self.figures = results.figures.setdefault(dataset.name, {})
        results.datasets[dataset.name] = {
            "statements": dataset.manifest.quads,
            "graphs": len(dataset.manifest.graphs),
            "bytes": dataset.nquads.stat().st_size,
        }

    def measure(self, cells: Sequence[Cell], end: float) -> None:
        wanted = {name for cell in cells for name in cell.contestants}
        for contestant in self.contestants:
            if contestant.name in wanted and self.dataset.manifest.quads > contestant.takes:
                self.results.unfit.setdefault(self.dataset.name, {})[contestant.name] = contestant.why_not
                wanted.remove(contestant.name)
        self.contestants = [contestant for contestant in self.contestants if contestant.name in wanted]
        for contestant in list(self.contestants):
            self.tell(f"{self.dataset.name}: {contestant.name} loads")
            try:
                seconds = contestant.load(self.dataset)
            except ServerFailed as problem:
                self._leave_out(contestant, problem)
                continue
            self.figures[contestant.name] = {} if seconds is None else {"load": seconds}
        inside = InProcess(self.dataset.store)
        try:
            self._start()
            fit = {}
            for name in dict.fromkeys(cell.workload for cell in cells):
                asked = {who for cell in cells if cell.workload == name for who in cell.contestants}
                fit[name] = self._check(self.workloads[name], inside, asked)
            for cell in cells:
                if time.monotonic() > end:
                    self.results.skipped.append(cell.name)
                else:
                    self._measure(cell, fit[cell.workload], inside)
            for name, server in self.servers.items():
                self.figures[name]["memory"] = server.peak
        finally:
            inside.close()
            for server in self.servers.values():
                server.stop()

    def _leave_out(self, contestant: Contestant, problem: ServerFailed) -> None:
        """Go on without a peer that fails; without govplan there is nothing to measure."""
        if isinstance(contestant, Govplan):
            raise problem
        self.contestants.remove(contestant)
        self.results.unfit.setdefault(self.dataset.name, {})[contestant.name] = str(problem)

    def _start(self) -> None:
        """Start every server some times, taking turns; the last ones stay."""
        starts: dict[str, list[float]] = {}
        for turn in range(self.plan.starts):
            for contestant in list(self.contestants):
                self.tell(f"{self.dataset.name}: {contestant.name} starts, {turn + 1} of {self.plan.starts}")
                try:
                    server = contestant.start(self.dataset)
                except ServerFailed as problem:
                    self._leave_out(contestant, problem)
                    continue
                starts.setdefault(contestant.name, []).append(server.start)
                if turn + 1 < self.plan.starts:
                    server.stop()
                else:
                    self.servers[contestant.name] = server
        for name, seconds in starts.items():
            self.figures[name]["start"] = statistics.median(seconds)

    def _check(self, workload: Workload, inside: InProcess, wanted: set[str]) -> list[str]:
        """Ask each query once and compare the answers; return who gave the right ones in time."""
        self.results.what[f"{self.dataset.name}/{workload.name}"] = workload.what
        expected = [_rows(inside.answer(query), exact=workload.exact) for query in workload.queries[:50]]
        fit = []
        for contestant in (contestant for contestant in self.contestants if contestant.name in wanted):
            self.tell(f"{self.dataset.name}/{workload.name}: {contestant.name} is checked")
            if why := self._fault(contestant, workload, expected):
                self.results.unfit.setdefault(f"{self.dataset.name}/{workload.name}", {})[contestant.name] = why
            else:
                fit.append(contestant.name)
        return fit

    def _fault(self, contestant: Contestant, workload: Workload, expected: Sequence[object]) -> str:
        if isinstance(contestant, Floor):
            return ""
        server = self.servers[contestant.name]
        if workload.name == "dump":
            return "" if contestant.dump(self.dataset) else "offers no dump"
        wrong = 0
        for query, rows in zip(workload.queries, expected, strict=False):
            try:
                status, body = server.get(server.target(query), timeout=PATIENCE if len(expected) > 1 else 60.0)
            except OSError as problem:
                self._restart(contestant)
                late = isinstance(problem, TimeoutError)
                return f"one query took over {PATIENCE:.0f} s" if late else str(problem)
            if status != 200:
                return f"it answered {status}"
            wrong += _rows(body, exact=workload.exact) != rows
        return f"it gave other rows to {wrong} of {len(expected)} queries" if wrong else ""

    def _restart(self, contestant: Contestant) -> None:
        """Replace a server that may still be busy with what it did not answer."""
        self.servers[contestant.name].stop()
        self.servers[contestant.name] = contestant.start(self.dataset)

    def _measure(self, cell: Cell, fit: Sequence[str], inside: InProcess) -> None:
        rounds: dict[str, list[Measured]] = {}
        workload = self.workloads[cell.workload]
        queries = [FRESH + query for query in workload.queries] if cell.fresh else list(workload.queries)
        names = [name for name in cell.contestants if name in fit]
        if queries and cell.clients in (0, 1):
            names.append(IN_PROCESS)
        for turn in range(self.plan.rounds):
            self.tell(f"{cell.name}: round {turn + 1} of {self.plan.rounds}")
            first = turn % max(len(names), 1)
            for name in names[first:] + names[:first]:
                if name == IN_PROCESS:
                    measured = inside.ask(queries, self.plan.seconds)
                else:
                    measured = self._window(cell, name, queries)
                    self.servers[name].settle()
                rounds.setdefault(name, []).append(measured)
        self.results.cells[cell.name] = rounds
        # A run that is ended early leaves what it has.
        self.results.write(FOLDER / "results.json")

    def _window(self, cell: Cell, name: str, queries: Sequence[str]) -> Measured:
        server = self.servers[name]
        contestant = next(contestant for contestant in self.contestants if contestant.name == name)
        dump = contestant.dump(self.dataset)
        accept = "application/sparql-results+json"
        targets = [server.target(query) for query in queries]
        if cell.workload == "dump" and dump is not None:
            targets, accept = [dump[0]], dump[1]
        if cell.clients == 0:
            return one_by_one(server, targets, self.plan.seconds, accept=accept)
        seconds = self.plan.seconds
        while True:
            measured = wrk(server, targets, cell.clients, seconds, fresh=cell.fresh, accept=accept)
            if measured.answers + measured.failures >= ENOUGH or seconds >= LONGEST:
                return measured
            # Too few to say anything: what was under way at the end of a window is not counted.
            server.settle()
            seconds *= 2


def _attack(plan: Plan, results: Results, tell: Tell) -> None:
    """Attack govplan and Oxigraph, each with its time limit, on servers of their own."""
    dataset = prepare("plan")
    light = [FRESH + query for query in Workloads(dataset)["lookup"].queries]
    oxigraph = Oxigraph(timeout=DEADLINE)
    oxigraph.load(dataset)
    for pack in PACKS:
        for contestant in (Govplan(), oxigraph):
            tell(f"attack {pack}: {contestant.name}")
            with _running(contestant, dataset) as server:
                targets = [server.target(query) for query in light]
                found = attack(server, pack, targets, plan.attack)
            results.attacks.setdefault(pack, {})[contestant.name] = found


@contextmanager
def _running(contestant: Contestant, dataset: Dataset) -> Iterator[Server]:
    server = contestant.start(dataset)
    try:
        yield server
    finally:
        server.stop()


def _rows(body: bytes, *, exact: bool) -> object:
    """Return what must be equal: the rows in any order, or their number; None for what is no answer."""
    try:
        answer: dict[str, Any] = json.loads(body)
    except ValueError:
        return None
    rows = answer.get("results", {}).get("bindings", [])
    # Two habits of Virtuoso that mean the same: an older name for typed literals, and ASK as a row.
    if rows and "__ASK_RETVAL" in rows[0]:
        return rows[0]["__ASK_RETVAL"]["value"] == "1"
    if "boolean" in answer:
        return answer["boolean"]
    rows = [json.dumps(row, sort_keys=True).replace('"typed-literal"', '"literal"') for row in rows]
    return sorted(rows) if exact else len(rows)


def _about(plan: Plan) -> dict[str, str]:
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{len(os.sched_getaffinity(0))} cores of {processor}, {memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "load": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "windows": f"{plan.rounds} rounds of {plan.seconds} s",
    }
