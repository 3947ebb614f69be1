"""One worker process as the front sees it: how it ends is told apart."""

import asyncio
import os
import select
import signal
import socket
from pathlib import Path
from typing import Any

import psutil
import pytest

from govplan.engines.oxigraph import frames, process
from govplan.engines.oxigraph.process import Cause, Worker, cause_of
from govplan.errors import StoreUnavailable
from tests.engines.oxigraph.workers import BOMB, LONG_ANSWER, LONG_TEXT, ONE, SAID, attached, open_below
from tests.loops import on_a_loop, until


def _ended(worker: Worker) -> None:
    """Wait until a process that was told to end has done so; its loop has not heard of it yet."""
    os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)


@on_a_loop
async def test_reply(worker: Worker) -> None:
    """A worker that is asked replies, again and again."""
    closed = attached(worker)
    for _ in range(2):
        reply = await worker.ask(ONE)
        assert (frames.ANSWER, SAID) == (reply.kind, reply.body)
    assert not closed.done()


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
@on_a_loop
async def test_cause_of_death(worker: Worker, number: signal.Signals, cause: Cause) -> None:
    """The signal that ends a busy worker tells the cause, and whoever asked it hears that it is gone."""
    closed = attached(worker)
    reply = worker.ask(BOMB)
    os.kill(worker.pid, number)
    with pytest.raises(frames.Closed):
        await reply
    died = await asyncio.to_thread(worker.gone)

    assert cause is died.cause
    assert number.name in died.detail
    assert not closed.done()


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


@on_a_loop
async def test_long_text(worker: Worker) -> None:
    """A text that the socket does not hold at once is sent as the worker reads, and answered like any other."""
    attached(worker)
    worker.pause()
    reply = worker.ask(LONG_TEXT)
    worker.resume()

    assert SAID == (await reply).body
    assert SAID == (await worker.ask(ONE)).body


@on_a_loop
async def test_long_answer(worker: Worker) -> None:
    """An answer that comes in pieces is there once it is whole."""
    attached(worker)

    assert b"x\r\n" + b"y" * 1_000_000 + b"\r\n" == (await worker.ask(LONG_ANSWER)).body


@on_a_loop
async def test_socket_that_takes_nothing(worker: Worker) -> None:
    """Where the socket takes nothing at first, the text is sent later, or never, as the worker wants."""
    attached(worker)
    worker.pause()
    while worker._channel in select.select([], [worker._channel], [], 0)[1]:
        worker._channel.send(LONG_TEXT.body)
    reply = worker.ask(ONE)
    assert not reply.done()
    worker.kill()
    with pytest.raises(frames.Closed):
        await reply


@on_a_loop
async def test_killed_while_it_is_sent_a_text(worker: Worker) -> None:
    """A worker that ends while a text is still on its way to it is gone."""
    attached(worker)
    worker.pause()
    reply = worker.ask(LONG_TEXT)
    worker.kill()
    with pytest.raises(frames.Closed):
        await reply


@on_a_loop
async def test_left_while_it_is_sent_a_text(worker: Worker) -> None:
    """A worker that its owner gives up while a text is on its way to it is never heard of again."""
    closed = attached(worker)
    worker.pause()
    reply = worker.ask(LONG_TEXT)
    worker.detach()
    worker.kill()
    await asyncio.to_thread(worker.reap)

    assert (False, False) == (reply.done(), closed.done())


@on_a_loop
async def test_asking_who_is_gone(worker: Worker) -> None:
    """Asking a worker that ended a moment ago says that it is gone."""
    attached(worker)
    worker.kill()
    _ended(worker)
    with pytest.raises(frames.Closed):
        await worker.ask(ONE)


@on_a_loop
async def test_asking_who_was_seen_to_go(worker: Worker) -> None:
    """Asking a worker of which the loop knows that it ended says that it is gone, too."""
    closed = attached(worker)
    worker.kill()
    await closed
    with pytest.raises(frames.Closed):
        await worker.ask(ONE)


