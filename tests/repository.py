"""A folder of releases of a few bytes, each with every kind of file that a release has, and what became of them."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from govplan.errors import StoreUnavailable
from govplan.manifest import ID_LENGTH, FileEntry, GraphEntry, Manifest, content_hash
from govplan.release.dumps import sha256
from govplan.release.repository import publish
from govplan.server.opened import OpenRelease
from govplan.server.serving import Served

_NOBODY = 65534


def manifest_of(
    files: Sequence[FileEntry], *, graphs: tuple[GraphEntry, ...] = (), languages: tuple[str, ...] = ("en",)
) -> Manifest:
    """Return the manifest of a small release of these files."""
    digest = content_hash(files)
    return Manifest(
        id=digest[:ID_LENGTH],
        sha256=digest,
        project="p",
        base="http://x/",
        version="1",
        date="2026-01-01",
        languages=languages,
        prefixes={},
        quads=1,
        graphs=graphs,
        files=tuple(files),
        tools={},
    )


class Repository:
    """A folder of small releases, and what became of those that were opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.closed: list[str] = []
        self.condemned: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.opening: Callable[[Path], None] = lambda folder: None

    def add(self, text: str) -> Manifest:
        """Write a release whose dataset is `text`; the one that is added last is the newest."""
        body = text.encode()
        contents = {
            "dataset.nq": body,
            "dumps/p.nq": body * 2,
            "report.json": b"{}",
            "search.sqlite": b"SQLite",
            "store/000009.sst": body * 3,
            "store/CURRENT": b"x",
        }
        files = [FileEntry(path, len(content), sha256(content)) for path, content in contents.items()]
        release = self.folder / content_hash(files)[:ID_LENGTH]
        for path, content in contents.items():
            (release / path).parent.mkdir(parents=True, exist_ok=True)
            (release / path).write_bytes(content)
        graphs = (GraphEntry("http://x/g", "g.ttl", 1),)
        manifest = manifest_of(files, graphs=graphs)
        manifest.write(release)
        newest = max((path.stat().st_mtime_ns for path in self.folder.iterdir() if path.is_dir()), default=0)
        os.utime(release, ns=(newest + 10**9, newest + 10**9))
        return manifest

    def path(self, manifest: Manifest) -> Path:
        """Return the folder of a release."""
        return self.folder / manifest.id

    def damage(self, manifest: Manifest) -> None:
        """Change a byte of a release."""
        (self.path(manifest) / "store" / "CURRENT").write_bytes(b"y")

    def open(self, folder: Path, manifest: Manifest, suspect: Callable[[], None]) -> OpenRelease:
        """Open a release as an application that answers with its id once the gate is open."""
        self.opening(folder)

        def application() -> str:
            self.entered.set()
            self.gate.wait(20)
            assert opened not in closed
            return manifest.id

        def condemn(problem: StoreUnavailable) -> None:
            self.condemned.append(manifest.id)

        def end(opened: OpenRelease) -> None:
            closed.append(opened)
            self.closed.append(manifest.id)

        closed: list[OpenRelease] = []
        opened = OpenRelease(folder, manifest, application, condemn, end)
        return opened

    def serve(self, manifest: Manifest, *, follow: bool = False, pinned: bool = False) -> Served:
        """Publish a release and serve it."""
        publish(self.folder, manifest.id)
        return Served(self.folder, self.path(manifest), manifest, self.open, follow=follow, pinned=pinned)


def answer(served: Served) -> str:
    """Return what the release answers that is served at this moment."""
    opened = served.enter()
    try:
        answered: str = opened.site()
        return answered
    finally:
        opened.leave()


@contextmanager
def kept(path: Path) -> Iterator[None]:
    """Put a file or folder back as it was, in its old place."""
    spare = path.with_name(f".spare-{path.name}")
    if path.is_dir():
        shutil.copytree(path, spare, symlinks=True)
    else:
        shutil.copy2(path, spare)
    yield
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    spare.rename(path)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Run as a user whom permissions bind, also where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
