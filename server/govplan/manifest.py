"""The manifest of a release: what it is, what it holds, and the hashes that prove it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from govplan.errors import ReleaseDamaged, ReleaseUnreadable

FILE = "manifest.json"
CHECKSUMS = "SHA256SUMS"
DATASET = "dataset.nq"
QUERIES = "queries/"
ID_LENGTH = 12
_MEND = "run `govplan build`, which writes a damaged release anew, or publish another release"

# Device, inode, bytes, and times of content and of inode in nanoseconds of a file; the number of the error alone where
# there is none.
Stamp = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class GraphEntry:
    """One named graph: its IRI, the authored file (relative to the plan project) and its number of triples."""

    iri: str
    source: str
    triples: int


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of the release: path relative to the release, bytes and SHA-256 as lower-case hex."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A release in figures. `sha256` is the `content_hash` of its files, `id` its first 12 digits; `date` is ISO 8601.

    `languages` and `prefixes` are those that the project had: its questions are read with them.
    `verified` is no part of the file: the stamp of the release when it was compared with this manifest, empty if nobody
    has done that.
    """

    id: str
    sha256: str
    project: str
    base: str
    version: str
    date: str
    languages: tuple[str, ...]
    prefixes: dict[str, str]
    quads: int
    graphs: tuple[GraphEntry, ...]
    files: tuple[FileEntry, ...]
    tools: dict[str, str]
    verified: Stamp = field(default=(), compare=False, repr=False)

    @property
    def moment(self) -> datetime:
        """The beginning of the day that it is of, in UTC."""
        return datetime.fromisoformat(self.date[:10]).replace(tzinfo=UTC)

    def write(self, folder: Path) -> Path:
        """Write the manifest into `folder` and return its path."""
        path = folder / FILE
        members = asdict(self)
        del members["verified"]
        path.write_text(json.dumps(members, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return path

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read the manifest of the release in `folder`.

        Raises ReleaseDamaged if there is none or it is not one, ReleaseUnreadable if the system refuses to read it.
        """
        path = folder / FILE
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            members = {
                **raw,
                "languages": tuple(raw["languages"]),
                "graphs": tuple(GraphEntry(**entry) for entry in raw["graphs"]),
                "files": tuple(_checked(FileEntry(**entry)) for entry in raw["files"]),
            }
            if "verified" in raw or not all(isinstance(raw.get(name), str) for name in ("id", "sha256")):
                raise ValueError("its members are not those of a manifest")
            return cls(**members)
        except FileNotFoundError as problem:
            what = "has no manifest" if folder.is_dir() else "is not there"
            raise ReleaseDamaged(f"Release {folder.name} {what}.", where=str(path), mend=_MEND) from problem
        except OSError as problem:
            raise ReleaseUnreadable(
                f"The manifest of release {folder.name} cannot be read: {problem.strerror}.", file=FILE, where=str(path)
            ) from problem
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
            raise ReleaseDamaged(
                f"The manifest of release {folder.name} cannot be read: {problem}.", where=str(path), mend=_MEND
            ) from problem

    def missing(self, folder: Path) -> Iterator[str]:
        """Yield the paths of the files that are not in `folder` with the size they were built with; reads none."""
        for entry in self.files:
            try:
                there = (folder / entry.path).stat().st_size == entry.size
            except OSError:
                there = False
            if not there:
                yield entry.path


def content_hash(files: Iterable[FileEntry]) -> str:
    """Return the SHA-256 of what a release says: its statements and its questions; all else follows from them.

    It is taken of the lines that `sha256sum` writes for dataset.nq and the files below queries/, sorted by path.
    """
    said = sorted((file.path, file.sha256) for file in files if file.path == DATASET or file.path.startswith(QUERIES))
    return hashlib.sha256("".join(f"{sha256}  {path}\n" for path, sha256 in said).encode()).hexdigest()


def stamp(folder: Path, manifest: Manifest | None) -> Stamp:
    """Return what tells without reading whether a release was touched: manifest.json first, then each of its files."""
    paths = [FILE] if manifest is None else [FILE, *(entry.path for entry in manifest.files)]
    return tuple(_stamp(folder / path) for path in paths)


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError as problem:
        return (problem.errno or 0,)
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _checked(entry: Any) -> FileEntry:
    path = PurePosixPath(entry.path)
    inside = not path.is_absolute() and ".." not in path.parts and "\0" not in entry.path
    if not (inside and isinstance(entry.size, int) and isinstance(entry.sha256, str)):
        raise ValueError(f"{entry.path!r} is not a file of a release")
    return entry  # type: ignore[no-any-return]
