"""The releases that a folder keeps, by their manifests alone: which there are, not whether each is sound."""

from functools import lru_cache
from pathlib import Path

from govplan.errors import ReleaseDamaged
from govplan.manifest import FILE, Manifest
from govplan.release.repository import listed
from govplan.release.tombstones import is_id

_MOST = 1000


def kept(releases: Path) -> list[Manifest]:
    """Return the manifests of the newest releases, newest first; those whose manifest cannot be read are left out."""
    found = []
    for folder in listed(releases)[:_MOST]:
        try:
            state = (folder / FILE).stat()
            manifest = _manifest(folder, state.st_mtime_ns, state.st_size, state.st_ino)
        except (OSError, ReleaseDamaged):
            continue
        if is_id(folder.name) and folder.name == manifest.id:
            found.append(manifest)
    return found


@lru_cache(maxsize=_MOST)
def _manifest(folder: Path, *stamp: int) -> Manifest:
    """Return the manifest of a release whose file has this stamp; a release never changes, so few are read again."""
    return Manifest.read(folder)
