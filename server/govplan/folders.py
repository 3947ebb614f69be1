"""Where the files of a project lie: what is the same for every plan comes with govplan, the rest with the project.

A file of the project takes the place of the core's file of the same name, and may be a further one.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from govplan.config import Settings, core_folder
from govplan.disk import reason
from govplan.errors import ContentUnreadable
from govplan.namespaces import CORE

# What the core brings; all other folders are the project's alone.
SHARED = frozenset({"ontology", "queries", "shapes"})


@dataclass(frozen=True, slots=True)
class Authored:
    """One file: its name below the project, where it is on disk, and what the IRI of its graph or question begins with.

    The names of the core's files are those that they have in the core.
    """

    name: str
    path: Path
    base: str


def authored(settings: Settings, folder: str, suffix: str) -> list[Authored]:
    """Return the files with this ending in a top folder and below, sorted by name; none if the folder is not there.

    Raises ContentUnreadable for a folder that cannot be listed: it would hide what it holds.
    """
    core = core_folder()
    roots = [(settings.root, settings.base)]
    if folder in SHARED and core != settings.root:
        roots.insert(0, (core, CORE))
    found: dict[str, Authored] = {}
    for root, base in roots:
        for path in _below(root / folder, suffix):
            name = path.relative_to(root).as_posix()
            found[name] = Authored(name, path, base)
    return [found[name] for name in sorted(found)]


def _below(folder: Path, suffix: str) -> list[Path]:
    def refuse(problem: OSError) -> None:
        raise ContentUnreadable(
            f"A folder cannot be read: {reason(problem)}.", where=str(problem.filename), mend="check its permissions"
        ) from problem

    if not folder.is_dir():
        return []
    found = [Path(top) / name for top, _, names in os.walk(folder, onerror=refuse) for name in names]
    return [path for path in found if path.suffix == suffix and not path.name.startswith(".")]
