"""Which release comes first, and how another one becomes current: all or nothing, durable, one after the other."""

import contextlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from govplan.errors import ReleaseDamaged, ReleaseMissing, ReleaseNotWritten
from govplan.release.shelf import candidates, publish, sound_release
from govplan.release.writing import BUILDING, PUBLISHING, locked
from tests.shelf import Shelf


@pytest.fixture(name="shelf")
def _shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def _current(shelf: Shelf) -> str:
    return (shelf.folder / "current").readlink().name


def test_order(shelf: Shelf) -> None:
    """What is current comes first, then what was, the last first, then what never was, newest first."""
    letters = {text: shelf.add(text).id for text in "abcdef"}
    for text in "cba":
        publish(shelf.folder, letters[text])
    assert [letters[text] for text in "abcfed"] == [folder.name for folder in candidates(shelf.folder)]
    publish(shelf.folder, letters["c"])
    assert [letters[text] for text in "cabfed"] == [folder.name for folder in candidates(shelf.folder)]


def test_order_knows_a_link_made_by_hand(shelf: Shelf) -> None:
    """What was current without `publish` is what was current before the next publication."""
    first, second, third = (shelf.add(text).id for text in "abc")
    (shelf.folder / "current").symlink_to(first)
    publish(shelf.folder, second)
    assert [second, first, third] == [folder.name for folder in candidates(shelf.folder)]


def test_order_without_a_readable_list(shelf: Shelf) -> None:
    """A list of publications that is spoiled counts for nothing, and leads nowhere else."""
    first, second = (shelf.add(text).id for text in "ab")
    publish(shelf.folder, first)
    for spoiled in (b"\xff", b"../x\n\n.hidden\n" + b"0" * 12 + b"\n"):
        (shelf.folder / ".published").write_bytes(spoiled)
        assert [first, second] == [folder.name for folder in candidates(shelf.folder)]


def test_current_leads_nowhere(shelf: Shelf) -> None:
    """A current release that was deleted gives way to a sound one, with an alarm."""
    first = shelf.add("a")
    (shelf.folder / "current").symlink_to("0" * 12)
    alarms: list[str] = []
    assert first.id == sound_release(shelf.folder, alarms.append)[1].id
    assert "is not there" in alarms[0]
    assert "instead of" in alarms[1]


def test_no_current(shelf: Shelf) -> None:
    """Where nothing is current, a sound release is found all the same, with an alarm."""
    first = shelf.add("a")
    alarms: list[str] = []
    assert first.id == sound_release(shelf.folder, alarms.append)[1].id
    assert 1 == len(alarms)


def test_no_release(shelf: Shelf, tmp_path: Path) -> None:
    """An empty or missing folder, and one with nothing sound, are told apart."""
    with pytest.raises(ReleaseMissing, match="no release to serve"):
        sound_release(tmp_path / "nowhere", print)
    shelf.damage(shelf.add("a"))
    with pytest.raises(ReleaseDamaged, match="no other is sound"):
        sound_release(shelf.folder, lambda _: None)


@pytest.mark.parametrize("wanted", ["", ".", "..", ".published", "a/b", "0" * 12])
def test_publish_takes_releases_only(shelf: Shelf, wanted: str) -> None:
    """What is no name of a release here does not become current."""
    shelf.add("a")
    with pytest.raises(ReleaseMissing):
        publish(shelf.folder, wanted)


def test_publish_refuses_what_is_damaged(shelf: Shelf) -> None:
    """A damaged release does not become current."""
    first, second = shelf.add("a"), shelf.add("b")
    publish(shelf.folder, first.id)
    shelf.damage(second)
    with pytest.raises(ReleaseDamaged):
        publish(shelf.folder, second.id)
    assert first.id == _current(shelf)


def test_folder_in_the_way(shelf: Shelf) -> None:
    """A folder of the name `current` is not overwritten; the error says what to do, and that works."""
    first = shelf.add("a")
    (shelf.folder / "current").mkdir()
    with pytest.raises(ReleaseNotWritten, match="move this folder away"):
        publish(shelf.folder, first.id)
    (shelf.folder / "current").rmdir()
    publish(shelf.folder, first.id)
    assert first.id == _current(shelf)


def test_publish_is_durable(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new link is in the folder before the folder is written to the disk, and nothing follows."""
    first, second = shelf.add("a"), shelf.add("b")
    publish(shelf.folder, first.id)
    seen: list[tuple[str, str]] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        seen.append((Path(f"/proc/self/fd/{descriptor}").readlink().name, _current(shelf)))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    publish(shelf.folder, second.id)
    assert (shelf.folder.name, second.id) == seen[-1]


def test_publish_sweeps(shelf: Shelf) -> None:
    """What ended builds and publications left behind is gone after a publication; nothing else is."""
    first = shelf.add("a")
    (shelf.folder / ".building-x" / "store").mkdir(parents=True)
    (shelf.folder / ".building-x" / "store" / "CURRENT").write_text("")
    (shelf.folder / ".building-x" / "store").chmod(0o555)
    (shelf.folder / ".current-1").symlink_to("0" * 12)
    (shelf.folder / ".published-1").write_text("")
    (shelf.folder / ".own").mkdir()
    publish(shelf.folder, first.id)
    names = {path.name for path in shelf.folder.iterdir()}
    assert {first.id, "current", ".published", ".own", BUILDING, PUBLISHING} == names


def test_publish_leaves_a_running_build_alone(shelf: Shelf) -> None:
    """As long as somebody builds, a publication neither waits nor sweeps."""
    first = shelf.add("a")
    (shelf.folder / ".building-x").mkdir()
    with locked(shelf.folder, BUILDING, print):
        publish(shelf.folder, first.id)
    assert (shelf.folder / ".building-x").is_dir()
    assert first.id == _current(shelf)


def test_publishers_wait_for_each_other(shelf: Shelf) -> None:
    """While one publishes, another waits and says so."""
    first = shelf.add("a")
    said, waits = [], threading.Event()

    def progress(words: str) -> None:
        said.append(words)
        waits.set()

    with ThreadPoolExecutor() as pool, contextlib.ExitStack() as held:
        held.enter_context(locked(shelf.folder, PUBLISHING, print))
        other = pool.submit(publish, shelf.folder, first.id, progress)
        assert waits.wait(20)
        assert not (shelf.folder / "current").exists()
        held.close()
        other.result(20)
    assert ["waiting for another publication to end"] == said
    assert first.id == _current(shelf)
