"""What the kept releases said of one thing, one after the other: looked up in their sorted statements."""

import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from govplan import deadline
from govplan.manifest import DATASET, Manifest
from govplan.release.difference import ChangedThing, changed_things
from govplan.release.verification import damaged


@dataclass(frozen=True, slots=True)
class Step:
    """A release in which a thing changed, and how; `before` is the one before it, None for the first there is."""

    release: Manifest
    before: Manifest | None
    change: ChangedThing


def history(releases: Path, manifests: Sequence[Manifest], iri: str) -> list[Step]:
    """Return the changes of a thing through releases, which are given newest first, and returned so.

    Raises ReleaseDamaged if the statements of one cannot be read.
    """
    steps = list[Step]()
    before: Manifest | None = None
    held: list[bytes] = []
    for manifest in reversed(manifests):
        now = list(statements_about(releases / manifest.id, iri))
        for change in changed_things(held, now):
            steps.append(Step(manifest, before, change))
        before, held = manifest, now
    return steps[::-1]


def statements_about(folder: Path, iri: str) -> Iterator[bytes]:
    """Yield the lines of a release whose subject is `iri`, in order."""
    path, start = folder / DATASET, f"<{iri}> ".encode()
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            place = _first(content, start)
            while content[place : place + len(start)] == start:
                deadline.check()
                end = content.find(b"\n", place) + 1 or len(content)
                yield content[place:end]
                place = end
    except (OSError, ValueError) as problem:
        raise damaged(folder, f"{DATASET} cannot be read: {problem}") from problem


def _first(content: mmap.mmap, start: bytes) -> int:
    """Return where the first line begins that is not before `start`: a binary search over sorted lines."""
    low, high = 0, len(content)
    while low < high:
        middle = content.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = content.find(b"\n", middle) + 1 or len(content)
        if content[middle : middle + len(start)] < start:
            low = end
        else:
            high = middle
    return low
