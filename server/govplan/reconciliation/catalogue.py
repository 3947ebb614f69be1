"""Reading what can be linked to through the store port: which things of a release are entities, and what they have."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from govplan.config import Settings
from govplan.conventions import conventions
from govplan.formats import BINDINGS
from govplan.namespaces import LABELS, STANDARD, WORD_LIST
from govplan.reconciliation.entities import IDENTIFIERS, NOTATIONS, Catalogue, Entity, Labels, Name, Type, Value, full
from govplan.sparql import Request, Store
from govplan.values import Term, text

# Things in one query.
_BATCH = 100
_NAMES = {
    "rdfs:label": "label by the editors",
    "skos:prefLabel": "label",
    "skos:altLabel": "alternative label",
    "dcterms:title": "title as printed",
    "dcterms:alternative": "alternative title",
    "foaf:name": "name",
    "schema:name": "name",
    "gp:nameInSource": "name as printed",
}
_NEAR = ("skos:closeMatch",)
# The kinds of things that other people's data may name, the most usual first. The rest of a release is bookkeeping.
_TYPES = (
    "org:Organization",
    "foaf:Agent",
    "gp:Plan",
    "gp:Objective",
    "gp:Action",
    "gp:Aim",
    "gp:Deliverable",
    "gp:ReferencedWork",
    "dcterms:Location",
    "skos:Concept",
)
# Kinds of codes and classes.
_TERMS = ("skos:Concept", "owl:Class", "rdfs:Class")
_BROADER = {"org:Organization": "foaf:Agent"}
# What the release calls otherwise or not at all: a name says here whose wording it is.
_WORDS: Mapping[str, Labels] = {
    "skos:Concept": {"nl": "Code", "fr": "Code", "de": "Code", "en": "Code"},
    "rdfs:label": {
        "nl": "Label van govplan",
        "fr": "Libellé de govplan",
        "de": "Bezeichnung von govplan",
        "en": "Label by govplan",
    },
    "skos:prefLabel": {
        "nl": "Voorkeurslabel",
        "fr": "Libellé préférentiel",
        "de": "Vorzugsbezeichnung",
        "en": "Preferred label",
    },
    "skos:altLabel": {"nl": "Ander label", "fr": "Autre libellé", "de": "Andere Bezeichnung", "en": "Other label"},
    "skos:notation": {"nl": "Nummer of code", "fr": "Numéro ou code", "de": "Nummer oder Code", "en": "Number or code"},
    "skos:definition": {"nl": "Definitie", "fr": "Définition", "de": "Definition", "en": "Definition"},
    "skos:inScheme": {"nl": "Codelijst", "fr": "Liste de codes", "de": "Codeliste", "en": "Code list"},
    "skos:exactMatch": {"nl": "Hetzelfde als", "fr": "Identique à", "de": "Dasselbe wie", "en": "Same as"},
    "skos:closeMatch": {"nl": "Verwant met", "fr": "Proche de", "de": "Ähnlich wie", "en": "Close to"},
    "dcterms:title": {
        "nl": "Titel zoals gedrukt",
        "fr": "Titre tel qu’imprimé",
        "de": "Titel wie gedruckt",
        "en": "Title as printed",
    },
    "dcterms:identifier": {"nl": "Identificatienummer", "fr": "Identifiant", "de": "Kennung", "en": "Identifier"},
    "prov:wasDerivedFrom": {"nl": "Vindplaats", "fr": "Passage", "de": "Fundstelle", "en": "Passage"},
}


def read_catalogue(store: Store, settings: Settings) -> Catalogue:
    """Read a release through the store. Raises what the store raises."""
    prefixes = settings.prefixes
    statements: dict[str, dict[str, set[Value]]] = defaultdict(lambda: defaultdict(set))
    for row in _batched(store, *_entities_queries(prefixes)):
        statements[row["thing"].text][row["property"].text].add(row["value"])
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    for row in _batched(store, *_labels_queries()):
        labels[row["thing"].text].setdefault(row["label"].language, row["label"].text)
    for name, words in _WORDS.items():
        labels[full(name, prefixes)] = dict(words)
    entities = {iri: _entity(iri, statements[iri], prefixes) for iri in sorted(statements)}
    types, properties = _types(entities, labels, prefixes), _properties(entities, labels, prefixes)
    return Catalogue(entities, types, properties, labels, prefixes, settings.languages, conventions(settings.profiles))


def _entities_queries(prefixes: Mapping[str, str]) -> tuple[str, str]:
    types = " ".join(f"<{full(name, prefixes)}>" for name in _TYPES)
    real = f"FILTER(isIRI(?thing)) FILTER NOT EXISTS {{ ?thing <{STANDARD['skos']}inScheme> <{WORD_LIST}> }}"
    return (
        f"SELECT DISTINCT ?thing WHERE {{ VALUES ?type {{ {types} }} ?thing a ?type . {real} }}",
        "SELECT DISTINCT ?thing ?property ?value WHERE { VALUES ?thing { @ } ?thing ?property ?value }",
    )


def _labels_queries() -> tuple[str, str]:
    names = ", ".join(f"<{name}>" for name in LABELS)
    labelled = f"?thing ?p ?label . FILTER(?p IN ({names}))"
    return (
        f"SELECT DISTINCT ?thing WHERE {{ {labelled} . FILTER(isIRI(?thing)) }}",
        f"SELECT DISTINCT ?thing ?label WHERE {{ VALUES ?thing {{ @ }} {labelled} }} ORDER BY ?thing ?label",
    )


def _batched(store: Store, things: str, about: str) -> Iterator[dict[str, Value]]:
    """Yield what the query `about` says of the things that another one finds, some of them at a time.

    Reading a long answer is one step that nothing can stop.
    """
    found = sorted(row["thing"].text for row in _rows(store, things))
    for start in range(0, len(found), _BATCH):
        yield from _rows(store, about.replace("@", " ".join(f"<{iri}>" for iri in found[start : start + _BATCH])))


def _rows(store: Store, query: str) -> Iterator[dict[str, Value]]:
    answer: dict[str, Any] = json.loads(store.answer(Request(query, BINDINGS[0].media_type)).body)
    for row in answer["results"]["bindings"]:
        yield {name: _value(term) for name, term in row.items()}


def _value(term: Term) -> Value:
    return Value(text(term), term["type"] == "uri", term.get("xml:lang", ""), term.get("datatype", ""))


def _entity(iri: str, values: Mapping[str, set[Value]], prefixes: Mapping[str, str]) -> Entity:
    def of(*names: str) -> Iterator[tuple[str, Value]]:
        for name in names:
            if name.partition(":")[0] in prefixes:
                yield from ((name, value) for value in sorted(values.get(full(name, prefixes), ())))

    kinds = {value.text for value in values[STANDARD["rdf"] + "type"]}
    # What a kind implies is not said again: every organisation is an agent.
    implied = {full(high, prefixes) for low, high in _BROADER.items() if full(low, prefixes) in kinds}
    known = [kind for name in _TYPES if (kind := full(name, prefixes)) in kinds - implied]
    schemes = sorted(value.text for _, value in of("skos:inScheme"))
    names = {Name(value.text, value.language, _NAMES[name], full(name, prefixes)): None for name, value in of(*_NAMES)}
    return Entity(
        iri=iri,
        types=(*schemes, *known),
        names=tuple(names),
        notations=tuple(dict.fromkeys(value.text for _, value in of(*NOTATIONS))),
        identifiers=tuple(dict.fromkeys(value.text for _, value in of(*IDENTIFIERS))),
        near=tuple(value.text for _, value in of(*_NEAR)),
        is_term=any(full(name, prefixes) in kinds for name in _TERMS),
        values={name: tuple(sorted(found)) for name, found in sorted(values.items())},
    )


def _types(
    entities: Mapping[str, Entity], labels: Mapping[str, Labels], prefixes: Mapping[str, str]
) -> Mapping[str, Type]:
    """Return the kinds that are there: the table's in its order, then each code list as a kind of code."""
    found = {kind for entity in entities.values() for kind in entity.types}
    concept = full("skos:Concept", prefixes)
    broader = {full(low, prefixes): full(high, prefixes) for low, high in _BROADER.items()}
    table = [full(name, prefixes) for name in _TYPES]
    order = [kind for kind in table if kind in found or kind in broader.values()]
    order += sorted(found - set(table))
    return {
        kind: Type(kind, labels.get(kind, {}), broader.get(kind, None if kind in table else concept)) for kind in order
    }


def _properties(
    entities: Mapping[str, Entity], labels: Mapping[str, Labels], prefixes: Mapping[str, str]
) -> Mapping[str, Labels]:
    found = {name for entity in entities.values() for name in entity.values}
    found.update(full(name, prefixes) for name in IDENTIFIERS)  # they may be asked for where no thing has one
    return {name: labels.get(name, {}) for name in sorted(found - {STANDARD["rdf"] + "type"})}
