"""The pool of workers: every kind of death costs its own client one typed error and nobody else anything."""

import asyncio
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import psutil
import pytest

from govplan import metrics
from govplan.engines.oxigraph.lanes import Lane, Places
from govplan.engines.oxigraph.limits import PoolLimits
from govplan.engines.oxigraph.pool import EmbeddedStore
from govplan.errors import (
    AnswerTooLarge,
    EngineFailed,
    GovplanError,
    MemoryExceeded,
    Overloaded,
    QueryTimedOut,
    QueryTooDeep,
    SpoolFull,
    StoreUnavailable,
    WorkerDied,
)
from govplan.group import Group, Shape
from govplan.sparql import Request
from tests.conftest import LIMITS
from tests.engines.oxigraph.workers import open_below
from tests.loops import LONG, apart, on_a_loop, turn, until

JSON = "application/sparql-results+json"
ASK = Request("ASK { ?s ?p ?o }", JSON)
BOMB = Request("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", JSON)
GLUTTON = Request("SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c LIMIT 1", JSON)
EVERYTHING = Request("SELECT * { GRAPH ?g { ?s ?p ?o } }", JSON)
QUICK = replace(LIMITS, seconds=3.0, fast_seconds=0.2, queue_seconds=5.0)
# Two a place of the fast lane.
USUAL = 2 * LIMITS.fast

Opener = Callable[..., EmbeddedStore]


@pytest.fixture(name="opened")
def _opened(release: Path) -> Iterator[Opener]:
    """Open stores on the release with limits of their own; all are closed in the end."""
    with contextlib.ExitStack() as stack:

        def opened(
            limits: PoolLimits = QUICK,
            suspect: Callable[[], None] = lambda: None,
            *,
            loop: asyncio.AbstractEventLoop | None = None,
            slow: Places | None = None,
        ) -> EmbeddedStore:
            store = EmbeddedStore.alone(release, {}, limits, suspect, loop=loop, slow=slow)
            stack.callback(store.close)
            return store

        yield opened


# The workers of stores that other tests have open.
OTHERS: set[int] = set()


@pytest.fixture(autouse=True)
def _others() -> None:
    OTHERS.clear()
    OTHERS.update(worker.pid for worker in _workers())


