"""Counting over several processes: counters and gauges of all that share a folder, as one.

The folder is the one that the environment names in PROMETHEUS_MULTIPROC_DIR when this is imported, before any metric is
made. Counters are added up for good, gauges over the processes that live. Gauges are pushed: a function that a gauge
calls by itself (`set_function`) is not heard by other processes.
"""

import itertools
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import prometheus_client
from prometheus_client import CollectorRegistry, generate_latest, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from govplan.filelocks import Number, nobody_holds

_FILE_BYTES = 1 << 17
_KINDS = ("counter", "histogram", "gauge_livesum", "gauge_livemax")


def _count_in(folder: Path) -> Number:
    """Count in files of a number that no living process has: there are no more of them than processes at once."""
    number = Number(folder, itertools.count())
    mark_process_dead(number.value, str(folder))  # type: ignore[no-untyped-call]
    for kind in _KINDS:
        file = folder / f"{kind}_{number.value}.db"
        if not file.exists():
            # Written and not only made long: where the disk fills up later, the kernel would kill whoever writes there.
            file.write_bytes(bytes(_FILE_BYTES))
    # What prometheus_client's authors advise where processes have numbers of their own.
    values.ValueClass = values.MultiProcessValue(lambda: number.value)  # type: ignore[no-untyped-call]
    return number


FOLDER = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]) if "PROMETHEUS_MULTIPROC_DIR" in os.environ else None
_NUMBER = _count_in(FOLDER) if FOLDER else None


class Gauge(prometheus_client.Gauge):
    """A gauge whose labels can be removed where several processes are counted, too: 0 is not told there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As its parent, but added up over the processes that live unless the `multiprocess_mode` is another."""
        kwargs.setdefault("multiprocess_mode", "livesum")
        super().__init__(*args, **kwargs)
        self.joined = max if kwargs["multiprocess_mode"] == "livemax" else sum

    def remove(self, *labels: object) -> None:
        """Tell no longer of these values of labels."""
        if FOLDER:
            self.labels(*labels).set(0)
        else:
            super().remove(*labels)


class Sources:
    """Functions that tell what gauges are to show. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._functions: dict[tuple[Gauge, tuple[str, ...]], list[Callable[[], float]]] = {}

    def add(self, gauge: Gauge, function: Callable[[], float], *labels: str) -> Callable[[], None]:
        """Let a gauge show what a function tells at each push, joined with what others tell; return what ends that."""
        key = (gauge, labels)
        with self._lock:
            self._functions.setdefault(key, []).append(function)

        def end() -> None:
            with self._lock:
                left = self._functions.get(key, [])
                if function not in left:
                    return
                left.remove(function)
                if not left:
                    del self._functions[key]
                    if labels:
                        gauge.remove(*labels)
                    else:
                        gauge.set(0)

        return end

    def push(self) -> None:
        """Set each gauge to what its functions tell now."""
        with self._lock:
            for (gauge, labels), functions in self._functions.items():
                (gauge.labels(*labels) if labels else gauge).set(gauge.joined(function() for function in functions))


class _Told:
    """What a collector collects, without the labels of gauges in `once` that tell 0: they were removed."""

    def __init__(self, collector: Any, once: Iterable[Gauge]) -> None:
        self._collector = collector
        self._once = {metric.name for gauge in once for metric in gauge.describe()}

    def collect(self) -> Iterator[Metric]:
        for metric in self._collector.collect():
            if metric.name in self._once:
                metric.samples = [sample for sample in metric.samples if sample.value]
            yield metric


def exposition(registry: CollectorRegistry, once: Iterable[Gauge] = ()) -> bytes:
    """Return what was counted, by all processes if there are several, in Prometheus' text format.

    `once` are gauges whose labels are not shown while they tell 0.
    """
    if FOLDER is None:
        return generate_latest(registry)
    _forget_dead(FOLDER)
    return generate_latest(_Told(MultiProcessCollector(None, str(FOLDER)), once))  # type: ignore[no-untyped-call]


def _forget_dead(folder: Path) -> None:
    """Remove the gauges of processes that are gone."""
    numbers = {int(file.stem.rpartition("_")[2]) for file in folder.glob("gauge_live*.db")}
    assert _NUMBER is not None
    for number in numbers - {_NUMBER.value}:
        with nobody_holds(folder, number) as dead:
            if dead:
                mark_process_dead(number, str(folder))  # type: ignore[no-untyped-call]
