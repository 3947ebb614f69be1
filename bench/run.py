"""One run: every contestant answers the same cells on the same machine, taking turns; the results as plain data."""

import statistics
import time
from collections.abc import Iterator, Sequence

from bench.before import GovplanBefore
from bench.contestants import Contestant, Floor, Govplan, Oxigraph, RdflibEndpoint
from bench.datasets import FOLDER, SIZES, Dataset, prepare
from bench.floor import InProcess
from bench.load import FRESH, Measured, one_by_one, wrk
from bench.machine import about
from bench.plan import Plan
from bench.results import IN_PROCESS, Results
from bench.rows import rows_of
from bench.servers import Server, ServerFailed
from bench.under_attack import Tell, attacked, measure_attacks
from bench.virtuoso import Virtuoso
from bench.workloads import Cell, Workload, Workloads

PATIENCE = 10.0
ENOUGH = 20
LONGEST = 8


def every_contestant(before: str) -> list[Contestant]:
    """Return whoever may be measured; `before` is the earlier commit of govplan, empty for none."""
    earlier = [GovplanBefore(before)] if before else []
    return [Govplan(), *earlier, Oxigraph(), Virtuoso(), RdflibEndpoint(), Floor()]


def run(
    cells: Sequence[Cell], attacks: Sequence[str], contestants: Sequence[Contestant], plan: Plan, tell: Tell
) -> Results:
    """Install who is wanted; measure the attacks, then the cells, dataset by dataset. Raises ServerFailed."""
    results = Results(about() | {"windows": f"{plan.rounds} rounds of {plan.seconds} s"})
    end = time.monotonic() + plan.limit
    wanted = {name for cell in cells for name in cell.contestants}
    wanted |= {name for attack in attacks for name in attacked(attack, plan)}
    present = list(_present([one for one in contestants if one.name in wanted], results, tell))
    if attacks:
        # First: they are short, and a run whose time is up leaves out cells of the largest data alone.
        measure_attacks(attacks, present, plan, results, tell)
    for name in SIZES:
        here = [cell for cell in cells if cell.dataset == name]
        if here and time.monotonic() > end:
            results.skipped += [cell.name for cell in here]
        elif here:
            tell(f"{name}: preparing the data")
            _Bench(prepare(name), present, plan, results, tell).measure(here, end)
    return results


def _present(contestants: Sequence[Contestant], results: Results, tell: Tell) -> Iterator[Contestant]:
    """Yield those that are installed, or could be; say why the others are absent."""
    for contestant in contestants:
        tell(f"installing {contestant.name}")
        why = contestant.missing()
        try:
            if not why:
                contestant.install()
                results.versions[contestant.name] = contestant.version()
        except ServerFailed as problem:
            why = str(problem)
        if why:
            results.absent[contestant.name] = why
        else:
            yield contestant


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
        if contestant.name == Govplan.name:
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
        expected = [rows_of(inside.answer(query), exact=workload.exact) for query in workload.queries[:50]]
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
            wrong += rows_of(body, exact=workload.exact) != rows
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
