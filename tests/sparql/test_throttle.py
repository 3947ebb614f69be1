"""The throttle of long query texts: each is read, and none keeps its turn."""

from concurrent.futures import ThreadPoolExecutor

from govplan.errors import QueryRefused
from govplan.group import Throttle
from govplan.sparql.limits import DEFAULTS
from govplan.sparql.throttle import throttled_scan

LONG = 60.0
PADDING = "#" + " " * 5000 + "\n"


def test_each_is_read() -> None:
    """Long texts that come at once, sound and refused, are each read: none keeps the turn."""
    throttle = Throttle()
    with ThreadPoolExecutor(16) as pool:
        sound = [pool.submit(throttled_scan, PADDING + "ASK {}", DEFAULTS, throttle) for _ in range(8)]
        refused = [
            pool.submit(throttled_scan, PADDING + "ASK { SERVICE <a:> {} }", DEFAULTS, throttle) for _ in range(8)
        ]

        assert {"ASK"} == {each.result(LONG).form for each in sound}
        assert {QueryRefused} == {type(each.exception(LONG)) for each in refused}


def test_short_text_needs_no_turn() -> None:
    """A short text is read as it comes."""
    assert "ASK" == throttled_scan("ASK {}", DEFAULTS, Throttle()).form
