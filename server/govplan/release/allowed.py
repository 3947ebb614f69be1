"""What could have been meant by a wrong value: the codes or things that a shape allows, and the one most like it."""

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

import pyoxigraph as ox

from govplan.content import Content
from govplan.content.places import Term
from govplan.namespaces import LABELS, NS, STANDARD, short

_SH, _RDF = STANDARD["sh"], STANDARD["rdf"]
_TYPE = _RDF + "type"
_NAMES = (*LABELS, STANDARD["skos"] + "notation", NS + "sourceNumber")
_SUBCLASS = STANDARD["rdfs"] + "subClassOf"
# A code list is told whole; of longer lists, such as all actions, only the nearest.
_MOST = 60


class AllowedValues:
    """The values that the shapes of a project allow, read from its shapes, ontology and data when first needed."""

    def __init__(self, content: Content, prefixes: Mapping[str, str]) -> None:
        self._content = content
        self._prefixes = prefixes

    @cached_property
    def _said(self) -> dict[tuple[str, str], list[Term]]:
        """Subject and predicate → values."""
        said: dict[tuple[str, str], list[Term]] = defaultdict(list)
        for quad in self._content.quads:
            said[_text(quad.subject), quad.predicate.value].append(quad.object)
        return said

    @cached_property
    def _holders(self) -> dict[tuple[str, str], set[str]]:
        """Predicate and value → subjects that are IRIs."""
        holders: dict[tuple[str, str], set[str]] = defaultdict(set)
        for quad in self._content.statements("ontology", "data"):
            if isinstance(quad.object, ox.NamedNode) and isinstance(quad.subject, ox.NamedNode):
                holders[quad.predicate.value, quad.object.value].add(quad.subject.value)
        return holders

    def hint(self, shape: str, value: Term) -> str:
        """Return what may be written instead of a wrong value: the nearest and all that are allowed; empty if unknown.

        A value that the shape allows, and that is wrong for another reason, gets no hint.
        """
        allowed = self._allowed(shape) or self._described_beside(value)
        if not allowed or _text(value) in allowed:
            return ""
        nearest = self._nearest(value, allowed)
        hint = f" Nearest: {self._short(nearest)}." if nearest else ""
        if len(allowed) <= _MOST and self._allowed(shape):
            hint += " Allowed: " + ", ".join(sorted(map(self._short, allowed))) + "."
        return hint

    def nearest_term(self, iri: str) -> str:
        """Return a hint of the described term that is spelt most like one that nothing describes; empty if none is."""
        nearest = self._nearest(ox.NamedNode(iri), self._described_beside(ox.NamedNode(iri)))
        return f" Nearest: {self._short(nearest)}." if nearest else ""

    def _allowed(self, shape: str) -> set[str]:
        """Return what the shape, and those it refers to, leave to choose from; empty where they name nothing."""
        sets = list(self._sets(shape, frozenset()))
        return set.intersection(*sets) if sets else set()

    def _sets(self, shape: str, seen: frozenset[str]) -> Iterator[set[str]]:
        if shape in seen:
            return
        for kind in self._values(shape, "class"):
            yield set().union(*(self._holders[_TYPE, each] for each in self._with_subclasses(kind)))
        for head in self._values(shape, "in"):
            yield set(self._list(head))
        for node in self._values(shape, "node"):
            yield from self._sets(node, seen | {shape})
            for inner in self._values(node, "property"):
                for path in self._values(inner, "path"):
                    for wanted in self._values(inner, "hasValue"):
                        yield self._holders[path, wanted]

    def _values(self, subject: str, name: str) -> list[str]:
        return [_text(term) for term in self._said.get((subject, _SH + name), ())]

    def _list(self, cell: str) -> Iterator[str]:
        while first := self._said.get((cell, _RDF + "first")):
            yield _text(first[0])
            cell = _text(self._said[cell, _RDF + "rest"][0])

    def _with_subclasses(self, kind: str) -> set[str]:
        found, new = set(), {kind}
        while new:
            found |= new
            new = {each for one in new for each in self._holders.get((_SUBCLASS, one), ())} - found
        return found

    def _described_beside(self, value: Term) -> set[str]:
        """Return what is described in the namespace of an IRI that nothing describes; nothing for one that is."""
        iri = _text(value)
        if not isinstance(value, ox.NamedNode) or (iri, _TYPE) in self._said:
            return set()
        namespace = iri[: _local(iri)]
        return {subject for subject, predicate in self._said if predicate == _TYPE and _is_in(subject, namespace)}

    def _nearest(self, value: Term, allowed: set[str]) -> str | None:
        """Return what is called, or ends, most like the value; None if nothing is alike."""
        wanted = _text(value)
        wanted = wanted[_local(wanted) :] if isinstance(value, ox.NamedNode) else wanted
        words: dict[str, str] = {}
        for iri in sorted(allowed):
            words.setdefault(iri[_local(iri) :].lower(), iri)
            if not isinstance(value, ox.NamedNode):
                for name in _NAMES:
                    for label in self._said.get((iri, name), ()):
                        words.setdefault(_text(label).lower(), iri)
        found = difflib.get_close_matches(wanted.lower(), words, n=1)
        return words[found[0]] if found else None

    def _short(self, iri: str) -> str:
        return short(iri, self._prefixes)


def _local(iri: str) -> int:
    return max(iri.rfind("#"), iri.rfind("/")) + 1


def _is_in(iri: str, namespace: str) -> bool:
    return iri.startswith(namespace) and _local(iri) == len(namespace)


def _text(term: Term) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value
