"""Counting the steps of a regular expression, so that growth can be judged without a clock.

Python's engine backtracks and does not count. This one backtracks over the same parsed expression in the same order,
counts, and finds the same matches, which the tests check; it is slower by a constant.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

# A repetition of at most so many times is a constant, whichever; a small one shows the same growth sooner.
_MOST_COPIES, _FEWER = 16, 3
_WORD = re.compile(r"\w")
_CATEGORIES: dict[Any, tuple[re.Pattern[str], bool]] = {
    codes.CATEGORY_DIGIT: (re.compile(r"\d"), True),
    codes.CATEGORY_NOT_DIGIT: (re.compile(r"\d"), False),
    codes.CATEGORY_SPACE: (re.compile(r"\s"), True),
    codes.CATEGORY_NOT_SPACE: (re.compile(r"\s"), False),
    codes.CATEGORY_WORD: (_WORD, True),
    codes.CATEGORY_NOT_WORD: (_WORD, False),
}
REPEATS = {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}
Accepts = Callable[[str], bool]
Program = list[tuple[Any, ...]]


class TooManySteps(Exception):
    """An expression took more steps on a text than anything linear does."""


@dataclass
class Machine:
    """An expression that counts its `steps`, at most `most` of them; `scaled` says that a bound was made smaller."""

    pattern: str
    flags: int = 0
    most: int = 300_000
    steps: int = 0
    scaled: bool = False

    @cached_property
    def tree(self) -> Any:
        """The parsed expression."""
        return parser.parse(self.pattern, self.flags)

    def count(self, method: str, text: str) -> tuple[int, list[tuple[int, int]]]:
        """Return the steps that a method takes on a text, and the spans it finds. Raises TooManySteps."""
        self.steps = 0
        program = self._whole if method == "fullmatch" else self._program
        if method in ("match", "fullmatch"):
            end = self._run(program, text, 0)
            found = [] if end is None else [(0, end)]
        else:
            found = list(self._scan(program, text, once=method == "search"))
        return self.steps, found

    def classes(self) -> list[Accepts]:
        """Return what accepts a character, in the order of the expression."""
        _ = self._program
        return self._accepts

    def accepts(self, op: Any, argument: Any) -> Accepts:
        """Return what a node of one character accepts."""
        flags = self.tree.state.flags
        if op is codes.ANY:
            return (lambda letter: True) if flags & re.DOTALL else (lambda letter: letter != "\n")
        members = [(op, argument)] if op is not codes.IN else argument
        negated = members[0][0] is codes.NEGATE
        plain = [_member(*member) for member in members if member[0] is not codes.NEGATE]

        def accept(letter: str) -> bool:
            forms = {letter, letter.lower(), letter.upper()} if flags & re.IGNORECASE else {letter}
            return negated != any(member(form) for member in plain for form in forms)

        return accept

    @cached_property
    def _accepts(self) -> list[Accepts]:
        return []

    @cached_property
    def _program(self) -> Program:
        return [*self._compile(self.tree), ("end",)]

    @cached_property
    def _whole(self) -> Program:
        return [*self._compile(self.tree), ("at", codes.AT_END_STRING), ("end",)]

    def _compile(self, tree: Any) -> Program:
        return [step for op, argument in tree for step in self._node(op, argument)]

    def _node(self, op: Any, argument: Any) -> Program:
        if op in (codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN):
            accept = self.accepts(op, argument)
            self._accepts.append(accept)
            return [("char", accept)]
        if op in REPEATS:
            return self._repeat(op, *argument)
        if op is codes.SUBPATTERN:
            return self._compile(argument[3])
        if op is codes.BRANCH:
            *others, last = [self._compile(branch) for branch in argument[1]]
            program = last
            for body in reversed(others):
                program = [("split", 1, len(body) + 2), *body, ("jump", len(program) + 1), *program]
            return program
        if op is codes.ATOMIC_GROUP:
            return [("atomic", [*self._compile(argument), ("end",)])]
        if op in (codes.ASSERT, codes.ASSERT_NOT):
            direction, tree = argument
            width = tree.getwidth()[0] if direction < 0 else 0
            return [("look", [*self._compile(tree), ("end",)], width, op is codes.ASSERT)]
        if op is codes.AT:
            return [("at", argument)]
        raise NotImplementedError(f"{op} in {self.pattern}")

    def _repeat(self, op: Any, least: int, most: Any, tree: Any) -> Program:
        if op is codes.POSSESSIVE_REPEAT:
            return [("atomic", [*self._repeat(codes.MAX_REPEAT, least, most, tree), ("end",)])]
        body = self._compile(tree)
        greedy = op is codes.MAX_REPEAT
        if most is codes.MAXREPEAT:
            loop: Program = [("mark",), *body, ("moved",), ("jump", -len(body) - 3)]
            return [*body * least, ("split", *_order(1, len(loop) + 1, greedy)), *loop]
        if most - least > _MOST_COPIES:
            self.scaled, most = True, least + _FEWER
        optional: Program = []
        for _ in range(most - least):
            optional = [("split", *_order(1, len(body) + len(optional) + 1, greedy)), *body, *optional]
        return [*body * least, *optional]

    def _scan(self, program: Program, text: str, *, once: bool) -> Iterator[tuple[int, int]]:
        start = 0
        while start <= len(text):
            end = self._run(program, text, start)
            if end is not None:
                yield start, end
                if once:
                    return
            start = start + 1 if end is None or end == start else end

    def _run(self, program: Program, text: str, start: int) -> int | None:
        """Return the end of the first match that begins at `start`."""
        states: list[tuple[int, int, tuple[int, ...]]] = [(0, start, ())]
        while states:
            place, at, marks = states.pop()
            while True:
                self.steps += 1
                if self.steps > self.most:
                    raise TooManySteps
                op, *rest = program[place]
                if op == "end":
                    return at
                if op == "char":
                    if at >= len(text) or not rest[0](text[at]):
                        break
                    at += 1
                elif op == "split":
                    states.append((place + rest[1], at, marks))
                    place += rest[0] - 1
                elif op == "jump":
                    place += rest[0] - 1
                elif op == "mark":
                    marks = (*marks, at)
                elif op == "moved":
                    if marks[-1] == at:
                        break
                    marks = marks[:-1]
                elif op == "atomic":
                    end = self._run(rest[0], text, at)
                    if end is None:
                        break
                    at = end
                elif op == "look":
                    begun = at - rest[1]
                    found = begun >= 0 and self._run(rest[0], text, begun) is not None
                    if found != rest[2]:
                        break
                elif not self._at(rest[0], text, at):
                    break
                place += 1
        return None

    def _at(self, code: Any, text: str, at: int) -> bool:
        many = self.tree.state.flags & re.MULTILINE
        if code is codes.AT_BEGINNING_STRING or (code is codes.AT_BEGINNING and not many):
            return at == 0
        if code is codes.AT_END_STRING:
            return at == len(text)
        if code is codes.AT_BEGINNING:
            return at == 0 or text[at - 1] == "\n"
        if code is codes.AT_END:
            return at == len(text) or (text[at] == "\n" and bool(many or at == len(text) - 1))
        before, after = text[at - 1 : at] if at else "", text[at : at + 1]
        edge = bool(_WORD.match(before)) != bool(_WORD.match(after))
        return edge == (code is codes.AT_BOUNDARY)


def _order(first: int, second: int, greedy: bool) -> tuple[int, int]:
    return (first, second) if greedy else (second, first)


def _member(op: Any, argument: Any) -> Accepts:
    if op is codes.LITERAL:
        return lambda letter: letter == chr(argument)
    if op is codes.NOT_LITERAL:
        return lambda letter: letter != chr(argument)
    if op is codes.RANGE:
        low, high = argument
        return lambda letter: low <= ord(letter[0]) <= high
    expression, wanted = _CATEGORIES[argument]
    return lambda letter: (expression.match(letter) is not None) == wanted
