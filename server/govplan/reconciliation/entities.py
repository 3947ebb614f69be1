"""What of a release can be linked to: entities with names, identifiers and values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, NoReturn

from govplan import deadline
from govplan.conventions import Conventions
from govplan.errors import ParameterInvalid
from govplan.identifiers import Form
from govplan.languages import best, preference
from govplan.reconciliation.normal import Normaliser

Labels = Mapping[str, str]  # language → text; "" for a text without one
# Properties whose values are identifiers of the thing itself.
IDENTIFIERS = ("dcterms:identifier", "skos:exactMatch", "owl:sameAs")
# Numbers and codes.
NOTATIONS = ("skos:notation", "gp:sourceNumber")
# What tells entities with like names apart, in this order.
_TELLING = ("gp:organisationKind", "gp:levelOfPower", "gp:underObjective", "gp:inPlan", "skos:inScheme")


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
    """One thing that can be linked to. `types` holds the narrower kinds first; `values` is by property IRI, sorted.

    `is_term` tells a code or a class, which words of everyday language name, from everything else.
    """

    iri: str
    types: tuple[str, ...]
    names: tuple[Name, ...]
    notations: tuple[str, ...]
    identifiers: tuple[str, ...]
    near: tuple[str, ...]
    is_term: bool
    values: Mapping[str, tuple[Value, ...]] = field(repr=False)


@dataclass(frozen=True)
class Catalogue:
    """The entities of one release by IRI, the kinds they are of, the properties they have, and every label there is."""

    entities: Mapping[str, Entity]
    types: Mapping[str, Type]
    properties: Mapping[str, Labels]
    labels: Mapping[str, Labels]
    prefixes: Mapping[str, str]
    languages: Sequence[str] = ()
    conventions: Conventions = field(default_factory=Conventions)

    @property
    def forms(self) -> Sequence[Form]:
        """How identifiers are written."""
        return self.conventions.forms

    @cached_property
    def normaliser(self) -> Normaliser:
        """What brings names into one form."""
        return Normaliser(self.conventions.names)

    def label(self, iri: str, language: str) -> tuple[str, str]:
        """Return the label of anything for a reader of a language, and its language; else the local name."""
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
            for value in entity.values.get(full(name, self.prefixes), ())[:1]:
                words.append(self.label(value.text, language)[0])
        return " · ".join(words)

    def chosen(self, labels: Labels, language: str) -> tuple[str, str] | None:
        """Return the text and language of the label that fits best, None if there is none."""
        found = best(labels.items(), preference(language, self.languages))
        return (found[1], found[0]) if found else None

    def kind(self, asked: str) -> str:
        """Return the IRI of a kind given by IRI, prefixed name, local name or label in any language.

        Raises ParameterInvalid with the kinds there are.
        """
        return self.find_kind(asked) or _refuse(asked, self.types, "kind of entity")

    def property(self, asked: str) -> str:
        """Return the IRI of a property, given as a kind is. Raises ParameterInvalid with the properties there are."""
        return self.find_property(asked) or _refuse(asked, self.properties, "property")

    def find_kind(self, asked: str) -> str | None:
        """Return what `kind` does, None if there is no such kind."""
        return self._found(asked, self._kinds)

    def find_property(self, asked: str) -> str | None:
        """Return what `property` does, None if there is no such property."""
        return self._found(asked, self._properties)

    @cached_property
    def identifying(self) -> frozenset[str]:
        """The properties whose values name one thing, whatever else is said of it."""
        return frozenset(full(name, self.prefixes) for name in (*IDENTIFIERS, *NOTATIONS))

    @cached_property
    def _kinds(self) -> Mapping[str, str]:
        return _by_name({iri: kind.labels for iri, kind in self.types.items()})

    @cached_property
    def _properties(self) -> Mapping[str, str]:
        return _by_name(self.properties)

    def _found(self, asked: str, known: Mapping[str, str]) -> str | None:
        text = asked.strip()
        label, _, rest = text.partition(":")
        spellings = (text, self.prefixes.get(label, "\0") + rest, text.casefold())
        return next((known[spelling] for spelling in spellings if spelling in known), None)

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

    def kinds_of(self, entity: Entity) -> frozenset[str]:
        """Return every kind that an entity is of, the broader ones too."""
        return frozenset(kind for narrow in entity.types for kind in self.lineage(narrow))

    def of_type(self, type_: str) -> list[Entity]:
        """Return the entities of a kind or of a narrower one, sorted by IRI."""
        every = deadline.checked(self.entities.values())
        return [entity for entity in every if any(type_ in self.lineage(t) for t in entity.types)]


def _refuse(asked: str, known: Iterable[str], what: str) -> NoReturn:
    raise ParameterInvalid(
        f"There is no {what} {asked!r} here.",
        mend="give one by IRI or name: " + ", ".join(local_name(iri) for iri in known),
    )


def _by_name(labels: Mapping[str, Labels]) -> Mapping[str, str]:
    """Return IRI, and local name or label in small letters → the first IRI that is called so."""
    found = {iri: iri for iri in labels}
    for iri, words in labels.items():
        for name in (local_name(iri), *words.values()):
            found.setdefault(name.casefold(), iri)
    return found


def full(name: str, prefixes: Mapping[str, str]) -> str:
    """Return the IRI of a prefixed name."""
    label, _, rest = name.partition(":")
    return prefixes[label] + rest


def local_name(iri: str) -> str:
    """Return what stands after the last `#` or `/` of an IRI."""
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2] or iri
