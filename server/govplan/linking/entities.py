"""What of a release can be linked to: entities with names, identifiers and values, read through the store port."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from govplan import deadline
from govplan.config import Settings
from govplan.errors import ParameterInvalid
from govplan.namespaces import STANDARD
from govplan.store import Request, Store
from govplan.store.formats import BINDINGS

Labels = Mapping[str, str]  # language → text; "" for a text without one
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
_IDENTIFIERS = ("dcterms:identifier", "skos:exactMatch", "owl:sameAs")
_NEAR = ("skos:closeMatch",)
_NOTATION = "skos:notation"
# What tells entities with like names apart, in this order.
_TELLING = ("gp:organisationKind", "gp:levelOfPower", "gp:underObjective", "gp:inPlan", "skos:inScheme")
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
        "fr": "Libellé préféré",
        "de": "Bevorzugte Bezeichnung",
        "en": "Preferred label",
    },
    "skos:altLabel": {"nl": "Ander label", "fr": "Autre libellé", "de": "Andere Bezeichnung", "en": "Other label"},
    "skos:notation": {"nl": "Nummer of code", "fr": "Numéro ou code", "de": "Nummer oder Code", "en": "Number or code"},
    "skos:definition": {"nl": "Definitie", "fr": "Définition", "de": "Definition", "en": "Definition"},
    "skos:inScheme": {"nl": "Codelijst", "fr": "Liste de codes", "de": "Codeliste", "en": "Code list"},
    "skos:exactMatch": {"nl": "Zelfde als", "fr": "Identique à", "de": "Dasselbe wie", "en": "Same as"},
    "skos:closeMatch": {"nl": "Verwant met", "fr": "Proche de", "de": "Ähnlich wie", "en": "Close to"},
    "dcterms:title": {
        "nl": "Titel zoals gedrukt",
        "fr": "Titre tel qu’imprimé",
        "de": "Titel wie gedruckt",
        "en": "Title as printed",
    },
    "dcterms:identifier": {"nl": "Identificatienummer", "fr": "Identifiant", "de": "Kennung", "en": "Identifier"},
    "prov:wasDerivedFrom": {"nl": "Vindplaats", "fr": "Source", "de": "Fundstelle", "en": "Passage"},
}


class Name(NamedTuple):
    """One name of an entity: its language (may be empty), what name it is in words, and the IRI of its property."""

    text: str
    language: str
    kind: str
    property: str = ""


class Value(NamedTuple):
    """One value of a property: an IRI, or a literal with its language or datatype IRI (both may be empty)."""

    text: str
    is_iri: bool
    language: str
    datatype: str


@dataclass(frozen=True, slots=True)
class Type:
    """A kind of entity: its IRI, its labels by language, and the IRI of the broader kind, if any."""

    iri: str
    labels: Labels
    broader: str | None


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing that can be linked to. `types` holds the narrower kinds first; `values` is by property IRI, sorted."""

    iri: str
    types: tuple[str, ...]
    names: tuple[Name, ...]
    notations: tuple[str, ...]
    identifiers: tuple[str, ...]
    near: tuple[str, ...]
    values: Mapping[str, tuple[Value, ...]] = field(repr=False)


