"""Watching a folder of releases: what is read, what is not read again, and what stops the reading."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from govplan.errors import ReleaseUnreadable, StoreUnavailable, VerificationStopped
from govplan.manifest import Manifest
from govplan.release import verification
from govplan.release.repository import publish
from govplan.release.watch import Watch
from tests.repository import Repository, as_nobody


class Reader:
    """A watch, and how often it asked whether to go on with reading: at least once a file that it reads."""

    def __init__(self, repository: Repository, pinned: Path | None = None) -> None:
        self.asked = 0
        self.then: Callable[[], bool] = lambda: True
        self.alarms: list[str] = []
        self.watch = Watch(repository.folder, self.alarms.append, self._proceed, pinned)

    def _proceed(self) -> bool:
        self.asked += 1
        return self.then()

    def best(self) -> str | None:
        """Return the name of the best sound release, None if there is none."""
        return next((verdict.folder.name for verdict in self.watch.sound()), None)

    def reads(self) -> bool:
        """Tell whether another look at the disk reads a file."""
        before = self.asked
        self.best()
        return self.asked > before


@pytest.fixture(name="repository")
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    # The files of these tests are touched just before they are looked at.
    monkeypatch.setattr(verification, "_TICK", 0)
    return Repository(tmp_path)


@pytest.fixture(name="first")
def _first(repository: Repository) -> Manifest:
    first = repository.add("a")
    publish(repository.folder, first.id)
    return first


def test_untouched_release_is_read_once(repository: Repository, first: Manifest) -> None:
    """A look at what was read before and is as it was reads nothing, be it sound or damaged."""
    reader = Reader(repository)
    assert reader.reads()
    assert not reader.reads()
    repository.damage(first)
    assert reader.reads()
    assert not reader.reads()
    assert 1 == len(reader.alarms)


def test_fresh_release_is_read_again(repository: Repository, first: Manifest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was touched just before it was read may be touched again within the same tick of the clock."""
    monkeypatch.setattr(verification, "_TICK", 60 * 10**9)
    reader = Reader(repository)
    assert first.id == reader.best()
    assert reader.reads()


def test_doubt(repository: Repository, first: Manifest) -> None:
    """A release in doubt is read again, though not over and over."""
    verified = next(Reader(repository).watch.sound()).sound()
    reader = Reader(repository)
    reader.watch.trust(repository.path(first), verified)
    assert not reader.reads()
    reader.watch.doubt(repository.path(first))
    assert reader.reads()
    reader.watch.doubt(repository.path(first))
    assert not reader.reads()


def test_file_that_cannot_be_read() -> None:
    """What the system refuses to read is told once, costs no reading of the rest, and is found readable by itself."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        repository = Repository(Path(folder))
        first = repository.add("a")
        publish(repository.folder, first.id)
        (repository.path(first) / "store" / "CURRENT").chmod(0)
        reader = Reader(repository)
        with as_nobody():
            assert reader.best() is None
            assert not reader.reads()
            assert isinstance(reader.watch.problem, ReleaseUnreadable)
        assert 1 == len(reader.alarms)
        if os.geteuid() != 0:
            (repository.path(first) / "store" / "CURRENT").chmod(0o644)
        assert first.id == reader.best()


def test_publication_under_way(repository: Repository, first: Manifest) -> None:
    """Reading stops when another release becomes current, and that one is looked at first."""
    second = repository.add("b")
    reader = Reader(repository)

    def switch() -> bool:
        publish(repository.folder, second.id)
        return True

    reader.then = switch
    with pytest.raises(VerificationStopped):
        reader.best()
    assert second.id == reader.best()
    assert [] == reader.alarms


def test_end_of_the_watch(repository: Repository, first: Manifest) -> None:
    """Reading stops when nobody wants to know any more."""
    reader = Reader(repository, repository.path(first))
    reader.then = lambda: False
    with pytest.raises(VerificationStopped):
        reader.best()


def test_problem_is_that_of_the_best(repository: Repository, first: Manifest) -> None:
    """Of several damaged releases, the error speaks of the one that should be served."""
    repository.damage(repository.add("b"))
    repository.damage(first)
    reader = Reader(repository)
    assert reader.best() is None
    assert first.id in reader.watch.problem.what
    assert 2 == len(reader.alarms)


def test_empty_folder(tmp_path: Path) -> None:
    """Where there is no release, the error says so, and what to do."""
    reader = Reader(Repository(tmp_path))
    assert reader.best() is None
    assert "govplan build" in str(reader.watch.problem)


def test_release_that_cannot_be_opened(repository: Repository, first: Manifest) -> None:
    """What cannot be opened is not tried at each look, is told once, and is tried again as soon as it is touched."""
    reader = Reader(repository)
    [verdict] = reader.watch.sound()
    problem = StoreUnavailable("The store cannot be opened.")
    reader.watch.refuse(verdict, problem, seconds=0.0)
    assert first.id == reader.best()
    reader.watch.refuse(verdict, problem, seconds=1000.0)
    assert reader.best() is None
    assert problem is reader.watch.problem
    assert [str(problem)] == reader.alarms
    (repository.path(first) / "dataset.nq").touch()
    assert first.id == reader.best()
