"""In which languages things have a label: counted per class, so that a missing translation is seen in time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from govplan.content import Content, Problem
from govplan.namespaces import CORE_LANGUAGES, NS, STANDARD, short

_TYPE = ox.NamedNode(STANDARD["rdf"] + "type")


@dataclass(frozen=True, slots=True)
class Coverage:
    """One class: its name with a prefix, how many things it has, and how many of them have a label per language."""

    kind: str
    things: int
    labelled: Mapping[str, int]

    @property
    def is_shown(self) -> bool:
        """Whether readers meet the things of this class by a label; links between things have none in any language."""
        return any(self.labelled.values())


def coverage(content: Content, languages: Sequence[str], prefixes: Mapping[str, str]) -> list[Coverage]:
    """Return a row per class of what ontology and data describe, sorted by name.

    A label is rdfs:label, skos:prefLabel or gp:locator, in the language given or a region of it. What the core
    or a profile describes is read in English where they lack a language.
    """
    further = set(languages) - set(CORE_LANGUAGES)
    core = {ox.NamedNode(iri) for iri in content.given}
    label = {STANDARD["rdfs"] + "label", STANDARD["skos"] + "prefLabel", NS + "locator"}
    kinds: dict[ox.NamedNode, set[object]] = {}
    spoken: dict[object, set[str]] = {}
    for quad in content.room("ontology", "data"):
        if quad.predicate == _TYPE and isinstance(quad.object, ox.NamedNode):
            kinds.setdefault(quad.object, set()).add(quad.subject)
        elif quad.predicate.value in label and isinstance(quad.object, ox.Literal) and quad.object.language:
            spoken.setdefault(quad.subject, set()).add(quad.object.language.partition("-")[0])
    rows = [
        Coverage(
            short(kind.value, prefixes),
            len(things),
            {
                tag: sum(tag in spoken.get(thing, ()) or (tag in further and thing in core) for thing in things)
                for tag in languages
            },
        )
        for kind, things in kinds.items()
    ]
    return sorted(rows, key=lambda row: row.kind)


def gaps(rows: Iterable[Coverage]) -> list[Problem]:
    """Return a violation per class of which readers see things in one language and miss them in another."""
    return [
        Problem(
            "violation",
            "ontology/, data/",
            row.kind,
            "coverage",
            f"{row.things - count} of {row.things} things of {row.kind} have no label in {tag}.",
            f'write rdfs:label "…"@{tag} (skos:prefLabel for codes, gp:locator for passages)',
        )
        for row in rows
        if row.is_shown
        for tag, count in row.labelled.items()
        if count < row.things
    ]
