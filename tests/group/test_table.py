"""The table of accounts against a plain dictionary: whatever happens in whatever order, both tell the same."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from govplan.errors import ClientOverBudget
from govplan.group import Accounts, Places, client_keys
from govplan.group.page import KEY, QUERIES, SENDING, SLOW, Page
from govplan.group.table import WAYS, Table
from tests.group.conftest import BUDGET, Clock

FRONTS = (0, 1)
SLOW_PLACES = 3
CLIENTS = [
    client_keys(address)
    for address in ("192.0.2.1", "192.0.2.2", "2001:db8:1:1::1", "2001:db8:1:2::1", "2001:db8:2::1")
]


@dataclass(slots=True)
class Known:
    """What the model knows of one account: what it has used, in minutes' worth, and what it holds by front."""

    seconds: float = 0.0
    errors: float = 0.0
    running: list[int] = field(default_factory=lambda: [0, 0])
    slow: list[int] = field(default_factory=lambda: [0, 0])


class Machine(RuleBasedStateMachine):
    """Two fronts that count for a few clients, and a dictionary that does the same."""

    fronts = st.sampled_from(FRONTS)
    clients = st.sampled_from(CLIENTS)

    @initialize()
    def begin(self) -> None:
        """Begin with an empty page."""
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "page"
        Page.make(len(FRONTS), path)
        self.clock = Clock()
        pages = [Page(len(FRONTS), path) for _ in FRONTS]
        for front, page in zip(FRONTS, pages, strict=True):
            page.column = front
        self.tables = [Table(page) for page in pages]
        self.accounts = [Accounts(BUDGET, table, self.clock) for table in self.tables]
        self.slow = [Places(table, SLOW, SLOW_PLACES, SLOW_PLACES, self.clock) for table in self.tables]
        self.known: dict[str, Known] = {}

    def teardown(self) -> None:
        """Remove the page."""
        if hasattr(self, "folder"):
            self.folder.cleanup()

    def _of(self, client: tuple[str, ...]) -> list[tuple[int, Known]]:
        """Return the accounts of a client, each with how many times the budget it has."""
        return [(8 if place else 1, self.known.setdefault(key, Known())) for place, key in enumerate(client)]

    @rule(seconds=st.floats(0.0, 400.0))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.now += seconds
        for known in self.known.values():
            known.seconds = max(0.0, known.seconds - seconds / 60)
            known.errors = max(0.0, known.errors - seconds / 60)

    @rule(front=fronts, client=clients, crowded=st.booleans())
    def enter(self, front: int, client: tuple[str, ...], crowded: bool) -> None:
        """Begin a query."""
        queries = BUDGET.queries if crowded else BUDGET.burst
        accounts = self._of(client)
        # What stands exactly at a limit may be rounded either way.
        room = [self._room(width, known, queries) for width, known in accounts]
        try:
            self.accounts[front].enter(client, crowded=crowded)
        except ClientOverBudget:
            assert min(room) < 1e-6
        else:
            assert min(room) > -1e-6
            for _, known in accounts:
                known.running[front] += 1

    @staticmethod
    def _room(width: int, known: Known, queries: int) -> float:
        """Return how much room an account has: above 0 where there is some."""
        return min(
            queries * width - sum(known.running),
            2 - known.seconds,
            2 - 1 / (BUDGET.errors * width) - known.errors + 2e-6,
        )

    @rule(front=fronts, client=clients, seconds=st.floats(0.0, 100.0), errors=st.integers(0, 3))
    def leave(self, front: int, client: tuple[str, ...], seconds: float, errors: int) -> None:
        """End a query, whether one runs or not."""
        self.accounts[front].leave(client, seconds, errors)
        for width, known in self._of(client):
            known.running[front] = max(0, known.running[front] - 1)
            self._charge(width, known, seconds, errors)

    @rule(front=fronts, client=clients, seconds=st.floats(0.0, 100.0), errors=st.integers(0, 40))
    def charge(self, front: int, client: tuple[str, ...], seconds: float, errors: int) -> None:
        """Charge what was no query."""
        self.accounts[front].charge(client, seconds, errors)
        for width, known in self._of(client):
            self._charge(width, known, seconds, errors)

    @staticmethod
    def _charge(width: int, known: Known, seconds: float, errors: int) -> None:
        known.seconds = min(62.0, known.seconds + seconds / (BUDGET.seconds * width))
        known.errors = min(3.0, known.errors + errors / (BUDGET.errors * width))

    @rule(front=fronts, client=clients)
    def acquire(self, front: int, client: tuple[str, ...]) -> None:
        """Take a slow place."""
        accounts = self._of(client)
        free = self._free(client)
        assert free == self.slow[front].free_for(client)
        assert (free > 0) is self.slow[front].acquire(client)
        if free > 0:
            self.total[front] += 1
            for _, known in accounts:
                known.slow[front] += 1

    def _free(self, client: tuple[str, ...]) -> int:
        each = [SLOW_PLACES - 1 - sum(known.slow) for _, known in self._of(client)]
        return max(0, min(SLOW_PLACES - sum(self.total), *each))

    @initialize()
    def none_taken(self) -> None:
        """Begin with no slow place taken."""
        self.total = [0, 0]

    @precondition(lambda self: any(sum(known.slow) for known in self.known.values()))
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        """Give back a slow place that is held."""
        holders = [
            (front, client) for front in FRONTS for client in CLIENTS if all(k.slow[front] for _, k in self._of(client))
        ]
        front, client = data.draw(st.sampled_from(holders))
        self.slow[front].release(client)
        self.total[front] -= 1
        for _, known in self._of(client):
            known.slow[front] -= 1

    @rule(front=fronts)
    def die(self, front: int) -> None:
        """Kill a front, and reclaim what it held."""
        page = self.tables[1 - front].page
        with page.lock:
            page.clear(front)
        self.total[front] = 0
        for known in self.known.values():
            known.running[front] = known.slow[front] = 0

    @invariant()
    def alike(self) -> None:
        """Both tell the same of every account, seen from either front."""
        if not hasattr(self, "known"):
            return
        for key, known in self.known.items():
            for table in self.tables:
                slot = table.find(table.keys([key])[0])
                if slot < 0:
                    assert Known() == known
                    continue
                assert sum(known.running) == table.held(slot, QUERIES)
                assert sum(known.slow) == table.held(slot, SLOW)
                seconds, errors = (max(0.0, at - self.clock.now) / 60 for at in table.full(slot))
                assert (seconds, errors) == pytest.approx((known.seconds, known.errors), abs=1e-6)