def _workers() -> list[psutil.Process]:
    """The worker processes that the test in hand has started."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if child.pid not in OTHERS and "govplan.engines.oxigraph.worker" in child.cmdline():
                found.append(child)
    return found


def _until(holds: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(2000):
        if holds():
            return
        pause.wait(0.01)
    raise AssertionError("it did not come to hold within 20 s")


def _one_busy(store: EmbeddedStore) -> psutil.Process:
    """The worker that runs the one query of a store, once all workers that it wants are there."""
    _until(lambda: store._dispatcher.occupied(Lane.FAST) == 1 and store._workers._alive == USUAL == len(_workers()))
    idle = {worker.pid for worker in store._dispatcher._idle}
    [busy] = [worker for worker in _workers() if worker.pid not in idle]
    return busy


def _count(exposition: bytes, name: str) -> float:
    found = [line for line in exposition.decode().splitlines() if line.startswith(f"govplan_{name} ")]
    return float(found[0].rpartition(" ")[2]) if found else 0.0


def _stopped(worker: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(worker.status() == psutil.STATUS_STOPPED)
    return False


def _sound(store: EmbeddedStore) -> bool:
    return json.loads(store.answer(ASK).body)["boolean"] is True


def test_deadline(opened: Opener) -> None:
    """A query past its time is ended with the limit in words, and the next one is answered."""
    store = opened()
    with pytest.raises(QueryTimedOut) as caught:
        store.answer(BOMB)
    assert (3.0, "query_seconds") == (caught.value.limit, caught.value.setting)
    assert _sound(store)


def test_client_lowers_the_deadline(opened: Opener) -> None:
    """A client may lower its time limit, not raise it."""
    store = opened(replace(QUICK, seconds=0.3, fast_seconds=1.0))
    with pytest.raises(QueryTimedOut) as caught:
        store.answer(replace(BOMB, seconds=0.1))
    assert 0.1 == caught.value.limit
    with pytest.raises(QueryTimedOut) as caught:
        store.answer(replace(BOMB, seconds=60.0))
    assert 0.3 == caught.value.limit


def test_memory(opened: Opener) -> None:
    """A query past its memory is ended by the kernel, and says so."""
    store = opened(replace(QUICK, seconds=20.0, memory_bytes=256 << 20))
    with pytest.raises(MemoryExceeded) as caught:
        store.answer(GLUTTON)
    assert 256 << 20 == caught.value.limit
    assert _sound(store)


def test_memory_sweep(opened: Opener, release: Path) -> None:
    """Whatever the memory limit, an answer is whole or an error of its own kind."""
    whole = opened(LIMITS).answer(EVERYTHING).body
    outcomes = set()
    for megabytes in (150, 165, 172, 176, 180, 184, 188, 200, 240):
        try:
            store = EmbeddedStore.alone(release, {}, replace(QUICK, seconds=20.0, memory_bytes=megabytes << 20))
        except StoreUnavailable:
            outcomes.add("not opened")
            continue
        try:
            assert whole == store.answer(EVERYTHING).body
            outcomes.add("whole")
        except (MemoryExceeded, StoreUnavailable) as problem:
            outcomes.add(type(problem).__name__)
        finally:
            store.close()
    assert "whole" in outcomes
    assert len(outcomes) > 1


def test_stack(opened: Opener) -> None:
    """A query that overflows the stack of the engine is told so."""
    store = opened(replace(QUICK, seconds=20.0))
    deep = "1" + "+1" * 200_000
    with pytest.raises(QueryTooDeep):
        store.answer(Request(f"ASK {{ FILTER({deep}) }}", JSON))
    assert _sound(store)


def test_idle_worker_killed(opened: Opener) -> None:
    """Workers that are killed while idle are replaced; at most the query that meets one is told so."""
    store = opened()
    _until(lambda: len(_workers()) == USUAL)
    before = {worker.pid for worker in _workers()}
    for worker in _workers():
        os.kill(worker.pid, signal.SIGKILL)
    for _ in range(USUAL):
        with contextlib.suppress(WorkerDied, StoreUnavailable):
            store.answer(ASK)
    _until(lambda: len(_workers()) == USUAL)
    assert _sound(store)
    assert not before & {worker.pid for worker in _workers()}


def test_busy_worker_killed(opened: Opener) -> None:
    """A busy worker that is killed costs its client one error, and the release is suspected."""
    suspected = threading.Event()
    store = opened(replace(QUICK, seconds=30.0, fast_seconds=20.0), suspected.set)
    with ThreadPoolExecutor() as pool:
        bomb = pool.submit(store.answer, BOMB)
        os.kill(_one_busy(store).pid, signal.SIGKILL)
        with pytest.raises(WorkerDied):
            bomb.result(10)
    assert suspected.wait(10)
    assert _sound(store)


def test_alarm_of_the_kernel(opened: Opener) -> None:
    """Should the front be late, the kernel ends the worker, and the client is told of the time limit all the same."""
    store = opened(replace(QUICK, seconds=30.0, fast_seconds=20.0))
    with ThreadPoolExecutor() as pool:
        bomb = pool.submit(store.answer, BOMB)
        os.kill(_one_busy(store).pid, signal.SIGALRM)
        with pytest.raises(QueryTimedOut):
            bomb.result(10)


def test_long_queries_beside_short_ones(opened: Opener) -> None:
    """Long queries run in the slow lane, wait stopped for a place there, or are ended; short ones are answered."""
    store = opened(replace(QUICK, seconds=8.0, queue_seconds=20.0))
    with ThreadPoolExecutor() as pool:
        bombs = [pool.submit(store.answer, replace(BOMB, query=BOMB.query + " " * n)) for n in range(6)]
        for _ in range(20):
            assert _sound(store)
        outcomes = [type(bomb.exception(30)).__name__ for bomb in bombs]
    assert {"QueryTimedOut", "Overloaded"} == set(outcomes)
    assert 2 <= outcomes.count("QueryTimedOut") <= 4


def test_parked_query_goes_on(opened: Opener) -> None:
    """A query that was stopped for want of a place goes on where it was, and is answered whole."""
    store = opened(replace(QUICK, seconds=30.0, fast_seconds=0.001, queue_seconds=60.0))
    whole = opened(LIMITS).answer(EVERYTHING).body
    with ThreadPoolExecutor() as pool:
        bombs = [pool.submit(store.answer, replace(BOMB, query=BOMB.query + " " * n, seconds=4.0)) for n in range(2)]
        _until(lambda: store._dispatcher.occupied(Lane.SLOW) == 2)
        parked = pool.submit(store.answer, EVERYTHING)
        _until(lambda: any(map(_stopped, _workers())))
        assert {"QueryTimedOut"} == {type(bomb.exception(30)).__name__ for bomb in bombs}
        assert whole == parked.result(30).body


def test_parked_query_waits_in_vain(opened: Opener) -> None:
    """A query that was stopped and gets no place in time is turned away, and its worker is gone."""
    store = opened(replace(QUICK, workers=1, seconds=60.0, queue_seconds=3.0))
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(store.answer, replace(BOMB, seconds=15.0))
        _until(lambda: _count(metrics.exposition(), 'running_queries{lane="slow"}') == 1)
        with pytest.raises(Overloaded, match="every place for long queries is taken"):
            store.answer(replace(BOMB, query=BOMB.query + " "))
        assert isinstance(slow.exception(30), QueryTimedOut)
    assert not any(map(_stopped, _workers()))
    assert 0 == store.waiting


def test_more_workers_in_need_and_fewer_after(opened: Opener) -> None:
    """While long queries run there are more workers, so that short ones find one; afterwards the usual number."""
    store = opened(replace(QUICK, seconds=5.0, fast_seconds=0.05, queue_seconds=10.0))
    with ThreadPoolExecutor() as pool:
        bombs = [pool.submit(store.answer, replace(BOMB, query=BOMB.query + " " * n)) for n in range(3)]
        assert _sound(store)
        _until(lambda: len(_workers()) > USUAL)
        for bomb in bombs:
            assert bomb.exception(30) is not None

    def few() -> bool:
        assert _sound(store)
        return len(_workers()) == USUAL

    _until(few)


def test_long_queries_leave_a_fast_place(opened: Opener) -> None:
    """As many long queries as may run at once hold up no short one, even before they change their lane."""
    store = opened(replace(QUICK, workers=2, seconds=12.0, fast_seconds=60.0, queue_seconds=5.0))
    with ThreadPoolExecutor() as pool:
        bombs = [pool.submit(store.answer, replace(BOMB, query=BOMB.query + " " * n)) for n in range(2)]
        _until(lambda: store._dispatcher.occupied(Lane.FAST) == 2)
        assert _sound(store)
        assert not any(bomb.done() for bomb in bombs)
        assert {QueryTimedOut} == {type(bomb.exception(30)) for bomb in bombs}


def test_slow_query_is_answered_and_its_worker_retires(opened: Opener) -> None:
    """A query that moves to the slow lane is answered whole; its worker gives place to a new one."""
    limits = replace(QUICK, seconds=30.0, fast_seconds=0.001, slow_seconds=0.002)
    retired = _count(metrics.exposition(), 'worker_ends_total{cause="retired"}')
    store = opened(limits)
    body = store.answer(EVERYTHING).body

    assert body == opened(LIMITS).answer(EVERYTHING).body
    assert retired < _count(metrics.exposition(), 'worker_ends_total{cause="retired"}')
    assert _sound(store)


def test_spooled_answer(opened: Opener, tmp_path: Path) -> None:
    """A large answer lies in a nameless file and is the same, byte by byte; the file goes with it."""
    whole = opened(LIMITS).answer(EVERYTHING)
    spooled = opened(replace(QUICK, spool_bytes=1000, spool=str(tmp_path))).answer(EVERYTHING)

    assert not isinstance(spooled.content, bytes)
    assert spooled.size == whole.size
    assert b"".join(spooled.pieces()) == whole.body
    assert spooled.content.closed
    assert [] == list(tmp_path.iterdir())


def test_spool_without_room(opened: Opener, tmp_path: Path) -> None:
    """An answer for which there is no room on disk is an error of its own; small ones go on."""
    store = opened(replace(QUICK, spool_bytes=1000, spool=str(tmp_path / "nowhere")))
    with pytest.raises(SpoolFull, match="No such file"):
        store.answer(EVERYTHING)
    assert _sound(store)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a small disk is made with Linux' tmpfs")
def test_spool_full(opened: Opener, tmp_path: Path) -> None:
    """A disk that fills up while an answer is put aside ends in the same error."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        store = opened(replace(QUICK, spool_bytes=1000, spool=str(disk)))
        with pytest.raises(SpoolFull, match="No space left"):
            store.answer(EVERYTHING)
        assert _sound(store)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("more", [-1, 0])
