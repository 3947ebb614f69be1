"""What a request costs its client: who that is, when it is let in, and which answers count as its errors."""

import ipaddress
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from flask import has_request_context, request

from govplan.config import Settings
from govplan.errors import FormatUnknown, GovplanError, QueryError, QueryTimedOut
from govplan.group import Accounts as Accounts
from govplan.group import Budget as Budget
from govplan.group import Shape, client_address, client_keys
from govplan.store import Answer, Request, Store
from govplan.web.site import site

# Statuses of 4xx that are no error of the client.
_NOT_CHARGED = {
    404,  # links in the world grow old, and crawlers follow them
    410,  # so do names of things that were retired
    416,  # a download that is resumed may be complete already
    429,  # who is sent away for a while would never come back
}
_TIME_LIMIT = 504


def is_clients_error(status: int) -> bool:
    """Tell whether an answer counts as an error of its client: one that the client alone can do something about.

    That is every status of 4xx, which says that the same request must not be sent again, but those that honest clients
    meet (`_NOT_CHARGED`); and 504, since it was the client's query that ran into its limit. The other statuses of 5xx
    are faults of this server, or of many clients together.
    """
    return (400 <= status < 500 and status not in _NOT_CHARGED) or status == _TIME_LIMIT


@dataclass(slots=True, eq=False)
class Visit:
    """A request that was let in, and how many errors of its client it is charged for."""

    errors: int = 0

    def answered(self, status: int) -> None:
        """Charge for the status of the answer."""
        self.errors += is_clients_error(status)


class Meter:
    """Lets requests in, and charges each client for the time and the error of its own. Any thread may use it.

    `clients` are the keys of one client (`client_keys`).
    """

    def __init__(self, accounts: Accounts, crowded: Callable[[], bool]) -> None:
        """`crowded` tells whether queries wait."""
        self._accounts, self._crowded = accounts, crowded

    @contextmanager
    def visit(self, clients: Sequence[str]) -> Iterator[Visit]:
        """Charge a client for the time of the block, which is no query. Raises ClientOverBudget before it."""
        self._accounts.check(clients)
        begun, visit = time.monotonic(), Visit()
        try:
            yield visit
        finally:
            self._accounts.charge(clients, time.monotonic() - begun, visit.errors)

    @contextmanager
    def query(self, clients: Sequence[str]) -> Iterator[Visit]:
        """Charge a client for the time of the block as one of its queries. Raises ClientOverBudget before it."""
        self._accounts.enter(clients, crowded=self._crowded())
        begun, visit = time.monotonic(), Visit()
        try:
            yield visit
        finally:
            self._accounts.leave(clients, time.monotonic() - begun, visit.errors)


class Admission:
    """A store that looks at the budget of whoever asks before it asks the store behind it."""

    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store = store
        self._meter = Meter(accounts, lambda: store.waiting > 0)

    @property
    def waiting(self) -> int:
        """How many queries wait."""
        return self._store.waiting

    def answer(self, asked: Request) -> Answer:
        """Return the complete answer; raises ClientOverBudget, and what the store raises."""
        with self.charged():
            return self._store.answer(asked)

    @contextmanager
    def charged(self) -> Iterator[None]:
        """Charge the client of the current request for the time of the block. Raises ClientOverBudget before it."""
        if not has_request_context():
            yield
            return
        with self._meter.query(_clients()) as visit:
            try:
                yield
            except GovplanError as problem:
                # An overloaded or broken server is not the client's doing.
                visit.errors = int(isinstance(problem, (QueryError, FormatUnknown, QueryTimedOut)))
                raise

    def close(self) -> None:
        """Close the store behind."""
        self._store.close()


def charged(store: Store) -> AbstractContextManager[None]:
    """Return a block whose time the client of the current request is charged for, where clients have budgets."""
    return store.charged() if isinstance(store, Admission) else nullcontext()


def shape_of(settings: Settings, fronts: int) -> Shape:
    """Return the group of so many front processes that these settings describe."""
    budget = None
    if in_force(settings):
        budget = Budget(settings.client_queries, settings.client_burst, settings.client_seconds, settings.client_errors)
    return Shape(fronts, budget, slow=settings.workers or max(2, os.cpu_count() or 2))


def in_force(settings: Settings) -> bool:
    """Tell whether clients have budgets: `auto` means everywhere but on loopback without a proxy in front."""
    if settings.budgets != "auto":
        return settings.budgets == "on"
    return settings.proxies > 0 or not _loopback(settings.host)


def client_key(address: str) -> str:
    """Return the narrowest key of a client."""
    return client_keys(client_address(address, "", 0))[0]


def _clients() -> tuple[str, ...]:
    """Return the keys of the client of the current request."""
    # Where a layer in front has replaced the address by what a proxy says, junk included, it keeps the true one here.
    kept = request.environ.get("werkzeug.proxy_fix.orig", {})
    peer = kept.get("REMOTE_ADDR") or request.remote_addr or ""
    return client_keys(client_address(peer, request.headers.get("X-Forwarded-For", ""), site().settings.proxies))


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
