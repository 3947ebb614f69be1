"""Conventions to the folder of releases: locks that order those who write, bytes that are durable, and leftovers."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# Held for as long as a release is written, and while another one becomes current.
BUILDING, PUBLISHING = ".building.lock", ".publishing.lock"
UNFINISHED = ".building-"


@contextmanager
def locked(releases: Path, name: str, waiting: Callable[[], object]) -> Iterator[None]:
    """Hold a lock of the folder; `waiting` is called first if another process holds it. Raises OSError.

    The system takes the lock from a process that ends, however it ends.
    """
    with _opened(releases / name) as descriptor:
        if not _taken(descriptor):
            waiting()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def locked_if_free(releases: Path, name: str) -> Iterator[bool]:
    """Hold a lock of the folder unless another process does, and yield whether it is held. Raises OSError."""
    with _opened(releases / name) as descriptor:
        yield _taken(descriptor)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:  # another user made it; to hold it, only network file systems want the right to write
        descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sync(path: Path) -> None:
    """Make a file durable, or the names in a folder. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def seal(work: Path) -> None:
    """Make a folder read-only, as a release never changes once it has its name, and every byte and name durable."""
    for path in sorted(work.rglob("*"), reverse=True):
        path.chmod(0o555 if path.is_dir() else 0o444)
        sync(path)
    work.chmod(0o755)
    sync(work)


def put(work: Path, final: Path) -> None:
    """Give a sealed folder its name, for good; what has that name and is no sound release gives way. Raises OSError."""
    old = work.with_name(f"{work.name}-replaced")
    if os.path.lexists(final):
        final.rename(old)
    try:
        work.rename(final)
    except OSError:
        if os.path.lexists(old):
            old.rename(final)
        raise
    sync(final.parent)
    discard(old)


def discard(path: Path) -> None:
    """Remove a folder, also one that is read-only, or a file; what the system does not let go stays."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            for folder, _, _ in os.walk(path):
                Path(folder).chmod(0o755)
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def sweep(releases: Path, prefix: str) -> list[Path]:
    """Remove what ended processes left behind under names that begin so, and return what could not be removed.

    The caller holds the lock that everybody holds who makes such names, so that nobody needs them any more.
    """
    left = [path for path in releases.iterdir() if path.name.startswith(prefix)]
    for path in left:
        discard(path)
    return [path for path in left if os.path.lexists(path)]
