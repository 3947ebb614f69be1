"""One query on a real worker: the stages its clock leads it through, and how each of them may end."""

import asyncio
import select
import time
from collections.abc import Callable
from dataclasses import replace

import psutil
import pytest

from govplan.engines.oxigraph import frames
from govplan.engines.oxigraph.dispatcher import Dispatcher
from govplan.engines.oxigraph.lanes import Lane, Lanes, Permits, Places
from govplan.engines.oxigraph.limits import PoolLimits
from govplan.engines.oxigraph.process import Cause, Worker
from govplan.engines.oxigraph.run import Ended, Run
from govplan.errors import Overloaded, QueryTimedOut
from tests.conftest import LIMITS
from tests.engines.oxigraph.workers import BOMB, ONE, SAID, attached
from tests.loops import LONG, on_a_loop, until

NOBODY = ()
# At once, in the time of a query.
NOW = 0.0
CALM = replace(LIMITS, fast_seconds=LONG, slow_seconds=LONG, queue_seconds=LONG)
LASTING = replace(CALM, fast_seconds=NOW)


def _lanes(*, slow: int = 1, parked: int = 1, places: Places | None = None) -> Dispatcher:
    lanes = Lanes(fast=2, slow=places or Permits(slow), queue=4, parked=parked, patience=LONG, part_of_slow=Permits(1))
    dispatcher = Dispatcher(lanes)
    lanes.add(dispatcher, first=True)
    return dispatcher


async def _run(
    worker: Worker, lanes: Dispatcher, limits: PoolLimits, *, seconds: float = LONG, lane: Lane = Lane.FAST
) -> Run:
    """Return a run of a query that has entered the lanes."""
    attached(worker)
    assert lanes.join(worker)
    entered, _ = await lanes.enter(1, NOBODY)
    assert worker is entered
    return Run(1, NOBODY, worker, lane, lanes, limits, until=time.monotonic() + seconds, seconds=seconds)


def _over(run: Run, lanes: Dispatcher) -> tuple[int, int, int]:
    """End a run; return what its lanes still have of it: queries in either lane, and those that wait."""
    run.over()
    lanes.leave(run.lane, NOBODY, None)
    return lanes.occupied(Lane.FAST), lanes.occupied(Lane.SLOW), lanes.waiting()


def _said(worker: Worker) -> None:
    """Hold everything up until the worker has said something, or has ended."""
    assert select.select([worker._channel], [], [], LONG)[0]


def _next(*steps: Callable[[], object]) -> None:
    """Take these steps in the next turns of the loop, one in each."""

    def step() -> None:
        if len(steps) > 1:
            _next(*steps[1:])
        steps[0]()

    asyncio.get_running_loop().call_soon(step)


@on_a_loop
async def test_reply(worker: Worker) -> None:
    """A short query stays in the fast lane, and nothing is left of its clock."""
    lanes = _lanes()
    run = await _run(worker, lanes, CALM)

    assert SAID == (await run.reply(ONE)).body
    assert (Lane.FAST, False) == (run.lane, run.lowered)
    assert (0, 0, 0) == _over(run, lanes)


@on_a_loop
async def test_worker_is_gone(worker: Worker) -> None:
    """Where the worker goes, that is what the run ends with."""
    lanes = _lanes()
    run = await _run(worker, lanes, CALM)
    _next(worker.kill)
    with pytest.raises(frames.Closed):
        await run.reply(BOMB)

    assert (0, 0, 0) == _over(run, lanes)


@on_a_loop
async def test_over_before_it_began(worker: Worker) -> None:
    """A run that is over before its worker was asked has no clock to stop."""
    lanes = _lanes()

    assert (0, 0, 0) == _over(await _run(worker, lanes, CALM), lanes)


@pytest.mark.parametrize("limits", [CALM, LASTING, replace(LASTING, slow_seconds=NOW)])
@on_a_loop
async def test_time_is_over(worker: Worker, limits: PoolLimits) -> None:
    """At its deadline a query ends with the limit that its client was told, at whatever stage it is."""
    lanes = _lanes()
    run = await _run(worker, lanes, limits, seconds=0.1)
    with pytest.raises(Ended, match=r"0\.1 s") as caught:
        await run.reply(BOMB)

    assert isinstance(caught.value.problem, QueryTimedOut)
    assert (0.1, Cause.TIME) == (caught.value.problem.limit, caught.value.cause)
    assert ((Lane.FAST if limits is CALM else Lane.SLOW), limits.slow_seconds == NOW) == (run.lane, run.lowered)
    assert not run.lowered or 10 == psutil.Process(worker.pid).nice()
    assert (0, 0, 0) == _over(run, lanes)


@on_a_loop
async def test_slow_from_the_start(worker: Worker) -> None:
    """A query that starts in the slow lane stays there, and gives other processes precedence in time."""
    lanes = _lanes()
    run = await _run(worker, lanes, replace(LASTING, slow_seconds=NOW), lane=Lane.SLOW, seconds=0.1)
    with pytest.raises(Ended):
        await run.reply(BOMB)

    assert (Lane.SLOW, True) == (run.lane, run.lowered)
    run.over()


