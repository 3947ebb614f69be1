"""A query as one token after the other, its IRIs and literals in one spelling (SPARQL 1.1 section 19)."""

import re
from typing import NamedTuple, NoReturn

from govplan import deadline
from govplan.namespaces import STANDARD
from govplan.sparql import tokens

XSD = STANDARD["xsd"]
TYPE = f"<{STANDARD['rdf']}type>"
_PAUSE = 500  # tokens between two looks at the clock
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_PLAIN = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_WRITTEN = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("\r"): "\\r"}
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+:[^\x00-\x20<>\"{}|^`\\]*+")
_SHORT = (
    (XSD + "integer", re.compile(r"-?[0-9]++")),
    (XSD + "decimal", re.compile(r"-?[0-9]*+\.[0-9]++")),
    (XSD + "double", re.compile(r"-?(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)[eE][+-]?[0-9]++")),
    (XSD + "boolean", re.compile(r"true|false")),
)


class NotUnderstood(Exception):
    """A query has a part that the normal form does not know; the text of the exception says which."""


class Token(NamedTuple):
    """One terminal: its kind in `sparql.tokens`, its text (a word in capitals), and where it stands."""

    kind: int
    text: str
    start: int
    end: int


class Lexer:
    """The tokens of a query, one ahead: `token` is the next one, `passed_end` the place after the last one.

    `prefixes` are filled by whoever reads the prologue.
    """

    def __init__(self, query: str) -> None:
        self.query = query
        self.prefixes: dict[str, str] = {}
        self.passed_end = 0
        self._count = 0
        self.token = self._at(0)

    def _at(self, start: int) -> Token:
        self._count += 1
        if self._count % _PAUSE == 0:
            deadline.check()
        match = tokens.TERMINALS.match(self.query, start)
        assert match is not None  # every position matches something
        kind = match.lastindex or tokens.END
        text = match.group(kind)
        return Token(kind, text.upper() if kind == tokens.WORD else text, match.start(kind), match.end())

    def advance(self) -> Token:
        """Go past the next token and return it."""
        passed = self.token
        self.passed_end = passed.end
        self.token = self._at(passed.end)
        return passed

    def operator(self) -> str:
        """Return what follows an operand: there `<` begins no IRI, and a sign belongs to no number."""
        token = self.token
        if token.kind in (tokens.IRI, tokens.OPEN) and token.text[0] == "<":
            length = 2 if self.query.startswith("<=", token.start) else 1
            self.token = Token(tokens.RELATION, "<="[:length], token.start, token.start + length)
        elif token.kind == tokens.NUMBER and token.text[0] in "+-":
            self.token = Token(tokens.OPERATOR, token.text[0], token.start, token.start + 1)
        return self.token.text

    def takes(self, *texts: str) -> bool:
        """Go past the next token if it is a word or mark of these."""
        if self.token.text in texts and self.token.kind not in (tokens.STRING, tokens.NAME):
            self.advance()
            return True
        return False

    def expect(self, text: str) -> Token:
        """Go past the next token, which has to be this."""
        if self.token.text != text:
            self.fail()
        return self.advance()

    def fail(self, what: str = "") -> NoReturn:
        """Give up at the next token."""
        raise NotUnderstood(what or f"{self.token.text[:40]!r} is not expected here")

    def iri(self) -> str:
        """Read an IRI or a prefixed name and return it between angle brackets."""
        kind, text, *_ = self.token
        if kind == tokens.IRI:
            found = tokens.decoded(text[1:-1])
        elif kind == tokens.NAME:
            label, _, local = text.partition(":")
            if label not in self.prefixes:
                self.fail()
            found = self.prefixes[label] + re.sub(r"\\(.)", r"\1", local)
        else:
            self.fail()
        if not _ABSOLUTE.fullmatch(found):
            self.fail("A relative IRI depends on where it is read")
        self.advance()
        return f"<{found}>"

    def variable(self) -> str:
        """Read a variable and return it with its question mark."""
        if self.token.kind != tokens.VARIABLE:
            self.fail()
        return f"?{self.advance().text[1:]}"

    def literal(self) -> str:
        """Read a literal and return it as `literal` writes it."""
        kind, text, *_ = self.token
        if kind == tokens.NUMBER:
            self.advance()
            datatype = "double" if "e" in text.lower() else "decimal" if "." in text else "integer"
            return literal(text, XSD + datatype)
        if kind == tokens.WORD and text in ("TRUE", "FALSE"):
            self.advance()
            return text.lower()
        if kind != tokens.STRING:
            self.fail()
        value = self.string()
        if self.token.kind == tokens.LANGUAGE:
            if "--" in self.token.text:
                self.fail()
            return literal(value) + self.advance().text.lower()
        if self.takes("^^"):
            return literal(value, self.iri()[1:-1])
        return literal(value)

    def string(self) -> str:
        """Read a string and return what it says."""
        if self.token.kind != tokens.STRING:
            self.fail()
        text = self.advance().text
        width = 3 if len(text) >= 6 and text[:3] == text[0] * 3 else 1
        return _ESCAPE.sub(_character, text[width:-width])


def literal(value: str, datatype: str = XSD + "string") -> str:
    """Return a literal in its one spelling: the short form where SPARQL has one, else quotes and the datatype.

    A number with a plus is never short: after a path the plus could be read as a part of that.
    """
    if datatype == XSD + "string":
        return f'"{value.translate(_WRITTEN)}"'
    if any(datatype == name and form.fullmatch(value) for name, form in _SHORT):
        return value
    return f'"{value.translate(_WRITTEN)}"^^<{datatype}>'


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _PLAIN.get(match[3], match[3])
