"""The lock of a page: whoever comes while it is held waits, and a wait that is broken off keeps nothing."""

import threading
import time
from pathlib import Path

import pytest

from govplan.filelocks import FileLock
from govplan.group.page import Page, PageLock


@pytest.fixture(name="pages")
def _pages(tmp_path: Path) -> tuple[Page, Page]:
    """One page as two processes have it."""
    Page.make(2, tmp_path / "page")
    return Page(2, tmp_path / "page"), Page(2, tmp_path / "page")


def test_held_by_another(pages: tuple[Page, Page], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever finds the lock held looks again after pauses that grow, until it is free."""
    mine, other = pages
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            other.lock.__exit__(None, None, None)

    other.lock.__enter__()
    monkeypatch.setattr(time, "sleep", sleep)
    with mine.lock:
        assert sorted(pauses) == pauses
        assert 0 < pauses[0] < pauses[-1] <= 0.001


def test_wait_broken_off(pages: tuple[Page, Page], monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait for the lock that is interrupted leaves it to others, in the same process, too."""
    mine, other = pages

    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    with other.lock, monkeypatch.context() as patch:
        patch.setattr(time, "sleep", interrupt)
        with pytest.raises(KeyboardInterrupt), mine.lock:
            pass
    with mine.lock:
        pass


def test_threads_exclude_each_other(tmp_path: Path) -> None:
    """Threads of one process hold the lock one after the other."""
    lock, inside, most = PageLock(FileLock(tmp_path / "lock")), [], []

    def work() -> None:
        for _ in range(2000):
            with lock:
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ({1}, 8000) == (set(most), len(most))


def test_no_room(tmp_path: Path) -> None:
    """A page that cannot be written whole is an error when it is made, not later."""
    with pytest.raises(OSError, match="No such file"):
        Page.make(2, tmp_path / "missing" / "page")


def test_column_clears_itself_alone(pages: tuple[Page, Page]) -> None:
    """Clearing a column leaves every other one as it is, for all accounts and kinds."""
    page = pages[0]
    page.held[:] = memoryview(b"\x01\x00" * len(page.held)).cast("H")
    page.column = 1
    page.add(1, 5)
    page.clear(0)
    cells = page.held.tolist()
    assert {0} == set(cells[0::2])
    assert {1} == set(cells[1::2])
    assert 5 == page.total(1)
    page.clear(1)
    assert {0} == set(page.held.tolist())
    assert 0 == page.total(1)
