"""Conventions files so that they appear whole or not at all, and what to do where the disk refuses."""

import errno
import os
import secrets
import tempfile
from pathlib import Path

from govplan.errors import ReleaseNotWritten, SpoolFull

_MENDS = {
    errno.ENOSPC: "the disk is full: free some space there, or choose another folder",
    errno.EDQUOT: "the quota of this user is used up: free some space, or choose another folder",
    errno.EFBIG: "files may not grow so large here: raise the limit (ulimit -f), or choose another folder",
    errno.EROFS: "the file system is read-only: choose a folder on another one",
    errno.EACCES: "give this user the right to write there, or choose another folder",
    errno.EPERM: "give this user the right to write there, or choose another folder",
    errno.ENOENT: "make the folder first, or choose another",
    errno.ENOTDIR: "a part of the path is a file: choose another folder",
    errno.EISDIR: "a folder has this name: choose the name of a file",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EMFILE: "this process has too many files open: raise the limit (ulimit -n)",
    errno.EIO: "the disk reports a fault: look at it before anything is written again, or choose another folder",
}
# The store reports the refusals of the system in words only.
_WORDS = {os.strerror(number): mend for number, mend in _MENDS.items()}


def mending(problem: OSError) -> str:
    """Return how a person may mend what the system refuses."""
    if problem.errno in _MENDS:
        return _MENDS[problem.errno]
    said = (mend for words, mend in _WORDS.items() if words in str(problem))
    return next(said, "look at the disk and its permissions, or choose another folder")


def reason(problem: OSError) -> str:
    """Return what the system says, without its number."""
    return problem.strerror or str(problem)


def prepare_releases(folder: Path) -> None:
    """Make the folder of the releases and write into it, before any work is done for a release.

    Raises ReleaseNotWritten that names the folder, the reason and the setting.
    """
    setting = "the place is one setting: --releases, GOVPLAN_RELEASES, or `releases` in [server] of govplan.toml"
    if not folder.is_absolute():
        raise ReleaseNotWritten(
            "This user has no home folder, where the releases of the plan in the package would go.",
            where=str(folder),
            mend=f"name a folder; {setting}",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _try_to_write(folder)
    except OSError as problem:
        raise ReleaseNotWritten(
            f"Releases cannot be written here: {reason(problem)}.",
            where=str(folder),
            mend=f"{mending(problem)}; {setting}",
        ) from problem


def spool_folder(named: str) -> str:
    """Return the folder where large answers are put aside: the one that is named, else the system's temporary folder.

    Raises SpoolFull if it cannot be written.
    """
    try:
        if named:
            _try_to_write(Path(named))
        return named or tempfile.gettempdir()
    except OSError as problem:
        raise SpoolFull(
            f"No large answer can be put aside: {reason(problem)}.",
            where=named or "TMPDIR, and the temporary folders of the system",
            mend="set `spool` (GOVPLAN_SPOOL, or [server] of govplan.toml) or TMPDIR to a folder that can be written",
        ) from problem


def _try_to_write(folder: Path) -> None:
    with tempfile.TemporaryFile(prefix=".govplan-", dir=folder) as file:
        file.write(b"\n")
        file.flush()


def write_whole(target: Path, body: bytes) -> None:
    """Write a file so that it appears whole or not at all; what was there before stays until then.

    A link stays a link, and permissions stay; a device or a pipe is written to as it is. Raises ReleaseNotWritten if
    the system refuses.
    """
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(body)
        else:
            _replace(target.resolve(), body)
    except OSError as problem:
        raise ReleaseNotWritten(
            f"{target} cannot be written: {reason(problem)}.",
            where=str(target),
            mend=f"{mending(problem)}; what was there before is untouched",
        ) from problem


def _replace(target: Path, body: bytes) -> None:
    there = target.exists()
    if there:
        target.open("ab").close()  # a protected file is not replaced, though its folder would allow it
    part = target.with_name(f".govplan-{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        if there:
            part.chmod(target.stat().st_mode & 0o7777)
        part.replace(target)
    except BaseException:
        if part.exists():
            part.unlink()
        raise