def test_answer_limit(opened: Opener, more: int) -> None:
    """An answer of exactly the limit is whole; one byte more is an error that says limit and setting."""
    size = len(opened(LIMITS).answer(EVERYTHING).body)
    store = opened(replace(QUICK, answer_bytes=size + more))
    if more == 0:
        assert size == len(store.answer(EVERYTHING).body)
        return
    with pytest.raises(AnswerTooLarge) as caught:
        store.answer(EVERYTHING)
    assert (size - 1, "answer_bytes") == (caught.value.limit, caught.value.setting)


def test_store_that_cannot_be_opened(tmp_path: Path) -> None:
    """A store that is not there is an error at once, not an empty store."""
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        EmbeddedStore.alone(tmp_path, {}, QUICK)


def test_store_that_vanishes(release: Path, tmp_path: Path) -> None:
    """When no worker can be started any more, queries are told why, and the release is suspected."""
    moved = tmp_path / "store"
    subprocess.run(["cp", "-r", str(release / "store"), str(moved)], check=True)
    suspected = threading.Event()
    store = EmbeddedStore.alone(tmp_path, {}, QUICK, suspected.set)
    try:
        _until(lambda: len(_workers()) == USUAL)
        moved.rename(tmp_path / "elsewhere")
        for worker in _workers():
            os.kill(worker.pid, signal.SIGKILL)

        def unavailable() -> bool:
            try:
                store.answer(ASK)
            except StoreUnavailable:
                return True
            except (WorkerDied, Overloaded):
                return False
            return False

        _until(unavailable)
        assert suspected.wait(10)
        (tmp_path / "elsewhere").rename(moved)
        _until(lambda: not unavailable())
        assert _sound(store)
    finally:
        store.close()


