"""A release wants a version of its own, and room on the disk."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from govplan.errors import ReleaseNotWritten, ReleaseRemoved, ReleaseUnknown, VersionTaken
from govplan.release.room import next_version, refuse_taken, require_space
from govplan.release.tombstones import Tombstone, absent, bury, tombstone, tombstones
from tests.repository import Repository


class Usage(NamedTuple):
    """What a disk has."""

    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("version", "taken", "following"),
    [
        ("0.2.0", {"0.2.0"}, "0.2.1"),
        ("0.2.9", {"0.2.9", "0.2.10"}, "0.2.11"),
        ("1.0-beta", {"1.0-beta"}, "1.1-beta"),
        ("first", {"first"}, "first.1"),
        ("2026-11", {"1"}, "2026-11"),
    ],
)
def test_next_version(version: str, taken: set[str], following: str) -> None:
    """The last number is raised until the version is free."""
    assert following == next_version(version, taken)


def test_version_of_another_release(tmp_path: Path) -> None:
    """Other content cannot have the version of a release that is kept, or that was removed; the same content can."""
    kept = Repository(tmp_path).add("a")
    refuse_taken(tmp_path, kept.version, kept.id)
    refuse_taken(tmp_path, "2", "0" * 12)
    with pytest.raises(VersionTaken, match=kept.id) as refused:
        refuse_taken(tmp_path, kept.version, "0" * 12)
    assert "2" in str(refused.value.mend)
    bury(tmp_path, Tombstone("f" * 12, "7", "2026-01-01", "2026-02-03"))
    with pytest.raises(VersionTaken, match="f" * 12):
        refuse_taken(tmp_path, "7", "0" * 12)


def test_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a release would fill the disk, nothing is written, and the error says how much it takes."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 10**8))
    require_space(tmp_path, 10**7)
    with pytest.raises(ReleaseNotWritten, match="110 MB, and 100 MB are free"):
        require_space(tmp_path, 11 * 10**6)


def test_tombstones(tmp_path: Path) -> None:
    """The last removed comes first; one that cannot be read still tells that there was a release."""
    assert [] == tombstones(tmp_path)
    one = Tombstone("1" * 12, "1", "2026-01-01", "2026-02-03", "superseded", "https://example.org/1")
    two = Tombstone("2" * 12, "2", "2026-01-02", "2026-03-03")
    bury(tmp_path, one)
    bury(tmp_path, two)
    assert [two, one] == tombstones(tmp_path)
    (tmp_path / ".removed" / f"{one.id}.json").write_text("{", "utf-8")
    assert Tombstone(one.id, "", "", "") == tombstone(tmp_path, one.id)
    assert isinstance(absent(tmp_path, two.id), ReleaseRemoved)
    assert isinstance(absent(tmp_path, "3" * 12), ReleaseUnknown)
    (tmp_path / two.id).mkdir()
    assert [one.id] == [each.id for each in tombstones(tmp_path)], "what was built again is not removed"
    assert tombstone(tmp_path, "../x") is None
    assert tombstone(tmp_path, "3" * 12) is None
