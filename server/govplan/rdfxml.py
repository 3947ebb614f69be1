"""Conventions XML that every reader of XML 1.0 takes: RDF/XML, and the characters of SPARQL results.

The engine's own writers are not used for these: they write control characters as they are, and elements without a name
for properties and classes whose IRI ends in none (oxigraph/oxigraph#1859).
"""

import io
import re
from collections.abc import Iterable, Mapping
from typing import IO

import pyoxigraph as ox

from govplan.errors import AnswerUnwritable, QueryTooDeep

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_ITS = "http://www.w3.org/2005/11/its"
_XMLNS = "http://www.w3.org/2000/xmlns/"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
# Names that have a meaning of their own as elements (RDF/XML sections 6.2.1 to 6.2.4, 7.2.14).
_RESERVED = {
    _RDF + name
    for name in (
        "RDF ID about bagID parseType resource nodeID datatype li Description aboutEach aboutEachPrefix".split()  # noqa: SIM905
    )
}
# Namespaces in XML 1.0 (3rd edition), NCName.
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = re.compile(rf"[{_START}][{_START}.0-9\-\u00b7\u0300-\u036f\u203f\u2040]*+")
_NOT_IN_NAMES = re.compile(rf"[^{_START}.0-9\-\u00b7\u0300-\u036f\u203f\u2040]")
_FIRST = re.compile(rf"[{_START}]")
# What XML 1.0 has no form for (section 2.2, Char), in characters and in UTF-8.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CONTROLS = bytes({*range(32)} - {9, 10, 13})
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_SPECIAL = re.compile('[&<>"\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]')
# A reader makes a line feed of a carriage return that is not written as a reference (section 2.11).
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}
_PIECE = 1 << 16
_DEEPEST = 64
_RESULTS = ("json", "csv", "tsv")
_GRAPHS = ("ttl", "nt", "jsonld", "trig", "nq")


class Characters(io.RawIOBase):
    """Takes XML in UTF-8 from a writer that does not look at characters, and passes on what a reader will understand.

    `write` raises AnswerUnwritable for a character that XML cannot carry.
    """

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self._begun = b""

    def writable(self) -> bool:
        """XML is written here."""
        return True

    def write(self, piece: object) -> int:
        """Take a piece of the document; its end may lie in the middle of a character, that of the last one does not."""
        data = bytes(memoryview(piece))  # type: ignore[arg-type]
        whole = self._begun + data
        if len(whole.translate(None, _CONTROLS)) < len(whole) or any(each in whole for each in _NO_CHARACTERS):
            found = _FORBIDDEN.search(whole.decode(errors="replace"))
            assert found
            raise _uncarried(found[0], _RESULTS)
        held = 2 if whole.endswith(b"\xef\xbf") else 1 if whole.endswith(b"\xef") else 0
        self._begun = whole[len(whole) - held :]
        self._output.write(whole[: len(whole) - held].replace(b"\r", b"&#13;"))
        return len(data)


def property_name(iri: str) -> tuple[str, str] | None:
    """Return the namespace and the name by which a property is written in RDF/XML, None if it cannot be."""
    end = next((at + 1 for at in range(len(iri) - 1, -1, -1) if _NOT_IN_NAMES.match(iri, at)), 0)
    first = _FIRST.search(iri, end)
    if first is None or iri in _RESERVED or iri[: first.start()] == _XMLNS:
        return None
    return iri[: first.start()], iri[first.start() :]


def write(triples: Iterable[ox.Triple], output: IO[bytes], prefixes: Mapping[str, str]) -> None:
    """Write statements as RDF/XML, those of one subject together where they follow each other.

    Raises AnswerUnwritable for a property without a name and for a character that XML cannot carry, QueryTooDeep for
    triple terms in triple terms in triple terms.
    """
    document = _Document(prefixes)
    subject: object = None
    for triple in triples:
        if triple.subject != subject:
            if subject is not None:
                document.pieces.append("  </rdf:Description>\n")
            subject = triple.subject
            document.pieces.append(f"  <rdf:Description {document.node(subject, 'about')}>\n")
        document.statement(triple, "    ", 0)
        if len(document.pieces) > 1000:
            document.flush(output)
    if subject is not None:
        document.pieces.append("  </rdf:Description>\n")
    document.pieces.append("</rdf:RDF>\n")
    document.flush(output)