def test_condemned(opened: Opener) -> None:
    """A condemned store answers nothing any more."""
    store = opened()
    store.condemn(StoreUnavailable("the release is damaged"))
    with pytest.raises(StoreUnavailable, match="damaged"):
        store.answer(ASK)


def test_closed_while_busy(release: Path) -> None:
    """Closing leaves no process behind, not even one that runs a query once its time is over."""
    store = EmbeddedStore.alone(release, {}, replace(QUICK, seconds=1.0, fast_seconds=0.5))
    with ThreadPoolExecutor() as pool:
        bomb = pool.submit(store.answer, BOMB)
        slow = pool.submit(store.answer, EVERYTHING)
        _until(lambda: any(map(store._dispatcher.occupied, Lane)))
        store.close()
        assert isinstance(bomb.exception(20), GovplanError)
        if slow.exception(20) is None:
            slow.result().close()
    _until(lambda: not _workers())
    with pytest.raises(Overloaded):
        store.answer(ASK)


def test_closed_twice(release: Path) -> None:
    """Closing what is closed does nothing."""
    store = EmbeddedStore.alone(release, {}, QUICK)
    for _ in range(2):
        store.close()
    assert [] == _workers()


@on_a_loop
async def test_on_a_given_loop(opened: Opener) -> None:
    """A store on the loop of a server answers there, and to the threads beside it; it leaves the loop running."""
    store = opened(loop=asyncio.get_running_loop())
    assert json.loads((await store.respond(ASK)).body)["boolean"]
    assert await asyncio.to_thread(_sound, store)
    await asyncio.to_thread(store.close)

    with pytest.raises(Overloaded, match="is ending"):
        await store.respond(ASK)
    await until(lambda: not _workers())


@on_a_loop
async def test_closed_on_its_loop(opened: Opener) -> None:
    """A store may be closed on its own loop; a query under way is answered, and then its worker is gone, too."""
    store = opened(replace(QUICK, fast_seconds=LONG, seconds=LONG), loop=asyncio.get_running_loop())
    asked = asyncio.create_task(store.respond(EVERYTHING))
    await until(lambda: store._dispatcher.occupied(Lane.FAST) == 1)
    store.close()

    assert len((await asked).body) > 1000
    await until(lambda: not _workers())


@apart
def test_closed_before_its_loop_runs(opened: Opener) -> None:
    """A store that is closed before its loop has ever run leaves nothing behind once that runs."""
    loop = asyncio.new_event_loop()
    store = opened(loop=loop)
    assert 1 == len(_workers())
    store.close()
    loop.run_until_complete(turn())
    loop.close()

    assert [] == _workers()


@apart
def test_loop_closed_while_a_worker_starts(opened: Opener) -> None:
    """A worker that is ready when the loop is gone is ended."""
    loop = asyncio.new_event_loop()
    store = opened(loop=loop)
    loop.run_until_complete(turn())
    loop.close()
    store.close()

    assert [] == _workers()


