"""How much a run measures."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure: rounds, seconds a window, times to start, seconds in all.

    `attack`: seconds an attack; `brief`: the same for govplan before, 0 if it is not attacked.
    """

    rounds: int
    seconds: int
    starts: int
    attack: int
    brief: int
    limit: int


QUICK = Plan(rounds=2, seconds=1, starts=1, attack=12, brief=0, limit=420)
FULL = Plan(rounds=3, seconds=2, starts=3, attack=12, brief=6, limit=5400)
