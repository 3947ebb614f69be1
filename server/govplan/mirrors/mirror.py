"""A mirror: RDF of others, taken whole and written as one more file of the project, which says whose it is."""

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from errno import ENOENT
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox

from govplan.config import Settings
from govplan.content.writer import TurtleWriter
from govplan.errors import SourceRefused, SourceUnavailable
from govplan.fetching.addresses import PUBLIC, Network
from govplan.fetching.download import fetch
from govplan.inputs.rdf import NotRdf, TooLarge, parse_rdf, rdf_format, read_bytes
from govplan.mirrors.declared import Mirror
from govplan.namespaces import CORE, NS, STANDARD

FOLDER = "data/mirrors"
_FORMATS: Mapping[str, ox.RdfFormat] = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
}
_ACCEPT = "text/turtle, application/n-triples;q=0.9"
_LABEL = {"nl": "Spiegel van {}", "fr": "Miroir de {}", "de": "Spiegel von {}", "en": "Mirror of {}"}
_Said = tuple[str, ox.NamedNode | ox.Literal]


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
    return _written(mirror, taken, day, settings)


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


def _written(mirror: Mirror, taken: _Taken, day: datetime.date, settings: Settings) -> str:
    """Return the text of the file: its header, which says whose it is, the document that was read, the statements."""
    writer = TurtleWriter(settings.prefixes, settings.languages)
    graph = ox.NamedNode(f"{settings.base}graph/{FOLDER}/{mirror.name}")
    source = ox.NamedNode(f"{settings.base}id/source/mirror-{mirror.name}")
    labels: list[_Said] = [
        ("rdfs:label", ox.Literal(_LABEL.get(tag, "{}").format(mirror.name), language=tag))
        for tag in settings.languages
    ]
    standing = _code("standing", "official")
    header = _about(
        graph,
        ("rdf:type", _named("gp", "SourceGraph")),
        *labels,
        ("gp:layer", _code("layer", "mirror")),
        ("gp:claimedBy", ox.NamedNode(mirror.publisher)),
        ("gp:sourceStanding", standing),
        ("dcterms:date", ox.Literal(day.isoformat(), datatype=_named("xsd", "date"))),
        ("dcterms:source", source),
    )
    document = _about(
        source,
        ("rdf:type", _named("gp", "SourceDocument")),
        *labels,
        ("dcterms:type", _code("document-type", "register-file")),
        *(("dcterms:language", _named("language", code)) for code in sorted(mirror.languages)),
        ("dcterms:license", ox.NamedNode(mirror.licence)),
        ("dcterms:publisher", ox.NamedNode(mirror.publisher)),
        ("gp:sourceStanding", standing),
        *_place(mirror, taken.body),
    )
    opening = f"# {_LABEL['en'].format(mirror.name)}, taken as it was on the day below.\n\n{writer.block(header)}"
    return writer.document(opening, [*document, *_triples(taken)])


def _place(mirror: Mirror, body: bytes) -> list[_Said]:
    """Return where the source is; of a file, what tells later whether it is still the same."""
    if mirror.file is None:
        return [("schema:url", ox.NamedNode(mirror_address(mirror)))]
    return [
        ("dcterms:title", ox.Literal(mirror.file, language="en")),
        ("gp:notStated", _named("dcterms", "issued")),
        ("gp:notStated", _named("gp", "audience")),
        ("gp:characterCount", ox.Literal(len(body.decode("utf-8", "replace")))),
        ("gp:textHash", ox.Literal(hashlib.sha256(body).hexdigest())),
    ]


def _about(subject: ox.NamedNode, *said: _Said) -> list[ox.Triple]:
    return [ox.Triple(subject, _named(*name.split(":")), value) for name, value in said]


def _named(label: str, local: str) -> ox.NamedNode:
    return ox.NamedNode((NS if label == "gp" else STANDARD[label]) + local)


def _code(scheme: str, code: str) -> ox.NamedNode:
    return ox.NamedNode(f"{CORE}auth/{scheme}/{code}")
