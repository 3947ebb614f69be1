"""Budgets per client, as the Wikidata Query Service counts them: queries at once, query time a minute, errors a minute.

A client is known by one key or two (`clients.client_keys`), each with an account; all must have room. What is used
flows back by itself, so an account is no more than the times at which its seconds and its errors are full again.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from govplan import metrics
from govplan.errors import ClientOverBudget
from govplan.group.page import QUERIES, Page
from govplan.group.table import Table

_MINUTE = 60.0
# What is there at first, in minutes' worth.
_FIRST = 2
# How many times as much the second key of a client may use: a network of many clients.
WIDER = 8
# Longest waits, in seconds, whatever a client has done.
_LONGEST = 3600.0
_LONGEST_FOR_ERRORS = _MINUTE
_MOST = 0xFFFF
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Budget:
    """What one client may use; `seconds` and `errors` flow back in a minute, and twice as much is there at first."""

    queries: int
    burst: int
    seconds: int
    errors: int


class Accounts:
    """The accounts of the clients of a group. Every method may be called from any thread, and takes some 10 µs.

    `clients` are the keys of one client, the widest last.
    """

    def __init__(
        self, budget: Budget | None, table: Table | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Without a budget, nothing is counted and nobody refused; without a table, they are of this process alone."""
        self._budget, self._clock = budget, clock
        self._table = table or _own_table()
        self._lock = self._table.page.lock

    def check(self, clients: Sequence[str]) -> None:
        """Raise ClientOverBudget if a client has used up its seconds or its errors."""
        self._admit(clients, None)

    def enter(self, clients: Sequence[str], *, crowded: bool) -> None:
        """Let a client begin a query. Raises ClientOverBudget; `crowded` says that other queries wait."""
        if self._budget is not None:
            self._admit(clients, self._budget.queries if crowded else self._budget.burst)

    def leave(self, clients: Sequence[str], seconds: float, errors: int = 0) -> None:
        """End a query that `enter` let begin, and charge what it took."""
        self._charge(clients, seconds, errors, places=1)

    def charge(self, clients: Sequence[str], seconds: float = 0.0, errors: int = 0) -> None:
        """Charge what a client took without a query."""
        self._charge(clients, seconds, errors, places=0)

    def _admit(self, clients: Sequence[str], queries: int | None) -> None:
        budget, table = self._budget, self._table
        if budget is None:
            return
        keys, now = table.keys(clients), self._clock()
        refusal: tuple[str, str, float] | None = None
        with self._lock:
            slots = table.slots(keys, now)
            for place, slot in enumerate(slots):
                refusal = self._refusal(slot, WIDER if place else 1, queries, now)
                if refusal:
                    break
            else:
                if queries is not None:
                    for slot in slots:
                        table.hold(slot, QUERIES, 1)
        if refusal:
            name, what, wait = refusal
            metrics.REFUSED_CLIENTS.labels(name).inc()
            raise ClientOverBudget(what, retry_seconds=max(1, math.ceil(wait)))

    def _refusal(self, slot: int, width: int, queries: int | None, now: float) -> tuple[str, str, float] | None:
        """Return why an account has no room: the budget, the words and how long to wait; None if it has."""
        assert self._budget is not None
        whose, who = ("your", "You have") if width == 1 else ("your network's", "Your network has")
        if queries is not None:
            running = self._table.held(slot, QUERIES)
            if running >= min(queries * width, _MOST):
                return "queries", f"{running} of {whose} queries run already.", 1
        seconds, errors = self._table.full(slot)
        wait = seconds - now - _FIRST * _MINUTE
        if wait >= 0:
            return "seconds", f"{who} used {self._budget.seconds * width} s of query time a minute.", wait
        wait = errors - now - _FIRST * _MINUTE + _MINUTE / (self._budget.errors * width)
        if wait > _ROUNDING:
            return "errors", f"{who} caused {self._budget.errors * width} errors a minute.", wait
        return None

    def _charge(self, clients: Sequence[str], seconds: float, errors: int, places: int) -> None:
        budget, table = self._budget, self._table
        if budget is None:
            return
        keys, now = table.keys(clients), self._clock()
        with self._lock:
            for place, slot in enumerate(table.slots(keys, now)):
                width = WIDER if place else 1
                if places:
                    table.hold(slot, QUERIES, -places)
                full_seconds, full_errors = table.full(slot)
                table.set_full(
                    slot,
                    min(
                        max(full_seconds, now) + seconds * _MINUTE / (budget.seconds * width),
                        now + _FIRST * _MINUTE + _LONGEST,
                    ),
                    min(
                        max(full_errors, now) + errors * _MINUTE / (budget.errors * width),
                        now + _FIRST * _MINUTE + _LONGEST_FOR_ERRORS,
                    ),
                )


def _own_table() -> Table:
    page = Page(1)
    page.column = 0
    return Table(page)
