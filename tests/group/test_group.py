"""A group of real processes: one account, one count of places; what a dead one held is released, and no lock stays."""

import errno
import os
import pickle
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from govplan.errors import Overloaded, SharedMemoryUnavailable
from govplan.filelocks import FileLock
from govplan.group import Group, Shape, client_keys
from govplan.group import group as module
from tests.group.conftest import BUDGET
from tests.group.fronts import Front, FrontProblem

CLIENT = client_keys("192.0.2.1")
OTHER = client_keys("2001:db8::1")
LARGE = 50 << 20
TIMES = 2000
SECONDS = 0.01


def enter(group: Group, clients: tuple[str, ...]) -> None:
    """Begin a query."""
    group.accounts.enter(clients, crowded=False)


def leave(group: Group, clients: tuple[str, ...], seconds: float) -> None:
    """End a query."""
    group.accounts.leave(clients, seconds)


def work(group: Group, clients: tuple[str, ...]) -> None:
    """Begin and end many queries, each in a slow place."""
    for _ in range(TIMES):
        group.accounts.enter(clients, crowded=False)
        assert group.slow.acquire(clients)
        group.slow.release(clients)
        group.accounts.leave(clients, SECONDS)


def work_without_end(group: Group, clients: tuple[str, ...]) -> None:
    """Begin queries in slow places and end them, until killed."""
    while True:
        group.accounts.enter(clients, crowded=False)
        group.slow.acquire(clients)
        group.sending.acquire(clients, LARGE)
        group.sending.release(clients, LARGE)
        group.slow.release(clients)
        group.accounts.leave(clients, 0.0)


def acquire_slow(group: Group, clients: tuple[str, ...]) -> bool:
    """Take a slow place."""
    return group.slow.acquire(clients)


def acquire_sending(group: Group, clients: tuple[str, ...], size: int) -> bool:
    """Take the places for an answer."""
    return group.sending.acquire(clients, size)


def hold_the_lock(group: Group) -> None:
    """Take the lock of the page and never let go of it."""
    group._page.lock.__enter__()


def column(group: Group) -> int:
    """Return the column of the process."""
    return group._page.column


def await_first(group: Group, seconds: float) -> bool:
    """Wait for the first front."""
    return group.await_first(seconds)


def first_answered(group: Group) -> None:
    """Say that this front has answered."""
    group.first_answered()


def create(group: Group, where: Path) -> Path:
    """Make another group and keep it."""
    made = Group.create(group.shape, where)
    globals()["kept"] = made
    return made.metrics_folder.parent


def _full(group: Group, clients: tuple[str, ...]) -> float:
    """Return when the seconds of an account are full again."""
    table = group.accounts._table
    return table.full(table.find(table.keys(clients)[0]))[0]


@pytest.fixture(name="fronts")
def _fronts(group: Group) -> Iterator[tuple[Front, Front]]:
    """Two fronts of the group, of which this process is the third."""
    group.join()
    with Front(group) as first, Front(group) as second:
        yield first, second


def test_one_account(fronts: tuple[Front, Front]) -> None:
    """What a client runs and spends in one process counts in the other."""
    first, second = fronts
    for front in (first, second, first, second, first):
        front.call(enter, CLIENT)
    with pytest.raises(FrontProblem, match="ClientOverBudget: 5 of your queries run already"):
        second.call(enter, CLIENT)
    second.call(enter, OTHER)
    first.call(leave, CLIENT, 200.0)
    with pytest.raises(FrontProblem, match="60 s of query time"):
        second.call(enter, CLIENT)


def test_nothing_is_lost(group: Group, fronts: tuple[Front, Front]) -> None:
    """Two processes that count for one client at the same time lose none of its seconds, queries or places."""
    group.accounts.charge(CLIENT, 40.0)
    before = _full(group, CLIENT)
    for front in fronts:
        front.begin(work, CLIENT)
    for front in fronts:
        front.result()
    assert before + 2 * TIMES * SECONDS == pytest.approx(_full(group, CLIENT), abs=0.001)
    assert 0 == group.slow.held()
    assert 3 - 1 == group.slow.free_for(CLIENT)
    for _ in range(BUDGET.burst):
        group.accounts.enter(CLIENT, crowded=False)


