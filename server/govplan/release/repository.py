"""The repository of releases: which there are, which one is current or to serve, and how another becomes current."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from govplan.errors import ReleaseDamaged, ReleaseMissing, ReleaseNotWritten
from govplan.manifest import Manifest
from govplan.release.verification import damaged, verify
from govplan.release.writing import BUILDING, PUBLISHING, UNFINISHED, locked, locked_if_free, sweep, sync

__all__ = ["CURRENT", "candidates", "find", "listed", "no_release", "publish", "published", "sound_release", "verify"]

CURRENT = "current"
# The ids that were current, the last one first. Only `publish` writes it.
_PUBLISHED = ".published"
_REMEMBERED = 100


def find(releases: Path, wanted: str) -> Path:
    """Return the folder of the release `wanted`. Raises ReleaseMissing. Does not verify."""
    folder = releases / wanted
    if not wanted or "/" in wanted or wanted.startswith(".") or not folder.is_dir():
        raise no_release(releases, wanted)
    return folder.resolve()


def no_release(releases: Path, wanted: str | None = None) -> ReleaseMissing:
    """Return the error that says that the release wanted, or any to serve, is not there."""
    there = ", ".join(path.name for path in listed(releases)) or "none"
    return ReleaseMissing(
        f"There is no release {wanted}." if wanted else "There is no release to serve.",
        where=str(releases),
        mend=f"run `govplan build`; releases here: {there}",
    )


def listed(releases: Path) -> list[Path]:
    """Return the folders of all releases, newest first."""
    found = []
    for path in _entries(releases):
        try:
            if path.name[0] != "." and path.is_dir() and not path.is_symlink():
                found.append((-path.stat().st_mtime_ns, path.name, path))
        except OSError:  # it went away meanwhile
            continue
    return [path for _, _, path in sorted(found)]


def _entries(releases: Path) -> list[Path]:
    try:
        return list(releases.iterdir())
    except OSError:
        return []


def candidates(releases: Path) -> Iterator[Path]:
    """Yield the folders to serve from, the best first; the first one that is sound is the one to serve.

    That is what `current` leads to, be it there or not; then what was current before, the last first; then what never
    was, newest first. Nothing but what lies on the disk decides, so that all who look agree.
    """
    seen = set()
    for folder in _in_order(releases):
        target = _target(folder)
        if target not in seen:
            seen.add(target)
            yield target


def _in_order(releases: Path) -> Iterator[Path]:
    if os.path.lexists(releases / CURRENT):
        yield releases / CURRENT
    yield from (releases / name for name in _published(releases) if (releases / name).is_dir())
    yield from listed(releases)


def _target(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        return path


def sound_release(releases: Path, alarm: Callable[[str], None], wanted: str | None = None) -> tuple[Path, Manifest]:
    """Return a verified release: the one asked for; or the current one, or the best that is sound if that is damaged.

    `alarm` hears of every damaged release. Raises ReleaseMissing or ReleaseDamaged if there is no sound one.
    """
    if wanted is not None:
        folder = find(releases, wanted)
        return folder, verify(folder)
    best: Path | None = None
    for folder in candidates(releases):
        best = best or folder
        try:
            manifest = verify(folder)
        except ReleaseDamaged as problem:
            alarm(str(problem))
            continue
        if not os.path.lexists(releases / CURRENT):
            alarm(f"No release is current; serving release {manifest.id}.")
        elif folder != best:
            alarm(f"Serving release {manifest.id} instead of the damaged current one.")
        return folder, manifest
    raise no_release(releases) if best is None else damaged(best, "it cannot be served, and no other is sound")


def publish(releases: Path, release: str, progress: Callable[[str], object] = lambda _: None) -> Manifest:
    """Verify a release, then make it the current one in one step that a power cut does not undo.

    Several who publish wait for each other; `progress` is told so. Raises ReleaseMissing, ReleaseDamaged or
    ReleaseNotWritten; the release served before then stays current.
    """
    folder = find(releases, release)
    try:
        with locked(releases, PUBLISHING, lambda: progress("waiting for another publication to end")):
            sweep(releases, f".{CURRENT}-")
            sweep(releases, f"{_PUBLISHED}-")
            manifest = verify(folder)
            _remember(releases, folder.name)
            _switch(releases, folder.name)
        with locked_if_free(releases, BUILDING) as free:
            if free:
                sweep(releases, UNFINISHED)
    except OSError as problem:
        current = releases / CURRENT
        in_the_way = current.is_dir() and not current.is_symlink()
        raise ReleaseNotWritten(
            f"The current release cannot be switched: {problem.strerror}.",
            where=str(current),
            mend="move this folder away: `govplan publish` puts a link there"
            if in_the_way
            else "check the permissions of the folder; the release served before stays current",
        ) from problem
    return manifest


def published(releases: Path) -> list[Path]:
    """Return the folders of the releases that were current and are still there, the last one first."""
    return [folder for name in _published(releases) if (folder := releases / name).is_dir() and not folder.is_symlink()]


def _switch(releases: Path, name: str) -> None:
    link = releases / f".{CURRENT}-{os.getpid()}"
    link.symlink_to(name)
    link.replace(releases / CURRENT)
    sync(releases)


def _remember(releases: Path, name: str) -> None:
    """Note what becomes current before what was."""
    current = releases / CURRENT
    before = [current.readlink().name] if current.is_symlink() else []
    names = list(dict.fromkeys([name, *before, *_published(releases)]))[:_REMEMBERED]
    part = releases / f"{_PUBLISHED}-{os.getpid()}"
    part.write_text("".join(f"{each}\n" for each in names), encoding="utf-8")
    sync(part)
    part.replace(releases / _PUBLISHED)


def _published(releases: Path) -> Iterator[str]:
    try:
        lines = (releases / _PUBLISHED).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    yield from (name for name in lines if name and "/" not in name and not name.startswith("."))
