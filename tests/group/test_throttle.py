"""Turns for long texts: one at a time in all processes, none keeps its turn, and a crowd is turned away."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from govplan.errors import Overloaded
from govplan.filelocks import FileLock
from govplan.group import Group, Throttle
from tests.group.fronts import Front, FrontProblem

LONG = 60.0


def take_turn(group: Group) -> None:
    """Take the turn and never give it back."""
    turn = group.long_texts.turn()
    globals()["kept"] = turn
    turn.__enter__()


def have_turn(group: Group) -> float:
    """Have a turn; return when it began."""
    with group.long_texts.turn():
        return time.monotonic()


def have_long_turn(group: Group, seconds: float) -> None:
    """Have a turn of so many seconds."""
    with group.long_texts.turn():
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pass


@pytest.mark.parametrize(
    ("places", "patience", "said"),
    [(1, LONG, "Too many long queries wait"), (2, 0.01, r"Other long queries were read for 0\.01 s")],
)
def test_crowd_is_turned_away(places: int, patience: float, said: str) -> None:
    """Who finds no place, or waits too long, is told so, and the next one has a turn again."""
    throttle = Throttle(places=places, patience=patience)

    def take() -> bool:
        with throttle.turn():
            return True

    with ThreadPoolExecutor(1) as pool:
        with throttle.turn(), pytest.raises(Overloaded, match=said):
            pool.submit(take).result(LONG)
        assert pool.submit(take).result(LONG)


def test_one_at_a_time() -> None:
    """No two threads have a turn at once, and each has one."""
    throttle, inside = Throttle(patience=LONG), []

    def take(number: int) -> int:
        with throttle.turn():
            inside.append(number)
            assert [number] == inside
            inside.remove(number)
        return number

    with ThreadPoolExecutor(16) as pool:
        assert list(range(64)) == list(pool.map(take, range(64)))


def test_an_error_ends_the_turn() -> None:
    """Whatever is raised in a turn ends it."""
    throttle = Throttle()
    with pytest.raises(ZeroDivisionError), throttle.turn():
        1 / 0  # noqa: B018
    with throttle.turn():
        pass


@pytest.fixture(name="fronts")
def _fronts(group: Group) -> Iterator[tuple[Front, Front]]:
    with Front(group) as first, Front(group) as second:
        yield first, second


def test_one_turn_for_all_processes(fronts: tuple[Front, Front]) -> None:
    """While one process has the turn, another waits for it in vain; when that is killed, it has its turn."""
    first, second = fronts
    first.call(take_turn)
    with pytest.raises(FrontProblem, match=r"Overloaded: Other long queries were read for 0\.5 s"):
        second.call(have_turn)
    first.kill()
    second.call(have_turn)


def test_rest_holds_for_all_processes(group: Group, fronts: tuple[Front, Front]) -> None:
    """After a long turn in one process, the next one in another process waits for twice as long."""
    first, second = fronts
    begun = time.monotonic()
    first.call(have_long_turn, 0.02)
    rested = group._page.rested[0]
    assert begun + 3 * 0.02 <= rested
    assert rested <= second.call(have_turn)


def test_rest_is_bounded() -> None:
    """Nobody rests longer than one waits for a turn, whatever the last one took."""
    rested = [time.monotonic() + 1e9]
    with Throttle(rested=rested, patience=0.01).turn():
        pass
    assert rested[0] < time.monotonic() + LONG


def test_waits_for_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever finds the turn taken by another process looks again after pauses that grow, while it has patience."""
    other = FileLock(tmp_path / "turn")
    throttle = Throttle(FileLock(tmp_path / "turn"), patience=LONG)
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            other.release()

    assert other.acquire()
    monkeypatch.setattr(time, "sleep", sleep)
    with throttle.turn():
        waits = pauses[:8]
        assert sorted(waits) == waits
        assert 0 < waits[0] < waits[-1] <= 0.005


def test_impatient(tmp_path: Path) -> None:
    """Whoever has no patience and finds the turn taken by another process is told so."""
    other = FileLock(tmp_path / "turn")
    assert other.acquire()
    throttle = Throttle(FileLock(tmp_path / "turn"), patience=0.0)
    with pytest.raises(Overloaded, match="Other long queries"), throttle.turn():
        pass
    other.release()
    with throttle.turn():
        pass


def test_lock_of_others() -> None:
    """A lock that cannot be taken for another reason than a holder is an error, never an endless wait."""
    lock = FileLock()
    lock.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        lock.acquire()
