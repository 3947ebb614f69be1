"""What is remembered of releases that were removed: when, why, and where a copy may be."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from govplan.errors import ReleaseMissing, ReleaseRemoved, ReleaseUnknown
from govplan.manifest import ID_LENGTH
from govplan.release.writing import sync

FOLDER = ".removed"
_ID = re.compile(f"[0-9a-f]{{{ID_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A release that was removed: its id, version and date as far as they were known, and the ISO date of its removal.

    `why` and `copy`, an address or a place in words, are what the operator said; both may be empty.
    """

    id: str
    version: str
    date: str
    removed: str
    why: str = ""
    copy: str = ""


def is_id(text: str) -> bool:
    """Tell whether a text has the form of an id."""
    return _ID.fullmatch(text) is not None


def bury(releases: Path, tombstone: Tombstone) -> None:
    """Write a tombstone, durably. Raises OSError."""
    folder = releases / FOLDER
    folder.mkdir(exist_ok=True)
    part, final = folder / f".{tombstone.id}", folder / f"{tombstone.id}.json"
    part.write_text(json.dumps(asdict(tombstone), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sync(part)
    part.replace(final)
    sync(folder)


def tombstone(releases: Path, release: str) -> Tombstone | None:
    """Return what is remembered of a release, None if nothing is; what cannot be read tells only that it was there."""
    path = releases / FOLDER / f"{release}.json"
    if not is_id(release) or not path.is_file():
        return None
    try:
        return Tombstone(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Tombstone(release, "", "", "")


def absent(releases: Path, release: str) -> ReleaseMissing:
    """Return the error that says why a release does not answer: it was removed, or never was here."""
    known = tombstone(releases, release)
    if known is None:
        return ReleaseUnknown(f"There is no release {release[:40]!r} here.", mend="/releases/ lists those there are")
    when = f" on {known.removed}" if known.removed else ""
    why = f": {known.why}" if known.why else ""
    return ReleaseRemoved(
        f"Release {known.id} was removed{when}{why}.",
        mend=f"a copy may be here: {known.copy}" if known.copy else "/releases/ lists those that are kept",
    )


def tombstones(releases: Path) -> list[Tombstone]:
    """Return what is remembered of all that were removed and not built again, the last removed first."""
    try:
        names = [path.stem for path in (releases / FOLDER).glob("*.json") if not (releases / path.stem).exists()]
    except OSError:
        return []
    known = [each for name in names if (each := tombstone(releases, name)) is not None]
    return sorted(known, key=lambda each: (each.removed, each.id), reverse=True)
