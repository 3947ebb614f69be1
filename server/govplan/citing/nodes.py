"""Triples with their short forms written out: `;` and `,`, blank nodes and lists in brackets, property paths."""

from govplan.citing.expressions import Expressions
from govplan.citing.lexer import TYPE
from govplan.namespaces import STANDARD
from govplan.sparql import tokens

_RDF = STANDARD["rdf"]
_FIRST, _REST, _NIL = (f"<{_RDF}{name}>" for name in ("first", "rest", "nil"))
_LITERAL_FIRST = ('"', "-", ".", *"0123456789tf")
Triple = tuple[str, str, str]


class Triples(Expressions):
    """Reads triples. Blank nodes are called `_:b` and a number, in the order in which they are read."""

    def __init__(self, query: str) -> None:
        super().__init__(query)
        self._blank: dict[str, str] = {}
        self._blanks = 0

    def triples_of_subject(self, into: list[Triple], visible: dict[str, None]) -> None:
        """Read the triples of one subject, with those of the blank nodes and lists in them."""
        before = len(into)
        nested = self.token.text in ("[", "(")
        subject = self.node(into, visible)
        if not nested or len(into) == before or self._is_verb():
            self._properties(subject, into, visible)

    def _properties(self, subject: str, into: list[Triple], visible: dict[str, None]) -> None:
        while True:
            verb = self._verb(visible)
            while True:
                self._add(into, subject, verb, self.node(into, visible))
                if not self.takes(","):
                    break
            while self.takes(";"):
                pass
            if not self._is_verb():
                return

    def _add(self, into: list[Triple], subject: str, verb: str, value: str) -> None:
        if verb.startswith("^<") and verb.endswith(">") and not value.startswith(_LITERAL_FIRST):
            subject, verb, value = value, verb[1:], subject
        into.append((subject, verb, value))

    def _is_verb(self) -> bool:
        kind, text, *_ = self.token
        if kind == tokens.WORD:
            return text == "A"
        return kind in (tokens.VARIABLE, tokens.NAME, tokens.IRI) or text in ("^", "!", "(")

    def _verb(self, visible: dict[str, None]) -> str:
        return self.variable_or_iri(visible) if self.token.kind == tokens.VARIABLE else self._path()

    def _path(self) -> str:
        self.deeper()
        found = [self._sequence()]
        while self.takes("|"):
            found.append(self._sequence())
        self.depth -= 1
        return found[0] if len(found) == 1 else f"({'|'.join(sorted(found))})"

    def _sequence(self) -> str:
        found = [self._step()]
        while self.takes("/"):
            found.append(self._step())
        return found[0] if len(found) == 1 else f"({'/'.join(found)})"

    def _step(self) -> str:
        inverse = self.takes("^")
        if self.takes("!"):
            found = self._negated()
        elif self.takes("("):
            found = self._path()
            self.expect(")")
        else:
            found = self._predicate()
        kind, text, *_ = self.token
        if kind == tokens.NUMBER and text[0] == "+":
            self.fail("A plus after a path can belong to the path or to a number")
        if text in ("*", "+", "?") and kind in (tokens.OPERATOR, tokens.MARK):
            self.advance()
            found = f"({found}){text}" if found[0] in "^!" or found[-1] in "*+?" else f"{found}{text}"
        if not inverse:
            return found
        return f"^({found})" if found[0] in "^!" else f"^{found}"

    def _negated(self) -> str:
        several = self.takes("(")
        found = [("^" if self.takes("^") else "") + self._predicate()] if self.token.text != ")" else []
        while several and self.takes("|"):
            found.append(("^" if self.takes("^") else "") + self._predicate())
        if several:
            self.expect(")")
        return f"!({'|'.join(sorted(found))})"

    def _predicate(self) -> str:
        return TYPE if self.takes("A") else self.iri()

    def node(self, into: list[Triple], visible: dict[str, None]) -> str:
        """Read a subject or an object; blank nodes and lists in brackets become triples of their own."""
        kind, text, *_ = self.token
        if kind == tokens.BLANK:
            return self._label(self.advance().text)
        if kind in (tokens.VARIABLE, tokens.NAME, tokens.IRI):
            return self.variable_or_iri(visible)
        self.deeper()
        if self.takes("["):
            found = self._label()
            if not self.takes("]"):
                self._properties(found, into, visible)
                self.expect("]")
        elif self.takes("("):
            found = self._list(into, visible)
        elif kind in (tokens.STRING, tokens.NUMBER, tokens.WORD):
            found = self.literal()
        else:
            self.fail(f"{text[:40]!r} is no term")
        self.depth -= 1
        return found

    def _list(self, into: list[Triple], visible: dict[str, None]) -> str:
        items = []
        while not self.takes(")"):
            items.append(self.node(into, visible))
        rest = _NIL
        for item in reversed(items):
            cell = self._label()
            into += [(cell, _FIRST, item), (cell, _REST, rest)]
            rest = cell
        return rest

    def _label(self, written: str = "") -> str:
        if written in self._blank:
            return self._blank[written]
        self._blanks += 1
        label = f"_:b{self._blanks}"
        if written:
            self._blank[written] = label
        return label

    def variable_or_iri(self, visible: dict[str, None]) -> str:
        """Read a variable, which becomes visible, or an IRI."""
        if self.token.kind == tokens.VARIABLE:
            name = self.variable()
            visible.setdefault(name)
            return name
        return self.iri()
