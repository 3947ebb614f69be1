"""The links of a plan project as plain records, read from its statements."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from govplan.namespaces import LABELS, NS, STANDARD

_TYPE = STANDARD["rdf"] + "type"
_SCHEME = STANDARD["skos"] + "inScheme"
_IDENTICAL = frozenset(
    {STANDARD["owl"] + "sameAs", STANDARD["skos"] + "exactMatch", STANDARD["dcterms"] + "identifier"}
)


@dataclass(frozen=True, slots=True)
class Link:
    """One `gp:RegisterLink`: what of ours answers to which entry of whose register, and how.

    `theirs` is an IRI, or the text of a number with its datatype in `datatype`; `stated` says that the link also
    stands as a plain triple, which a link known second-hand only does not.
    """

    iri: str
    ours: str
    how: str
    theirs: str
    datatype: str | None
    register: str
    stated: bool

    @property
    def identical(self) -> bool:
        """Tell whether the link says that both ends are one thing."""
        return self.how in _IDENTICAL


@dataclass(frozen=True, slots=True)
class Register:
    """One `gp:Register`: `space` is what its IRIs begin with, `things` is everything that should be looked for in it.

    `not_found` is what was looked for without result, `links` what was linked, both sorted.
    """

    iri: str
    labels: tuple[tuple[str, str], ...]
    pattern: str
    space: str
    things: tuple[str, ...]
    not_found: tuple[str, ...]
    links: tuple[Link, ...]

    @property
    def name(self) -> str:
        """The last part of the IRI, which names the register in reports."""
        return self.iri.rpartition("/")[2]

    def key(self, identifier: str) -> str:
        """Return an identifier without what all of this register share."""
        return identifier.removeprefix(self.space) if self.space else identifier


class Statements:
    """Look-ups over all statements at once, whichever graph they stand in; IRIs and texts are plain strings."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._values: dict[tuple[str, str], list[ox.NamedNode | ox.Literal]] = defaultdict(list)
        self._subjects: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._used: dict[str, set[str]] = defaultdict(set)
        for quad in quads:
            if not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, ox.NamedNode | ox.Literal):
                continue
            subject, predicate = quad.subject.value, quad.predicate.value
            self._values[subject, predicate].append(quad.object)
            if isinstance(quad.object, ox.NamedNode):
                self._subjects[predicate, quad.object.value].add(subject)
                self._used[predicate].add(quad.object.value)

    def terms(self, subject: str, predicate: str) -> list[ox.NamedNode | ox.Literal]:
        """Return the values of a property of a thing."""
        return self._values.get((subject, predicate), [])

    def value(self, subject: str, predicate: str) -> str:
        """Return one value of a property of a thing as text, empty if there is none."""
        return min((term.value for term in self.terms(subject, predicate)), default="")

    def subjects(self, predicate: str, value: str) -> set[str]:
        """Return what has this IRI as a value of a property."""
        return self._subjects.get((predicate, value), set())

    def kind(self, iri: str) -> set[str]:
        """Return the things of a class, the codes of a scheme, or the values of a property."""
        return self.subjects(_TYPE, iri) | self.subjects(_SCHEME, iri) | self._used.get(iri, set())

    def labels(self, subject: str) -> tuple[tuple[str, str], ...]:
        """Return language and text of the labels of a thing, sorted."""
        found = {
            (term.language, term.value)
            for predicate in LABELS
            for term in self.terms(subject, predicate)
            if isinstance(term, ox.Literal) and term.language
        }
        return tuple(sorted(found))


def read_registers(quads: Iterable[ox.Quad], base: str) -> tuple[Register, ...]:
    """Return every register that the statements describe, by name, with its links."""
    told, gp = Statements(quads), NS
    links: dict[str, list[Link]] = defaultdict(list)
    for iri in told.kind(f"{gp}RegisterLink"):
        for link in _links(told, iri, gp):
            links[link.register].append(link)
    registers = (
        Register(
            iri=iri,
            labels=told.labels(iri),
            pattern=told.value(iri, f"{gp}identifierPattern"),
            space=told.value(iri, STANDARD["void"] + "uriSpace"),
            things=tuple(sorted(_expected(told, iri, gp, base))),
            not_found=tuple(sorted(told.subjects(f"{gp}notFoundIn", iri))),
            links=tuple(sorted(links.get(iri, []), key=lambda link: link.iri)),
        )
        for iri in told.kind(f"{gp}Register")
    )
    return tuple(sorted(registers, key=lambda register: register.name))


def _expected(told: Statements, register: str, gp: str, base: str) -> set[str]:
    kinds = (term.value for term in told.terms(register, f"{gp}coversAll"))
    return {thing for kind in kinds for thing in told.kind(kind) if thing.startswith(base)}


def _links(told: Statements, iri: str, gp: str) -> Iterable[Link]:
    rdf = STANDARD["rdf"]
    for theirs in told.terms(iri, rdf + "object"):
        ours, how = told.value(iri, rdf + "subject"), told.value(iri, rdf + "predicate")
        yield Link(
            iri=iri,
            ours=ours,
            how=how,
            theirs=theirs.value,
            datatype=theirs.datatype.value if isinstance(theirs, ox.Literal) else None,
            register=told.value(iri, f"{gp}register"),
            stated=theirs in told.terms(ours, how),
        )
