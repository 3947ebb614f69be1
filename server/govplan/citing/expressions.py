"""Expressions in one spelling: brackets as they bind, capitals, `&&` and `||` in alphabetical order."""

from abc import ABC, abstractmethod
from typing import NamedTuple

from govplan.citing.lexer import Lexer, literal
from govplan.sparql import tokens

_BINDS = {"||": 1, "&&": 2, "+": 4, "-": 4, "*": 5, "/": 5}
_RELATIONS = ("=", "!=", "<", ">", "<=", ">=")
_RELATION, _HIGHEST = 3, 6
_DEPTH = 64
AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
_FUNCTIONS = frozenset(
    """
    ABS BNODE BOUND CEIL COALESCE CONCAT CONTAINS DATATYPE DAY ENCODE_FOR_URI FLOOR HOURS IF IRI ISBLANK ISIRI ISLITERAL
    ISNUMERIC ISURI LANG LANGMATCHES LCASE MD5 MINUTES MONTH NOW RAND REGEX REPLACE ROUND SAMETERM SECONDS SHA1 SHA256
    SHA384 SHA512 STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLEN STRSTARTS STRUUID SUBSTR TIMEZONE TZ UCASE URI
    UUID YEAR
    """.split()  # noqa: SIM905 — as in `sparql.tokens`
)
_SAME = {"URI": "IRI", "ISURI": "ISIRI"}


class Expression(NamedTuple):
    """An expression; `parts` are the operands of `&&` or `||`, whichever `joint` says, of any other itself."""

    text: str
    joint: str = ""
    parts: tuple[str, ...] = ()


class Expressions(Lexer, ABC):
    """Reads expressions; `calls` gathers the functions and aggregates that were called, with their tokens' places."""

    def __init__(self, query: str) -> None:
        super().__init__(query)
        self.calls: list[tuple[str, int, int]] = []
        self.aggregates = 0
        self.depth = 0

    @abstractmethod
    def group_text(self) -> str:
        """Read a group in braces, for EXISTS."""

    def expression(self, least: int = 1) -> Expression:
        """Read an expression whose operators bind at least so tightly."""
        self.deeper()
        left = self._operand()
        while True:
            operator = self.operator()
            binds = self._binds(operator)
            if binds < least:
                break
            self.advance()
            if binds == _RELATION:
                left = Expression(f"({left.text} {self._related(operator)})")
            else:
                right = self.expression(binds + 1)
                left = _joint(operator, left, right) if binds < _RELATION else _binary(left, operator, right)
        self.depth -= 1
        return left

    def deeper(self) -> None:
        """Note that something opens inside of something; whoever calls this takes it back."""
        self.depth += 1
        if self.depth > _DEPTH * 2:
            self.fail("The query nests too deeply")

    def constraint(self) -> Expression:
        """Read what may follow FILTER, HAVING or ORDER BY without brackets around it: brackets or a call."""
        if self.token.text == "(" or self.token.kind in (tokens.NAME, tokens.IRI, tokens.WORD):
            return self._operand()
        self.fail()

    def _binds(self, operator: str) -> int:
        kind = self.token.kind
        if kind == tokens.RELATION and operator in _RELATIONS:
            return _RELATION
        if kind == tokens.OPERATOR:
            return _BINDS.get(operator, 0)
        return _RELATION if kind == tokens.WORD and operator in ("IN", "NOT") else 0

    def _related(self, operator: str) -> str:
        """Return the operator with what follows it."""
        if operator == "NOT":
            self.expect("IN")
            operator = "NOT IN"
        if operator.endswith("IN"):
            return f"{operator} ({', '.join(self._arguments())})"
        return f"{operator} {self.expression(_RELATION + 1).text}"

    def _operand(self) -> Expression:
        token = self.token
        if token.kind == tokens.OPERATOR and token.text in ("!", "-", "+"):
            self.advance()
            self.deeper()
            inner = self._operand()
            self.depth -= 1
            return Expression(f"({token.text} {inner.text})")
        if self.takes("("):
            inside = self.expression()
            self.expect(")")
            return inside
        if token.kind == tokens.VARIABLE:
            return Expression(self.variable())
        if token.kind in (tokens.NAME, tokens.IRI):
            return Expression(self._named())
        if token.kind == tokens.WORD and token.text not in ("TRUE", "FALSE"):
            return Expression(self._call())
        return Expression(self.literal())

    def _named(self) -> str:
        name = self.iri()
        if self.token.text != "(":
            return name
        self.calls.append((name, self.token.start, self.token.end))
        return f"{name}({', '.join(self._arguments())})"

    def _call(self) -> str:
        word, start, end = self.token.text, self.token.start, self.token.end
        self.advance()
        if word == "NOT":
            self.expect("EXISTS")
            return f"NOT EXISTS {self.group_text()}"
        if word == "EXISTS":
            return f"EXISTS {self.group_text()}"
        self.calls.append((word, start, end))
        if word in AGGREGATES:
            return self._aggregate(word)
        if word not in _FUNCTIONS:
            self.fail(f"{word} is no function of SPARQL 1.1")
        return f"{_SAME.get(word, word)}({', '.join(self._arguments())})"

    def _aggregate(self, word: str) -> str:
        self.aggregates += 1
        self.expect("(")
        distinct = "DISTINCT " if self.takes("DISTINCT") else ""
        inside = "*" if word == "COUNT" and self.takes("*") else self.expression().text
        separator = ""
        if word == "GROUP_CONCAT":
            given = " "
            if self.takes(";"):
                self.expect("SEPARATOR")
                self.expect("=")
                given = self.string()
            separator = f"; SEPARATOR={literal(given)}"
        self.expect(")")
        return f"{word}({distinct}{inside}{separator})"

    def _arguments(self) -> list[str]:
        self.expect("(")
        if self.takes(")"):
            return []
        distinct = "DISTINCT " if self.takes("DISTINCT") else ""
        found = [distinct + self.expression().text]
        while self.takes(","):
            found.append(self.expression().text)
        self.expect(")")
        return found


def _binary(left: Expression, operator: str, right: Expression) -> Expression:
    return Expression(f"({left.text} {operator} {right.text})")


def _joint(operator: str, *sides: Expression) -> Expression:
    """Both operators have the same value whichever side comes first, also for errors (SPARQL 1.1 section 17.2)."""
    parts = [part for side in sides for part in (side.parts if side.joint == operator else (side.text,))]
    parts.sort()
    return Expression(f"({f' {operator} '.join(parts)})", operator, tuple(parts))
