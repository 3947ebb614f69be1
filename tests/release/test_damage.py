"""Damage: whatever happens to the files of a release, it is found before anything is served from it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from govplan.errors import ReleaseDamaged
from govplan.release.repository import sound_release, verify

Damage = Callable[[Path], None]


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.fixture(name="copy")
def _copy(release: Path, tmp_path: Path) -> Path:
    """A copy of the release that a test may damage."""
    target = tmp_path / release.name
    shutil.copytree(release, target)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


@pytest.mark.parametrize("damage", [_truncate, _flip, _empty, Path.unlink], ids=["half", "flipped", "empty", "gone"])
@pytest.mark.parametrize("name", ["CURRENT", "MANIFEST-*", "first *.sst", "last *.sst", "OPTIONS-*"])
def test_damaged_store(copy: Path, name: str, damage: Damage) -> None:
    """A store file that is short, changed, empty or gone is found by its hash."""
    place, _, pattern = name.rpartition(" ")
    found = sorted((copy / "store").glob(pattern))
    damage(found[-1] if place == "last" else found[0])
    with pytest.raises(ReleaseDamaged, match="store/"):
        verify(copy)


@pytest.mark.parametrize("damage", [_truncate, _flip, _empty, Path.unlink], ids=["half", "flipped", "empty", "gone"])
def test_damaged_dataset_and_manifest(copy: Path, damage: Damage) -> None:
    """The dataset and the manifest itself are no exception."""
    damage(copy / "dataset.nq")
    with pytest.raises(ReleaseDamaged):
        verify(copy)


def test_newest_sound_release_is_served(copy: Path) -> None:
    """A damaged current release gives way to a sound one, with an alarm."""
    damaged = copy.with_name("0" * 12)
    shutil.copytree(copy, damaged)
    _flip(damaged / "store" / "CURRENT")
    (copy.parent / "current").symlink_to(damaged.name)
    alarms: list[str] = []
    folder, _ = sound_release(copy.parent, alarms.append)

    assert copy == folder
    assert 2 == len(alarms)
