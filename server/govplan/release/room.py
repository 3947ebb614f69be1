"""Whether there is room for one more release: for its version beside those of others, and for its bytes on the disk."""

import re
import shutil
from pathlib import Path

from govplan.errors import ReleaseNotWritten, VersionTaken
from govplan.release.kept import kept
from govplan.release.tombstones import tombstones

# A release takes some eight times the bytes of its statements: the store, dumps in seven formats and their compressed
# forms, the search index.
_TIMES = 10
_LAST_NUMBER = re.compile(r"(\d+)(?!.*\d)")


def refuse_taken(releases: Path, version: str, release: str) -> None:
    """Raise VersionTaken if a release with other content than `release` has this version, be it kept or removed."""
    known = {each.id: each.version for each in tombstones(releases)}
    known |= {each.id: each.version for each in kept(releases)}
    if release in known:
        return
    holder = next((each for each, taken in known.items() if taken == version), None)
    if holder is not None:
        raise VersionTaken(
            f"Version {version} is that of release {holder}, which says something else.",
            where="data/catalogue.ttl, dcat:version",
            mend=f"write the next version, {next_version(version, set(known.values()))}, and its date; or build with "
            f"--same-version as long as nobody has seen release {holder}",
        )


def next_version(version: str, taken: set[str]) -> str:
    """Return the version with its last number raised until it is free; one without a number gets `.1`."""
    while version in taken:
        found = _LAST_NUMBER.search(version)
        if found is None:
            version += ".1"
        else:
            version = f"{version[: found.start()]}{int(found[1]) + 1}{version[found.end() :]}"
    return version


def require_space(releases: Path, size: int) -> None:
    """Raise ReleaseNotWritten where a release of so many bytes of statements would fill the disk."""
    needed, free = _TIMES * size, shutil.disk_usage(releases).free
    if free < needed:
        raise ReleaseNotWritten(
            f"A release of this content takes about {needed / 1e6:.0f} MB, and {free / 1e6:.0f} MB are free.",
            where=str(releases),
            mend="free some space there (`govplan prune` removes old releases), or choose another folder by --releases",
        )
