"""Records as a person or a harvester reads them: what stands in them, and what is missing for a profile."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from govplan.languages import best, preference
from govplan.metadata.graph import Graph
from govplan.metadata.profiles import MetadataProfile
from govplan.readmodel.labels import Text


@dataclass(frozen=True, slots=True)
class Lack:
    """A property that a member of a class has not, and the keys of govplan.toml or the file that would state it."""

    iri: str
    kind: str
    property: str
    mend: str


def lacks(graph: Graph, profile: MetadataProfile) -> list[Lack]:
    """Return what the records lack that a profile wants, in the order in which it names that."""
    return [
        Lack(iri, kind, name, mend)
        for kind, wanted in profile.wanted.items()
        for iri in graph.of_kind(kind)
        for name, mend in wanted.items()
        if not graph.objects(iri, name)
    ]


def values(graph: Graph, iri: str, name: str) -> list[tuple[str, str]]:
    """Return an IRI's values of a property as pairs of language tag and text; an IRI is its own text."""
    return [_text(term) for term in graph.objects(iri, name)]


def said(graph: Graph, iri: str, name: str, language: str, languages: Iterable[str]) -> Text | None:
    """Return the value of a property for a reader of a language; None if there is none."""
    found = best(values(graph, iri, name), preference(language, languages))
    return Text(found[1], found[0] or None) if found else None


def called(graph: Graph, iri: str, name: str, language: str, languages: Iterable[str]) -> list[Text]:
    """Return what the values of a property are called for a reader of a language, those without a label as they are."""
    several = [value for _, value in values(graph, iri, name)]
    return [said(graph, each, "skos:prefLabel", language, languages) or Text(each) for each in several]


def keywords(graph: Graph, iri: str, language: str) -> list[Text]:
    """Return the keywords in a language; those of all languages if there are none."""
    every = [Text(word, tag or None) for tag, word in values(graph, iri, "dcat:keyword")]
    return [word for word in every if word.lang == language] or every


def _text(term: str) -> tuple[str, str]:
    if term.startswith("<"):
        return "", term[1:-1]
    quoted, _, rest = term.rpartition('"')
    # The escapes of N-Triples are those of JSON.
    return rest[1:] if rest.startswith("@") else "", str(json.loads(f'{quoted}"'))
