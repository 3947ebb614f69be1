"""Turns for long query texts: each is read, none keeps its turn, and a crowd is turned away."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from govplan.errors import Overloaded, QueryRefused
from govplan.store.limits import DEFAULTS
from govplan.store.turns import Turns, scan_in_turn

LONG = 60.0
PADDING = "#" + " " * 5000 + "\n"


def test_each_is_read() -> None:
    """Long texts that come at once, sound and refused, are each read: none keeps the turn."""
    with ThreadPoolExecutor(16) as pool:
        sound = [pool.submit(scan_in_turn, PADDING + "ASK {}", DEFAULTS) for _ in range(8)]
        refused = [pool.submit(scan_in_turn, PADDING + "ASK { SERVICE <a:> {} }", DEFAULTS) for _ in range(8)]

        assert {"ASK"} == {each.result(LONG).form for each in sound}
        assert {QueryRefused} == {type(each.exception(LONG)) for each in refused}


def test_short_text_needs_no_turn() -> None:
    """A short text is read as it comes."""
    assert "ASK" == scan_in_turn("ASK {}", DEFAULTS).form


@pytest.mark.parametrize(
    ("places", "patience", "said"),
    [(1, LONG, "Too many long queries wait"), (2, 0.01, r"Other long queries were read for 0\.01 s")],
)
def test_crowd_is_turned_away(places: int, patience: float, said: str) -> None:
    """Who finds no place, or waits too long, is told so, and the next one has a turn again."""
    turns = Turns(places, patience)

    def take() -> bool:
        with turns.one():
            return True

    with ThreadPoolExecutor(1) as pool:
        with turns.one(), pytest.raises(Overloaded, match=said):
            pool.submit(take).result(LONG)
        assert pool.submit(take).result(LONG)