@dataclass(frozen=True)
class Catalogue:
    """The entities of one release by IRI, the kinds they are of, the properties they have, and every label there is."""

    entities: Mapping[str, Entity]
    types: Mapping[str, Type]
    properties: Mapping[str, Labels]
    labels: Mapping[str, Labels]
    prefixes: Mapping[str, str]

    def label(self, iri: str, language: str) -> tuple[str, str]:
        """Return the label of anything and its language: the asked one, else English, else any, else the local name."""
        return self.chosen(self.labels.get(iri, {}), language) or (local_name(iri), "")

    def description(self, entity: Entity, language: str) -> str:
        """Return in a few words what an entity is: kind, number, and what it belongs to; or its definition."""
        definitions = {
            value.language: value.text for value in entity.values.get(self.prefixes["skos"] + "definition", ())
        }
        if chosen := self.chosen(definitions, language):
            return chosen[0]
        words = [" ".join((self.label(entity.types[-1], language)[0], *entity.notations))]
        for name in _TELLING:
            for value in entity.values.get(_full(name, self.prefixes), ())[:1]:
                words.append(self.label(value.text, language)[0])
        return " · ".join(words)

    def chosen(self, labels: Labels, language: str) -> tuple[str, str] | None:
        """Return the text and language of the label that fits best, None if there is none."""
        for tag in (language, "en", *sorted(labels)):
            if tag in labels:
                return labels[tag], tag
        return None

    def kind(self, asked: str) -> str:
        """Return the IRI of a kind given by IRI, prefixed name, local name or label in any language.

        Raises ParameterInvalid with the kinds there are.
        """
        return self._named(asked, self.types, "kind of entity")

    def property(self, asked: str) -> str:
        """Return the IRI of a property, given as a kind is. Raises ParameterInvalid with the properties there are."""
        return self._named(asked, self.properties, "property")

    @cached_property
    def _names(self) -> Mapping[str, Mapping[str, str]]:
        kinds = {iri: kind.labels for iri, kind in self.types.items()}
        return {"kind of entity": _by_name(kinds), "property": _by_name(self.properties)}

    def _named(self, asked: str, known: Iterable[str], what: str) -> str:
        text = asked.strip()
        label, _, rest = text.partition(":")
        for iri in (text, self.prefixes.get(label, "\0") + rest):
            if iri in known:
                return iri
        if named := self._names[what].get(text.casefold()):
            return named
        raise ParameterInvalid(
            f"There is no {what} {asked!r} here.",
            mend="give one by IRI or name: " + ", ".join(local_name(iri) for iri in known),
        )

    @cached_property
    def ranges(self) -> Mapping[str, str]:
        """Property → the kind that all of its values are of, for those whose values are entities of one kind."""
        found: dict[str, set[str]] = defaultdict(set)
        for entity in self.entities.values():
            for name, values in entity.values.items():
                for value in values:
                    known = self.entities.get(value.text)
                    found[name].add(known.types[-1] if known else "")
        return {name: min(kinds) for name, kinds in found.items() if len(kinds) == 1 and "" not in kinds}

    def lineage(self, type_: str) -> tuple[str, ...]:
        """Return a kind and every broader one."""
        broader = self.types[type_].broader if type_ in self.types else None
        return (type_, *(self.lineage(broader) if broader else ()))

    def of_type(self, type_: str) -> list[Entity]:
        """Return the entities of a kind or of a narrower one, sorted by IRI."""
        every = deadline.checked(self.entities.values())
        return [entity for entity in every if any(type_ in self.lineage(t) for t in entity.types)]


def _by_name(labels: Mapping[str, Labels]) -> Mapping[str, str]:
    """Return local name or label, in small letters → the first IRI that is called so."""
    found: dict[str, str] = {}
    for iri, words in labels.items():
        for name in (local_name(iri), *words.values()):
            found.setdefault(name.casefold(), iri)
    return found


def local_name(iri: str) -> str:
    """Return what stands after the last `#` or `/` of an IRI."""
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2] or iri


def read_catalogue(store: Store, settings: Settings) -> Catalogue:
    """Read a release through the store. Raises what the store raises."""
    prefixes = settings.prefixes
    statements: dict[str, dict[str, set[Value]]] = defaultdict(lambda: defaultdict(set))
    for row in _rows(store, _entities_query(prefixes)):
        statements[row["entity"].text][row["property"].text].add(row["value"])
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    for row in _rows(store, _labels_query(prefixes)):
        labels[row["thing"].text].setdefault(row["label"].language, row["label"].text)
    for name, words in _WORDS.items():
        labels[_full(name, prefixes)] = dict(words)
    entities = {iri: _entity(iri, statements[iri], prefixes) for iri in sorted(statements)}
    return Catalogue(entities, _types(entities, labels, prefixes), _properties(entities, labels), labels, prefixes)


