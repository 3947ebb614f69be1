"""Renewing a mirror: fetched, put through the whole gate, and only then written in the place of the old one."""

import datetime
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from govplan.config import Settings
from govplan.content import read_project, source_file
from govplan.errors import ContentInvalid, ContentUnreadable, ReleaseNotWritten
from govplan.fetching.addresses import Network
from govplan.fetching.allowed import allowed_hosts
from govplan.mirrors.declared import declared_mirror
from govplan.mirrors.mirror import mirror_file, take
from govplan.release.check import Progress, judge

_UNTOUCHED = "the mirror that was there before is untouched"


@dataclass(frozen=True, slots=True)
class Renewed:
    """A mirror as it was written: its path below the project, its statements, and whether they differ from before."""

    path: str
    statements: int
    changed: bool


def renew(
    settings: Settings,
    name: str,
    day: datetime.date,
    progress: Progress = lambda _: None,
    network: Network | None = None,
) -> Renewed:
    """Fetch a declared mirror and write it as a file of the project; on any failure the old file stays as it is.

    `network` is what may be reached, by default what is public and what the project allows. Raises MirrorUnknown and
    ConfigError for the declaration, SourceUnavailable and SourceRefused for the other server or the file it is taken
    from, ContentInvalid if what is taken breaks a rule, ReleaseNotWritten if the mirror cannot be written.
    """
    mirror = declared_mirror(settings, name)
    reachable = network or Network(allowed=allowed_hosts(settings))
    progress(f"fetching {mirror.url}" if mirror.file is None else f"reading {mirror.file}")
    text = take(mirror, settings, day, reachable)
    path = mirror_file(mirror)
    try:
        file = source_file(path, text, settings.base)
    except ContentUnreadable as problem:
        raise ContentInvalid(
            f"What was taken cannot be written as Turtle: {problem.what}", where=path, mend=_UNTOUCHED
        ) from problem
    gate = judge(read_project(settings).with_file(file), settings, progress)
    if gate.violations:
        first = next((each for each in gate.violations if each.place.startswith(path)), gate.violations[0])
        raise ContentInvalid(
            f"The mirror {name} does not pass the check, by {len(gate.violations)} rule(s). First: {first.what}",
            where=f"{first.place} {first.subject}",
            mend=f"{first.mend}; construct other statements: {_UNTOUCHED}",
        )
    target = settings.root / path
    old = target.read_bytes() if target.exists() else b""
    _write(target, text)
    return Renewed(path, len(file.quads), old != text.encode())


def _write(target: Path, text: str) -> None:
    """Put the whole file in its place at once."""
    part: str | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(prefix=".mirror-", suffix=".part", dir=target.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(part).chmod(0o644)
        Path(part).replace(target)
    except OSError as problem:
        if part is not None:
            Path(part).unlink(missing_ok=True)
        raise ReleaseNotWritten(
            f"{target} cannot be written: {problem.strerror or problem}.", where=str(target), mend=_UNTOUCHED
        ) from problem
