"""Texts made for an expression to be slow on, and whether its steps grow faster than they do."""

import re
from collections.abc import Iterator
from itertools import islice, product
from re import _constants as codes  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from tests.sparql.steps import REPEATS, Accepts, Machine, TooManySteps

LETTERS = 24
# Where growth is linear, each letter more of a long text takes as many steps as one more of a short text, and where it
# is quadratic three times as many; steps that only begin in a longer text are allowed for.
LONGER, MOST_GROWTH, _ONCE = 8, 1.7, 30
_TEXTS = 600
_SAMPLES = " \n\taz_A7-.,:;'\"\\/é\u0301\ufeff\x00"


class Attack(NamedTuple):
    """A text of any length: a beginning, a piece that is repeated, and an end."""

    begin: str
    piece: str
    end: str

    def text(self, longer: int = 1) -> str:
        """Return the text with some letters of pieces, or with so many times as many pieces."""
        return self.begin + self.piece * max(2, LETTERS // len(self.piece)) * longer + self.end


def attacks(machine: Machine) -> list[Attack]:
    """Return attacks on an expression: what it repeats, what it nearly accepts, and whatever its characters give."""
    letters = _letters(machine)
    never = min(letters, key=lambda letter: sum(accept(letter) for accept in machine.classes()))
    wholes = _witnesses(machine, machine.tree, letters)
    repeats = list(_repeats(machine, machine.tree, [""], letters))
    nearly = [whole[:end] for whole in wholes for end in range(1, len(whole) + 1)]
    bodies = [body for _, several in repeats for body in several if body]
    apart = [text + letter for text in nearly[:40] for letter in letters]
    pieces = dict.fromkeys([*bodies, *nearly[:80], *letters, *apart[:200], *map("".join, product(letters, repeat=2))])
    own = [(before, body) for before, several in repeats for body in several if body]
    near = [(before, letter) for before, _ in repeats for letter in letters]
    found = dict.fromkeys(
        Attack(begin, piece, end)
        for begin, piece in (*own, *(("", piece) for piece in pieces), *near)
        for end in (never, "")
    )
    return list(islice(found, _TEXTS))


def too_fast(machine: Machine, method: str) -> str | None:
    """Return an attack on which the steps of a method grow faster than the text, None if there is none."""
    for attack in attacks(machine):
        try:
            one, two, many = (machine.count(method, attack.text(longer))[0] for longer in (1, 2, LONGER))
        except TooManySteps:
            return f"{attack}: more than {machine.most} steps"
        if many - two > (LONGER - 2) * (MOST_GROWTH * (two - one) + _ONCE):
            return f"{attack}: {one} steps, {two} on a text twice as long, {many} on one {LONGER} times as long"
    return None


def _letters(machine: Machine) -> list[str]:
    """Return one character of each sort that the expression tells apart."""
    written = [chr(code) for code in _codes(machine.tree)]
    found: dict[tuple[bool, ...], str] = {}
    for letter in (*written, *_SAMPLES):
        found.setdefault(tuple(accept(letter) for accept in machine.classes()), letter)
    return list(found.values())


def _codes(tree: Any) -> Iterator[int]:
    for op, argument in tree:
        if op in (codes.LITERAL, codes.NOT_LITERAL):
            yield argument
        elif op is codes.RANGE:
            yield from argument
        elif op is codes.IN:
            yield from _codes(argument)
        else:
            for inner in _inner(op, argument):
                yield from _codes(inner)


def _inner(op: Any, argument: Any) -> list[Any]:
    if op in REPEATS:
        return [argument[2]]
    if op is codes.SUBPATTERN:
        return [argument[3]]
    if op is codes.BRANCH:
        return list(argument[1])
    if op is codes.ATOMIC_GROUP:
        return [argument]
    return [argument[1]] if op in (codes.ASSERT, codes.ASSERT_NOT) else []


def _witnesses(machine: Machine, tree: Any, letters: list[str]) -> list[str]:
    """Return short texts that an expression accepts, look-around aside: one for each branch, with each part there."""
    found = [""]
    for op, argument in tree:
        found = [before + text for before in found for text in _texts(machine, op, argument, letters)][:24]
    return found


def _texts(machine: Machine, op: Any, argument: Any, letters: list[str]) -> list[str]:
    if op in (codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN):
        return [_letter(machine.accepts(op, argument), letters)]
    if op in REPEATS:
        times = max(1, min(argument[0], 16))
        return [text * times for text in _witnesses(machine, argument[2], letters)]
    if op in (codes.ASSERT, codes.ASSERT_NOT, codes.AT):
        return [""]
    return [text for inner in _inner(op, argument) for text in _witnesses(machine, inner, letters)]


def _letter(accept: Accepts, letters: list[str]) -> str:
    return next(letter for letter in letters if accept(letter))


def _repeats(machine: Machine, tree: Any, before: list[str], letters: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield for each repetition without an end what leads to it, and what it repeats."""
    for op, argument in tree:
        for inner in _inner(op, argument):
            if op in REPEATS and argument[1] is codes.MAXREPEAT:
                bodies = _witnesses(machine, inner, letters)
                yield from ((begin, bodies) for begin in before[:3])
            yield from _repeats(machine, inner, before, letters)
        before = [begin + text for begin in before for text in _texts(machine, op, argument, letters)][:6]


def spans(pattern: str, flags: int, method: str, text: str) -> list[tuple[int, int]]:
    """Return what Python's own engine finds."""
    compiled = re.compile(pattern, flags)
    if method in ("match", "fullmatch", "search"):
        found = getattr(compiled, method)(text)
        return [found.span()] if found else []
    return [found.span() for found in compiled.finditer(text)]
