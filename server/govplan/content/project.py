"""The authored Turtle files of a plan project as named graphs: the file is the graph."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from govplan.config import Settings
from govplan.errors import ContentUnreadable

ROOMS = ("ontology", "data", "shapes")
MAX_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class SourceFile:
    """One Turtle file: `path` relative to the project with forward slashes, its text, prefixes, graph and quads."""

    path: str
    text: str
    prefixes: Mapping[str, str]
    graph: str
    quads: tuple[ox.Quad, ...]

    @property
    def room(self) -> str:
        """The top folder the file lies in."""
        return self.path.split("/", 1)[0]

    def line_of(self, iri: str) -> int | None:
        """Return the line on which the block of this subject begins, counted from 1, if it can be told."""
        names = [f"<{iri}>"]
        names += [f"{label}:{iri[len(ns) :]}" for label, ns in self.prefixes.items() if iri.startswith(ns)]
        pattern = "|".join(re.escape(name) for name in names)
        match = re.search(rf"^(?:{pattern})(?=[\s;.,]|$)", self.text, re.MULTILINE)
        return None if match is None else self.text.count("\n", 0, match.start()) + 1


@dataclass(frozen=True)
class Content:
    """All authored files of a plan project, sorted by path."""

    root: Path
    files: tuple[SourceFile, ...]

    @cached_property
    def quads(self) -> tuple[ox.Quad, ...]:
        """Every statement of ontology, data and shapes in its named graph."""
        return tuple(quad for file in self.files for quad in file.quads)

    def with_file(self, file: SourceFile) -> "Content":
        """Return the same content with one file put in or replaced."""
        others = [other for other in self.files if other.path != file.path]
        return Content(self.root, tuple(sorted([*others, file], key=_place)))

    def room(self, *names: str) -> Iterator[ox.Quad]:
        """Yield the statements of these top folders."""
        return (quad for file in self.files if file.room in names for quad in file.quads)

    @cached_property
    def _subjects(self) -> dict[str, SourceFile]:
        order = sorted(self.files, key=lambda file: ROOMS.index(file.room) != 1)
        found: dict[str, SourceFile] = {}
        for file in order:
            for quad in file.quads:
                found.setdefault(str(getattr(quad.subject, "value", quad.subject)), file)
        return found

    def place_of(self, iri: str) -> str | None:
        """Return `path:line` of the file that describes a subject, data files first; None if no file does."""
        file = self._subjects.get(iri)
        if file is None:
            return None
        line = file.line_of(iri)
        return file.path if line is None else f"{file.path}:{line}"


def _place(file: SourceFile) -> tuple[int, str]:
    return ROOMS.index(file.room), file.path


def read_project(settings: Settings) -> Content:
    """Read every Turtle file of the project.

    Raises ContentUnreadable for the first file that is missing, unreadable, not UTF-8 or not Turtle, naming file, line
    and column.
    """
    files = []
    for room in ROOMS:
        folder = settings.root / room
        if not folder.is_dir():
            raise ContentUnreadable(
                f"The plan project has no folder {room}/.",
                where=str(settings.root),
                mend="a plan project holds ontology/, data/, shapes/ and queries/",
            )
        paths = sorted(path for path in folder.rglob("*.ttl") if not path.name.startswith("."))
        files += [_read(path, path.relative_to(settings.root).as_posix(), settings.base) for path in paths]
    if not any(file.quads for file in files if file.room == "data"):
        raise ContentUnreadable(
            "The plan project holds no data.",
            where=str(settings.root / "data"),
            mend="add a Turtle file below data/",
        )
    return Content(settings.root, tuple(files))


def _read(path: Path, name: str, base: str) -> SourceFile:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ContentUnreadable(f"{name} is larger than {MAX_BYTES} bytes.", where=name, mend="split the file")
        text = path.read_bytes().decode("utf-8")
    except OSError as problem:
        raise ContentUnreadable(
            f"{name} cannot be read: {problem.strerror}.", where=name, mend="check its permissions"
        ) from problem
    except UnicodeDecodeError as problem:
        raise ContentUnreadable(
            f"{name} is not UTF-8: byte {problem.start} cannot be read.", where=name, mend="save the file as UTF-8"
        ) from problem
    return source_file(name, text, base)


def source_file(name: str, text: str, base: str) -> SourceFile:
    """Return a Turtle text as the file of this path below the project. Raises ContentUnreadable if it is not Turtle."""
    if text.startswith("\ufeff"):
        raise ContentUnreadable(
            f"{name} begins with a byte order mark.", where=name, mend="save the file as UTF-8 without it"
        )
    graph = ox.NamedNode(f"{base}graph/{name.removesuffix('.ttl')}")
    parser = ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)
    try:
        quads = tuple(ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in parser)
    except SyntaxError as problem:
        where = f"{name}:{problem.lineno}:{problem.offset}" if problem.lineno else name
        raise ContentUnreadable(
            f"{name} is not Turtle: {_reason(problem)}.",
            where=where,
            mend="correct the line; the fault may be one line above",
        ) from problem
    return SourceFile(name, text, dict(parser.prefixes), graph.value, quads)


def _reason(problem: SyntaxError) -> str:
    text = problem.msg or str(problem)
    return re.sub(r"^Parser error at line .*?: ", "", text, count=1)
