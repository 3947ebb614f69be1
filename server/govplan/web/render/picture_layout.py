"""Placing the picture of a plan: its objectives in a frame, organisations to the left of it, groups to the right.

All lengths are pixels of a picture `WIDTH` wide. The same input gives the same picture: nothing is random.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Literal

from govplan.deadline import check

WIDTH = 1080
FRAME, BOX = (380, 700), (396, 684)
LINE = 18
_SIDE_LETTERS, _BOX_LETTERS, _HEAD_LETTERS = 34, 30, 38
_SIDE = {"left": 290, "right": 790}
_GAP, _BOX_GAP, _PADDING = 10, 14, 16
_THIN, _THICK = 1.6, 6.0

Side = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Name:
    """A thing to show: its IRI, what it is called, and the language of that (None if it is the reader's)."""

    iri: str
    label: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Objective:
    """One objective: its number in the source, and how many actions are reported under it (None if nobody counts)."""

    name: Name
    number: str
    actions: int | None


@dataclass(frozen=True, slots=True)
class Tie:
    """That an objective (or the plan itself) names somebody, in so many actions; organisations stand on the left."""

    place: str
    named: Name
    side: Side
    count: int


@dataclass(frozen=True, slots=True)
class Node:
    """A placed thing: `x` and `y` are the middle of the side where ties end, `top` and `height` those of its box."""

    name: Name
    lines: tuple[str, ...]
    x: float
    y: float
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A drawn tie: an SVG path, its stroke width, and whom it joins."""

    path: str
    width: float
    place: str
    named: str
    side: Side
    count: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything placed; `head` is the plan's, `frame` the top and height of its frame."""

    height: float
    frame: tuple[float, float]
    head: Node
    boxes: tuple[tuple[Objective, Node], ...]
    left: tuple[Node, ...]
    right: tuple[Node, ...]
    curves: tuple[Curve, ...]

    def tied(self, place: str, side: Side) -> list[Node]:
        """Return who stands on a side and is named by an objective or the plan, from top to bottom."""
        named = {curve.named for curve in self.curves if curve.place == place}
        return [node for node in (self.left if side == "left" else self.right) if node.name.iri in named]


def place(plan: Name, objectives: Sequence[Objective], ties: Iterable[Tie]) -> Picture:
    """Return the picture of a plan. Objectives keep their order; the others stand near what names them."""
    ties = sorted(ties, key=lambda tie: (tie.place, tie.named.iri, tie.named.label, tie.named.lang or ""))
    top = _PADDING + LINE
    head = _box(plan, _HEAD_LETTERS, top, 0)
    boxes, y = [], head.top + head.height + _PADDING
    for objective in objectives:
        node = _box(objective.name, _BOX_LETTERS, y, LINE)
        boxes.append((objective, node))
        y = node.top + node.height + _BOX_GAP
    nodes = {plan.iri: head, **{objective.name.iri: node for objective, node in boxes}}
    known = [tie for tie in ties if tie.place in nodes]
    sides = {side: _column(side, [tie for tie in known if tie.side == side], nodes, top, y) for side in _SIDE}
    bottom = max([y, *(node.top + node.height for column in sides.values() for node in column)])
    return Picture(
        height=bottom + _PADDING,
        frame=(_PADDING, y - _PADDING),
        head=head,
        boxes=tuple(boxes),
        left=sides["left"],
        right=sides["right"],
        curves=tuple(curve for side, column in sides.items() for curve in _curves(side, column, known, nodes)),
    )


def _box(name: Name, letters: int, top: float, more: float) -> Node:
    lines = tuple(wrap(name.label, letters))
    height = len(lines) * LINE + more + _PADDING
    return Node(name, lines, BOX[0], top + height / 2, top, height)


def _column(side: str, ties: Sequence[Tie], nodes: dict[str, Node], top: float, bottom: float) -> tuple[Node, ...]:
    """Place each thing at the mean height of what names it, then move those that overlap, keeping their order."""
    heights: dict[Name, list[float]] = defaultdict(list)
    for tie in ties:
        heights[tie.named].append(nodes[tie.place].y)
    wanted = sorted(
        ((sum(ys) / len(ys), name.label, name) for name, ys in heights.items()),
        key=lambda each: (each[0], each[1], each[2].iri, each[2].lang or ""),
    )
    placed: list[Node] = []
    edge = top
    for y, _, name in wanted:
        lines = tuple(wrap(name.label, _SIDE_LETTERS))
        height = len(lines) * LINE
        start = max(y - height / 2, edge)
        placed.append(Node(name, lines, _SIDE[side], start + height / 2, start, height))
        edge = start + height + _GAP
    limit = max(bottom, top + sum(node.height + _GAP for node in placed))
    for place in range(len(placed) - 1, -1, -1):
        node = placed[place]
        start = min(node.top, limit - node.height)
        placed[place] = Node(node.name, node.lines, node.x, start + node.height / 2, start, node.height)
        limit = start - _GAP
    return tuple(placed)


def _curves(side: str, column: Sequence[Node], ties: Sequence[Tie], nodes: dict[str, Node]) -> Iterable[Curve]:
    """Draw the ties of one side; at a box they end one above the other, in the order in which they arrive."""
    there = {node.name.iri: node for node in column}
    ends: dict[str, list[Tie]] = defaultdict(list)
    for tie in ties:
        check()
        if tie.side == side:
            ends[tie.place].append(tie)
    for place, arriving in ends.items():
        box = nodes[place]
        arriving.sort(key=lambda tie: there[tie.named.iri].y)
        for number, tie in enumerate(arriving, start=1):
            end = there[tie.named.iri]
            start_x, start_y = BOX[0 if side == "left" else 1], box.top + box.height * number / (len(arriving) + 1)
            end_x = end.x + (8 if side == "left" else -8)
            middle = (start_x + end_x) / 2
            path = f"M{start_x:g} {start_y:.1f}C{middle:g} {start_y:.1f} {middle:g} {end.y:.1f} {end_x:g} {end.y:.1f}"
            width = min(_THICK, _THIN * max(1, tie.count))
            yield Curve(path, width, place, tie.named.iri, tie.side, tie.count)
