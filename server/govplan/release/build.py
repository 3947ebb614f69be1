"""Building a release: checked content → an immutable folder named by the hash of what it says."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

import pyoxigraph as ox

from govplan.config import VERSION, Settings
from govplan.disk import mending, prepare_releases, reason
from govplan.errors import ContentInvalid, ReleaseDamaged, ReleaseNotWritten
from govplan.manifest import DATASET, ID_LENGTH, FileEntry, GraphEntry, Manifest, content_hash
from govplan.manifest import FILE as MANIFEST
from govplan.namespaces import STANDARD
from govplan.questions import QuestionFile, question_files
from govplan.release.charts import write_charts
from govplan.release.check import Gate, Progress, check
from govplan.release.description import write_description
from govplan.release.dumps import canonical, sha256, sha256_of_file, write_checksums, write_dumps
from govplan.release.entries import search_entries
from govplan.release.kept_questions import question_entries
from govplan.release.linkdumps import write_link_dumps
from govplan.release.naming import naming
from govplan.release.pack import write_pack
from govplan.release.report import report_json
from govplan.release.room import refuse_taken, require_space
from govplan.release.tables import write_tables
from govplan.release.turtle_dumps import Section, write_turtle
from govplan.release.verification import verify
from govplan.release.writing import BUILDING, UNFINISHED, discard, locked, put, seal, sweep, sync
from govplan.search import FILE as SEARCH
from govplan.search import write_index

_LEFTOVERS = ("LOCK", "LOG")
_TOOLS = ("pyoxigraph", "pyshacl", "rdflib", "vl-convert-python", "xlsxwriter")


def build(
    settings: Settings, progress: Progress = lambda _: None, *, fresh: bool = False, same_version: bool = False
) -> Manifest:
    """Check the content and write it as a release; return its manifest. `fresh` is that of `check`.

    The same content gives the same id; if that release exists already and is sound, it is returned as it is, and if it
    is damaged, it is written anew. Other content wants another version, unless `same_version`.
    Raises ContentInvalid with every violation, VersionTaken, and ReleaseNotWritten if the disk refuses; nothing is left
    half-written.
    """
    prepare_releases(settings.releases)
    gate = check(settings, progress, fresh=fresh)
    if gate.violations:
        first = gate.violations[0]
        raise ContentInvalid(
            f"{len(gate.violations)} rule(s) are broken; nothing was built. First: {first.what}",
            where=first.place,
            mend=f"{first.mend}; `govplan check` lists all",
        )
    quads = gate.quads
    about = _about(quads, settings)
    dataset = canonical(quads)
    release = content_hash(_entries(_said(dataset, gate.question_files)))[:ID_LENGTH]
    called = naming(settings, quads, release, about)
    if not same_version:
        refuse_taken(settings.releases, about["version"], release)

    def fill(work: Path) -> None:
        progress("writing dumps")
        (work / "dumps").mkdir()
        write_link_dumps(quads, work / "dumps", settings, about["date"])
        sizes = write_turtle(work / "dumps", settings, _sections(gate), called)
        sizes |= write_dumps(quads, work / "dumps", settings.name, settings.prefixes)
        progress("writing the search index")
        write_index(work / SEARCH, search_entries(quads, settings))
        progress("writing tables")
        write_tables(work, settings, gate.questions, about["date"])
        write_pack(work, settings.name, called)
        write_checksums(work / "dumps")
        progress("drawing charts")
        write_charts(work, settings, gate.questions)
        progress("describing the release")
        write_description(work, settings, gate.questions.values())
        (work / "report.ttl").write_text(gate.shacl.turtle, encoding="utf-8")
        (work / "report.json").write_text(report_json(gate, sizes), encoding="utf-8")

    return write(settings, dataset, about, _graphs(gate), fill, progress, questions=gate.question_files)


def write(
    settings: Settings,
    dataset: bytes,
    about: Mapping[str, str],
    graphs: tuple[GraphEntry, ...],
    fill: Callable[[Path], None],
    progress: Progress = lambda _: None,
    *,
    questions: Iterable[QuestionFile] | None = None,
) -> Manifest:
    """Write canonical N-Quads as a release, unchecked, and return its manifest; all or nothing.

    `about` gives `version` and `date`; `fill` adds its own files to the folder it is given before that is sealed.
    `questions` are by default those that the project has now.
    Several who build wait for each other, and what those who were ended left behind is removed.
    Raises ReleaseNotWritten if the disk refuses, ReleaseDamaged if the store does not hold what was loaded.
    """
    said = _said(dataset, question_files(settings) if questions is None else questions)
    digest = content_hash(_entries(said))
    final = settings.releases / digest[:ID_LENGTH]
    try:
        settings.releases.mkdir(parents=True, exist_ok=True)
        sync(settings.releases.parent)
        with locked(settings.releases, BUILDING, lambda: progress("waiting for another build to end")):
            for path in sweep(settings.releases, UNFINISHED):
                progress(f"{path} was left by a build that was ended and cannot be removed")
            if os.path.lexists(final):
                progress("this content was built before; verifying it")
                if (known := _sound(final)) is not None:
                    return known
                progress("that release is damaged; writing it anew")
            require_space(settings.releases, len(dataset))
            work = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=settings.releases))
            try:
                for name, content in said.items():
                    (work / name).parent.mkdir(parents=True, exist_ok=True)
                    (work / name).write_bytes(content)
                progress("loading the store")
                _write_store(work, sha256(dataset))
                fill(work)
                manifest = _manifest(work, settings, digest, dataset.count(b"\n"), about, graphs)
                manifest.write(work)
                seal(work)
                put(work, final)
            except BaseException:
                discard(work)
                raise
            return manifest
    except OSError as problem:
        # Nobody need write to the folder if the release is there already.
        if (known := _sound(final)) is not None:
            return known
        raise _not_written(final, problem) from problem


def _said(dataset: bytes, questions: Iterable[QuestionFile]) -> dict[str, bytes]:
    """Return path → content of the files that the id of a release is made of."""
    return {DATASET: dataset, **question_entries(questions)}


def _entries(said: Mapping[str, bytes]) -> list[FileEntry]:
    return [FileEntry(path, len(content), sha256(content)) for path, content in said.items()]


def _sound(release: Path) -> Manifest | None:
    """Return the manifest of a release that is as it was built and can be opened, None if it is not."""
    try:
        manifest = verify(release)
        ox.Store.read_only(str(release / "store"))
    except (ReleaseDamaged, OSError, RuntimeError):
        return None
    return manifest


def _manifest(
    work: Path, settings: Settings, digest: str, quads: int, about: Mapping[str, str], graphs: tuple[GraphEntry, ...]
) -> Manifest:
    return Manifest(
        id=digest[:ID_LENGTH],
        sha256=digest,
        project=settings.name,
        base=settings.base,
        version=about["version"],
        date=about["date"],
        languages=settings.languages,
        prefixes=settings.prefixes,
        quads=quads,
        graphs=graphs,
        files=tuple(_files(work)),
        tools={"govplan": VERSION, "sqlite": sqlite3.sqlite_version} | {name: version(name) for name in _TOOLS},
    )


def _write_store(work: Path, digest: str) -> None:
    """Load dataset.nq, then reopen what lies on disk and read all of it back: a torn store opens without complaint."""
    folder = work / "store"
    store = ox.Store(str(folder))
    store.bulk_load(path=str(work / DATASET), format=ox.RdfFormat.N_QUADS)
    store.optimize()
    store.flush()
    del store
    for name in _LEFTOVERS:
        (folder / name).unlink(missing_ok=True)
    if sha256(canonical(ox.Store.read_only(str(folder)))) != digest:
        raise ReleaseDamaged(
            "The store does not read back as what was loaded; nothing was published.", where=str(folder)
        )


def _about(quads: Iterable[ox.Quad], settings: Settings) -> dict[str, str]:
    wanted = {STANDARD["dcat"] + "version": "version", STANDARD["dcterms"] + "issued": "date"}
    subject = ox.NamedNode(settings.dataset_iri)
    found = {
        wanted[quad.predicate.value]: quad.object.value
        for quad in quads
        if quad.subject == subject and quad.predicate.value in wanted and isinstance(quad.object, ox.Literal)
    }
    if missing := sorted(set(wanted.values()) - set(found)):
        raise ContentInvalid(
            f"The catalogue gives the dataset no {missing[0]}.",
            where=f"data/catalogue.ttl, {settings.dataset_iri}",
            mend="state dcat:version and dcterms:issued of that IRI; its last part is `name` in govplan.toml",
        )
    return found


def _graphs(gate: Gate) -> tuple[GraphEntry, ...]:
    """Each graph with the file that it is, or the file of the rule that it follows from."""
    return (
        *(GraphEntry(file.graph, file.path, len(set(file.quads))) for file in gate.content.files),
        *(GraphEntry(each.graph, each.file, len(each.quads)) for each in gate.inferred),
    )


def _sections(gate: Gate) -> list[Section]:
    """The graphs as they were authored, data first; what follows from them last."""
    files = sorted(gate.content.files, key=lambda file: file.folder != "data")
    return [
        *(Section(file.graph, file.plan, file.quads) for file in files),
        *(Section(each.graph, None, each.quads) for each in gate.inferred),
    ]


def _files(work: Path) -> Iterable[FileEntry]:
    for path in sorted(path for path in work.rglob("*") if path.is_file() and path.name != MANIFEST):
        yield FileEntry(path.relative_to(work).as_posix(), path.stat().st_size, sha256_of_file(path))


def _not_written(place: Path, problem: OSError) -> ReleaseNotWritten:
    return ReleaseNotWritten(
        f"The release cannot be written: {reason(problem)}.",
        where=str(place),
        mend=f"{mending(problem)} by --releases; what existed before is untouched",
    )
