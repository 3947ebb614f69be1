"""Suggestions while a person types: entities, kinds and properties whose name or one of its words begins so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from govplan import deadline
from govplan.reconciliation.documents import Document, type_document
from govplan.reconciliation.entities import Catalogue
from govplan.reconciliation.matching import Matcher
from govplan.reconciliation.normal import folded

LIMIT = 20


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the suggestions is wanted."""

    limit: int = LIMIT
    offset: int = 0

    def of(self, iris: list[str]) -> list[str]:
        """Return that part."""
        return iris[self.offset : self.offset + self.limit]


def entities(matcher: Matcher, prefix: str, page: Page, language: str, kind: str | None = None) -> list[Document]:
    """Return the entities (of a kind) that a prefix suggests; one that is named by its identifier comes first."""
    catalogue = matcher.catalogue
    chosen = catalogue.of_type(kind) if kind else catalogue.entities.values()
    names = {entity.iri: [name.text for name in entity.names] for entity in chosen}
    named = [iri for iri in matcher.meant(prefix) if iri in names]
    found = list(dict.fromkeys((*named, *_beginning(catalogue, names.items(), prefix, language))))
    return [
        {
            "id": iri,
            "name": catalogue.label(iri, language)[0],
            "description": catalogue.description(catalogue.entities[iri], language),
            "notable": [type_document(catalogue, type_, language) for type_ in catalogue.entities[iri].types],
        }
        for iri in page.of(found)
    ]


def kinds(catalogue: Catalogue, prefix: str, page: Page, language: str) -> list[Document]:
    """Return the kinds of entities that a prefix suggests."""
    names = {kind.iri: list(kind.labels.values()) for kind in catalogue.types.values()}
    return _described(catalogue, names, prefix, page, language)


def properties(catalogue: Catalogue, prefix: str, page: Page, language: str) -> list[Document]:
    """Return the properties that a prefix suggests."""
    names = {iri: list(labels.values()) for iri, labels in catalogue.properties.items()}
    return _described(catalogue, names, prefix, page, language)


def _described(
    catalogue: Catalogue, names: dict[str, list[str]], prefix: str, page: Page, language: str
) -> list[Document]:
    found = list(_beginning(catalogue, names.items(), prefix, language))
    return [{**type_document(catalogue, iri, language), "description": iri} for iri in page.of(found)]


def _beginning(
    catalogue: Catalogue, named: Iterable[tuple[str, list[str]]], prefix: str, language: str
) -> Iterator[str]:
    """Yield the IRIs that a prefix suggests: whole names that begin so first, then single words, each by name.

    Raises QueryTimedOut where the work at hand has a deadline.
    """
    asked = " ".join(folded(prefix).split())
    ranked = []
    for iri, names in deadline.checked(named):
        shown = folded(catalogue.label(iri, language)[0])
        forms = [" ".join(folded(name).split()) for name in names] or [shown]
        if iri.startswith(prefix) or any(form.startswith(asked) for form in forms):
            ranked.append((0, shown, iri))
        elif any(f" {asked}" in f" {form}" for form in forms):
            ranked.append((1, shown, iri))
    for _, _, iri in sorted(ranked):
        yield iri
