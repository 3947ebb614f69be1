"""Which release comes first, and how another one becomes current: all or nothing, durable, one after the other."""

import contextlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from govplan.errors import ReleaseDamaged, ReleaseMissing, ReleaseNotWritten
from govplan.release.repository import candidates, publish, sound_release
from govplan.release.writing import BUILDING, PUBLISHING, locked
from tests.repository import Repository


@pytest.fixture(name="repository")
def _repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def _current(repository: Repository) -> str:
    return (repository.folder / "current").readlink().name


def test_order(repository: Repository) -> None:
    """What is current comes first, then what was, the last first, then what never was, newest first."""
    letters = {text: repository.add(text).id for text in "abcdef"}
    for text in "cba":
        publish(repository.folder, letters[text])
    assert [letters[text] for text in "abcfed"] == [folder.name for folder in candidates(repository.folder)]
    publish(repository.folder, letters["c"])
    assert [letters[text] for text in "cabfed"] == [folder.name for folder in candidates(repository.folder)]


def test_order_knows_a_link_made_by_hand(repository: Repository) -> None:
    """What was current without `publish` is what was current before the next publication."""
    first, second, third = (repository.add(text).id for text in "abc")
    (repository.folder / "current").symlink_to(first)
    publish(repository.folder, second)
    assert [second, first, third] == [folder.name for folder in candidates(repository.folder)]


def test_order_without_a_readable_list(repository: Repository) -> None:
    """A list of publications that is spoiled counts for nothing, and leads nowhere else."""
    first, second = (repository.add(text).id for text in "ab")
    publish(repository.folder, first)
    for spoiled in (b"\xff", b"../x\n\n.hidden\n" + b"0" * 12 + b"\n"):
        (repository.folder / ".published").write_bytes(spoiled)
        assert [first, second] == [folder.name for folder in candidates(repository.folder)]


def test_current_leads_nowhere(repository: Repository) -> None:
    """A current release that was deleted gives way to a sound one, with an alarm."""
    first = repository.add("a")
    (repository.folder / "current").symlink_to("0" * 12)
    alarms: list[str] = []
    assert first.id == sound_release(repository.folder, alarms.append)[1].id
    assert "is not there" in alarms[0]
    assert "instead of" in alarms[1]


def test_no_current(repository: Repository) -> None:
    """Where nothing is current, a sound release is found all the same, with an alarm."""
    first = repository.add("a")
    alarms: list[str] = []
    assert first.id == sound_release(repository.folder, alarms.append)[1].id
    assert 1 == len(alarms)


def test_no_release(repository: Repository, tmp_path: Path) -> None:
    """An empty or missing folder, and one with nothing sound, are told apart."""
    with pytest.raises(ReleaseMissing, match="no release to serve"):
        sound_release(tmp_path / "nowhere", print)
    repository.damage(repository.add("a"))
    with pytest.raises(ReleaseDamaged, match="no other is sound"):
        sound_release(repository.folder, lambda _: None)


@pytest.mark.parametrize("wanted", ["", ".", "..", ".published", "a/b", "0" * 12])
def test_publish_takes_releases_only(repository: Repository, wanted: str) -> None:
    """What is no name of a release here does not become current."""
    repository.add("a")
    with pytest.raises(ReleaseMissing):
        publish(repository.folder, wanted)


def test_publish_refuses_what_is_damaged(repository: Repository) -> None:
    """A damaged release does not become current."""
    first, second = repository.add("a"), repository.add("b")
    publish(repository.folder, first.id)
    repository.damage(second)
    with pytest.raises(ReleaseDamaged):
        publish(repository.folder, second.id)
    assert first.id == _current(repository)


def test_folder_in_the_way(repository: Repository) -> None:
    """A folder of the name `current` is not overwritten; the error says what to do, and that works."""
    first = repository.add("a")
    (repository.folder / "current").mkdir()
    with pytest.raises(ReleaseNotWritten, match="move this folder away"):
        publish(repository.folder, first.id)
    (repository.folder / "current").rmdir()
    publish(repository.folder, first.id)
    assert first.id == _current(repository)


def test_publish_is_durable(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new link is in the folder before the folder is written to the disk, and nothing follows."""
    first, second = repository.add("a"), repository.add("b")
    publish(repository.folder, first.id)
    seen: list[tuple[str, str]] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        seen.append((Path(f"/proc/self/fd/{descriptor}").readlink().name, _current(repository)))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    publish(repository.folder, second.id)
    assert (repository.folder.name, second.id) == seen[-1]


def test_publish_sweeps(repository: Repository) -> None:
    """What ended builds and publications left behind is gone after a publication; nothing else is."""
    first = repository.add("a")
    (repository.folder / ".building-x" / "store").mkdir(parents=True)
    (repository.folder / ".building-x" / "store" / "CURRENT").write_text("")
    (repository.folder / ".building-x" / "store").chmod(0o555)
    (repository.folder / ".current-1").symlink_to("0" * 12)
    (repository.folder / ".published-1").write_text("")
    (repository.folder / ".own").mkdir()
    publish(repository.folder, first.id)
    names = {path.name for path in repository.folder.iterdir()}
    assert {first.id, "current", ".published", ".own", BUILDING, PUBLISHING} == names


def test_publish_leaves_a_running_build_alone(repository: Repository) -> None:
    """As long as somebody builds, a publication neither waits nor sweeps."""
    first = repository.add("a")
    (repository.folder / ".building-x").mkdir()
    with locked(repository.folder, BUILDING, print):
        publish(repository.folder, first.id)
    assert (repository.folder / ".building-x").is_dir()
    assert first.id == _current(repository)


def test_publishers_wait_for_each_other(repository: Repository) -> None:
    """While one publishes, another waits and says so."""
    first = repository.add("a")
    said, waits = [], threading.Event()

    def progress(words: str) -> None:
        said.append(words)
        waits.set()

    with ThreadPoolExecutor() as pool, contextlib.ExitStack() as held:
        held.enter_context(locked(repository.folder, PUBLISHING, print))
        other = pool.submit(publish, repository.folder, first.id, progress)
        assert waits.wait(20)
        assert not (repository.folder / "current").exists()
        held.close()
        other.result(20)
    assert ["waiting for another publication to end"] == said
    assert first.id == _current(repository)