def test_dead_front_holds_nothing(group: Group, fronts: tuple[Front, Front]) -> None:
    """When a front is killed, its queries and places are free again; what others hold is not, and no time is lost."""
    first, second = fronts
    first.call(leave, CLIENT, 30.0)
    for _ in range(4):
        first.call(enter, CLIENT)
    second.call(enter, CLIENT)
    assert first.call(acquire_slow, CLIENT)
    assert second.call(acquire_slow, CLIENT)
    assert not second.call(acquire_slow, CLIENT)
    assert first.call(acquire_sending, CLIENT, LARGE)
    assert second.call(acquire_sending, CLIENT, LARGE)
    spent, sending = _full(group, CLIENT), group.sending.held()
    first.call(Group.tell_waiting, 5)
    second.call(Group.tell_waiting, 2)
    assert 7 == group.waiting()

    dead = first.call(column)
    assert [] == group.reclaim_dead()
    first.kill()
    assert [dead] == group.reclaim_dead()
    assert [] == group.reclaim_dead()

    assert (1, sending // 2) == (group.slow.held(), group.sending.held())
    assert spent == _full(group, CLIENT)
    assert 2 == group.waiting()
    assert second.call(acquire_slow, CLIENT)
    for _ in range(4):
        second.call(enter, CLIENT)
    with pytest.raises(FrontProblem, match="run already"):
        second.call(enter, CLIENT)


def test_replaced_front_holds_nothing(group: Group, fronts: tuple[Front, Front]) -> None:
    """A front that takes the column of a dead one begins with nothing held, whether that was reclaimed or not."""
    first, _ = fronts
    for _ in range(5):
        first.call(enter, CLIENT)
    assert first.call(acquire_slow, CLIENT)
    dead = first.call(column)
    first.kill()
    with Front(group) as replaced:
        assert dead == replaced.call(column)
        assert 0 == group.slow.held()
        for _ in range(5):
            replaced.call(enter, CLIENT)


def test_killed_with_the_lock(fronts: tuple[Front, Front]) -> None:
    """A front that is killed while it holds the lock keeps nobody waiting."""
    first, second = fronts
    first.call(hold_the_lock)
    second.begin(enter, CLIENT)
    first.kill()
    second.result()


def test_killed_anywhere(group: Group) -> None:
    """Wherever a front is in its counting when it is killed, the others go on, and nothing is held in the end."""
    group.join()
    for _ in range(6):
        with Front(group) as front:
            dead = front.call(column)
            front.begin(work_without_end, CLIENT)
            while not group.slow.held():
                assert group.slow.acquire(OTHER)
                group.slow.release(OTHER)
            front.kill()
            assert [dead] == group.reclaim_dead()
        assert (0, 0) == (group.slow.held(), group.sending.held())
    for _ in range(BUDGET.burst):
        group.accounts.enter(CLIENT, crowded=False)


def test_the_living_keep_their_column(group: Group, fronts: tuple[Front, Front]) -> None:
    """What a living front holds stays held, and so does what the caller holds."""
    first, _ = fronts
    assert first.call(acquire_slow, CLIENT)
    assert not group.reclaim(first.call(column))
    assert group.slow.acquire(OTHER)
    assert not group.reclaim(column(group))
    assert 2 == group.slow.held()
    assert group.reclaim(3), "nobody has this column"


def test_a_front_that_ends(group: Group) -> None:
    """A front that leaves holds nothing any more, and its column is free."""
    other = _copy(group)
    assert 0 == other.join()
    assert other.slow.acquire(CLIENT)
    other.leave()
    other.leave()
    assert 0 == group.slow.held()
    assert 0 == group.join()


def test_more_processes_than_columns(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """While fronts are replaced there may be twice as many as the group has; one more is told so."""
    monkeypatch.setattr(module, "_JOIN_SECONDS", 0.0)
    members = [_copy(group) for _ in range(5)]
    assert [0, 1, 2, 3] == [member.join() for member in members[:4]]
    with pytest.raises(Overloaded, match="4 processes"):
        members[4].join()
    members[2].leave()
    assert 2 == members[4].join()


def test_column_that_is_being_reclaimed(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """A front that finds no column while one is being reclaimed looks again."""
    members = [_copy(group) for _ in range(4)]
    for member in members[:3]:
        member.join()
    burier = FileLock(group.metrics_folder.parent / "alive-3")
    assert burier.acquire()
    monkeypatch.setattr(time, "sleep", lambda pause: burier.close())
    assert 3 == members[3].join()


def test_start_gate(group: Group, fronts: tuple[Front, Front]) -> None:
    """The first front loads at once, the others when it has answered, whoever comes then at once."""
    first, second = fronts
    assert first.call(await_first, 0.0)
    assert not second.call(await_first, 0.05)
    first.call(first_answered)
    assert second.call(await_first, 0.0)
    assert group.await_first(0.0)


def test_wait_for_the_first(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes while the first front loads waits as long as it may."""
    first, second = _copy(group), _copy(group)
    assert first.await_first(0.0)
    assert not second.await_first(0.0)
    monkeypatch.setattr(time, "sleep", lambda pause: first.first_answered())
    assert second.await_first(60.0)


def test_first_front_dies(fronts: tuple[Front, Front]) -> None:
    """If the first front dies before it answers, another takes its part."""
    first, second = fronts
    assert first.call(await_first, 0.0)
    second.begin(await_first, 60.0)
    first.kill()
    assert second.result()


def test_leftovers_are_removed(group: Group, tmp_path: Path) -> None:
    """A new group removes the folder of one whose maker was killed, and no other."""
    strange = tmp_path / "govplan-group-link"
    strange.symlink_to(tmp_path)
    (tmp_path / "govplan-group-file").touch()
    with Front(group, joins=False) as maker:
        left = maker.call(create, tmp_path)
        assert left.is_dir()
        maker.kill()
    with Group.create(group.shape, tmp_path) as other:
        assert not left.exists()
        assert group.metrics_folder.is_dir()
        assert other.metrics_folder.is_dir()
    assert not other.metrics_folder.parent.exists()
    assert strange.is_symlink()


def test_folder_of_somebody_else(group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What belongs to another user is left alone."""
    folder = tmp_path / "govplan-group-other"
    folder.mkdir()
    monkeypatch.setattr(os, "getuid", lambda: -1)
    Group.create(group.shape, tmp_path).close()
    assert folder.is_dir()


def test_leftover_that_another_server_removes(group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two servers that start at once may find the same leftover."""
    left = tmp_path / "govplan-group-left"
    left.mkdir()
    getuid = os.getuid

    def meanwhile() -> int:
        if left.exists():
            left.rmdir()
        return getuid()

    monkeypatch.setattr(os, "getuid", meanwhile)
    Group.create(group.shape, tmp_path).close()
    assert not left.exists()


def test_no_place(group: Group, tmp_path: Path) -> None:
    """Where a group cannot be made, the error says where and how to mend it."""
    with pytest.raises(SharedMemoryUnavailable, match=r"No such file or directory") as caught:
        Group.create(group.shape, tmp_path / "missing")
    assert str(tmp_path / "missing") == caught.value.where


def test_no_room(group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group that finds room for a part of it only leaves nothing behind."""
    (tmp_path / "full").mkdir()
    monkeypatch.setattr(Path, "write_bytes", _full_disk)
    with pytest.raises(SharedMemoryUnavailable, match="No space left"):
        Group.create(group.shape, tmp_path / "full")
    assert [] == list((tmp_path / "full").iterdir())


def test_only_the_maker_removes(group: Group) -> None:
    """A front that ends leaves the group to the others."""
    member = _copy(group)
    member.join()
    member.close()
    assert group.metrics_folder.is_dir()
    group.close()
    group.close()
    assert not group.metrics_folder.exists()


def test_default_place(group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group lies in memory where the system has a place for that, else among temporary files."""
    in_memory, temporary = tmp_path / "shm", tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(module, "_IN_MEMORY", in_memory)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(temporary))
    with Group.create(group.shape) as other:
        assert temporary == other.metrics_folder.parents[1]
    in_memory.mkdir()
    with Group.create(group.shape) as other:
        assert in_memory == other.metrics_folder.parents[1]
    monkeypatch.setattr(module, "_ROOM", shutil.disk_usage(in_memory).total)
    with Group.create(group.shape) as other:
        assert temporary == other.metrics_folder.parents[1]


def test_a_server_of_one_process() -> None:
    """One process is a group, too: it has joined, reclaims nothing and cannot be handed over."""
    group = Group.alone(Shape(fronts=1, budget=BUDGET, slow=2))
    group.accounts.enter(CLIENT, crowded=False)
    assert group.slow.acquire(CLIENT)
    assert 0 == group.join()
    assert not group.reclaim(0)
    assert [] == group.reclaim_dead()
    assert 1 == group.slow.held()
    group.tell_waiting(3)
    assert 3 == group.waiting()
    assert group.await_first(0.0)
    group.first_answered()
    with group.long_texts.turn():
        pass
    with pytest.raises(TypeError, match="cannot be handed"):
        pickle.dumps(group)
    group.close()


def test_clock_is_of_the_system(group: Group, fronts: tuple[Front, Front]) -> None:
    """Processes share one clock: what one has charged is full again at the same time for the other."""
    begun = time.monotonic()
    fronts[0].call(leave, CLIENT, 60.0)
    assert begun + 60 <= _full(group, CLIENT) <= time.monotonic() + 60


def _full_disk(path: Path, content: bytes) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _copy(group: Group) -> Group:
    """Return the group as another process gets it."""
    made: Group = pickle.loads(pickle.dumps(group))
    return made
