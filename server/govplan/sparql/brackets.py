"""The open brackets of a query while it is scanned, and what was counted in each: depth, patterns, operators, reads."""

from dataclasses import dataclass
from typing import NoReturn

from govplan.errors import QueryTooComplex
from govplan.sparql.limits import Limits

# What a bracket holds. HEAD: outside of all; GROUP: joined to what is around it; UNIT: planned by itself;
# NODE: a blank node, annotation or triple term; LIST: a list of terms or a path in parentheses; DOUBTFUL: the same,
# unless the engine reads the name before it as a keyword; EXPRESSION; DATA: VALUES or a template, costs nothing.
HEAD, GROUP, UNIT, NODE, LIST, DOUBTFUL, EXPRESSION, DATA = range(8)

# Measured: what the planner does for one more copy of an operand of IN, in what a parser does for one more token.
_COPY_READS = 16


@dataclass(slots=True)
class Bracket:
    """One open bracket; `terms` counts those since the last separator, in a list all of them.

    `slot` is what came before them in the triple: 0 nothing, 1 its subject, 2 its predicate too.
    `width` is the number of joined patterns so far; `clause` says that an expression may follow without a keyword.
    `level` is how many calls around it are read twice; `first` the number of the token that opened it.
    `items`, `run` and `copies` follow IN: elements of its list, size of the operand in hand, of those before it.
    """

    kind: int
    level: int = 0
    first: int = 0
    retried: bool = False
    clause: bool = False
    path: bool = False
    terms: int = 0
    slot: int = 0
    width: int = 0
    items: int = 0
    run: int = 1
    copies: int = 0


class Brackets:
    """The stack of open brackets. Every method raises QueryTooComplex at the first count beyond a limit."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.top = Bracket(HEAD)
        self.below: list[Bracket] = []
        self._operators = 0
        self._reads = 0
        self._work = 0
        self._merged = 0

    def open(self, kind: int, number: int, *, retried: bool = False, items: int = 0) -> None:
        """Open a bracket by token `number`; `retried` calls are read twice, `items` is 1 where a list of IN begins."""
        level = self.top.level + retried
        self.below.append(self.top)
        self.top = Bracket(kind, level, number, retried, slot=int(kind == NODE), items=items)
        self.deep(len(self.below))
        if retried:
            self._read(1 << level - 1)

    def deep(self, depth: int) -> None:
        """Note how deep the text nests at this point."""
        if depth > self.limits.depth:
            _refuse("depth", depth, self.limits.depth, "nests brackets and prefix operators {0} deep")

    def close(self, number: int) -> None:
        """Close the innermost bracket by token `number` and count what it held; one that was never opened is nothing.

        Bracket kinds need not match: what does not is no query, and the engine says so.
        """
        if not self.below:
            return
        inner, self.top = self.top, self.below.pop()
        self._merged = 0
        if inner.retried:
            self._read((number - inner.first) << inner.level - 1)
        if inner.kind == EXPRESSION:
            self._close_expression(inner)
        elif inner.kind == UNIT:
            self._plan(inner.width + (inner.terms > 0))
            self.top.terms = self.top.slot = 0
        elif inner.kind == GROUP:
            self._merged = inner.width + (inner.terms > 0)
            self.top.width += self._merged
            self.top.terms = self.top.slot = 0
        elif inner.kind == NODE:
            self.top.width += inner.width + (inner.terms > 0)
            self.top.terms += 1
        elif inner.kind != DATA:
            # A list is two triples an item; the steps of a path were counted where they stand.
            self.top.width += inner.width + (0 if inner.path else 2 * inner.terms)
            self.top.terms += 1

    def end(self, number: int) -> None:
        """Close whatever is open at the end of the text."""
        while self.below:
            self.close(number)

    def flush(self, slot: int = 0) -> None:
        """A triple may end here, at a separator, at a keyword or where a group opens; the next begins at `slot`."""
        top = self.top
        if top.kind <= NODE:
            top.width += top.terms > 0
            top.terms, top.slot = 0, slot

    def operator(self, count: int = 1) -> None:
        """Count parts that engines chain."""
        self._operators += count
        if self._operators > self.limits.operators:
            _refuse("operators", self._operators, self.limits.operators, "chains {0} operators, filters or groups")

    def union(self) -> None:
        """The group that closed just now, and the one that opens next, are branches: joined as one, planned apart."""
        self._plan(self._merged)
        self.top.width += 2 - self._merged if self._merged else 1
        self._merged = 0

    def apart(self) -> None:
        """The innermost group is a sub-query: joined as one, planned by itself."""
        self.top.kind = UNIT
        self.below[-1].width += 1

    def long(self, count: int) -> None:
        """Note how many tokens the text has up to this point."""
        if count > self.limits.tokens:
            _refuse("tokens", count, self.limits.tokens, "has {0} tokens")

    def operand_ends(self) -> None:
        """An operand ends at a comma or a logical operator."""
        top = self.top
        if top.items:
            top.items += 1
        if top.run > 1:
            top.copies, top.run = top.copies + top.run, 1

    def _close_expression(self, inner: Bracket) -> None:
        top = self.top
        top.width += inner.width
        size = max(inner.copies + inner.run if inner.copies else inner.run, 1)
        if inner.items:
            if top.run > 1:
                self._read(top.run * inner.items * _COPY_READS)
            top.run *= inner.items
        top.run = max(top.run, size)
        if top.kind <= NODE:
            top.terms, top.slot, top.run = 0, 0, 1

    def _read(self, count: int) -> None:
        self._reads += count
        if self._reads > self.limits.reads:
            what = "nests REGEX, SUBSTR, REPLACE, GROUP_CONCAT or IN so that its parts are read {0} times"
            _refuse("reads", self._reads, self.limits.reads, what)

    def _plan(self, width: int) -> None:
        self._work += width**4
        if self._work > self.limits.patterns**4:
            equivalent = max(self.limits.patterns + 1, round(self._work**0.25))
            _refuse("patterns", equivalent, self.limits.patterns, "joins {0} triple patterns, path steps and groups")


def _refuse(name: str, observed: int, limit: int, what: str) -> NoReturn:
    raise QueryTooComplex(what.format(f"at least {observed}"), observed=observed, limit=limit, setting=f"query_{name}")
