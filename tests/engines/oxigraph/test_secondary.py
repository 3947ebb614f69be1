"""Stores side by side in one process: what one more adds, what it may take, and how it is closed."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pyoxigraph as ox
import pytest

from govplan import metrics
from govplan.engines.oxigraph.capacity import Capacity
from govplan.engines.oxigraph.lanes import Lane
from govplan.engines.oxigraph.limits import PoolLimits
from govplan.engines.oxigraph.pool import EmbeddedStore
from govplan.errors import Overloaded, StoreUnavailable
from govplan.group import Group, Shape
from govplan.sparql import Request
from tests.conftest import LIMITS
from tests.loops import LONG, on_a_loop, turn, until

JSON = "application/sparql-results+json"
NAME = Request("SELECT ?name { ?release <http://x/name> ?name }", JSON)
BOMB = Request("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", JSON)
CALM = replace(LIMITS, seconds=LONG, fast_seconds=LONG, slow_seconds=LONG, queue_seconds=LONG, idle_seconds=LONG)
USUAL = 2 * LIMITS.fast

Open = Callable[..., EmbeddedStore]


def _write(folder: Path) -> Path:
    """Write the store of a small release that knows its own name."""
    folder.mkdir()
    store = ox.Store(str(folder / "store"))
    store.add(ox.Quad(ox.NamedNode("http://x/release"), ox.NamedNode("http://x/name"), ox.Literal(folder.name)))
    numbers = (ox.Literal(number) for number in range(300))
    store.extend(ox.Quad(ox.NamedNode("http://x/n"), ox.NamedNode("http://x/p"), number) for number in numbers)
    store.flush()
    del store
    return folder


@pytest.fixture(scope="module", name="folders")
def _folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three releases by name."""
    base = tmp_path_factory.mktemp("releases")
    return {name: _write(base / name) for name in ("current", "old", "older")}


@asynccontextmanager
async def _capacity(limits: PoolLimits = CALM, group: Group | None = None) -> AsyncIterator[tuple[Capacity, Open]]:
    """The capacity of a process on the running loop, and what opens stores in it; all are closed in the end."""
    slow, part = (group.slow, group.secondary) if group else (None, None)
    capacity = Capacity(limits, loop=asyncio.get_running_loop(), slow=slow, part_of_slow=part)
    with contextlib.ExitStack() as stack:
        stack.callback(capacity.close)

        def opened(folder: Path, suspect: Callable[[], None] = lambda: None, **rank: bool) -> EmbeddedStore:
            store = EmbeddedStore(folder, {}, capacity, suspect, **rank)
            stack.callback(store.close)
            return store

        yield capacity, opened


async def _name(store: EmbeddedStore) -> str:
    document = json.loads((await store.respond(NAME)).body)
    name: str = document["results"]["bindings"][0]["name"]["value"]
    return name


@pytest.fixture(autouse=True)
def _others() -> None:
    OTHERS.clear()
    OTHERS.update(_processes())
    GAUGES.clear()
    GAUGES["workers"] = _gauge("workers")


# The workers of stores that other tests have open, and what their gauges show.
OTHERS: set[int] = set()
GAUGES: dict[str, float] = {}


def _processes() -> set[int]:
    """The worker processes that the test in hand has started."""
    found = set()
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "govplan.engines.oxigraph.worker" in child.cmdline():
                found.add(child.pid)
    return found - OTHERS


def _gauge(name: str, **labels: str) -> float:
    metrics.push()
    return (metrics.REGISTRY.get_sample_value(f"govplan_{name}", labels) or 0.0) - GAUGES.get(name, 0.0)


@on_a_loop
async def test_no_process_before_the_first_query(folders: dict[str, Path]) -> None:
    """A store beside the current one starts no process; its first query starts one, and the next ones share that."""
    async with _capacity() as (capacity, opened):
        current = opened(folders["current"])
        await until(lambda: capacity.workers == USUAL)
        old, older = (opened(folders[name], secondary=True) for name in ("old", "older"))
        assert "current" == await _name(current)
        assert USUAL == capacity.workers == len(_processes())
        names = await asyncio.gather(*(_name(store) for store in (old, older, old, current, old)))

        assert ["old", "older", "old", "current", "old"] == names
        assert USUAL + 2 == capacity.workers == len(_processes()) == _gauge("workers")
    await until(lambda: not _processes())


@on_a_loop
async def test_ends_when_idle(folders: dict[str, Path]) -> None:
    """The worker of such a store ends after a while without a query, and another query starts the next one."""
    idle = metrics.REGISTRY.get_sample_value("govplan_worker_ends_total", {"cause": "idle"}) or 0
    async with _capacity(replace(CALM, idle_seconds=0.01)) as (capacity, opened):
        old = opened(folders["old"], secondary=True)
        for _ in range(2):
            assert "old" == await _name(old)
            await until(lambda: capacity.workers == 0 and not _processes())

    assert idle + 2 == metrics.REGISTRY.get_sample_value("govplan_worker_ends_total", {"cause": "idle"})