# Where a query is when its client leaves: in the fast lane, in the slow one, stopped before it.
STAGES = {
    "fast": (replace(QUICK, seconds=LONG, fast_seconds=LONG), (1, 0, 0)),
    "slow": (replace(QUICK, seconds=LONG, fast_seconds=0.01, slow_seconds=0.02), (0, 1, 0)),
    "parked": (replace(QUICK, seconds=LONG, fast_seconds=0.01, queue_seconds=LONG), (0, 0, 1)),
}


@pytest.mark.parametrize("stage", STAGES)
@on_a_loop
async def test_client_leaves(opened: Opener, stage: str) -> None:
    """A query whose client leaves is ended wherever it is: its worker is gone and its place is free."""
    limits, place = STAGES[stage]
    group = Group.alone(Shape(fronts=1, budget=None, slow=1))
    store = opened(limits, loop=asyncio.get_running_loop(), slow=group.slow)
    lanes = store._dispatcher

    def places() -> tuple[int, int, int]:
        return lanes.occupied(Lane.FAST), lanes.occupied(Lane.SLOW), lanes.waiting()

    left = 'worker_ends_total{cause="left"}', 'queries_total{outcome="client left"}'
    before = [_count(metrics.exposition(), name) for name in left]
    if stage == "parked":
        assert group.slow.acquire(())
    asked = asyncio.create_task(store.respond(BOMB))
    await until(lambda: place == places())
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked

    assert (0, 0, 0) == places()
    assert [number + 1 for number in before] == [_count(metrics.exposition(), name) for name in left]
    assert int(stage == "parked") == group.slow.held()
    assert json.loads((await store.respond(ASK)).body)["boolean"]
    await until(lambda: len(_workers()) == USUAL)


@on_a_loop
async def test_client_leaves_while_it_waits(opened: Opener) -> None:
    """A query whose client leaves while it waits for a worker never runs."""
    limits = replace(QUICK, workers=1, fast_places=1, seconds=LONG, fast_seconds=LONG, queue_seconds=LONG)
    store = opened(limits, loop=asyncio.get_running_loop())
    running = asyncio.create_task(store.respond(BOMB))
    await until(lambda: store._dispatcher.occupied(Lane.FAST) == 1)
    waiting = asyncio.create_task(store.respond(ASK))
    await until(lambda: store.waiting == 1)
    for asked in (waiting, running):
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    assert (0, 0) == (store.waiting, store._dispatcher.occupied(Lane.FAST))


@pytest.mark.parametrize("spool_bytes", [1000, 1 << 30])
@on_a_loop
async def test_client_leaves_when_its_answer_is_there(opened: Opener, tmp_path: Path, spool_bytes: int) -> None:
    """The file of an answer whose client leaves at that very moment is closed."""
    store = opened(
        replace(QUICK, seconds=LONG, fast_seconds=LONG, spool_bytes=spool_bytes, spool=str(tmp_path)),
        loop=asyncio.get_running_loop(),
    )
    await until(lambda: bool(store._dispatcher._idle))
    worker = store._dispatcher._idle[-1]
    asked = asyncio.create_task(store.respond(EVERYTHING))
    await turn()
    reply = worker._reply
    assert reply is not None

    def leave() -> None:
        if reply.done():
            asked.cancel()
        else:
            asyncio.get_running_loop().call_soon(leave)

    leave()
    with pytest.raises(asyncio.CancelledError):
        await asked

    assert [] == open_below(tmp_path)


@on_a_loop
async def test_worker_ends_on_its_way_to_a_query(opened: Opener) -> None:
    """A query that is given an idle worker which ends at that moment is told so, and the next one is answered."""
    limits = replace(QUICK, workers=1, fast_places=1, seconds=LONG, fast_seconds=LONG, queue_seconds=LONG)
    store = opened(limits, loop=asyncio.get_running_loop())
    lanes = store._dispatcher
    await until(lambda: len(lanes._idle) == 2)
    taken, _ = await lanes.enter(0, ())
    idle = lanes._idle[-1]
    asked = asyncio.create_task(store.respond(ASK))
    await until(lambda: store.waiting == 1)

    def leave() -> None:
        # The place of another query is free, and this one is given the idle worker.
        lanes.leave(Lane.FAST, (), None)

    def end() -> None:
        idle.kill()
        assert select.select([idle._channel], [], [], LONG)[0]
        asyncio.get_running_loop().call_soon(leave)

    asyncio.get_running_loop().call_soon(end)
    with pytest.raises(WorkerDied):
        await asked

    assert lanes.join(taken)
    assert json.loads((await store.respond(ASK)).body)["boolean"]


