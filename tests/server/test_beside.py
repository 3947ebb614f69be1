"""Releases beside the current one: opened on demand, two at most, verified, and none of them after its end."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from govplan.errors import Overloaded, ReleaseRemoved, ReleaseUnknown, StoreUnavailable
from govplan.manifest import Manifest
from govplan.release.tombstones import Tombstone, bury
from govplan.server.beside import Beside
from govplan.server.opened import OpenRelease
from tests.repository import Repository


class Opened:
    """What opens the releases of a repository here; it remembers what was opened, what was closed, and who suspects."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.closed: list[str] = []
        self.suspect: dict[str, Callable[[], None]] = {}
        self.problem: StoreUnavailable | None = None

    def __call__(
        self, folder: Path, manifest: Manifest, suspect: Callable[[], None], *, secondary: bool = False
    ) -> OpenRelease:
        """Open one."""
        assert secondary
        if self.problem:
            raise self.problem
        self.opened.append(manifest.id)
        self.suspect[manifest.id] = suspect
        return OpenRelease(
            folder,
            manifest,
            object(),
            lambda problem: None,
            lambda opened: self.closed.append(opened.manifest.id),
            secondary=True,
        )


@pytest.fixture(name="repository")
def _repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


@pytest.fixture(name="opener")
def _opener() -> Opened:
    return Opened()


@pytest.fixture(name="beside")
def _beside(repository: Repository, opener: Opened) -> Iterator[Beside]:
    beside = Beside(repository.folder, opener)
    yield beside
    beside.close()


def test_opened_once(repository: Repository, beside: Beside, opener: Opened) -> None:
    """The first who asks opens a release; who comes later enters it, and what is cached is of this opening."""
    a = repository.add("a")
    assert beside.entered(a.id) is None
    assert not beside.edition(a.id).name
    opened = beside.open(a.id)
    assert opened is beside.open(a.id) is beside.entered(a.id)
    assert [a.id] == opener.opened
    assert opened.edition == beside.edition(a.id)
    assert opened.edition.secondary


def test_two_at_most(repository: Repository, beside: Beside, opener: Opened) -> None:
    """For a third one, the longest unused is closed once nobody is inside."""
    a, b, c = (repository.add(text).id for text in "abc")
    beside.open(a).leave()
    beside.open(b).leave()
    entered = beside.entered(a)
    assert entered
    entered.leave()
    beside.open(c).leave()
    assert [b] == opener.closed
    assert beside.entered(b) is None
    beside.open(b).leave()
    assert [b, a] == opener.closed
    assert [a, b, c, b] == opener.opened


def test_all_in_use(repository: Repository, opener: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """While two are in use, a third one is put off with a time to come back; once one is left, it opens."""
    monkeypatch.setattr("govplan.server.beside._PATIENCE", 0.0)
    a, b, c = (repository.add(text).id for text in "abc")
    beside = Beside(repository.folder, opener)
    first = beside.open(a)
    beside.open(b)
    with pytest.raises(Overloaded) as refused:
        beside.open(c)
    assert refused.value.retry_seconds
    first.leave()
    beside.open(c)
    assert [a] == opener.closed
    beside.close()


def test_waits_for_one_to_be_left(repository: Repository, beside: Beside) -> None:
    """Who asks for a third one waits a moment for one of the two."""
    a, b, c = (repository.add(text).id for text in "abc")
    first = beside.open(a)
    beside.open(b)
    leaving = threading.Timer(0.05, first.leave)
    leaving.start()
    assert c == beside.open(c).manifest.id
    leaving.join()


def test_absent(repository: Repository, beside: Beside) -> None:
    """An id that was never here is unknown; one that was removed says when, why and where a copy is."""
    repository.add("a")
    for unknown in ("0" * 12, "..", "", "current", "a" * 99):
        with pytest.raises(ReleaseUnknown):
            beside.open(unknown)
    bury(repository.folder, Tombstone("f" * 12, "1", "2026-01-01", "2026-02-03", "superseded", "https://example.org/x"))
    with pytest.raises(ReleaseRemoved) as gone:
        beside.open("f" * 12)
    assert "2026-02-03: superseded" in gone.value.what
    assert "https://example.org/x" in str(gone.value.mend)


def test_removed_while_open(repository: Repository, beside: Beside, opener: Opened) -> None:
    """A release that is removed answers no more, though it is open, and is closed at the next request for it."""
    a = repository.add("a")
    beside.open(a.id).leave()
    shutil.rmtree(repository.path(a))
    assert not beside.edition(a.id).name
    assert beside.entered(a.id) is None
    with pytest.raises(ReleaseUnknown):
        beside.open(a.id)
    assert [a.id] == opener.closed


def test_damaged(repository: Repository, beside: Beside, opener: Opened) -> None:
    """A damaged release is never opened; once it is repaired, it is."""
    a = repository.add("a")
    file = repository.path(a) / "dumps/p.nq"
    content = file.read_bytes()
    file.write_bytes(b"xx")
    with pytest.raises(StoreUnavailable, match=r"dumps/p\.nq"):
        beside.open(a.id)
    assert [] == opener.opened
    file.write_bytes(content)
    beside.open(a.id)


def test_suspected(repository: Repository, beside: Beside, opener: Opened) -> None:
    """A worker that dies without a reason closes its release, which is read again before it answers."""
    a = repository.add("a")
    beside.open(a.id).leave()
    opener.suspect[a.id]()
    assert [a.id] == opener.closed
    file = repository.path(a) / "dumps/p.nq"
    file.write_bytes(b"xx")
    with pytest.raises(StoreUnavailable):
        beside.open(a.id)


def test_cannot_be_opened(repository: Repository, beside: Beside, opener: Opened) -> None:
    """A release that cannot be opened is a fault of the server that may pass."""
    a = repository.add("a")
    opener.problem = StoreUnavailable("no memory")
    with pytest.raises(StoreUnavailable, match=a.id):
        beside.open(a.id)
    opener.problem = None
    assert beside.open(a.id)


def test_closed(repository: Repository, opener: Opened) -> None:
    """After its end nothing is open and nothing opens."""
    a, b = repository.add("a").id, repository.add("b").id
    beside = Beside(repository.folder, opener)
    beside.open(a).leave()
    beside.close()
    assert [a] == opener.closed
    with pytest.raises(Overloaded):
        beside.open(b)
    assert b in opener.closed
