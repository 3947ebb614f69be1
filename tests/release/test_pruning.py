"""Old releases: which there are, which may go, and that the current one never does."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from govplan.errors import ReleaseNotWritten
from govplan.release.pruning import LOCKS, found, prune, removable
from govplan.release.repository import CURRENT
from govplan.release.tombstones import tombstone

Add = Callable[..., Path]


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """An empty folder of releases."""
    made = tmp_path / "releases"
    made.mkdir()
    return made


@pytest.fixture(name="add")
def _add(folder: Path, release: Path) -> Add:
    """Add a copy of the release under a name, as old as `age` says; read-only, as a release is."""

    def add(name: str, *, age: int, damaged: bool = False) -> Path:
        target = folder / name
        shutil.copytree(release, target)
        if damaged:
            file = target / "dataset.nq"
            file.chmod(0o644)
            file.write_bytes(b"")
        target.chmod(0o755)
        os.utime(target, (10**9 - age, 10**9 - age))
        return target

    return add


def _names(releases: list[Path]) -> list[str]:
    return [path.name for path in releases]


def test_keeps_the_newest_and_the_current_one(folder: Path, add: Add) -> None:
    """The newest stay, and so does the current one, however old it is."""
    ids = [f"{number:012x}" for number in range(4)]
    for age, name in enumerate(ids):
        add(name, age=age)
    (folder / CURRENT).symlink_to(ids[3])

    assert [ids[1], ids[2]] == _names([each.folder for each in removable(folder, 1)])
    assert {*ids, CURRENT} == {path.name for path in folder.iterdir()}

    assert [ids[1], ids[2]] == _names([each.folder for each in prune(folder, 1)])
    assert [ids[0], ids[3]] == _names([each.folder for each in found(folder)])
    assert [False, True] == [each.is_current for each in found(folder)]
    assert [] == prune(folder, 1)


def test_damaged_releases_are_not_counted(folder: Path, add: Add) -> None:
    """What cannot be served is nothing to keep: a sound release stays to fall back on."""
    add("0" * 12, age=0, damaged=True)
    add("1" * 12, age=1, damaged=True)
    add("2" * 12, age=2)
    add("3" * 12, age=3)
    (folder / CURRENT).symlink_to("0" * 12)

    assert ["1" * 12, "3" * 12] == _names([each.folder for each in prune(folder, 1)])
    left = found(folder)
    assert [("0" * 12, True, False), ("2" * 12, False, True)] == [
        (each.folder.name, each.is_current, not each.fault) for each in left
    ]
    assert "dataset.nq" in left[0].fault


def test_only_releases_are_removed(folder: Path, add: Add) -> None:
    """Folders of other names belong to somebody else, and a link is not followed."""
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    for name in ("backup", "ABCDEF012345", "0123456789abc", ".building-x"):
        (folder / name).mkdir()
    (folder / ("a" * 12)).symlink_to(elsewhere)
    add("b" * 12, age=0)

    assert [] == prune(folder, 1)
    assert elsewhere.is_dir()
    assert {"backup", "ABCDEF012345", "0123456789abc", ".building-x"} <= {path.name for path in folder.iterdir()}


def test_cited_ones_stay(folder: Path, add: Add) -> None:
    """What was cited stays, however old; of what goes, a tombstone says why and where a copy is."""
    ids = [f"{number:012x}" for number in range(3)]
    for age, name in enumerate(ids):
        add(name, age=age)

    assert [ids[1]] == _names(
        [each.folder for each in prune(folder, 1, {ids[2]}, why="old", copy="https://example.org")]
    )
    gone = tombstone(folder, ids[1])
    assert gone
    assert ("old", "https://example.org") == (gone.why, gone.copy)
    assert tombstone(folder, ids[2]) is None


def test_leftovers_go(folder: Path, add: Add) -> None:
    """What a call that was killed left half removed is removed by the next one."""
    add(".leaving-" + "0" * 12, age=0)

    assert [] == prune(folder, 1)
    assert {*LOCKS} == {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("lock", LOCKS)
def test_waits_for_nobody(folder: Path, add: Add, lock: str) -> None:
    """Nothing is removed while somebody builds or publishes."""
    add("0" * 12, age=1)
    add("1" * 12, age=0)
    with (folder / lock).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(ReleaseNotWritten, match="builds or publishes"):
            prune(folder, 1)
    assert 2 == len(found(folder))
    assert 1 == len(prune(folder, 1))


def test_without_a_folder(tmp_path: Path) -> None:
    """Where nothing was built there is nothing to list and nothing to remove."""
    assert [] == found(tmp_path / "none")
    assert [] == prune(tmp_path / "none", 1)


def test_the_disk_refuses(folder: Path) -> None:
    """What the system does not allow is told."""
    (folder / LOCKS[0]).mkdir()
    with pytest.raises(ReleaseNotWritten, match="cannot be removed"):
        prune(folder, 1)