@on_a_loop
async def test_busy_is_not_idle(folders: dict[str, Path]) -> None:
    """A worker that has a query stays, however long that takes."""
    async with _capacity(replace(CALM, idle_seconds=0.01)) as (capacity, opened):
        old = opened(folders["old"], secondary=True)
        asked = asyncio.create_task(old.respond(BOMB))
        await until(lambda: capacity.lanes.occupied(Lane.FAST) == 1)
        clock = old._workers._clock
        assert clock is not None
        await until(lambda: asyncio.get_running_loop().time() > clock.when())
        await turn()

        assert 1 == capacity.workers == len(_processes())
        asked.cancel()
        await until(lambda: capacity.workers == 0)


@on_a_loop
async def test_one_worker_for_all_queries(folders: dict[str, Path]) -> None:
    """While its one worker has a query, others on the same release wait; the current one is not held up."""
    async with _capacity(replace(CALM, queue_seconds=0.5)) as (capacity, opened):
        current, old = opened(folders["current"]), opened(folders["old"], secondary=True)
        asked = asyncio.create_task(old.respond(BOMB))
        await until(lambda: capacity.lanes.occupied(Lane.FAST) == 1)
        waiting = asyncio.create_task(old.respond(NAME))
        await until(lambda: old.waiting == 1)

        assert (0, 1) == (current.waiting, capacity.lanes.waiting())
        assert "current" == await _name(current)
        with pytest.raises(Overloaded, match="No worker was free"):
            await waiting
        asked.cancel()


@on_a_loop
async def test_current_release_keeps_its_slow_places(folders: dict[str, Path]) -> None:
    """Long queries on other releases leave half of the slow places of the group to the current one."""
    group = Group.alone(Shape(fronts=1, budget=None, slow=2))
    async with _capacity(replace(CALM, fast_seconds=0.01), group) as (capacity, opened):
        current = opened(folders["current"])
        beside = [opened(folders[name], secondary=True) for name in ("old", "older")]
        asked = [asyncio.create_task(store.respond(BOMB)) for store in beside]
        await until(lambda: (1, 1) == (capacity.lanes.occupied(Lane.SLOW), capacity.lanes.waiting()))
        assert (1, 1) == (group.slow.held(), group.secondary.held())
        asked.append(asyncio.create_task(current.respond(BOMB)))
        await until(lambda: capacity.lanes.occupied(Lane.SLOW) == 2)

        assert (2, 1) == (group.slow.held(), group.secondary.held())
        assert 2 == _gauge("running_queries", lane="slow")
        for each in asked:
            each.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        assert (0, 0) == (group.slow.held(), group.secondary.held())


@on_a_loop
async def test_closed_beside_another(folders: dict[str, Path]) -> None:
    """Closing a store ends its worker and its queries, and no query or worker of another."""
    async with _capacity() as (capacity, opened):
        current, old = opened(folders["current"]), opened(folders["old"], secondary=True)
        await until(lambda: capacity.workers == USUAL)
        running = asyncio.create_task(current.respond(BOMB))
        assert "old" == await _name(old)
        before = _processes()
        await asyncio.to_thread(old.close)
        await until(lambda: len(_processes()) == USUAL)

        assert _processes() < before
        assert (USUAL, 1, False) == (capacity.workers, capacity.lanes.occupied(Lane.FAST), running.done())
        with pytest.raises(Overloaded, match="is ending"):
            await old.respond(NAME)
        assert "current" == await _name(current)
        await asyncio.to_thread(current.close)
        opened(folders["older"], secondary=True)
        running.cancel()


@on_a_loop
async def test_gauges_end_with_the_process(folders: dict[str, Path]) -> None:
    """What is shown is that of the process: it is there without a store, and gone once the capacity is closed."""
    async with _capacity() as (capacity, opened):
        await _name(opened(folders["old"], secondary=True))
        assert 1 == _gauge("workers") == capacity.workers
    assert 0 == _gauge("workers")


@on_a_loop
async def test_store_that_cannot_be_opened(folders: dict[str, Path], tmp_path: Path) -> None:
    """The first query says that the store cannot be opened, the release is suspected, and a later one tries again."""
    suspected = threading.Event()
    async with _capacity() as (_, opened):
        old = opened(tmp_path / "gone", suspected.set, secondary=True)
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="cannot be opened"):
                await old.respond(NAME)
        assert await asyncio.to_thread(suspected.wait, LONG)
        _write(tmp_path / "gone")
        name = ""
        while not name:
            with contextlib.suppress(StoreUnavailable):
                name = await _name(old)
            await turn()

        assert "gone" == name


@on_a_loop
async def test_worker_that_cannot_be_replaced(tmp_path: Path) -> None:
    """Where a worker cannot be replaced, the release is suspected, and queries go on in those that live."""
    suspected = threading.Event()
    folder = _write(tmp_path / "current")
    async with _capacity() as (capacity, opened):
        current = opened(folder, suspected.set)
        await until(lambda: capacity.workers == USUAL)
        (folder / "store").rename(folder / "moved")
        asked = asyncio.create_task(current.respond(BOMB))
        await until(lambda: capacity.lanes.occupied(Lane.FAST) == 1)
        asked.cancel()
        assert await asyncio.to_thread(suspected.wait, LONG)

        assert "current" == await _name(current)