@on_a_loop
async def test_no_place_and_none_to_wait(worker: Worker) -> None:
    """A query that lasts is ended where the slow lane is full and as many as may are stopped before it."""
    lanes = _lanes(slow=0, parked=0)
    run = await _run(worker, lanes, LASTING)
    with pytest.raises(Ended, match="every place for long queries is taken") as caught:
        await run.reply(BOMB)

    assert isinstance(caught.value.problem, Overloaded)
    assert LIMITS.seconds == caught.value.problem.retry_seconds
    assert (Cause.LANE, None) == (caught.value.cause, run.lane)
    assert (0, 0, 0) == _over(run, lanes)


@on_a_loop
async def test_parked_until_there_is_a_place(worker: Worker) -> None:
    """A query that lasts is stopped while the slow lane is full, and then goes on where it was."""
    slow = Permits(1)
    lanes = _lanes(places=slow)
    run = await _run(worker, lanes, replace(LASTING, slow_seconds=NOW))
    assert slow.acquire(NOBODY)
    # It would answer before it is stopped.
    worker.pause()
    asked = asyncio.create_task(run.reply(ONE))
    await until(lambda: lanes.waiting() == 1)
    assert (None, False) == (run.lane, asked.done())
    slow.release(NOBODY)

    assert SAID == (await asked).body
    assert Lane.SLOW is run.lane
    assert (0, 0, 0) == _over(run, lanes)


@on_a_loop
async def test_parked_in_vain(worker: Worker) -> None:
    """A stopped query for which there is no place in time is ended, and waits no longer."""
    lanes = _lanes(slow=0)
    run = await _run(worker, lanes, replace(LASTING, queue_seconds=0.05))
    with pytest.raises(Ended) as caught:
        await run.reply(BOMB)

    assert Cause.LANE is caught.value.cause
    assert (0, 0, 0) == _over(run, lanes)


@on_a_loop
async def test_parked_past_its_time(worker: Worker) -> None:
    """The time of a query goes on while it is stopped."""
    lanes = _lanes(slow=0)
    run = await _run(worker, lanes, LASTING, seconds=0.1)
    with pytest.raises(Ended) as caught:
        await run.reply(BOMB)

    assert Cause.TIME is caught.value.cause
    assert (0, 0, 0) == _over(run, lanes)


@on_a_loop
async def test_parked_when_the_lanes_close(worker: Worker) -> None:
    """A stopped query is turned away when the lanes close."""
    lanes = _lanes(slow=0)
    run = await _run(worker, lanes, LASTING)
    asked = asyncio.create_task(run.reply(BOMB))
    await until(lambda: lanes.waiting() == 1)
    lanes.close()
    with pytest.raises(Ended) as caught:
        await asked

    assert Cause.LANE is caught.value.cause
    assert (0, 0, 0) == _over(run, lanes)


@on_a_loop
async def test_left_while_parked(worker: Worker) -> None:
    """A stopped query whose client leaves waits no longer."""
    lanes = _lanes(slow=0)
    run = await _run(worker, lanes, LASTING)
    asked = asyncio.create_task(run.reply(BOMB))
    await until(lambda: lanes.waiting() == 1)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked

    assert (0, 0, 0) == _over(run, lanes)


@on_a_loop
async def test_left_when_called(worker: Worker) -> None:
    """A stopped query that gets its place at the moment it is given up gives that place back."""
    slow = Permits(1)
    lanes = _lanes(places=slow)
    run = await _run(worker, lanes, LASTING)
    assert slow.acquire(NOBODY)
    asked = asyncio.create_task(run.reply(BOMB))
    await until(lambda: lanes.waiting() == 1)
    slow.release(NOBODY)
    lanes.leave(None, NOBODY, None)
    assert (0, 1, 0) == (lanes.occupied(Lane.FAST), lanes.occupied(Lane.SLOW), lanes.waiting())
    asked.cancel()

    assert (0, 0, 0) == _over(run, lanes)
    assert slow.acquire(NOBODY)


@pytest.mark.parametrize(("limits", "seconds"), [(LASTING, LONG), (LASTING, NOW)])
@on_a_loop
async def test_reply_and_stage_at_once(worker: Worker, limits: PoolLimits, seconds: float) -> None:
    """A reply that has come by the time of a stage, even the last one, is the reply."""
    lanes = _lanes(slow=0, parked=0)
    run = await _run(worker, lanes, limits, seconds=seconds)
    asked = asyncio.create_task(run.reply(ONE))
    # When it is asked, and before the loop looks at its clock.
    _next(lambda: _said(worker))

    assert SAID == (await asked).body
    assert Lane.FAST is run.lane
    assert (0, 0, 0) == _over(run, lanes)


@on_a_loop
async def test_gone_when_called(worker: Worker) -> None:
    """A stopped query whose worker goes just when there is a place has that place, to give it back."""
    slow = Permits(1)
    lanes = _lanes(places=slow)
    run = await _run(worker, lanes, LASTING)
    assert slow.acquire(NOBODY)
    asked = asyncio.create_task(run.reply(BOMB))
    await until(lambda: lanes.waiting() == 1)
    slow.release(NOBODY)

    def gone() -> None:
        worker.kill()
        _said(worker)

    # The lanes give the place in the turn in which the loop reads that the worker is gone.
    _next(gone, lambda: lanes.leave(None, NOBODY, None))
    with pytest.raises(frames.Closed):
        await asked

    assert Lane.SLOW is run.lane
    assert (0, 0, 0) == _over(run, lanes)
