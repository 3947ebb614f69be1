"""The shelf of releases: which there are, which one is current, and whether each still is what its manifest says."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from govplan.errors import ReleaseDamaged, ReleaseMissing, ReleaseNotWritten
from govplan.manifest import Manifest
from govplan.release.dumps import sha256

CURRENT = "current"


def verify(release: Path) -> Manifest:
    """Compare every file of a release with its manifest and return the manifest. Raises ReleaseDamaged."""
    manifest = Manifest.read(release)
    for entry in manifest.files:
        path = release / entry.path
        try:
            sound = path.stat().st_size == entry.size and sha256(path.read_bytes()) == entry.sha256
        except OSError as problem:
            raise _damaged(release, f"{entry.path} cannot be read: {problem.strerror}") from problem
        if not sound:
            raise _damaged(release, f"{entry.path} is not the file that was built")
    known = {entry.path for entry in manifest.files}
    if manifest.id != manifest.sha256[: len(manifest.id)] or not {"dataset.nq", "store/CURRENT"} <= known:
        raise _damaged(release, "its manifest is incomplete")
    if next(entry.sha256 for entry in manifest.files if entry.path == "dataset.nq") != manifest.sha256:
        raise _damaged(release, "its id is not that of its dataset")
    return manifest


def find(releases: Path, wanted: str | None = None) -> Path:
    """Return the folder of the release `wanted`, or of the current one. Raises ReleaseMissing. Does not verify."""
    folder = releases / (wanted or CURRENT)
    if (wanted is not None and ("/" in wanted or wanted.startswith("."))) or not folder.is_dir():
        there = ", ".join(path.name for path in listed(releases)) or "none"
        raise ReleaseMissing(
            f"There is no release {wanted}." if wanted else "There is no current release.",
            where=str(releases),
            mend=f"run `govplan build`; releases here: {there}",
        )
    return folder.resolve()


def listed(releases: Path) -> Iterator[Path]:
    """Yield the folders of all releases, newest first."""
    if releases.is_dir():
        folders = [
            path for path in releases.iterdir() if path.is_dir() and not path.is_symlink() and path.name[0] != "."
        ]
        yield from sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True)


def sound_release(releases: Path, alarm: Callable[[str], None], wanted: str | None = None) -> tuple[Path, Manifest]:
    """Return a verified release: the one asked for or the current one, or the newest sound one if that is damaged.

    `alarm` hears of every damaged release. Raises ReleaseMissing or ReleaseDamaged if there is no sound one.
    """
    first = find(releases, wanted)
    try:
        return first, verify(first)
    except ReleaseDamaged as problem:
        if wanted:
            raise
        alarm(str(problem))
    for folder in listed(releases):
        if folder.resolve() == first:
            continue
        try:
            manifest = verify(folder)
        except ReleaseDamaged as problem:
            alarm(str(problem))
            continue
        alarm(f"Serving release {manifest.id} instead of the damaged current one.")
        return folder.resolve(), manifest
    raise _damaged(first, "no other release is sound either")


def publish(releases: Path, release: str) -> Manifest:
    """Verify a release, then make it the current one in one step.

    Raises ReleaseMissing, ReleaseDamaged or ReleaseNotWritten; the release served before then stays current.
    """
    folder = find(releases, release)
    manifest = verify(folder)
    link = releases / f".{CURRENT}-{os.getpid()}"
    try:
        link.unlink(missing_ok=True)
        link.symlink_to(folder.name)
        link.replace(releases / CURRENT)
    except OSError as problem:
        raise ReleaseNotWritten(
            f"The current release cannot be switched: {problem.strerror}.",
            where=str(releases / CURRENT),
            mend="check the permissions of the folder; the release served before stays current",
        ) from problem
    return manifest


def _damaged(release: Path, why: str) -> ReleaseDamaged:
    return ReleaseDamaged(
        f"Release {release.name} is damaged: {why}.",
        where=str(release),
        mend="delete the folder and run `govplan build` again, or publish another release",
    )
