"""One worker process as the front sees it: how it ends is told apart."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from govplan.store.embedded import frames
from govplan.store.embedded.process import Cause, Died, Worker, cause_of
from govplan.store.scan import scan

BOMB = b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
HEAD = {
    "media_type": "text/csv",
    "default_graphs": [],
    "named_graphs": [],
    "seconds": 60.0,
    "max_rows": None,
    "partial_link": None,
    "row_cap": None,
    "found": scan(BOMB.decode()),
}
SOON = 30.0


@pytest.fixture(name="setup")
def _setup(release: Path, tmp_path: Path) -> dict[str, Any]:
    return {
        "store": str(release / "store"),
        "prefixes": {},
        "memory_bytes": 512 << 20,
        "answer_bytes": 1 << 20,
        "spool_bytes": 1 << 20,
        "spool": str(tmp_path),
    }


@pytest.fixture(name="worker")
def _worker(setup: dict[str, Any]) -> Iterator[Worker]:
    worker = Worker(setup)
    yield worker
    worker.kill()


def _now() -> float:
    return time.monotonic()


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (signal.SIGALRM, Cause.TIME),
        (signal.SIGSEGV, Cause.STACK),
        (signal.SIGKILL, Cause.UNEXPLAINED),
        (signal.SIGABRT, Cause.UNEXPLAINED),
        (signal.SIGTERM, Cause.UNEXPLAINED),
    ],
)
def test_cause_of_death(worker: Worker, number: signal.Signals, cause: Cause) -> None:
    """The signal that ends a busy worker tells the cause."""
    worker.ask(frames.Frame(frames.REQUEST, HEAD, BOMB))
    os.kill(worker.pid, number)
    with pytest.raises(Died) as caught:
        worker.wait(_now() + SOON)
    assert cause is caught.value.cause
    assert number.name in caught.value.detail


@pytest.mark.parametrize(
    ("code", "said", "used", "cause"),
    [
        (frames.OUT_OF_MEMORY, "", 0, Cause.MEMORY),
        (-signal.SIGABRT, "memory allocation of 8 bytes failed", 0, Cause.MEMORY),
        (-signal.SIGABRT, "thread 'main' has overflowed its stack", 0, Cause.STACK),
        (-signal.SIGKILL, "", 300, Cause.MEMORY),
        (-signal.SIGKILL, "", 100, Cause.UNEXPLAINED),
        (1, "Traceback", 0, Cause.UNEXPLAINED),
    ],
)
def test_cause_of_an_ending(code: int, said: str, used: int, cause: Cause) -> None:
    """The exit code, the last words and the memory used tell the cause; 400 bytes were allowed here."""
    assert cause is cause_of(code, said, used, 400)


def test_no_reply_yet(worker: Worker) -> None:
    """Waiting for so long and no longer."""
    worker.ask(frames.Frame(frames.REQUEST, HEAD, BOMB))

    assert worker.wait(_now() + 0.05) is None


def test_slow_down(worker: Worker) -> None:
    """A worker that was slowed down lets others go first; one that is gone is no error."""
    worker.slow_down()
    assert 10 == psutil.Process(worker.pid).nice()
    worker.kill()
    worker.slow_down()


def test_kill_twice(worker: Worker) -> None:
    """Killing who is gone does nothing."""
    worker.kill()
    worker.kill()
    assert not psutil.pid_exists(worker.pid)


def test_asking_who_is_gone(worker: Worker) -> None:
    """Asking a worker that ended says that it died."""
    os.kill(worker.pid, signal.SIGKILL)
    until = _now() + SOON
    while psutil.Process(worker.pid).status() != psutil.STATUS_ZOMBIE and _now() < until:
        pass
    with pytest.raises(Died):
        worker.ask(frames.Frame(frames.REQUEST, HEAD, BOMB * 100_000))


def test_closed_but_alive(worker: Worker) -> None:
    """A worker that breaks off in the middle of a frame and goes on living is ended."""
    os.kill(worker.pid, signal.SIGSTOP)
    died = worker.gone()

    assert Cause.UNEXPLAINED is died.cause
    assert not psutil.pid_exists(worker.pid)