def _entities_query(prefixes: Mapping[str, str]) -> str:
    types = " ".join(f"<{_full(name, prefixes)}>" for name in _TYPES)
    return (
        f"SELECT DISTINCT ?entity ?property ?value WHERE {{ VALUES ?type {{ {types} }} "
        "?entity a ?type ; ?property ?value . FILTER(isIRI(?entity)) } ORDER BY ?entity ?property ?value"
    )


def _labels_query(prefixes: Mapping[str, str]) -> str:
    names = " ".join(f"<{_full(name, prefixes)}>" for name in ("rdfs:label", "skos:prefLabel"))
    return f"SELECT DISTINCT ?thing ?label WHERE {{ VALUES ?p {{ {names} }} ?thing ?p ?label }} ORDER BY ?thing ?label"


def _rows(store: Store, query: str) -> Iterator[dict[str, Value]]:
    answer: dict[str, Any] = json.loads(store.answer(Request(query, BINDINGS[0].media_type)).body)
    for row in answer["results"]["bindings"]:
        yield {name: _value(term) for name, term in row.items()}


def _value(term: Mapping[str, str]) -> Value:
    return Value(term["value"], term["type"] == "uri", term.get("xml:lang", ""), term.get("datatype", ""))


def _full(name: str, prefixes: Mapping[str, str]) -> str:
    label, _, rest = name.partition(":")
    return prefixes[label] + rest


def _entity(iri: str, values: Mapping[str, set[Value]], prefixes: Mapping[str, str]) -> Entity:
    def of(*names: str) -> Iterator[tuple[str, Value]]:
        for name in names:
            if name.partition(":")[0] in prefixes:
                yield from ((name, value) for value in sorted(values.get(_full(name, prefixes), ())))

    kinds = {value.text for value in values[STANDARD["rdf"] + "type"]}
    known = [_full(name, prefixes) for name in _TYPES]
    schemes = sorted(value.text for _, value in of("skos:inScheme"))
    names = {Name(value.text, value.language, _NAMES[name], _full(name, prefixes)): None for name, value in of(*_NAMES)}
    return Entity(
        iri=iri,
        types=(*schemes, *(kind for kind in known if kind in kinds)),
        names=tuple(names),
        notations=tuple(dict.fromkeys(value.text for _, value in of(_NOTATION))),
        identifiers=tuple(dict.fromkeys(value.text for _, value in of(*_IDENTIFIERS))),
        near=tuple(value.text for _, value in of(*_NEAR)),
        values={name: tuple(sorted(found)) for name, found in sorted(values.items())},
    )


def _types(
    entities: Mapping[str, Entity], labels: Mapping[str, Labels], prefixes: Mapping[str, str]
) -> Mapping[str, Type]:
    """Return the kinds that are there: the table's in its order, then each code list as a kind of code."""
    found = {kind for entity in entities.values() for kind in entity.types}
    concept = _full("skos:Concept", prefixes)
    broader = {_full(low, prefixes): _full(high, prefixes) for low, high in _BROADER.items()}
    table = [_full(name, prefixes) for name in _TYPES]
    order = [kind for kind in table if kind in found or kind in broader.values()]
    order += sorted(found - set(table))
    return {
        kind: Type(kind, labels.get(kind, {}), broader.get(kind, None if kind in table else concept)) for kind in order
    }


def _properties(entities: Mapping[str, Entity], labels: Mapping[str, Labels]) -> Mapping[str, Labels]:
    found = {name for entity in entities.values() for name in entity.values}
    return {name: labels.get(name, {}) for name in sorted(found - {STANDARD["rdf"] + "type"})}
