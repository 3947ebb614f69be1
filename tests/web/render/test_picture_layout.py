"""Placing the picture of a plan: nothing overlaps, every tie ends where its things stand."""

import itertools
import re

from govplan.web.render.picture_layout import BOX, Name, Node, Objective, Tie, place

PLAN = Name("urn:plan", "The plan with a title that takes more than one line of its frame")
OBJECTIVES = [Objective(Name(f"urn:o{n}", f"Objective {n}"), str(n), n) for n in range(1, 6)]
TIES = [
    *(Tie("urn:o1", Name(f"urn:g{n}", f"Group {n}"), "right", n) for n in range(12)),
    Tie("urn:o5", Name("urn:g3", "Group 3"), "right", 2),
    Tie("urn:plan", Name("urn:org", "An organisation whose name is far too long for one line"), "left", 0),
    Tie("urn:elsewhere", Name("urn:lost", "Nobody"), "left", 1),
]


def _apart(nodes: list[Node]) -> bool:
    return all(one.top + one.height <= other.top for one, other in itertools.pairwise(nodes))


def test_nothing_overlaps() -> None:
    """Boxes and names stand below each other, inside the picture."""
    found = place(PLAN, OBJECTIVES, TIES)
    columns = [[found.head, *(node for _, node in found.boxes)], list(found.left), list(found.right)]

    assert all(_apart(column) for column in columns)
    assert all(0 <= node.top and node.top + node.height <= found.height for column in columns for node in column)


def test_objectives_keep_their_order() -> None:
    """Objectives stand in the order of the plan."""
    assert [each.name.iri for each in OBJECTIVES] == [each.name.iri for each, _ in place(PLAN, OBJECTIVES, TIES).boxes]


def test_ties() -> None:
    """Every tie of a known place is drawn once, from its box to its name, thicker for more actions."""
    found = place(PLAN, OBJECTIVES, TIES)
    drawn = {(curve.place, curve.named): curve for curve in found.curves}
    names = {node.name.iri: node for node in (*found.left, *found.right)}

    assert {(tie.place, tie.named.iri) for tie in TIES if tie.place != "urn:elsewhere"} == set(drawn)
    assert drawn["urn:o1", "urn:g1"].width < drawn["urn:o5", "urn:g3"].width
    for curve in found.curves:
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", curve.path)]
        assert numbers[0] in BOX
        assert abs(numbers[-1] - names[curve.named].y) < 0.1


def test_same_input_same_picture() -> None:
    """The order in which ties come makes no difference."""
    assert place(PLAN, OBJECTIVES, TIES) == place(PLAN, OBJECTIVES, list(reversed(TIES)))