class _Document:
    """What is known of one document while it is written."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        declared = {label: iri for label, iri in prefixes.items() if _NAME.fullmatch(label) and label[:3] != "xml"}
        declared["rdf"] = _RDF
        self._labels = {iri: label for label, iri in declared.items()}
        self._elements: dict[str, tuple[str, str]] = {}
        self._nodes: dict[str, str] = {}
        names = "".join(f'\n    xmlns:{label}="{_escaped(iri)}"' for label, iri in sorted(declared.items()))
        self.pieces = [f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{names}>\n']

    def flush(self, output: IO[bytes]) -> None:
        """Write what has been put together."""
        output.write("".join(self.pieces).encode())
        self.pieces.clear()

    def node(self, term: object, attribute: str) -> str:
        """Return the attribute that names a node."""
        if isinstance(term, ox.BlankNode):
            # Labels of blank nodes are free, those of RDF/XML are names.
            return f'rdf:nodeID="{self._nodes.setdefault(term.value, f"b{len(self._nodes)}")}"'
        assert isinstance(term, ox.NamedNode)
        return f'rdf:{attribute}="{_escaped(term.value)}"'

    def statement(self, triple: ox.Triple, indent: str, depth: int) -> None:
        """Add the element of one statement."""
        begin, end = self._element(triple.predicate.value)
        value = triple.object
        if isinstance(value, ox.Literal):
            self.pieces.append(f"{indent}<{begin}{_attributes(value)}>{_escaped(value.value)}</{end}>\n")
        elif isinstance(value, ox.Triple):
            if depth == _DEEPEST:
                raise QueryTooDeep
            self.pieces.append(f'{indent}<{begin} rdf:version="1.2" rdf:parseType="Triple">\n')
            self.pieces.append(f"{indent}  <rdf:Description {self.node(value.subject, 'about')}>\n")
            self.statement(value, indent + "    ", depth + 1)
            self.pieces.append(f"{indent}  </rdf:Description>\n{indent}</{end}>\n")
        else:
            self.pieces.append(f"{indent}<{begin} {self.node(value, 'resource')}/>\n")

    def _element(self, iri: str) -> tuple[str, str]:
        """Return what stands in the start-tag and in the end-tag of a property."""
        if (known := self._elements.get(iri)) is not None:
            return known
        parts = property_name(iri)
        if parts is None:
            why = "RDF/XML uses that name itself" if iri in _RESERVED else "its IRI does not end in a name of XML"
            raise AnswerUnwritable(f"RDF/XML has no element for the property <{iri}>: {why}.", _GRAPHS)
        namespace, name = parts
        label = self._labels.get(namespace)
        if label is not None:
            found = f"{label}:{name}", f"{label}:{name}"
        else:
            found = f'p:{name} xmlns:p="{_escaped(namespace)}"', f"p:{name}"
        return self._elements.setdefault(iri, found)


def _attributes(literal: ox.Literal) -> str:
    if literal.language:
        language = f' xml:lang="{literal.language}"'
        if literal.direction is None:
            return language
        return f'{language} rdf:version="1.2" xmlns:its="{_ITS}" its:version="2.0" its:dir="{literal.direction.value}"'
    datatype = literal.datatype.value
    return "" if datatype == _STRING else f' rdf:datatype="{_escaped(datatype)}"'


def _escaped(text: str) -> str:
    return _SPECIAL.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    if (escaped := _ESCAPES.get(found[0])) is None:
        raise _uncarried(found[0], _GRAPHS)
    return escaped


def _uncarried(character: str, others: tuple[str, ...]) -> AnswerUnwritable:
    return AnswerUnwritable(f"The answer holds the character U+{ord(character):04X}, which XML cannot carry.", others)