@on_a_loop
async def test_idle_worker_goes(worker: Worker) -> None:
    """That a worker ends while nobody asks it is told at once, and why it did can be asked."""
    closed = attached(worker)
    os.kill(worker.pid, signal.SIGTERM)

    assert worker is await closed
    assert "SIGTERM" in (await asyncio.to_thread(worker.gone)).detail


@on_a_loop
async def test_speaks_unasked(worker: Worker) -> None:
    """A worker that says something while nobody asks it is not believed."""
    frames.send(worker._channel, ONE)
    select.select([worker._channel], [], [])

    assert worker is await attached(worker)


@on_a_loop
async def test_answer_that_nobody_waits_for(worker: Worker) -> None:
    """An answer whose asker has left is passed over, and so is the end of the worker."""
    closed = attached(worker)
    worker.ask(ONE).cancel()
    await until(lambda: worker._reply is None)
    worker.ask(BOMB).cancel()
    worker.kill()
    await until(lambda: worker._loop is None)

    assert not closed.done()


@on_a_loop
async def test_file_that_nobody_waits_for(setup: dict[str, Any], tmp_path: Path) -> None:
    """The file of an answer whose asker has left is closed."""
    worker = Worker({**setup, "spool_bytes": 10})
    attached(worker)
    worker.ask(LONG_ANSWER).cancel()
    await until(lambda: worker._reply is None)
    open_files = open_below(tmp_path)
    worker.detach()
    worker.kill()
    worker.reap()

    assert [] == open_files


@on_a_loop
async def test_stopped_and_resumed(worker: Worker) -> None:
    """A worker that is stopped does nothing until it is let go on."""
    attached(worker)
    worker.pause()
    reply = worker.ask(ONE)
    await until(lambda: psutil.Process(worker.pid).status() == psutil.STATUS_STOPPED)
    assert not reply.done()
    worker.resume()

    assert SAID == (await reply).body


def test_lower_priority(worker: Worker) -> None:
    """A worker of low priority lets others go first; one that is gone is no error."""
    worker.lower_priority()
    assert 10 == psutil.Process(worker.pid).nice()
    worker.kill()
    worker.reap()
    worker.lower_priority()


def test_kill_twice(worker: Worker) -> None:
    """Killing and reaping a process that is gone does nothing."""
    for _ in range(2):
        worker.kill()
        worker.reap()
        assert not psutil.pid_exists(worker.pid)


def test_lingers(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that breaks off in the middle of a frame and goes on living is ended."""
    monkeypatch.setattr(process, "_REAP_SECONDS", 0.01)
    worker.pause()
    died = worker.gone()

    assert Cause.UNEXPLAINED is died.cause
    assert not psutil.pid_exists(worker.pid)


def test_store_cannot_be_opened(setup: dict[str, Any], tmp_path: Path) -> None:
    """A worker that cannot open its store says so and is gone."""
    before = psutil.Process().children()
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        Worker({**setup, "store": str(tmp_path / "nowhere")})

    assert before == psutil.Process().children()


def test_does_not_start(setup: dict[str, Any]) -> None:
    """A worker that ends before it is ready is an error with what it said, and is gone."""
    before = psutil.Process().children()
    with pytest.raises(StoreUnavailable, match=r"did not start: exit code 1.*TypeError"):
        Worker({**setup, "store": None})

    assert before == psutil.Process().children()


def test_says_nothing(setup: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is not ready in time is ended."""
    monkeypatch.setattr(process, "START_SECONDS", 0.001)
    monkeypatch.setattr(process, "_REAP_SECONDS", 0.01)
    with pytest.raises(StoreUnavailable, match="did not start: signal SIGKILL"):
        Worker(setup)


def test_network(worker: Worker) -> None:
    """A worker tells whether the kernel keeps it from the network."""
    assert isinstance(worker.fenced, bool)
    assert socket.AF_UNIX == worker._channel.family
