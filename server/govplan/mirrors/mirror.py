"""A mirror: RDF of others, taken whole and written as one more file of the project, which says whose it is."""

import datetime
import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from errno import ENOENT
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox

from govplan.config import Settings
from govplan.errors import SourceRefused, SourceUnavailable
from govplan.fetching.addresses import PUBLIC, Network
from govplan.fetching.download import fetch
from govplan.inputs.rdf import NotRdf, TooLarge, parse_rdf, rdf_format, read_bytes
from govplan.mirrors.declared import Mirror
from govplan.namespaces import STANDARD

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


@dataclass(frozen=True, slots=True)
class _Taken:
    """What was taken: its bytes and format, what to call it in words, and where it was."""

    body: bytes
    format: ox.RdfFormat
    form: str
    called: str
    where: str


def take(mirror: Mirror, settings: Settings, day: datetime.date, network: Network = PUBLIC) -> str:
    """Take a declared mirror and return the text of its file; `day` is when it was taken.

    Raises SourceUnavailable and SourceRefused as `fetch` does, or for a file that cannot be read or is too large, and
    SourceRefused for what is not RDF, holds blank nodes or holds nothing.
    """
    taken = _fetched(mirror, network) if mirror.file is None else _from_file(mirror, mirror.file, settings.root)
    return _Writer(settings.prefixes, settings.base).file(mirror, taken.body, day, _triples(taken))


def _fetched(mirror: Mirror, network: Network) -> _Taken:
    address = mirror_address(mirror)
    found = fetch(address, accept=_ACCEPT, seconds=mirror.seconds, max_bytes=mirror.bytes, network=network)
    fmt = _FORMATS.get(found.media_type)
    if fmt is None:
        raise SourceRefused(
            f"The server sends {found.media_type or 'no media type'}, not RDF.",
            where=found.url,
            mend=f"take an address that answers with {' or '.join(_FORMATS)}; a query must be a CONSTRUCT",
        )
    return _Taken(found.body, fmt, found.media_type, "answer", found.url)


def _from_file(mirror: Mirror, name: str, root: Path) -> _Taken:
    path = root / name
    fmt = rdf_format(path)
    assert fmt is not None  # the declaration says so
    try:
        # Opening a pipe would wait for whoever writes into it.
        if not path.is_file():
            raise FileNotFoundError(ENOENT, "There is no such file")
        body = read_bytes(path, mirror.bytes)
    except OSError as problem:
        raise SourceUnavailable(
            f"The file {name} cannot be read: {problem.strerror or problem}.",
            where=str(path),
            mend="put the file there, or correct `file`",
        ) from problem
    except TooLarge as problem:
        raise SourceRefused(
            f"The file {name} has more than {mirror.bytes} bytes.", where=str(path), mend="raise `bytes`, or split it"
        ) from problem
    return _Taken(body, fmt, fmt.name, "file", str(path))


def _triples(taken: _Taken) -> set[ox.Triple]:
    remote = taken.called == "answer"
    try:
        triples = {
            quad.triple for quad in parse_rdf(taken.body, taken.format, base_iri=taken.where if remote else None)
        }
    except NotRdf as problem:
        line = "" if remote or problem.line is None else f", line {problem.line}"
        raise SourceRefused(
            f"The {taken.called} is not {taken.form}: {problem.what}.",
            where=f"{taken.where}{line}",
            mend="try again later; an error of the server may stand in its answer" if remote else problem.mend,
        ) from problem
    if not triples:
        raise SourceRefused(
            f"The {taken.called} holds no statement.",
            where=taken.where,
            mend="correct the query" if remote else "name a file with statements",
        )
    for triple in triples:
        value = triple.object
        plain = isinstance(value, ox.NamedNode) or (isinstance(value, ox.Literal) and value.direction is None)
        if not isinstance(triple.subject, ox.NamedNode) or not isinstance(triple.predicate, ox.NamedNode) or not plain:
            raise SourceRefused(
                f"The {taken.called} holds a blank node, a triple term or a text with a direction: {triple}.",
                where=taken.where,
                mend=f"{'construct' if remote else 'write'} named nodes and texts of RDF 1.1 only",
            )
    return triples


class _Writer:
    """Writes the file in the project's style, so that a new copy differs from the old one only where the data do."""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        self._prefixes = prefixes
        self._base = base
        self._used: set[str] = set()

    def file(self, mirror: Mirror, body: bytes, day: datetime.date, triples: set[ox.Triple]) -> str:
        """Return the whole text."""
        told: dict[str, list[ox.Triple]] = defaultdict(list)
        for triple in triples:
            told[self._iri(triple.subject)].append(triple)
        blocks = {subject: self._lines(mine) for subject, mine in told.items()}
        source = self._name("source", f"mirror-{mirror.name}")
        blocks[source] = self._source(mirror, body)
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

    def _source(self, mirror: Mirror, body: bytes) -> list[str]:
        """Return what is said of the source; of a file, what tells later whether it is still the same."""
        language = self._name("dcterms", "language")
        title, silent, numbers, address = [], [], [], []
        if mirror.file is None:
            address = [f"{self._name('schema', 'url')} <{mirror_address(mirror)}>"]
        else:
            title = [f"{self._name('dcterms', 'title')} {ox.Literal(mirror.file, language='en')}"]
            unknown = (self._name("dcterms", "issued"), self._name("gp", "audience"))
            silent = [f"{self._name('gp', 'notStated')} {field}" for field in unknown]
            numbers = [
                f"{self._name('gp', 'characterCount')} {len(body.decode('utf-8', 'replace'))}",
                f"{self._name('gp', 'textHash')} {ox.Literal(hashlib.sha256(body).hexdigest())}",
            ]
        return [
            f"a {self._name('gp', 'SourceDocument')}",
            *title,
            *self._labels(mirror),
            f"{self._name('dcterms', 'type')} {self._name('document-type', 'register-file')}",
            *(f"{language} {self._name('language', code)}" for code in sorted(mirror.languages)),
            f"{self._name('dcterms', 'license')} <{mirror.licence}>",
            f"{self._name('dcterms', 'publisher')} {self._iri(ox.NamedNode(mirror.publisher))}",
            *silent,
            f"{self._name('gp', 'sourceStanding')} {self._name('standing', 'official')}",
            *numbers,
            *address,
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
