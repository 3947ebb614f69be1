"""Writing Turtle in the style of the authored files (T1 to T6 of docs/style.md), for what a program adds to them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from govplan.namespaces import STANDARD

_TYPE = STANDARD["rdf"] + "type"
_STRING = STANDARD["xsd"] + "string"
# The order of predicates: these, then relations, then values, and the passage last.
_FIRST = (
    _TYPE,
    STANDARD["dcterms"] + "title",
    STANDARD["rdfs"] + "label",
    STANDARD["skos"] + "prefLabel",
    STANDARD["skos"] + "altLabel",
    STANDARD["skos"] + "definition",
)
_LAST = STANDARD["prov"] + "wasDerivedFrom"
# What Turtle writes without quotes (section 2.5 of the recommendation), by datatype.
_BARE = {
    STANDARD["xsd"] + "boolean": re.compile(r"true|false"),
    STANDARD["xsd"] + "decimal": re.compile(r"[+-]?\d*\.\d+"),
    STANDARD["xsd"] + "double": re.compile(r"[+-]?(\d+\.\d*|\.?\d+)[eE][+-]?\d+"),
    STANDARD["xsd"] + "integer": re.compile(r"[+-]?\d+"),
}
# Local names that need no escape.
_LOCAL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?")
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|<[^>\n]*>|^#.*', re.MULTILINE)
_PREFIX = re.compile(r"(?<![\w-])([\w-]+):")
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class TurtleWriter:
    """Writes statements with the prefixes of a project, texts in the order of its languages; same input, same bytes."""

    def __init__(self, prefixes: Mapping[str, str], languages: Sequence[str]) -> None:
        self._prefixes, self._languages = prefixes, languages

    def document(self, opening: str, triples: Iterable[ox.Triple]) -> str:
        """Return a file: the prefixes that it uses, its opening as it is, and a block for each subject, sorted."""
        said: dict[str, list[ox.Triple]] = defaultdict(list)
        for triple in triples:
            said[self._written(triple.subject)].append(triple)
        text = "\n\n".join([opening, *(self.block(several) for _, several in sorted(said.items()))]) + "\n"
        return self.with_prefixes(text)

    def with_prefixes(self, text: str, header: str = "") -> str:
        """Return blocks as a file: the header, the prefixes that the blocks use, sorted, and the blocks."""
        used = set(_PREFIX.findall(_QUOTED.sub("", text)))
        declared = (f"@prefix {label}: <{self._prefixes[label]}> .\n" for label in sorted(used & self._prefixes.keys()))
        return header + "".join(declared) + f"\n{text}"

    def block(self, triples: Sequence[ox.Triple]) -> str:
        """Return what is said of one subject as one block."""
        lines = (line for _, line in sorted((self._rank(each), self._line(each)) for each in triples))
        return f"{self._written(triples[0].subject)} " + " ;\n    ".join(lines) + " ."

    def _line(self, triple: ox.Triple) -> str:
        name = "a" if triple.predicate.value == _TYPE else self._written(triple.predicate)
        return f"{name} {self._written(triple.object)}"

    def _rank(self, triple: ox.Triple) -> tuple[int, int]:
        iri, value = triple.predicate.value, triple.object
        tag = value.language if isinstance(value, ox.Literal) else None
        language = self._languages.index(tag) if tag in self._languages else len(self._languages)
        if iri in _FIRST:
            return _FIRST.index(iri), language
        return len(_FIRST) + (2 if iri == _LAST else isinstance(value, ox.Literal)), language

    def _written(self, term: Term) -> str:
        if isinstance(term, ox.NamedNode):
            return self._name(term.value)
        if not isinstance(term, ox.Literal):
            return str(term)
        plain = str(ox.Literal(term.value))
        if term.language:
            return f"{plain}@{term.language}"
        kind = term.datatype.value
        if kind in _BARE and _BARE[kind].fullmatch(term.value):
            return term.value
        return plain if kind == _STRING else f"{plain}^^{self._name(kind)}"

    def _name(self, iri: str) -> str:
        """Return an IRI as a prefixed name where a prefix fits, the longest namespace first."""
        fits = [(len(ns), label) for label, ns in self._prefixes.items() if iri.startswith(ns)]
        named = ((label, iri[length:]) for length, label in sorted(fits, reverse=True))
        return next((f"{label}:{local}" for label, local in named if _LOCAL.fullmatch(local)), f"<{iri}>")
