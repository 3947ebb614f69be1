"""Turtle that people read: whole, by plan and by layer; each file begins with what it is and how to cite it.

Things stand in the order in which they were authored, file by file; a statement of several graphs stands once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from govplan.config import Settings
from govplan.content.writer import TurtleWriter
from govplan.formats import GRAPHS
from govplan.namespaces import NS
from govplan.release.dumps import packed, read_back
from govplan.release.naming import Naming

_TURTLE = next(fmt for fmt in GRAPHS if fmt.extension == "ttl")


@dataclass(frozen=True, slots=True)
class Section:
    """One graph: its IRI, the folder of its plan if it is of one, and its statements in authored order."""

    graph: str
    plan: str | None
    quads: Sequence[ox.Quad]


def write_turtle(folder: Path, settings: Settings, sections: Sequence[Section], called: Naming) -> dict[str, int]:
    """Write the Turtle files into `folder`, each in every content coding too; return plain file name → bytes.

    `called` is what the release is called. Raises ReleaseDamaged if one does not read back.
    """
    layers = dict(_layers(sections))
    parts: dict[str, list[Section]] = {settings.name: list(sections)}
    for each in sections:
        if each.plan:
            parts.setdefault(f"{settings.name}-plan-{each.plan.rpartition('/')[2]}", []).append(each)
        if layer := layers.get(each.graph):
            parts.setdefault(f"{settings.name}-layer-{layer.rpartition('/')[2]}", []).append(each)
    header, sizes = _header(called), dict[str, int]()
    for name, chosen in parts.items():
        body = _document(chosen, settings, header).encode()
        read_back(body, _TURTLE, {quad.triple for each in chosen for quad in each.quads})
        sizes |= packed(folder, f"{name}.{_TURTLE.extension}", body)
    return sizes


def _layers(sections: Iterable[Section]) -> Iterator[tuple[str, str]]:
    for quad in (quad for each in sections for quad in each.quads if quad.predicate.value == NS + "layer"):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            yield quad.subject.value, quad.object.value


def _document(sections: Iterable[Section], settings: Settings, header: str) -> str:
    writer = TurtleWriter(settings.prefixes, settings.languages)
    said: set[ox.Triple] = set()
    blocks: list[str] = []
    for section in sections:
        subjects: dict[object, list[ox.Triple]] = {}
        for quad in section.quads:
            if quad.triple not in said:
                said.add(quad.triple)
                subjects.setdefault(quad.subject, []).append(quad.triple)
        if subjects:
            blocks.append(f"# {section.graph}")
            blocks += [writer.block(triples) for triples in subjects.values()]
    return writer.with_prefixes("\n\n".join(blocks) + "\n", header)


def _header(called: Naming) -> str:
    """Return the first lines: title, release, licence, and how to cite it."""
    lines = [
        called.title,
        f"Release {called.id}, version {called.version} of {called.date}: {called.iri}",
        *(f"Licence: {licence}" for licence in called.licences),
        f"To cite: {called.citation}",
    ]
    return "".join(f"# {line}\n" for line in lines)
