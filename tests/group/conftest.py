"""Groups of processes: what each test of them needs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from govplan.group import Budget, Group, Shape

BUDGET = Budget(queries=2, burst=5, seconds=60, errors=30)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="group")
def _group(tmp_path: Path) -> Iterator[Group]:
    """A group for two fronts, of which this process is none yet."""
    with Group.create(Shape(fronts=2, budget=BUDGET, slow=3), tmp_path) as group:
        yield group
