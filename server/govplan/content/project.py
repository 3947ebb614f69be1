"""The authored Turtle files of a plan project as named graphs: the file is the graph."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from govplan.config import Settings
from govplan.content.places import Places
from govplan.content.turtle import line_and_column, newer_syntax, offsets, token_at
from govplan.errors import ContentUnreadable
from govplan.folders import authored, below_root
from govplan.installed import PROFILES
from govplan.text import read_text

FOLDERS = ("ontology", "data", "shapes")
# Below it lies one folder for each plan.
PLANS = "data/plans"


@dataclass(frozen=True)
class SourceFile:
    """One Turtle file: its text, prefixes, graph and quads.

    `path` is its name: relative to the project, with forward slashes, and with `profiles/` and the profile before it if
    that brings the file.
    """

    path: str
    text: str
    prefixes: Mapping[str, str]
    graph: str
    quads: tuple[ox.Quad, ...]

    @property
    def folder(self) -> str:
        """The top folder the file lies in, whoever brings it."""
        return below_root(self.path).partition("/")[0]

    @property
    def base(self) -> str:
        """What the IRIs of the things that the file brings begin with."""
        return self.graph.removesuffix(f"graph/{self.path.removesuffix('.ttl')}")

    @property
    def is_given(self) -> bool:
        """Whether the file is of the vocabulary or of a profile, and so says the same to every project."""
        return self.folder == "ontology" or self.path.startswith(f"{PROFILES}/")

    @property
    def plan(self) -> str | None:
        """The folder of the plan that the file belongs to, None for what plans share."""
        slug, below, _ = self.path.removeprefix(f"{PLANS}/").partition("/")
        return f"{PLANS}/{slug}" if below and self.path.startswith(f"{PLANS}/") else None

    @cached_property
    def _offsets(self) -> list[tuple[int, int]] | None:
        return offsets(self.text, self.quads)

    def subject_line(self, number: int) -> int | None:
        """Return the line, from 1, on which the block of the quad with this number begins, if it can be told."""
        if self._offsets is None:
            return self._block_line(self.quads[number].subject)
        return line_and_column(self.text, self._offsets[number][0])[0]

    def line(self, number: int) -> int | None:
        """Return the line, from 1, on which the value of the quad with this number begins, if it can be told."""
        if self._offsets is None:
            return self._block_line(self.quads[number].subject)
        return line_and_column(self.text, self._offsets[number][1])[0]

    def place(self, quad: ox.Quad, character: str | None = None) -> str:
        """Return `path:line` of the value of a quad, or `path:line:column` of a character that is written in it."""
        number = self.quads.index(quad)
        if character is not None and self._offsets is not None:
            offset = self._offsets[number][1]
            within = token_at(self.text, offset).find(character)
            line, column = line_and_column(self.text, offset + max(within, 0))
            return f"{self.path}:{line}:{column}"
        return at_line(self.path, self.line(number))

    def _block_line(self, subject: ox.NamedNode | ox.BlankNode | ox.Triple) -> int | None:
        iri = str(getattr(subject, "value", ""))
        names = [f"<{iri}>"]
        names += [f"{label}:{iri[len(ns) :]}" for label, ns in self.prefixes.items() if iri.startswith(ns)]
        pattern = "|".join(re.escape(name) for name in names)
        match = re.search(rf"^(?:{pattern})(?=[\s;.,]|$)", self.text, re.MULTILINE)
        return None if match is None else line_and_column(self.text, match.start())[0]


@dataclass(frozen=True)
class Content:
    """All authored files of a plan project, sorted by path."""

    root: Path
    files: tuple[SourceFile, ...]

    @cached_property
    def quads(self) -> tuple[ox.Quad, ...]:
        """Every statement of ontology, data and shapes in its named graph."""
        return tuple(quad for file in self.files for quad in file.quads)

    @cached_property
    def plans(self) -> tuple[str, ...]:
        """The folders of the plans, sorted."""
        return tuple(sorted({file.plan for file in self.files if file.plan}))

    @cached_property
    def places(self) -> Places:
        """Where each statement stands; data come before ontology, and both before shapes."""
        return Places(sorted(self.files, key=lambda file: FOLDERS.index(file.folder) != 1))

    def with_file(self, file: SourceFile) -> "Content":
        """Return the same content with one file put in or replaced."""
        others = [other for other in self.files if other.path != file.path]
        return Content(self.root, tuple(sorted([*others, file], key=_order)))

    @cached_property
    def given(self) -> frozenset[str]:
        """The IRIs that files of the vocabulary or of profiles say something of."""
        quads = (quad for file in self.files if file.is_given for quad in file.quads)
        return frozenset(quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode))

    def described(self, *folders: str) -> frozenset[str]:
        """Return the IRIs that the files in these top folders say something of."""
        return frozenset(
            quad.subject.value for quad in self.statements(*folders) if isinstance(quad.subject, ox.NamedNode)
        )

    def statements(self, *folders: str) -> Iterator[ox.Quad]:
        """Yield the statements of these top folders."""
        return (quad for file in self.files if file.folder in folders for quad in file.quads)


def at_line(path: str, line: int | None) -> str:
    """Return a place as people and editors write it."""
    return path if line is None else f"{path}:{line}"


def _order(file: SourceFile) -> tuple[int, str]:
    return FOLDERS.index(file.folder), file.path


def read_project(settings: Settings) -> Content:
    """Read every Turtle file of the project, and those of the core and of its profiles that none takes the place of.

    Raises ContentUnreadable for the first file or folder that is missing or unreadable, and for the first file that is
    not UTF-8, not Turtle 1.1, or holds a character that cannot be seen and does harm, naming file, line and column.
    """
    if not (settings.root / "data").is_dir():
        raise ContentUnreadable(
            "The plan project has no folder data/.",
            where=str(settings.root),
            mend="a plan project holds govplan.toml and data/",
        )
    files = [
        source_file(file.name, read_text(file.path, file.name, ContentUnreadable), file.base)
        for folder in FOLDERS
        for file in authored(settings, folder, ".ttl")
    ]
    if not any(file.quads for file in files if file.folder == "data" and not file.is_given):
        raise ContentUnreadable(
            "The plan project holds no data.",
            where=str(settings.root / "data"),
            mend="add a Turtle file below data/",
        )
    return Content(settings.root, tuple(files))


def source_file(name: str, text: str, base: str) -> SourceFile:
    """Return a Turtle text as the file of this path below the project. Raises ContentUnreadable if it is not Turtle."""
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
    if newer := newer_syntax(text):
        raise ContentUnreadable(
            f"{name} holds {newer.what}, which is RDF 1.2; RDF 1.1 is taken here.",
            where=f"{name}:{newer.line}:{newer.column}",
            mend=newer.mend,
        )
    return SourceFile(name, text, dict(parser.prefixes), graph.value, quads)


def _reason(problem: SyntaxError) -> str:
    text = problem.msg or str(problem)
    return re.sub(r"^Parser error at line .*?: ", "", text, count=1)