def test_stores_share_slow_places(opened: Opener) -> None:
    """Two stores with one place for long queries between them: one query waits, stopped, for the other's to end."""
    group = Group.alone(Shape(fronts=1, budget=None, slow=1))
    limits = replace(QUICK, seconds=30.0, fast_seconds=0.001, queue_seconds=60.0)
    first, second = opened(limits, slow=group.slow), opened(limits, slow=group.slow)
    whole = opened(LIMITS).answer(EVERYTHING).body
    with ThreadPoolExecutor() as pool:
        bomb = pool.submit(first.answer, replace(BOMB, seconds=2.0))
        _until(lambda: group.slow.held() == 1)
        parked = pool.submit(second.answer, EVERYTHING)
        _until(lambda: any(map(_stopped, _workers())))
        assert not parked.done()
        assert isinstance(bomb.exception(30), QueryTimedOut)
        assert whole == parked.result(30).body
    assert 0 == group.slow.held()


def test_front_killed(release: Path) -> None:
    """When the front dies by SIGKILL in the middle of a query, its workers end by themselves."""
    script = (
        "import sys, threading\n"
        "from pathlib import Path\n"
        "from govplan.sparql import Request\n"
        "from dataclasses import replace\n"
        "from govplan.server.stores import pool_limits\n"
        "from govplan.config import load\n"
        "from govplan.engines.oxigraph.lanes import Lane\n"
        "from govplan.engines.oxigraph.pool import EmbeddedStore\n"
        "limits = replace(pool_limits(load(environ={})), workers=2, seconds=2.0)\n"
        "store = EmbeddedStore.alone(Path(sys.argv[1]), {}, limits)\n"
        "threading.Thread(target=store.answer, args=(Request(sys.argv[2], sys.argv[3]),)).start()\n"
        "while store._dispatcher.occupied(Lane.FAST) == 0:\n"
        "    pass\n"
        "print('running', flush=True)\n"
    )
    command = [sys.executable, "-c", script, str(release), BOMB.query, JSON]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as front:
        assert front.stdout is not None
        assert b"running\n" == front.stdout.readline()
        workers = _workers()
        front.kill()
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert [] == alive


def test_no_network(release: Path) -> None:
    """A worker may open Unix sockets and no other; where the kernel cannot fence it, it says so."""
    script = (
        "import socket\n"
        "from govplan.engines.oxigraph.sandbox import forbid_network\n"
        "fenced = forbid_network()\n"
        "socket.socketpair()\n"
        "for family in (socket.AF_INET, socket.AF_INET6):\n"
        "    try:\n"
        "        socket.socket(family, socket.SOCK_STREAM)\n"
        "        print(fenced, 'open')\n"
        "    except PermissionError:\n"
        "        print(fenced, 'refused')\n"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said in ("True refused\nTrue refused\n", "False open\nFalse open\n")
    if sys.platform == "linux":
        assert said.startswith("True")


def test_panic_is_remembered(opened: Opener) -> None:
    """A panic of the engine is an error of its query, costs no second worker, and casts no doubt on the release."""
    suspected = threading.Event()
    store = opened(replace(QUICK, seconds=30.0, fast_seconds=20.0), suspected.set)
    with ThreadPoolExecutor() as pool:
        bomb = pool.submit(store.answer, BOMB)
        worker = _one_busy(store)
        Path(f"/proc/{worker.pid}/fd/2").write_text("thread 'main' panicked at 'no total order'\n")
        os.kill(worker.pid, signal.SIGABRT)
        with pytest.raises(EngineFailed):
            bomb.result(10)
    with pytest.raises(EngineFailed):
        store.answer(BOMB)
    assert not suspected.is_set()
    assert _sound(store)


def test_failure_that_a_worker_tells_is_remembered(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a worker survives a panic and tells of it, the same query is not evaluated again."""

    def fail(reply: object) -> NoReturn:
        raise EngineFailed

    store = opened()
    monkeypatch.setattr("govplan.engines.oxigraph.pool.answer_of", fail)
    with pytest.raises(EngineFailed):
        store.answer(ASK)
    monkeypatch.undo()
    with pytest.raises(EngineFailed):
        store.answer(ASK)
