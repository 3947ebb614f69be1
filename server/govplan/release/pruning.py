"""The releases of a folder and which of them are sound; removing those that are old."""

import fcntl
import os
import shutil
from collections.abc import Container, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from govplan.errors import ReleaseDamaged, ReleaseNotWritten
from govplan.manifest import Manifest
from govplan.release.repository import CURRENT, listed, verify
from govplan.release.tombstones import Tombstone, bury, is_id

# Those who build and those who publish hold them while they do.
LOCKS = (".building.lock", ".publishing.lock")
_REMOVED = ".leaving-"


@dataclass(frozen=True, slots=True)
class Found:
    """A release of the folder; `size` is in bytes, `fault` says what is wrong with it, `manifest` is None with it."""

    folder: Path
    size: int
    is_current: bool
    manifest: Manifest | None
    fault: str = ""


def found(releases: Path) -> list[Found]:
    """Return every release, newest first, each verified. Folders that are no releases are left out."""
    current = _current(releases)
    return [_found(folder, current) for folder in listed(releases) if is_id(folder.name)]


def removable(releases: Path, keep: int, cited: Container[str] = ()) -> list[Found]:
    """Return the releases that are not needed: all but the current one, the `keep` newest sound ones and those `cited`.

    A damaged release is of no use, so it is not counted; the current one stays even if it is damaged.
    """
    left = keep
    unneeded = []
    for each in found(releases):
        if each.manifest is not None and left > 0:
            left -= 1
        elif not each.is_current and each.folder.name not in cited:
            unneeded.append(each)
    return unneeded


def prune(releases: Path, keep: int, cited: Container[str] = (), *, why: str = "", copy: str = "") -> list[Found]:
    """Remove the releases that are not needed, and what an earlier call left half removed; return them.

    Of each a tombstone stays, which says `why` and where a `copy` may be.
    Raises ReleaseNotWritten while somebody builds or publishes, or if the disk refuses.
    """
    if not releases.is_dir():
        return []
    try:
        with _alone(releases):
            for leftover in releases.glob(f"{_REMOVED}*"):
                _remove(leftover)
            unneeded = removable(releases, keep, cited)
            for each in unneeded:
                bury(releases, _tombstone(each, why, copy))
                # In one step, so that nobody ever meets a release of which a part is gone.
                gone = releases / f"{_REMOVED}{each.folder.name}"
                each.folder.rename(gone)
                _remove(gone)
    except OSError as problem:
        raise ReleaseNotWritten(
            f"Old releases cannot be removed: {problem.strerror}.",
            where=str(problem.filename or releases),
            mend="check the permissions of the folder; the current release is untouched",
        ) from problem
    return unneeded


def _tombstone(removed: Found, why: str, copy: str) -> Tombstone:
    manifest, today = removed.manifest, datetime.now(UTC).date().isoformat()
    version, date = (manifest.version, manifest.date) if manifest else ("", "")
    return Tombstone(removed.folder.name, version, date, today, why, copy)


def _found(folder: Path, current: Path | None) -> Found:
    is_current = folder.resolve() == current
    size = sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
    try:
        return Found(folder, size, is_current, verify(folder))
    except ReleaseDamaged as problem:
        return Found(folder, size, is_current, None, problem.what)


def _current(releases: Path) -> Path | None:
    link = releases / CURRENT
    return link.resolve() if os.path.lexists(link) else None


@contextmanager
def _alone(releases: Path) -> Iterator[None]:
    with ExitStack() as stack:
        for name in LOCKS:
            descriptor = os.open(releases / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            stack.callback(os.close, descriptor)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as problem:
                raise ReleaseNotWritten(
                    "Somebody builds or publishes a release just now.",
                    where=str(releases),
                    mend="run `govplan prune` again when that is done",
                ) from problem
        yield


def _remove(folder: Path) -> None:
    # A release is read-only.
    for inner, _, _ in os.walk(folder):
        Path(inner).chmod(0o755)
    shutil.rmtree(folder)
