"""The data of the bench: the plan as it is published, and scaled copies, each a plan project with one release."""

import functools
import json
import shutil
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bench.generate import Vocabulary, statements
from govplan.config import Settings, load
from govplan.installed import PROJECT_FILE
from govplan.manifest import GraphEntry, Manifest
from govplan.release.build import build, write
from govplan.release.dumps import sha256
from govplan.release.repository import CURRENT, publish

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".bench"
# Name → statements wanted; 0 is the plan itself. The dump of the largest would only measure the disk.
SIZES = {"plan": 0, "1m": 1_000_000, "10m": 10_000_000}
WITH_DUMP = ("plan", "1m")


@dataclass(frozen=True, slots=True)
class Dataset:
    """A release to measure; `seconds` is what building it took."""

    name: str
    settings: Settings
    manifest: Manifest
    seconds: float

    @property
    def release(self) -> Path:
        """The folder of the release."""
        return self.settings.releases / self.manifest.id

    @property
    def nquads(self) -> Path:
        """The statements as one file, for the peers to load."""
        return self.release / "dataset.nq"

    @property
    def store(self) -> Path:
        """The Oxigraph directory of the release."""
        return self.release / "store"

    @property
    def dump(self) -> str:
        """The name of its N-Quads dump."""
        return f"{self.settings.name}.nq"


def prepare(name: str) -> Dataset:
    """Return a dataset, building its release if the one on disk is not that of the present data and code."""
    plan = _plan()
    return plan if name == "plan" else _scaled(name, plan)


@functools.cache
def _plan() -> Dataset:
    """Build the plan as `govplan build` does: every file, shape and question is checked, every dump written."""
    folder = FOLDER / "data" / "plan"
    remove(folder)
    settings = load(ROOT, environ={}, overrides={"releases": folder / "releases"})
    begin = time.perf_counter()
    manifest = build(settings)
    publish(settings.releases, manifest.id)
    return Dataset("plan", settings, manifest, time.perf_counter() - begin)


def _scaled(name: str, plan: Dataset) -> Dataset:
    """Build the plan and generated ones as a release: unchecked, with no dump but N-Quads."""
    root = FOLDER / "data" / name
    stamp = root / "built.json"
    key = {"plan": plan.manifest.id, "generator": _generator(), "tools": plan.manifest.tools}
    known = json.loads(stamp.read_text(encoding="utf-8")) if stamp.is_file() else {}
    if known.get("key") != key:
        remove(root)
        root.mkdir(parents=True)
        known = {"key": key, "seconds": _build_scaled(name, root, plan)}
        stamp.write_text(json.dumps(known), encoding="utf-8")
    settings = _settings(root)
    shutil.copytree(ROOT / "queries", root / "queries", dirs_exist_ok=True)
    return Dataset(name, settings, Manifest.read(settings.releases / CURRENT), float(known["seconds"]))


def _build_scaled(name: str, root: Path, plan: Dataset) -> float:
    """Return the seconds from sorted N-Quads to a release that is current."""
    shutil.copy(ROOT / PROJECT_FILE, root)
    settings = _settings(root)
    made = statements(Vocabulary.read(plan.nquads, settings.base), SIZES[name] - plan.manifest.quads)
    # Generated lines are canonical as they are; `write` compares with what the store gives back.
    lines = [*plan.nquads.read_bytes().splitlines(keepends=True), *(line.encode() for line in made)]
    lines.sort()
    graphs, dataset = _graphs(lines, plan), b"".join(lines)
    del lines

    def fill(work: Path) -> None:
        if name in WITH_DUMP:
            (work / "dumps").mkdir()
            (work / "dumps" / f"{settings.name}.nq").write_bytes(dataset)

    begin = time.perf_counter()
    about = {"version": plan.manifest.version, "date": plan.manifest.date}
    manifest = write(settings, dataset, about, graphs, fill)
    publish(settings.releases, manifest.id)
    return time.perf_counter() - begin


def _settings(root: Path) -> Settings:
    return load(root, environ={}, overrides={"releases": root / "releases"})


def _graphs(lines: list[bytes], plan: Dataset) -> tuple[GraphEntry, ...]:
    counts = Counter(line.rpartition(b" <")[2].rpartition(b"> .")[0].decode() for line in lines)
    sources = {graph.iri: graph.source for graph in plan.manifest.graphs}
    return tuple(GraphEntry(iri, sources.get(iri, "bench/generate.py"), counts[iri]) for iri in sorted(counts))


def remove(folder: Path) -> None:
    """Remove a folder with the releases in it, which are read-only."""
    if folder.exists():
        for path in (folder, *folder.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        shutil.rmtree(folder)


def _generator() -> str:
    return sha256(Path(__file__).with_name("generate.py").read_bytes())
