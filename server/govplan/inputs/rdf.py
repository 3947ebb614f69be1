"""Reading RDF that others wrote, in every format that an ending names, and nothing that costs more than it holds.

XML is read without document types, since entities let a small file ask for hours of work; nesting is bounded, since
the engine takes quadratic time for it, and so are the terms of JSON-LD, which it follows recursively.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pyoxigraph as ox

from govplan.text import without_mark

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 200
MAX_ATTRIBUTES = 500
MAX_TERMS = 1000
_FORMATS = {
    "json": ox.RdfFormat.JSON_LD,
    "jsonld": ox.RdfFormat.JSON_LD,
    "n3": ox.RdfFormat.N3,
    "nq": ox.RdfFormat.N_QUADS,
    "nt": ox.RdfFormat.N_TRIPLES,
    "owl": ox.RdfFormat.RDF_XML,
    "rdf": ox.RdfFormat.RDF_XML,
    "trig": ox.RdfFormat.TRIG,
    "ttl": ox.RdfFormat.TURTLE,
    "xml": ox.RdfFormat.RDF_XML,
}
ENDINGS = tuple(f".{ending}" for ending in _FORMATS)


class NotRdf(Exception):
    """A text is not RDF of its format, or asks for more than is given; `line` is from 1, None if it cannot be told."""

    def __init__(self, what: str, mend: str, line: int | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend
        self.line = line


class TooLarge(Exception):
    """A file holds more bytes than are taken."""


def rdf_format(path: Path) -> ox.RdfFormat | None:
    """Return the format that the ending of a name says, None if it says none."""
    return _FORMATS.get(path.suffix.lower().removeprefix("."))


def read_bytes(path: Path, most: int = MAX_BYTES) -> bytes:
    """Return what a file holds. Raises TooLarge above so many bytes, however large it says to be; and OSError."""
    with path.open("rb") as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise TooLarge
    return raw


def parse_rdf(raw: bytes, fmt: ox.RdfFormat, base_iri: str | None = None) -> Iterator[ox.Quad]:
    """Yield the statements of an RDF text, one byte order mark skipped. Raises NotRdf, perhaps after some of them."""
    text = without_mark(raw)
    if fmt == ox.RdfFormat.RDF_XML:
        _check_xml(text)
    elif fmt == ox.RdfFormat.JSON_LD:
        _check_json(text)
    try:
        yield from ox.parse(text, format=fmt, base_iri=base_iri)
    except (SyntaxError, ValueError) as problem:
        line = problem.lineno if isinstance(problem, SyntaxError) and problem.lineno else None
        raise NotRdf(str(problem), "correct the file, or give it the ending of its format", line) from problem


def _check_xml(text: bytes) -> None:
    parser = expat.ParserCreate()
    depth = 0

    def document_type(*_: object) -> None:
        raise NotRdf(
            "it declares a document type (<!DOCTYPE …>), and XML is read without document types and entities",
            "delete the declaration and write its entities out, or save the file as Turtle",
            parser.CurrentLineNumber,
        )

    def begin(_: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH or len(attributes) > MAX_ATTRIBUTES:
            what = f"{MAX_DEPTH} elements in each other" if depth > MAX_DEPTH else f"{MAX_ATTRIBUTES} attributes"
            raise NotRdf(
                f"it has more than {what}", "write it flat, or save the file as Turtle", parser.CurrentLineNumber
            )

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = document_type
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    try:
        parser.Parse(text, True)
    except expat.ExpatError as problem:
        raise NotRdf(f"it is no well-formed XML: {problem}", "correct the file", problem.lineno) from problem
    except (LookupError, ValueError) as problem:
        raise NotRdf(f"it is XML in an encoding that is not read: {problem}", "save the file as UTF-8", 1) from problem


def _check_json(text: bytes) -> None:
    try:
        document = json.loads(text)
    except RecursionError as problem:
        raise _too_deep() from problem
    except ValueError as problem:
        line = problem.lineno if isinstance(problem, json.JSONDecodeError) else None
        raise NotRdf(f"it is no JSON: {problem}", "correct the file", line) from problem
    terms = 0
    waiting: list[tuple[Any, int, bool]] = [(document, 1, False)]
    while waiting:
        value, depth, defines = waiting.pop()
        if depth > MAX_DEPTH:
            raise _too_deep()
        if isinstance(value, dict):
            terms += len(value) if defines else 0
            waiting += [(each, depth + 1, defines or key == "@context") for key, each in value.items()]
        elif isinstance(value, list):
            waiting += [(each, depth + 1, defines) for each in value]
    if terms > MAX_TERMS:
        raise NotRdf(
            f"its contexts define {terms} terms, and at most {MAX_TERMS} are taken",
            "keep the terms that the file uses, or save it as Turtle",
        )


def _too_deep() -> NotRdf:
    return NotRdf(f"it has more than {MAX_DEPTH} values in each other", "write it flat, or save the file as Turtle")
