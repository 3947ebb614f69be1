"""Whether a release on disk still is what its manifest says, and whether it was touched since somebody looked."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from govplan.errors import ReleaseDamaged, ReleaseUnreadable
from govplan.manifest import DATASET, ID_LENGTH, Manifest, Stamp, content_hash, stamp
from govplan.release.dumps import sha256_of_file

Proceed = Callable[[], bool]
# Nanoseconds; that of Linux is 10 ms at most.
_TICK = 50_000_000
_NEEDED = {DATASET, "store/CURRENT"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of the release in `folder` while its files looked as `stamp` says.

    `problem` is None if all is well, `manifest` if there is none that can be read. `fresh` says that a file had been
    touched just before, so that it may be touched again without a trace: the clock of a file system ticks slowly.
    """

    folder: Path
    stamp: Stamp
    manifest: Manifest | None
    problem: ReleaseDamaged | None
    fresh: bool = False

    def holds(self) -> bool:
        """Tell, without reading a file, whether nothing was touched since."""
        return self.stamp == stamp(self.folder, self.manifest)

    def sound(self) -> Manifest:
        """Return the manifest, with the verification that it may carry. Raises ReleaseDamaged if something is wrong."""
        if self.problem is not None:
            raise self.problem
        assert self.manifest is not None
        return replace(self.manifest, verified=() if self.fresh else self.stamp)


def trusted(folder: Path, manifest: Manifest) -> Verdict | None:
    """Return the verdict that a verified manifest carries, None if it carries none or the release was touched since."""
    verdict = Verdict(folder, manifest.verified, manifest, None)
    return verdict if manifest.verified and verdict.holds() else None


def examine(folder: Path, proceed: Proceed = lambda: True, first: str = "") -> Verdict:
    """Compare every file of a release with its manifest: the sizes of all, then the content of each, `first` first.

    `proceed` is asked every MiB whether to go on. Raises VerificationStopped if not.
    """
    now = time.time_ns()
    [begun] = stamp(folder, None)
    try:
        manifest = Manifest.read(folder)
    except ReleaseDamaged as problem:
        return Verdict(folder, (begun,), None, problem, _fresh((begun,), now))
    seen = stamp(folder, manifest)
    try:
        _compare(folder, manifest, proceed, first)
        if seen[0] != begun or seen != stamp(folder, manifest):
            raise damaged(folder, "it was changed while it was read")
    except ReleaseDamaged as problem:
        return Verdict(folder, (begun, *seen[1:]), manifest, problem, _fresh(seen, now))
    return Verdict(folder, seen, manifest, None, _fresh(seen, now))


def _fresh(seen: Stamp, now: int) -> bool:
    return any(abs(now - file[-1]) < _TICK for file in seen if len(file) > 1)


def verify(release: Path) -> Manifest:
    """Compare every file of a release with its manifest and return the manifest. Raises ReleaseDamaged."""
    return examine(release).sound()


def damaged(release: Path, why: str) -> ReleaseDamaged:
    """Return the error that says why a release is not served."""
    return ReleaseDamaged(
        f"Release {release.name} is damaged: {why}.",
        where=str(release),
        mend="run `govplan build`, which writes a damaged release anew, or publish another one: `govplan publish ID`",
    )


def _compare(folder: Path, manifest: Manifest, proceed: Proceed, first: str) -> None:
    if not folder.is_dir():
        raise damaged(folder, "it is no folder")
    if manifest.id != manifest.sha256[:ID_LENGTH] or manifest.sha256 != content_hash(manifest.files):
        raise damaged(folder, "its manifest gives it an id that is not that of its content")
    if missing := _NEEDED - {entry.path for entry in manifest.files}:
        raise damaged(folder, f"its manifest does not list {min(missing)}")
    for path in manifest.missing(folder):
        raise damaged(folder, f"{path} is not there with the length it was built with")
    for entry in sorted(manifest.files, key=lambda each: each.path != first):
        try:
            same = sha256_of_file(folder / entry.path, proceed) == entry.sha256
        except OSError as problem:
            raise ReleaseUnreadable(
                f"Release {folder.name} is damaged: {entry.path} cannot be read: {problem.strerror}.",
                file=entry.path,
                where=str(folder),
            ) from problem
        if not same:
            raise damaged(folder, f"{entry.path} is not the file that was built")
