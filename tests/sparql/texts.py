"""Query texts by the thousand: from a grammar, keywords hidden where they mean nothing, and then glued and torn."""

import random
import re

PROLOGUE = (
    "PREFIX : <http://x/>",
    "PREFIX a: <http://x/>",
    "PREFIX service: <http://x/service#>",
    "PREFIX SERVICEa: <http://x/>",
    "PREFIX filter: <http://x/>",
    "PREFIX FILTERa: <http://www.w3.org/2001/XMLSchema#>",
    "PREFIX from: <http://x/>",
)
_SPACES = (" ", "\n", "\t", "\r\n", " #\n", "# SERVICE <http://x/> {\n", " # it's \"\r", "#<\n", "#>\n", "#'>\n")
# Each holds a keyword where it is none.
_HIDDEN = (
    "'SERVICE <http://x/> {}'",
    '"it is a SERVICE # {"',
    "'''a ' service '' {'''",
    '"""SERVICE\n{ "" <"""',
    "'\\'SERVICE {'",
    "<http://x/service#SERVICE>",
    "<http://x/a(b)#SERVICE'>",
    "<service>",
    "?service",
    "$SERVICE",
    "service:SERVICE",
    "a:service",
    ":SERVICE",
    "a:b.SERVICE",
    "a:\\#SERVICE",
    "'x'@service",
    "'x'^^service:SERVICE",
    "[]",
)
_TERMS = (*_HIDDEN, "?a", "?b", "?c", "a:b", ":", "<http://x/#y>", "1", "-1.5e3", "true", "()", "[]", "'x'", '""')
# Names that Oxigraph ends before their second dot, and strings that it reads as something else.
_SPLIT = ("a:b.c.SERVICE", "a:b.c.SERVICE:b", "a:b.c.FILTER", "a:b.c.d", "'''x", "''''", "'\\uD800'", "'''\\q'''")
_VERBS = (
    "a",
    "a:b",
    "?p",
    "service:p",
    "<http://x/#service>",
    "^a:b",
    "a:b/a:c",
    "(a:b|^:c)*",
    "!(a:b|a)",
    "filter:p",
)
_VALUES = ("?a", "?b", "1", "-1", "'x'", '"SERVICE"', "a:b", "<http://x/service>", "<http://x/b>", "true")
_PLACES = ("<http://127.0.0.1:9/>", "a:b", ":b", "?a", "service:b")
_CALLS = ("STR", "BOUND", "isIRI", "FILTERa:boolean", "COALESCE")
_TORN = ("<", ">", "'", '"', "#", ".", "{", "}", "(", ")", "\\", "SERVICE", "service", "a:", " ", "\n", "?", "<<", "|}")


class Writer:
    """Writes queries with one source of chance; `hostile` ones contain a SERVICE clause or something like it."""

    def __init__(self, seed: int, *, hostile: bool) -> None:
        self._random = random.Random(seed)
        self._hostile = hostile

    def query(self) -> str:
        """Return a text that is most often a query; hostile ones are glued and torn after they were written."""
        head = self._one(("ASK", "SELECT *", "SELECT ?a ?service", "SELECT (COUNT(?a) AS ?n)", "ASK FROM service:b"))
        pieces = [*PROLOGUE, *head.split(" "), "WHERE", *self._group(3)]
        text = "".join(self._space(piece) for piece in pieces)
        return self._torn(self._glued(text)) if self._hostile else text

    def _one(self, choices: tuple[str, ...]) -> str:
        return self._random.choice(choices)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _space(self, piece: str) -> str:
        return piece + (self._one(_SPACES) if self._chance(0.15) else " ")

    def _group(self, depth: int) -> list[str]:
        pieces = ["{"]
        for _ in range(self._random.randint(0, 4)):
            pieces += self._element(depth)
        return [*pieces, "}"]

    def _element(self, depth: int) -> list[str]:
        if self._hostile and self._chance(0.2):
            return ["SERVICE", *self._one(("", "SILENT")).split(), self._one(_PLACES), *self._group(depth - 1)]
        choice = self._random.randrange(10)
        if depth > 0 and choice < 3:
            opening = self._one(("OPTIONAL", "MINUS", "FILTER NOT EXISTS", "GRAPH service:b", "GRAPH ?g", ""))
            return [*opening.split(), *self._group(depth - 1)]
        if choice == 3:
            return ["VALUES", "(?u ?v)", "{", "(", self._one(_VALUES[2:9]), "<http://x/s#SERVICE>", ")", "}"]
        if choice < 6:
            return ["FILTER", "(", *self._expression(2), ")"]
        if choice == 6:
            return ["FILTER", "FILTERa:boolean", "(", *self._expression(1), ")"]
        triple = [self._subject(), self._one(_VERBS), self._object(depth)]
        while self._chance(0.3):
            triple += [";", self._one(_VERBS), self._object(depth)]
        return [*triple, "."] if self._chance(0.8) else triple

    def _subject(self) -> str:
        return self._one((*_TERMS, *_SPLIT) if self._hostile else _TERMS)

    def _object(self, depth: int) -> str:
        if depth > 0 and self._chance(0.15):
            return "(" + " ".join(self._object(depth - 1) for _ in range(3)) + ")"
        if depth > 0 and self._chance(0.1):
            return f"[ {self._one(_VERBS)} {self._object(depth - 1)} ]"
        return self._subject()

    def _expression(self, depth: int) -> list[str]:
        if depth == 0:
            return [self._one(_VALUES)]
        choice = self._random.randrange(6)
        if choice == 0:
            return [self._one(_CALLS), "(", self._one(("?a", "?service")), ")"]
        if choice == 1:
            return ["(", *self._expression(depth - 1), ")"]
        if choice == 2:
            return ["EXISTS", *self._group(0)]
        relation = self._one(("<", ">", "=", "<=", "!=", "+", "&&", "||"))
        return [*self._expression(depth - 1), relation, *self._expression(depth - 1)]

    def _glued(self, text: str) -> str:
        share = self._random.choice((0, 0.1, 0.5, 1))
        head, brace, body = text.partition("WHERE ")
        return head + brace + re.sub(" ", lambda match: "" if self._chance(share) else " ", body)

    def _torn(self, text: str) -> str:
        start = text.index("WHERE")
        for _ in range(self._random.choice((0, 0, 1, 1, 2, 4))):
            at = self._random.randrange(start, len(text) + 1)
            text = text[:at] + self._one(_TORN) + text[at + self._random.choice((0, 0, 1, 3)) :]
        return text


def renamed(query: str) -> str:
    """Return a text in which no SERVICE is left and every other word is as it was."""
    return re.sub("service", lambda match: match.group()[:-1] + "x", query, flags=re.IGNORECASE)
