"""Turns for the long query texts of clients: read one at a time with a rest after each; short ones are read at once."""

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from govplan.group import Turns
from govplan.sparql.limits import Limits
from govplan.sparql.port import Scan
from govplan.sparql.scan import scan

# Characters of a long text.
LONG = 4000
_of_this_process = functools.cache(Turns)


def scan_in_turn(
    query: str,
    limits: Limits,
    turns: Turns | None = None,
    waiting: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Scan:
    """Scan the query of a client, a long one when it is its turn; raises as `scan` does, and Overloaded.

    `turns` are those of the group of front processes; without them, those of this process. It waits in the context that
    `waiting` returns.
    """
    if len(query) <= LONG:
        return scan(query, limits)
    with (turns or _of_this_process()).turn(waiting):
        return scan(query, limits)