TestTable = Machine.TestCase
TestTable.settings = settings(max_examples=60, stateful_step_count=40, deadline=None, derandomize=True, database=None)


class Crowd(RuleBasedStateMachine):
    """More clients of one set than it has room for, and a list that says who has to go."""

    names = st.integers(1, 3 * WAYS)

    @initialize()
    def begin(self) -> None:
        """Begin with an empty set."""
        page = Page(1)
        page.column = 0
        self.table, self.now = Table(page), 1000.0
        self.known: dict[int, list[float]] = {}

    @rule(names=st.lists(names, min_size=1, max_size=2, unique=True), seconds=st.floats(0.0, 1000.0))
    def use(self, names: list[int], seconds: float) -> None:
        """Find or make accounts, each another one, and charge them."""
        self.now += 1
        slots = self.table.slots([self._key(name) for name in names], self.now)
        assert len(set(slots)) == len(names)
        worth = {name: (known[1] > 0, known[0]) for name, known in self.known.items() if name not in names}
        gone = {name for name in worth if self.table.find(self._key(name)) < 0}
        assert max(0, len(self.known.keys() | set(names)) - WAYS) == len(gone)
        if gone and worth.keys() - gone:
            # Those went with whom least was lost.
            assert max(worth[name] for name in gone) <= min(worth[name] for name in worth.keys() - gone)
        for name in gone:
            del self.known[name]
        for name in names:
            self.known.setdefault(name, [self.now, 0])
        for slot, name in zip(slots, names, strict=True):
            full = max(self.known[name][0], self.now) + seconds
            self.known[name][0] = full
            self.table.set_full(slot, full, self.now)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), change=st.sampled_from((1, 1, -1)))
    def hold(self, data: st.DataObject, change: int) -> None:
        """Take or give back a place."""
        name = data.draw(st.sampled_from(sorted(self.known)))
        self.table.hold(self.table.find(self._key(name)), SENDING, change)
        self.known[name][1] = max(0, self.known[name][1] + change)

    @invariant()
    def alike(self) -> None:
        """Those are in the set that should be, with what they have used and hold."""
        if not hasattr(self, "known"):
            return
        for name in range(1, 3 * WAYS + 1):
            slot = self.table.find(self._key(name))
            assert (name in self.known) is (slot >= 0)
            if slot >= 0:
                assert self.known[name] == [max(self.table.full(slot)), self.table.held(slot, SENDING)]

    @staticmethod
    def _key(name: int) -> bytes:
        """Return a key that belongs to the same set as all others."""
        return b"\x07\x00\x00\x00" + name.to_bytes(KEY - 4, "big")


TestCrowd = Crowd.TestCase
TestCrowd.settings = settings(max_examples=60, stateful_step_count=40, deadline=None, derandomize=True, database=None)


def test_many_clients() -> None:
    """A flood of clients that are never seen again makes nobody fail, and leaves those their debts who have some."""
    clock = Clock()
    accounts = Accounts(BUDGET, clock=clock)
    debtor = ("debtor",)
    accounts.charge(debtor, seconds=300.0)
    for number in range(50_000):
        clock.now += 0.001
        accounts.enter((f"client {number}",), crowded=True)
        accounts.leave((f"client {number}",), 0.01)
    with pytest.raises(ClientOverBudget, match="query time"):
        accounts.check(debtor)


def test_everybody_runs_a_query() -> None:
    """Even where each account of a set has queries that run, one more client is let in."""
    accounts = Accounts(BUDGET, clock=Clock())
    for number in range(40_000):
        accounts.enter((f"client {number}",), crowded=True)
    for number in range(40_000):
        accounts.leave((f"client {number}",), 0.01)
    accounts.enter(("client 0",), crowded=True)
