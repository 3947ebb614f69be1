"""N-Triples and N-Quads of any engine in their one spelling, sorted and each once."""

import re
from collections.abc import Iterable

from govplan import deadline
from govplan.citing.numbers import canonical

_IRI = r'<[^\x00-\x20<>"{}|^`]*+>'
_LITERAL = rf'"(?:[^"\\\n\r]++|\\.)*+"(?:\^\^{_IRI}|@[A-Za-z0-9-]++)?+'
_TERM = re.compile(rf"[ \t]*+(?:({_IRI})|({_LITERAL}))")
_END = re.compile(r"[ \t]*+\.[ \t]*+(?:#.*+)?+")
_NOTHING = re.compile(r"[ \t]*+(?:#.*+)?+")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_PLAIN = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_WRITTEN = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("\r"): "\\r"}
_STRING = "^^<http://www.w3.org/2001/XMLSchema#string>"
_PAUSE = 500


class Unnamed(Exception):
    """An answer holds something without a name that stays: a blank node, or what is no term of RDF 1.1."""


def canonical_lines(pieces: Iterable[bytes]) -> list[bytes]:
    """Return the statements of a document, sorted by their bytes. Raises Unnamed."""
    found = set()
    for number, line in enumerate(b"".join(pieces).split(b"\n")):
        if number % _PAUSE == 0:
            deadline.check()
        try:
            text = line.decode().rstrip("\r")
        except UnicodeDecodeError as problem:
            raise Unnamed from problem
        if not _NOTHING.fullmatch(text):
            found.add(_statement(text).encode())
    return sorted(found)


def _statement(line: str) -> str:
    terms, at = [], 0
    while match := _TERM.match(line, at):
        terms.append(_iri(match[1]) if match[1] else _literal(match[2]))
        at = match.end()
    if len(terms) not in (3, 4) or not _END.fullmatch(line, at):
        raise Unnamed
    return " ".join([*terms, "."])


def _iri(text: str) -> str:
    return _ESCAPE.sub(_character, text)


def _literal(text: str) -> str:
    end = text.rindex('"')
    value, rest = _ESCAPE.sub(_character, text[1:end]), text[end + 1 :]
    kind = rest.lower() if rest.startswith("@") else _iri(rest)
    return f'"{canonical(value, kind[3:-1]).translate(_WRITTEN)}"{"" if kind == _STRING else kind}'


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _PLAIN.get(match[3], match[3])
