"""A mirror: RDF of others, taken whole and written as one more file of the project, which says whose it is."""

import datetime
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import pyoxigraph as ox

from govplan.config import Settings
from govplan.errors import SourceRefused
from govplan.linking.addresses import PUBLIC, Network
from govplan.linking.declared import Mirror
from govplan.linking.download import Fetched, fetch
from govplan.namespaces import STANDARD
from govplan.text import without_mark

FOLDER = "data/mirrors"
_FORMATS: Mapping[str, ox.RdfFormat] = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
}
_ACCEPT = "text/turtle, application/n-triples;q=0.9"
_LABEL = {"nl": "Spiegel van {}", "fr": "Miroir de {}", "de": "Spiegel von {}", "en": "Mirror of {}"}
_TYPE = STANDARD["rdf"] + "type"
_STRING = STANDARD["xsd"] + "string"
# What Turtle writes without quotes (section 2.5 of the recommendation), by datatype.
_BARE = {
    STANDARD["xsd"] + "boolean": re.compile(r"true|false"),
    STANDARD["xsd"] + "decimal": re.compile(r"[+-]?\d*\.\d+"),
    STANDARD["xsd"] + "double": re.compile(r"[+-]?(\d+\.\d*|\.?\d+)[eE][+-]?\d+"),
    STANDARD["xsd"] + "integer": re.compile(r"[+-]?\d+"),
}
_LOCAL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?")
# T5 of the style: the type, then labels and notes, then the rest.
_FIRST = (
    _TYPE,
    STANDARD["dcterms"] + "title",
    STANDARD["rdfs"] + "label",
    STANDARD["skos"] + "prefLabel",
    STANDARD["skos"] + "altLabel",
    STANDARD["skos"] + "definition",
)


def mirror_address(mirror: Mirror) -> str:
    """Return what is fetched: the dump, or the endpoint with its query (SPARQL 1.1 Protocol, section 2.1.1)."""
    if mirror.query is None:
        return mirror.url
    return mirror.url + ("&" if "?" in mirror.url else "?") + urlencode({"query": mirror.query})


def mirror_file(mirror: Mirror) -> str:
    """Return the path of the file below the project."""
    return f"{FOLDER}/{mirror.name}.ttl"


def take(mirror: Mirror, settings: Settings, day: datetime.date, network: Network = PUBLIC) -> str:
    """Fetch a declared mirror and return the text of its file; `day` is when it was taken.

    Raises SourceUnavailable and SourceRefused as `fetch` does, and SourceRefused for what is not RDF, holds blank nodes
    or holds nothing.
    """
    address = mirror_address(mirror)
    fetched = fetch(address, accept=_ACCEPT, seconds=mirror.seconds, max_bytes=mirror.bytes, network=network)
    return _Writer(settings.prefixes, settings.base).file(mirror, address, day, _triples(fetched))


def _triples(fetched: Fetched) -> set[ox.Triple]:
    rdf_format = _FORMATS.get(fetched.media_type)
    if rdf_format is None:
        raise SourceRefused(
            f"The server sends {fetched.media_type or 'no media type'}, not RDF.",
            where=fetched.url,
            mend=f"take an address that answers with {' or '.join(_FORMATS)}; a query must be a CONSTRUCT",
        )
    try:
        triples = {
            quad.triple for quad in ox.parse(without_mark(fetched.body), format=rdf_format, base_iri=fetched.url)
        }
    except (SyntaxError, ValueError) as problem:
        raise SourceRefused(
            f"The answer is not {fetched.media_type}: {problem}.",
            where=fetched.url,
            mend="try again later; an error of the server may stand in its answer",
        ) from problem
    if not triples:
        raise SourceRefused("The answer holds no statement.", where=fetched.url, mend="correct the query")
    for triple in triples:
        value = triple.object
        plain = isinstance(value, ox.NamedNode) or (isinstance(value, ox.Literal) and value.direction is None)
        if not isinstance(triple.subject, ox.NamedNode) or not plain:
            raise SourceRefused(
                f"The answer holds a blank node, a triple term or a text with a direction: {triple}.",
                where=fetched.url,
                mend="construct named nodes and texts of RDF 1.1 only",
            )
    return triples


