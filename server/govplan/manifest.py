"""The manifest of a release: what it is, what it holds, and the hashes that prove it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from govplan.errors import ReleaseDamaged

FILE = "manifest.json"
CHECKSUMS = "SHA256SUMS"
ID_LENGTH = 12


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
    """A release in figures. `sha256` is that of dataset.nq, `id` its first 12 digits; `date` is an ISO date."""

    id: str
    sha256: str
    project: str
    base: str
    version: str
    date: str
    quads: int
    graphs: tuple[GraphEntry, ...]
    files: tuple[FileEntry, ...]
    tools: dict[str, str]

    def write(self, folder: Path) -> Path:
        """Write the manifest into `folder` and return its path."""
        path = folder / FILE
        path.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return path

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read the manifest of the release in `folder`. Raises ReleaseDamaged if there is none or it is not one."""
        path = folder / FILE
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                **{
                    **raw,
                    "graphs": tuple(GraphEntry(**entry) for entry in raw["graphs"]),
                    "files": tuple(FileEntry(**entry) for entry in raw["files"]),
                }
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
            raise ReleaseDamaged(
                f"The manifest of release {folder.name} cannot be read: {problem}.",
                where=str(path),
                mend="build the release again with `govplan build`",
            ) from problem
