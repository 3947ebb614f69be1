"""Groups of patterns in one spelling: what is joined is put in order, what depends on its place keeps it.

A group is a sequence of OPTIONAL, MINUS and BIND, each about what stands before it; all between two of them is joined,
and a join is the same in any order (SPARQL 1.1 section 18.5). Its filters hold for the whole group, wherever they stand
(section 5.2.2).
"""

import re
from abc import abstractmethod
from dataclasses import dataclass, field

from govplan.citing.nodes import Triple, Triples
from govplan.sparql import tokens

# A string without end, which no normal form has, would be looked for again from each of its quotation marks.
PARTS = re.compile(r'"(?:[^"\\]++|\\.)*+"?+|<[^<> ]*+>|_:b[0-9]++')


@dataclass
class Group:
    """What is read of one group: the run of joined patterns in hand, and what is behind it.

    `visible` are the variables in scope (section 18.2.1), in the order of their mention.
    """

    triples: list[Triple] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    minus: list[str] = field(default_factory=list)
    filters: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    visible: dict[str, None] = field(default_factory=dict)

    @property
    def plain(self) -> bool:
        """Whether the group only joins, so that it can be a part of the group around it."""
        return not (self.done or self.minus or self.filters)

    def settle(self) -> None:
        """End the run in hand: what follows is about all before it. One MINUS after the other is in any order."""
        self.done += sorted(self.minus, key=masked)
        self.done += written(self.triples)
        self.done += sorted(self.joined, key=masked)
        self.minus, self.triples, self.joined = [], [], []

    def text(self) -> str:
        """Return the group in braces; nothing is read into it afterwards."""
        self.settle()
        filters = [f"FILTER({each})" for each in sorted(self.filters, key=masked)]
        return "{ " + " ".join([*self.done, *filters, "}"])


def masked(text: str) -> str:
    """Return a text without the labels of its blank nodes, which say in what order they were read."""
    return PARTS.sub(lambda match: "_:" if match[0].startswith("_:") else match[0], text) if "_:b" in text else text


def written(triples: list[Triple]) -> list[str]:
    """Return triples in their order, each with its full stop."""
    return sorted((f"{' '.join(triple)} ." for triple in triples), key=masked)


class Patterns(Triples):
    """Reads groups of patterns."""

    @abstractmethod
    def sub_select(self, into: Group) -> None:
        """Read a SELECT in braces, up to them."""

    def group_text(self) -> str:
        """Read a group in braces and return its text."""
        return self.group().text()

    def group(self) -> Group:
        """Read a group in braces."""
        self.deeper()
        self.expect("{")
        found = Group()
        if self.token.kind == tokens.WORD and self.token.text == "SELECT":
            self.sub_select(found)
        while not self.takes("}"):
            self._element(found)
        self.depth -= 1
        return found

    def _element(self, into: Group) -> None:
        token = self.token
        if token.text == "{" and token.kind == tokens.OPEN:
            self._branches(into)
        elif token.kind == tokens.WORD and token.text not in ("TRUE", "FALSE"):
            self._clause(into)
        else:
            self.triples_of_subject(into.triples, into.visible)
            if self.token.text not in ("}", "{") and self.token.kind != tokens.WORD:
                self.expect(".")
                return
        self.takes(".")

    def _clause(self, into: Group) -> None:
        word = self.advance().text
        match word:
            case "FILTER":
                held = self.constraint()
                into.filters += held.parts if held.joint == "&&" else (held.text,)
            case "OPTIONAL":
                inner = self.group()
                into.settle()
                into.done.append(f"OPTIONAL {inner.text()}")
                into.visible |= inner.visible
            case "MINUS":
                if into.triples or into.joined:
                    into.settle()
                into.minus.append(f"MINUS {self.group().text()}")
            case "BIND":
                into.settle()
                into.done.append(f"BIND{self.named_expression(into.visible)}")
            case "GRAPH":
                named = self.variable_or_iri(into.visible)
                self._join(into, f"GRAPH {named} ", self.group())
            case "VALUES":
                self._settle_minus(into)
                into.joined.append(self.values(into.visible))
            case _:
                self.fail(f"{word} is not expected here")

    def _branches(self, into: Group) -> None:
        branches = [self.group()]
        while self.takes("UNION"):
            branches.append(self.group())
        self._settle_minus(into)
        for each in branches:
            into.visible |= each.visible
        if len(branches) == 1 and branches[0].plain:
            into.triples += branches[0].triples
            into.joined += branches[0].joined
        else:
            into.joined.append(" UNION ".join(sorted((each.text() for each in branches), key=masked)))

    def _join(self, into: Group, words: str, inner: Group) -> None:
        self._settle_minus(into)
        into.visible |= inner.visible
        into.joined.append(words + inner.text())

    def _settle_minus(self, into: Group) -> None:
        if into.minus:
            into.settle()

    def named_expression(self, visible: dict[str, None]) -> str:
        """Read `(expression AS ?name)`."""
        self.expect("(")
        inner = self.expression().text
        self.expect("AS")
        name = self.variable()
        self.expect(")")
        visible.setdefault(name)
        return f"({inner} AS {name})"

    def values(self, visible: dict[str, None]) -> str:
        """Read what follows VALUES; its columns and rows are in alphabetical order."""
        several = self.takes("(")
        names: list[str] = []
        while self.token.kind == tokens.VARIABLE and (several or not names):
            names.append(self.variable())
        if several:
            self.expect(")")
        if len(set(names)) < len(names) or not (names or several):
            self.fail("VALUES names a variable twice or none")
        visible |= dict.fromkeys(names)
        order = sorted(range(len(names)), key=names.__getitem__)
        rows = []
        self.expect("{")
        while not self.takes("}"):
            row = [self._value() for _ in names] if not several else self._row()
            if len(row) < len(names):
                self.fail("A row of VALUES is too short")
            rows.append(f"({' '.join(row[place] for place in order)})")
        return f"VALUES ({' '.join(names[place] for place in order)}) {{ {' '.join([*sorted(rows), ''])}}}"

    def _row(self) -> list[str]:
        self.expect("(")
        row = []
        while not self.takes(")"):
            row.append(self._value())
        return row

    def _value(self) -> str:
        if self.takes("UNDEF"):
            return "UNDEF"
        return self.iri() if self.token.kind in (tokens.NAME, tokens.IRI) else self.literal()
