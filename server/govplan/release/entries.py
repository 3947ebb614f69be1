"""From the statements of a release to what can be found in it: everything that has a label, except the shapes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from govplan.config import Settings
from govplan.namespaces import CORE, LABELS, NS, STANDARD, WORD_LIST
from govplan.search import Entry, Text
from govplan.search.entry import Role

_RDFS, _SKOS, _DCTERMS = STANDARD["rdfs"], STANDARD["skos"], STANDARD["dcterms"]
_TYPE = STANDARD["rdf"] + "type"
_SCHEME = _SKOS + "inScheme"
# What a thing is called: the first of these that it has is its label, the others are names it also has.
_NAMES = (*LABELS, _DCTERMS + "title")
_OTHER_NAMES = (_SKOS + "altLabel", NS + "nameInSource")
_NOTES = (
    _SKOS + "definition",
    _DCTERMS + "description",
    _SKOS + "scopeNote",
    _SKOS + "note",
    _SKOS + "editorialNote",
    _RDFS + "comment",
)
_CODES = (_SKOS + "notation", NS + "sourceNumber")
# The words of the model, its files and the passages behind the statements: found, but below what they speak of.
_BEHIND = {
    **dict.fromkeys((STANDARD["owl"] + name for name in ("Ontology", "AnnotationProperty")), 0.3),
    **dict.fromkeys((STANDARD["owl"] + name for name in ("Class", "ObjectProperty", "DatatypeProperty")), 0.6),
    NS + "SourceGraph": 0.4,
    NS + "Passage": 0.5,
    NS + "TextUnit": 0.5,
    NS + "Flag": 0.5,
}
# The terms of the word list speak of words, not of what these mean.
_OF_WORDS = 0.3


def search_entries(quads: Iterable[ox.Quad], settings: Settings) -> Iterator[Entry]:
    """Yield what the search of a release finds, by IRI."""
    types: dict[str, set[str]] = defaultdict(set)
    schemes: dict[str, set[str]] = defaultdict(set)
    texts: dict[str, dict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    for quad in quads:
        subject, predicate, value = quad.subject, quad.predicate.value, quad.object
        if not isinstance(subject, ox.NamedNode):
            continue
        if isinstance(value, ox.NamedNode):
            found = types if predicate == _TYPE else schemes if predicate == _SCHEME else None
            if found is not None:
                found[subject.value].add(value.value)
        elif isinstance(value, ox.Literal):
            texts[subject.value][predicate].add((value.language or "", value.value))
    for iri in sorted(types):
        type_ = min(types[iri])
        labelled = tuple(_texts(iri, texts[iri], settings))
        if any(text.role == "label" for text in labelled) and not type_.startswith(STANDARD["sh"]):
            weight = _OF_WORDS if WORD_LIST in schemes[iri] else _BEHIND.get(type_, 1.0)
            yield Entry(iri, type_, min(schemes[iri], default=""), labelled, weight)


def _texts(iri: str, said: dict[str, set[tuple[str, str]]], settings: Settings) -> Iterator[Text]:
    label = next((name for name in _NAMES if name in said), None)
    roles: dict[str, Role] = dict.fromkeys((*_NAMES, *_OTHER_NAMES), "name")
    roles |= dict.fromkeys(_NOTES, "note")
    roles |= dict.fromkeys(_CODES, "code")
    if label is not None:
        roles[label] = "label"
    for predicate, role in roles.items():
        for lang, value in said.get(predicate, ()):
            yield Text(role, lang, value)
    yield Text("code", "", iri.removeprefix(settings.base).removeprefix(CORE))
