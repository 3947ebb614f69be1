"""Values in every form in which two of them are the same: as identifiers, as names, by the labels of what they name."""

import hashlib
from collections.abc import Iterable

from govplan.reconciliation.entities import Catalogue
from govplan.reconciliation.spellings import is_iri, keys

LONGEST = 400  # letters; what is longer is a paragraph, not a name


def identifier_forms(catalogue: Catalogue, value: str) -> frozenset[str]:
    """Return the forms of a text as an identifier; it may be shortened by a prefix."""
    return frozenset(keys(value, catalogue.forms, catalogue.prefixes))


def forms(catalogue: Catalogue, values: Iterable[str]) -> frozenset[str]:
    """Return the forms of values of a property. What is too long for a name is the same only letter by letter."""
    found: set[str] = set()
    for value in values:
        found |= identifier_forms(catalogue, value)
        names = catalogue.labels.get(value, {}).values()
        for text in names if is_iri(value) else (value, *names):
            found.add(_long(text) if len(text) > LONGEST else f"name:{catalogue.normaliser.normal(text).joined}")
    return frozenset(found)


def forms_of(catalogue: Catalogue, iri: str, property_: str | None) -> frozenset[str]:
    """Return the forms of what an entity has for a property, or, for None, of its own identifiers.

    Identifiers are the same by whichever property a release states them.
    """
    entity = catalogue.entities[iri]
    found: frozenset[str] = frozenset()
    if property_ is None or property_ in catalogue.identifying:
        texts = (iri, *entity.identifiers, *entity.notations)
        found = frozenset(key for text in texts for key in keys(text, catalogue.forms))
    if property_ is not None:
        found |= forms(catalogue, (value.text for value in entity.values.get(property_, ())))
    return found


def _long(text: str) -> str:
    return f"text:{hashlib.sha256(text.encode()).hexdigest()}"
