"""Where projects and what comes with govplan lie: the core, the profiles, and the plan that is built in."""

from collections.abc import Mapping
from pathlib import Path

PROJECT_FILE = "govplan.toml"
PROFILE_FILE = "profile.toml"
PROFILES = "profiles"
_PACKAGE = Path(__file__).parent
_INSIDE = _PACKAGE / "project"


def builtin_project() -> Path:
    """Return the plan project that travels with govplan: in the wheel, or this repository if installed editable."""
    return _INSIDE if (_INSIDE / PROJECT_FILE).is_file() else _PACKAGE.parents[1]


def core_folder() -> Path:
    """Return the folder with what is the same for every plan: ontology/, shapes/ and queries/."""
    return builtin_project()


def profile_folders() -> Mapping[str, Path]:
    """Return the folder of each profile that there is, by its name, sorted."""
    inside = _PACKAGE / PROFILES
    top = inside if inside.is_dir() else _PACKAGE.parents[1] / PROFILES
    return {path.parent.name: path.parent for path in sorted(top.glob(f"*/{PROFILE_FILE}"))}


def find_project(start: Path) -> Path | None:
    """Return `start` or its nearest parent that holds a govplan.toml; None if there is none."""
    return next((folder for folder in (start, *start.parents) if (folder / PROJECT_FILE).is_file()), None)
