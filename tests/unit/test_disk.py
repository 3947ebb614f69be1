"""Writing files whole, and what is said where the disk refuses. Limits of the process stand for a full disk."""

import errno
import os
import resource
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from govplan.disk import mending, prepare_releases, spool_folder, write_whole
from govplan.errors import ReleaseNotWritten, SpoolFull


@contextmanager
def _file_size(most: int) -> Iterator[None]:
    """Let no file of this process grow past so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_new_file(tmp_path: Path) -> None:
    """A file is written with the permissions of any new file, and nothing beside it."""
    (tmp_path / "usual").write_bytes(b"")
    write_whole(tmp_path / "out.ttl", b"whole")

    assert b"whole" == (tmp_path / "out.ttl").read_bytes()
    assert (tmp_path / "usual").stat().st_mode == (tmp_path / "out.ttl").stat().st_mode
    assert ["out.ttl", "usual"] == sorted(path.name for path in tmp_path.iterdir())


def test_old_file_keeps_its_permissions(tmp_path: Path) -> None:
    """A file that is replaced keeps its permissions, and a link stays a link."""
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    write_whole(tmp_path / "link", b"new")

    assert (tmp_path / "link").is_symlink()
    assert (b"new", 0o640) == ((tmp_path / "real").read_bytes(), stat.S_IMODE((tmp_path / "real").stat().st_mode))


def test_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """Where the whole file does not fit, the old one stays and nothing is left beside it."""
    (tmp_path / "out.nt").write_bytes(b"old")
    with _file_size(1000), pytest.raises(ReleaseNotWritten, match="File too large") as caught:
        write_whole(tmp_path / "out.nt", b"x" * 2000)

    assert "ulimit -f" in str(caught.value.mend)
    assert str(tmp_path / "out.nt") == caught.value.where
    assert ["out.nt"] == [path.name for path in tmp_path.iterdir()]
    assert b"old" == (tmp_path / "out.nt").read_bytes()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing/out.ttl", "make the folder first"),
        ("file/out.ttl", "a part of the path is a file"),
        (".", "a folder has this name"),
        ("x" * 300, "choose a shorter name"),
    ],
)
def test_place_that_cannot_be_written(tmp_path: Path, name: str, said: str) -> None:
    """A place that cannot hold the file is named, with what mends it."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ReleaseNotWritten, match="cannot be written") as caught:
        write_whole(tmp_path / name, b"x")

    assert said in str(caught.value.mend)
    assert ["file"] == [path.name for path in tmp_path.iterdir()]


def test_device(tmp_path: Path) -> None:
    """A device or a pipe is written to, never replaced."""
    write_whole(Path(os.devnull), b"x")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, b"through")
    said = os.read(reader, 100)
    os.close(reader)

    assert b"through" == said
    assert not Path(os.devnull).is_file()
    assert pipe.is_fifo()
    with pytest.raises(ReleaseNotWritten, match="No space left on device"):
        write_whole(Path("/dev/full"), b"x")


def test_releases_are_made_first(tmp_path: Path) -> None:
    """The folder of the releases is made with its parents and stays empty."""
    prepare_releases(tmp_path / "a" / "b")

    assert [] == list((tmp_path / "a" / "b").iterdir())


@pytest.mark.parametrize("place", ["file/releases", "/proc/releases", "/dev/null"])
def test_releases_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    """A place where no release can go is named with the setting, before any work."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ReleaseNotWritten, match="Releases cannot be written here") as caught:
        prepare_releases(tmp_path / place)

    assert str(tmp_path / place) == caught.value.where
    assert "--releases, GOVPLAN_RELEASES" in str(caught.value.mend)


def test_no_room_for_releases(tmp_path: Path) -> None:
    """A folder that is there but takes nothing more is noticed as well."""
    with _file_size(0), pytest.raises(ReleaseNotWritten, match="Releases cannot be written here: File too large"):
        prepare_releases(tmp_path)


def test_no_home() -> None:
    """A path that stayed relative for want of a home is never made below the working folder."""
    with pytest.raises(ReleaseNotWritten, match="has no home folder"):
        prepare_releases(Path("~/.local/share/govplan/releases"))
    assert not Path("~").exists()


def test_spool(tmp_path: Path) -> None:
    """The folder of large answers is the one that is set, else the system's; one that takes nothing is named."""
    assert str(tmp_path) == spool_folder(str(tmp_path))
    assert tempfile.gettempdir() == spool_folder("")
    with pytest.raises(SpoolFull, match="No such file") as caught:
        spool_folder(str(tmp_path / "missing"))

    assert "GOVPLAN_SPOOL" in str(caught.value.mend)


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (OSError(errno.ENOSPC, "x"), "free some space"),
        (OSError(errno.EDQUOT, "x"), "quota"),
        (OSError(errno.EROFS, "x"), "read-only"),
        (OSError(errno.EACCES, "x"), "right to write"),
        (OSError("IO error: No space left on device: While appending to file"), "free some space"),
        (OSError("something new"), "look at the disk"),
    ],
)
def test_how_to_mend(problem: OSError, said: str) -> None:
    """Each refusal of the system has its own way out, also where only words of it are left."""
    assert said in mending(problem)