class _Writer:
    """Writes the file in the project's style, so that a new copy differs from the old one only where the data do."""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        self._prefixes = prefixes
        self._base = base
        self._used: set[str] = set()

    def file(self, mirror: Mirror, address: str, day: datetime.date, triples: set[ox.Triple]) -> str:
        """Return the whole text."""
        told: dict[str, list[ox.Triple]] = defaultdict(list)
        for triple in triples:
            told[self._iri(triple.subject)].append(triple)
        blocks = {subject: self._lines(mine) for subject, mine in told.items()}
        source = self._name("source", f"mirror-{mirror.name}")
        blocks[source] = self._source(mirror, address)
        header = _block(f"<{self._base}graph/{FOLDER}/{mirror.name}>", self._header(mirror, day, source))
        text = "\n".join([header, *(_block(subject, lines) for subject, lines in sorted(blocks.items()))])
        declared = "".join(f"@prefix {label}: <{self._prefixes[label]}> .\n" for label in sorted(self._used))
        return f"{declared}\n# {_LABEL['en'].format(mirror.name)}, taken as it was on the day below.\n\n{text}"

    def _header(self, mirror: Mirror, day: datetime.date, source: str) -> list[str]:
        return [
            f"a {self._name('gp', 'SourceGraph')}",
            *self._labels(mirror),
            f"{self._name('gp', 'layer')} {self._name('layer', 'mirror')}",
            f"{self._name('gp', 'claimedBy')} {self._iri(ox.NamedNode(mirror.publisher))}",
            f"{self._name('gp', 'sourceStanding')} {self._name('standing', 'official')}",
            f'{self._name("dcterms", "date")} "{day.isoformat()}"^^{self._name("xsd", "date")}',
            f"{self._name('dcterms', 'source')} {source}",
        ]

    def _source(self, mirror: Mirror, address: str) -> list[str]:
        language = self._name("dcterms", "language")
        return [
            f"a {self._name('gp', 'SourceDocument')}",
            *self._labels(mirror),
            f"{self._name('dcterms', 'type')} {self._name('document-type', 'register-file')}",
            *(f"{language} {self._name('language', code)}" for code in sorted(mirror.languages)),
            f"{self._name('dcterms', 'license')} <{mirror.licence}>",
            f"{self._name('dcterms', 'publisher')} {self._iri(ox.NamedNode(mirror.publisher))}",
            f"{self._name('gp', 'sourceStanding')} {self._name('standing', 'official')}",
            f"{self._name('schema', 'url')} <{address}>",
        ]

    def _labels(self, mirror: Mirror) -> list[str]:
        return [f'{self._name("rdfs", "label")} "{text.format(mirror.name)}"@{tag}' for tag, text in _LABEL.items()]

    def _lines(self, triples: Sequence[ox.Triple]) -> list[str]:
        rows = sorted((self._rank(triple), self._predicate(triple), self._object(triple)) for triple in triples)
        return [f"{predicate} {value}" for _, predicate, value in rows]

    def _rank(self, triple: ox.Triple) -> tuple[int, str, int, str]:
        iri = triple.predicate.value
        first = _FIRST.index(iri) if iri in _FIRST else len(_FIRST)
        tag = triple.object.language if isinstance(triple.object, ox.Literal) else None
        language = list(_LABEL).index(tag) if tag in _LABEL else len(_LABEL)
        return first, iri, language, str(triple.object)

    def _predicate(self, triple: ox.Triple) -> str:
        return "a" if triple.predicate.value == _TYPE else self._iri(triple.predicate)

    def _object(self, triple: ox.Triple) -> str:
        value = triple.object
        if not isinstance(value, ox.Literal):
            return self._iri(value)
        plain = str(ox.Literal(value.value))
        if value.language:
            return f"{plain}@{value.language}"
        kind = value.datatype.value
        if kind in _BARE and _BARE[kind].fullmatch(value.value):
            return value.value
        return plain if kind == _STRING else f"{plain}^^{self._iri(value.datatype)}"

    def _iri(self, term: object) -> str:
        """Return an IRI as a prefixed name where a prefix fits and the rest needs no escape."""
        iri = str(getattr(term, "value", term))
        fits = [
            label for label, ns in self._prefixes.items() if iri.startswith(ns) and _LOCAL.fullmatch(iri[len(ns) :])
        ]
        if not fits:
            return f"<{iri}>"
        label = max(fits, key=lambda label: len(self._prefixes[label]))
        return self._name(label, iri[len(self._prefixes[label]) :])

    def _name(self, label: str, local: str) -> str:
        self._used.add(label)
        return f"{label}:{local}"


def _block(subject: str, lines: Sequence[str]) -> str:
    return f"{subject} " + " ;\n    ".join(lines) + " .\n"
