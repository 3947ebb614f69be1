"""Counting over several processes: sums of all, gauges of the living, in files of which there are not ever more."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, TracebackType

import pytest
from prometheus_client import CollectorRegistry, Counter, values
from prometheus_client.parser import text_string_to_metric_families

from govplan import counting
from govplan.filelocks import Number

PATIENCE = 60.0

CHILD = """
import sys
from govplan import metrics
ends = []
for line in sys.stdin:
    exec(line)
    print("done", flush=True)
"""


class Process:
    """A process that counts; it runs the lines of Python that a test tells it."""

    def __init__(self, folder: Path | None) -> None:
        environ = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"}
        if folder:
            environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", CHILD],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Process":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()

    def run(self, line: str) -> str:
        """Run a line of Python; return what it printed."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        said = []
        while (word := self._process.stdout.readline()) != "done\n":
            assert word, "the process has ended"
            said.append(word)
        return "".join(said)

    def samples(self) -> dict[str, float]:
        """Return what it tells: name and labels → value."""
        text = self.run("print(metrics.exposition().decode())")
        return {
            sample.name + "".join(f" {name}={value}" for name, value in sample.labels.items()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def kill(self) -> None:
        """Kill the process; returns when it is gone."""
        self._process.kill()
        self._process.wait(PATIENCE)


@pytest.fixture(name="pair")
def _pair(tmp_path: Path) -> Iterator[tuple[Process, Process]]:
    """Two processes that count together."""
    with Process(tmp_path) as first, Process(tmp_path) as second:
        yield first, second


def test_sums(pair: tuple[Process, Process]) -> None:
    """Counters and histograms of two processes add up, in whichever one is asked."""
    first, second = pair
    first.run('metrics.QUERIES.labels("answer").inc(2)')
    second.run('metrics.QUERIES.labels("answer").inc(3)')
    second.run('metrics.QUERIES.labels("QueryTimedOut").inc()')
    for process in pair:
        process.run("metrics.QUERY_SECONDS.observe(0.003)")
        process.run("metrics.COMPUTE_SECONDS.inc(0.5)")
    for process in pair:
        told = process.samples()
        assert 5 == told["govplan_queries_total outcome=answer"]
        assert 1 == told["govplan_queries_total outcome=QueryTimedOut"]
        assert 2 == told["govplan_query_seconds_count"]
        assert 0 == told["govplan_query_seconds_bucket le=0.002"]
        assert 2 == told["govplan_query_seconds_bucket le=0.005"]
        assert 1 == told["govplan_compute_seconds_total"]


def test_gauges(pair: tuple[Process, Process]) -> None:
    """Gauges of two processes add up as they were last pushed; functions of one gauge, too."""
    first, second = pair
    first.run('metrics.source(metrics.RUNNING, lambda: 1, "slow"); metrics.source(metrics.WORKERS, lambda: 4)')
    second.run('metrics.source(metrics.RUNNING, lambda: 2, "slow"); metrics.source(metrics.WORKERS, lambda: 4)')
    second.run("ends.append(metrics.source(metrics.WORKERS, lambda: 3))")
    second.run("metrics.push()")
    told = first.samples()
    assert (3, 11) == (told["govplan_running_queries lane=slow"], told["govplan_workers"])

    second.run("ends[0](); ends[0](); metrics.push()")
    assert 8 == first.samples()["govplan_workers"]


def test_release(pair: tuple[Process, Process]) -> None:
    """The release that all serve is told once, and one that nobody serves any more is not told."""
    first, second = pair
    for process in pair:
        process.run('metrics.RELEASE.labels("old").set(1)')
    assert 1 == first.samples()["govplan_release release=old"]
    first.run('metrics.RELEASE.labels("new").set(1); metrics.RELEASE.remove("old")')
    assert {"old", "new"} == _releases(first)
    second.run('ends.append(metrics.source(metrics.RELEASE, lambda: 1, "new")); metrics.RELEASE.remove("old")')
    second.run('metrics.source(metrics.RELEASE, lambda: 1, "new"); metrics.push(); ends[0]()')
    for process in pair:
        assert {"new"} == _releases(process)
        assert 1 == process.samples()["govplan_release release=new"]


def test_release_whose_source_ends(tmp_path: Path) -> None:
    """A release whose last source has ended is not told, whether there are several processes or one."""
    for folder in (tmp_path, None):
        with Process(folder) as process:
            process.run('ends.append(metrics.source(metrics.RELEASE, lambda: 1, "old"))')
            assert {"old"} == _releases(process)
            process.run("ends[0]()")
            assert set() == _releases(process)


def test_dead_process(tmp_path: Path) -> None:
    """What a dead process counted stays counted, its gauges go, and the next one takes its files."""
    with Process(tmp_path) as first:
        with Process(tmp_path) as second:
            second.run('metrics.QUERIES.labels("answer").inc(3)')
            second.run("metrics.source(metrics.WORKERS, lambda: 4); metrics.push()")
            assert 4 == first.samples()["govplan_workers"]
            second.kill()
            told = first.samples()
            assert (3, 0) == (told["govplan_queries_total outcome=answer"], told["govplan_workers"])
        files = set(tmp_path.iterdir())
        for _ in range(3):
            with Process(tmp_path) as next_one:
                next_one.run('metrics.QUERIES.labels("answer").inc(1)')
                next_one.run("metrics.source(metrics.WORKERS, lambda: 4); metrics.push()")
                assert 4 == first.samples()["govplan_workers"]
        told = first.samples()
        assert (6, 0) == (told["govplan_queries_total outcome=answer"], told["govplan_workers"])
        assert set(tmp_path.iterdir()) <= files | set(tmp_path.glob("gauge_*_1.db"))


def test_one_process() -> None:
    """Without a folder, a process tells what it has counted itself."""
    with Process(None) as process:
        process.run('metrics.QUERIES.labels("answer").inc(2); metrics.source(metrics.WORKERS, lambda: 4)')
        told = process.samples()
        assert (2, 4) == (told["govplan_queries_total outcome=answer"], told["govplan_workers"])


@pytest.fixture(name="shared")
def _shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module as a process has it that counts with others."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    spec = importlib.util.spec_from_file_location("govplan_counting_shared", counting.__file__)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    values.close_all_multiprocess_files()  # type: ignore[no-untyped-call]


def test_sources_of_one_process() -> None:
    """The functions of a gauge add up at each push; with its last one a label goes, and a gauge without falls to 0."""
    registry, sources = CollectorRegistry(), counting.Sources()
    plain = counting.Gauge("plain", "Plain.", registry=registry)
    named = counting.Gauge("named", "Named.", ["name"], registry=registry)
    highest = counting.Gauge("highest", "Highest.", multiprocess_mode="livemax", registry=registry)
    ends = [sources.add(plain, lambda: 1), sources.add(plain, lambda: 2), sources.add(named, lambda: 3, "a")]
    ends += [sources.add(highest, lambda: 4), sources.add(highest, lambda: 5)]
    sources.push()
    told = [registry.get_sample_value("plain"), registry.get_sample_value("highest")]
    assert [3, 5] == told
    assert 3 == registry.get_sample_value("named", {"name": "a"})
    ends[0]()
    ends[0]()
    sources.push()
    assert 2 == registry.get_sample_value("plain")
    for end in ends:
        end()
    sources.push()
    assert 0 == registry.get_sample_value("plain")
    assert registry.get_sample_value("named", {"name": "a"}) is None
    assert b"plain 0.0" in counting.exposition(registry)


def test_full_disk(shared: ModuleType, tmp_path: Path) -> None:
    """The files have room for what is counted from the start: writing to them needs no more of the disk."""
    for file in tmp_path.glob("*.db"):
        assert (1 << 16) <= file.stat().st_blocks * 512, file.name


def test_files_of_a_predecessor(shared: ModuleType, tmp_path: Path) -> None:
    """Whoever takes the number of a dead process goes on with its counters, and begins its gauges anew."""
    registry = CollectorRegistry()
    Counter("counted", "Counted.", registry=registry).inc(5)
    gauge = shared.Gauge("shown", "Shown.", registry=registry)
    gauge.set(3)
    with_label = shared.Gauge("named", "Named.", ["name"], multiprocess_mode="livemax", registry=registry)
    with_label.labels("a").set(1)
    with_label.labels("b").set(1)
    with_label.remove("b")
    assert b"counted_total 5.0" in shared.exposition(registry)
    assert b'named{name="b"} 0.0' in shared.exposition(registry)
    assert b'name="b"' not in shared.exposition(registry, once=(with_label,))

    other, theirs = Number(tmp_path, range(1, 2)), tmp_path / "gauge_livesum_1.db"
    (tmp_path / "gauge_livesum_0.db").rename(theirs)
    assert b"shown 3.0" in shared.exposition(registry)
    other.leave()
    assert b"shown" not in shared.exposition(registry)
    assert not theirs.exists()

    values.close_all_multiprocess_files()  # type: ignore[no-untyped-call]
    shared._NUMBER.leave()
    assert 0 == shared._count_in(tmp_path).value
    again = CollectorRegistry()
    Counter("counted", "Counted.", registry=again).inc(2)
    assert b"counted_total 7.0" in shared.exposition(again)
    assert b"named" not in shared.exposition(again)


def _releases(process: Process) -> set[str]:
    prefix = "govplan_release release="
    return {name.removeprefix(prefix) for name in process.samples() if name.startswith(prefix)}
