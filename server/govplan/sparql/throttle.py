"""Scanning the query texts of clients: long ones one at a time with a rest after each, short ones at once."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from govplan.group import Throttle
from govplan.sparql.limits import Limits
from govplan.sparql.port import Scan
from govplan.sparql.scan import scan

# Characters of a long text.
LONG = 4000


def throttled_scan(
    query: str,
    limits: Limits,
    throttle: Throttle,
    waiting: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Scan:
    """Scan the query of a client, a long one when `throttle` lets it; raises as `scan` does, and Overloaded.

    It waits in the context that `waiting` returns.
    """
    if len(query) <= LONG:
        return scan(query, limits)
    with throttle.turn(waiting):
        return scan(query, limits)
