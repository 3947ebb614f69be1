"""Where the files of a project lie: the core brings some, then each profile it names in that order, then the project.

A file takes the place of one of the same name that comes before it, and may be a further one.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from govplan.config import Settings
from govplan.disk import reason
from govplan.errors import ContentUnreadable
from govplan.installed import PROFILES, core_folder, profile_folders
from govplan.namespaces import CORE

# What the core brings; data come from profiles and projects alone.
_OF_THE_CORE = frozenset({"ontology", "queries", "shapes"})


@dataclass(frozen=True, slots=True)
class Authored:
    """One file: its name, where it is on disk, and what the IRI of its graph or question begins with.

    `within` is the path below the core, the profile or the project that brings it. `name` is the same but for the files
    of profiles, whose names begin with `profiles/`: it is what messages say and what the IRI of a graph ends in.
    """

    name: str
    within: str
    path: Path
    base: str


def authored(settings: Settings, folder: str, suffix: str) -> list[Authored]:
    """Return the files with this ending in a top folder and below, sorted by name; none if the folder is not there.

    Raises ContentUnreadable for a folder that cannot be listed: it would hide what it holds.
    """
    found: dict[str, Authored] = {}
    for root, before, base in _roots(settings, folder):
        for path in _below(root / folder, suffix):
            within = path.relative_to(root).as_posix()
            found[within] = Authored(before + within, within, path, base)
    return sorted(found.values(), key=lambda file: file.name)


def below_root(name: str) -> str:
    """Return the name of a file below the core, the profile or the project that brings it."""
    first, _, rest = name.partition("/")
    return rest.partition("/")[2] if first == PROFILES else name


def _roots(settings: Settings, folder: str) -> list[tuple[Path, str, str]]:
    """Each root, what the names of its files begin with, and the base of their IRIs."""
    core, profiles = core_folder(), profile_folders()
    roots = [(core, "", CORE)] if folder in _OF_THE_CORE and core != settings.root else []
    roots += [(profiles[name], f"{PROFILES}/{name}/", CORE) for name in settings.profiles]
    return [*roots, (settings.root, "", settings.base)]


def _below(folder: Path, suffix: str) -> list[Path]:
    def refuse(problem: OSError) -> None:
        raise ContentUnreadable(
            f"A folder cannot be read: {reason(problem)}.", where=str(problem.filename), mend="check its permissions"
        ) from problem

    if not folder.is_dir():
        return []
    found = [Path(top) / name for top, _, names in os.walk(folder, onerror=refuse) for name in names]
    return [path for path in found if path.suffix == suffix and not path.name.startswith(".")]
