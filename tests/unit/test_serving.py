"""Which release is served: it follows `current`, falls back from a damaged one, and drops no call while it changes."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from govplan.errors import StoreUnavailable
from govplan.manifest import FileEntry, GraphEntry, Manifest
from govplan.release.dumps import sha256
from govplan.release.shelf import publish
from govplan.serving import Opened, Served


class Shelf:
    """A folder of small releases, and what became of those that were opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.closed: list[str] = []
        self.condemned: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    def add(self, text: str) -> Manifest:
        """Write a release whose dataset is `text`."""
        body = text.encode()
        name = sha256(body)[:12]
        release = self.folder / name
        (release / "store").mkdir(parents=True)
        files = []
        for path, content in (("dataset.nq", body), ("store/CURRENT", b"x")):
            (release / path).write_bytes(content)
            files.append(FileEntry(path, len(content), sha256(content)))
        graphs = (GraphEntry("http://x/g", "g.ttl", 1),)
        manifest = Manifest(name, sha256(body), "p", "http://x/", "1", "2026-01-01", 1, graphs, tuple(files), {})
        manifest.write(release)
        return manifest

    def damage(self, manifest: Manifest) -> None:
        """Change a byte of a release."""
        (self.folder / manifest.id / "store" / "CURRENT").write_bytes(b"y")

    def open(self, folder: Path, manifest: Manifest, suspect: Callable[[], None]) -> Opened:
        """Open a release as an application that answers with its id once the gate is open."""

        def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            self.entered.set()
            self.gate.wait(20)
            assert manifest.id not in self.closed
            return [manifest.id.encode()]

        def condemn(problem: StoreUnavailable) -> None:
            self.condemned.append(manifest.id)

        return Opened(folder, manifest, application, condemn, lambda: self.closed.append(manifest.id))


@pytest.fixture(name="shelf")
def _shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def _served(shelf: Shelf, manifest: Manifest, *, follow: bool = False) -> Served:
    publish(shelf.folder, manifest.id)
    return Served(shelf.folder, shelf.folder / manifest.id, manifest, shelf.open, follow=follow)


def _answer(served: Served) -> str:
    return b"".join(served({}, lambda *_: None)).decode()


def test_follows_a_publication(shelf: Shelf) -> None:
    """What becomes current is served; the release before is closed."""
    first, second = shelf.add("a"), shelf.add("b")
    served = _served(shelf, first)
    served.look()
    assert first.id == _answer(served)

    publish(shelf.folder, second.id)
    served.look()
    assert second.id == _answer(served)
    assert [first.id] == shelf.closed


def test_follows_by_itself(shelf: Shelf) -> None:
    """Nobody has to tell a running server."""
    first, second = shelf.add("a"), shelf.add("b")
    served = _served(shelf, first, follow=True)
    publish(shelf.folder, second.id)
    pause = threading.Event()
    for _ in range(200):
        if second.id == _answer(served):
            break
        pause.wait(0.1)
    served.close()
    assert [first.id, second.id] == shelf.closed


def test_call_under_way_is_answered_by_its_release(shelf: Shelf) -> None:
    """A call that entered before the change is answered before its release is closed."""
    first, second = shelf.add("a"), shelf.add("b")
    served = _served(shelf, first)
    publish(shelf.folder, second.id)
    shelf.gate.clear()
    with ThreadPoolExecutor() as pool:
        early = pool.submit(_answer, served)
        assert shelf.entered.wait(20)
        change = pool.submit(served.look)
        shelf.gate.set()
        assert first.id == early.result(20)
        change.result(20)
    assert second.id == _answer(served)
    assert [first.id] == shelf.closed


def test_damaged_publication_is_not_served(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    """A new release that is damaged raises one alarm, and the old one goes on."""
    first, second = shelf.add("a"), shelf.add("b")
    served = _served(shelf, first)
    publish(shelf.folder, second.id)
    shelf.damage(second)
    served.look()
    served.look()

    assert first.id == _answer(served)
    assert 1 == caplog.text.count("ALARM")
    assert [] == shelf.closed


def test_current_that_is_gone(shelf: Shelf) -> None:
    """Without a current release the served one goes on."""
    first = shelf.add("a")
    served = _served(shelf, first)
    (shelf.folder / "current").unlink()
    served.look()
    assert first.id == _answer(served)


def test_suspicion_unfounded(shelf: Shelf) -> None:
    """A release that is suspected and sound goes on."""
    first = shelf.add("a")
    served = _served(shelf, first)
    served.suspect()
    assert ([], []) == (shelf.closed, shelf.condemned)


def test_damaged_release_gives_way(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    """A served release that turns out damaged is replaced by a sound one, with an alarm, and does not come back."""
    first, second = shelf.add("a"), shelf.add("b")
    served = _served(shelf, first)
    shelf.damage(first)
    served.suspect()
    served.look()

    assert second.id == _answer(served)
    assert second.id == served.release()
    assert [first.id] == shelf.closed
    assert "ALARM" in caplog.text


def test_nothing_sound_is_left(shelf: Shelf) -> None:
    """When no release is sound, the served one answers with a problem only, and what was kept of it counts no more."""
    first = shelf.add("a")
    served = _served(shelf, first)
    assert first.id == served.release()
    shelf.damage(first)
    served.suspect()
    assert [first.id] == shelf.condemned
    assert "" == served.release()

    second = shelf.add("b")
    publish(shelf.folder, second.id)
    served.look()
    assert second.id == served.release()
