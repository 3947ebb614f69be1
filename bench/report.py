"""The results as a page: what was aimed at, the table of ratios, and the figures behind it."""

import statistics
from collections.abc import Iterator, Sequence

from bench.aims import aims
from bench.datasets import ROOT
from bench.load import Measured
from bench.markdown import number, table
from bench.report_attacks import under_attack
from bench.results import IN_PROCESS, Results

OURS = "govplan"
_INTRODUCTION = """\
One run of `make bench`: the same data and queries on one machine, over loopback, the contestants taking turns.
Figures are medians of the rounds; a ratio is the median of the ratios of each round.
Absolute figures are worth little on another machine; ratios travel better."""
_LEGEND = """\
Cells are workload/form/clients. *repeated*: the same queries again and again, as the readers of a page ask them;
*fresh*: no query ever comes twice. *one*: one request after the other, for answers that take long.
Each contestant: answers a second; median and 99th percentile of the time to an answer in ms.
**×** is govplan’s answers a second divided by theirs."""
_LOADING = """\
Start is from the command to the first answer; memory is the highest sum of PSS over all processes of a server while the
cells above were measured. Loading the plan into govplan includes every check and every dump; loading anything into it
includes hashes and reading the store back."""
_MISSING = "–"


def ratio(ours: Sequence[Measured], theirs: Sequence[Measured]) -> float | None:
    """Return how many times as many answers a second we gave: the median over the rounds; None if they gave none."""
    pairs = [(our.rate, their.rate) for our, their in zip(ours, theirs, strict=True)]
    if any(their == 0 for _, their in pairs):
        return None
    return statistics.median(our / their for our, their in pairs)


def report(results: Results, *, whole: bool = True) -> str:
    """Return the whole page as Markdown; of a run that is not `whole` only what it measured."""
    aimed = [aim for aim in aims(results) if whole or aim.measured is not None]
    parts = ["# How fast govplan is, beside its peers", _INTRODUCTION, _about(results)]
    if aimed:
        parts += ["## What is aimed at", table(("Aim", "Wanted", "Measured", "Met"), [aim.row() for aim in aimed])]
    if results.cells or whole:
        parts += ["## govplan and the others", _LEGEND, *_cells(results), *_unfit(results), *_client(results)]
        parts += ["## Loading, starting, memory", _LOADING, _figures(results)]
    else:
        parts += _unfit(results)
    if results.attacks:
        parts += ["## Under attack", *under_attack(results.attacks)]
    return "\n\n".join(parts) + "\n"


def _about(results: Results) -> str:
    about = results.about
    rows = [
        ("Date", about["date"]),
        ("Machine", about["machine"]),
        ("System", about["system"]),
        ("Load before the run", about["load"]),
        ("Windows", about["windows"]),
        *((name, version) for name, version in results.versions.items()),
        *((name, f"not run: {why}") for name, why in results.absent.items()),
        *((f"dataset {name}", _size(figures)) for name, figures in results.datasets.items()),
    ]
    return table(("What", "Which"), rows)


def _size(figures: dict[str, float]) -> str:
    size = f"{figures['bytes'] / 1e6:,.0f} MB of N-Quads"
    return f"{figures['statements']:,.0f} statements in {figures['graphs']:,.0f} graphs, {size}"


def _cells(results: Results) -> Iterator[str]:
    """Yield a heading and a table for each dataset."""
    for dataset in results.datasets:
        cells = {name: rounds for name, rounds in results.cells.items() if name.startswith(f"{dataset}/")}
        names = list(dict.fromkeys(name for rounds in cells.values() for name in rounds))
        names.sort(key=lambda name: name != OURS)
        head = ["Cell", "What"]
        for name in names:
            head += [name] if name == OURS else [name, "×"]
        yield f"### {dataset}"
        yield table(head, [_row(results, cell, names) for cell in cells])


def _row(results: Results, cell: str, names: Sequence[str]) -> list[str]:
    dataset, workload, rest = cell.split("/", 2)
    rounds = results.cells[cell]
    row = [f"{workload}/{rest}", results.what[f"{dataset}/{workload}"]]
    for name in names:
        measured = rounds.get(name, [])
        row.append(_summary(measured))
        if name != OURS:
            row.append(_ratio(rounds.get(OURS, []), measured))
    return row


def _summary(measured: Sequence[Measured]) -> str:
    if not measured:
        return _MISSING
    rate, p50, p99 = (
        statistics.median(values) for values in zip(*((one.rate, one.p50, one.p99) for one in measured), strict=True)
    )
    failures = sum(one.failures for one in measured)
    return f"{number(rate)}/s, {number(p50)}, {number(p99)}" + (f", **{failures} failed**" if failures else "")


def _ratio(ours: Sequence[Measured], theirs: Sequence[Measured]) -> str:
    found = ratio(ours, theirs) if ours and theirs else None
    return _MISSING if found is None else f"**{number(found)}**"


def _unfit(results: Results) -> Iterator[str]:
    lines = [
        # Paths below the repository are the same on every machine.
        f"* {workload}: {name} was left out: {why.replace(str(ROOT), '.')}."
        for workload, whys in results.unfit.items()
        for name, why in whys.items()
    ]
    lines += [f"* {name}: not measured, for the time of the run was up." for name in results.skipped]
    if lines:
        yield "\n".join(lines)


def _figures(results: Results) -> str:
    rows = [
        [
            dataset,
            name,
            _seconds(figures.get("load")),
            _seconds(figures.get("start")),
            f"{figures['memory'] / 2**20:,.0f} MiB" if figures.get("memory") else _MISSING,
        ]
        for dataset, contestants in results.figures.items()
        for name, figures in contestants.items()
    ]
    return table(("Dataset", "Contestant", "Load", "Start to first answer", "Most memory"), rows)


def _seconds(value: float | None) -> str:
    return _MISSING if value is None else f"{number(value)} s"


def _client(results: Results) -> Iterator[str]:
    """Say what the load generator took of the machine in the window with most answers a second."""
    rounds = [many for row in results.cells.values() for name, many in row.items() if name != IN_PROCESS]
    windows = [one for many in rounds for one in many if one.client]
    if windows:
        fastest = max(windows, key=lambda one: one.rate)
        each, share = 1e6 * fastest.client / fastest.answers, fastest.client / fastest.seconds
        yield (
            f"The load generator (wrk) took {each:.0f} µs of processor time an answer in the window with most of them "
            f"({number(fastest.rate)}/s): {share:.0%} of one core."
        )
