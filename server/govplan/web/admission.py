"""Budgets per client, as the Wikidata Query Service counts them: queries at once, query time a minute, errors a minute.

A client is an IPv4 address or an IPv6 /64, a key in memory that is forgotten once its budgets are full again.
"""

import ipaddress
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from flask import has_request_context, request

from govplan import metrics
from govplan.config import Settings
from govplan.errors import ClientOverBudget, FormatUnknown, GovplanError, QueryError
from govplan.store import Answer, Request, Store

_MINUTE = 60.0
_SWEEP = 4096


@dataclass(frozen=True, slots=True)
class Budget:
    """What one client may use; `seconds` and `errors` flow back in a minute, and twice as much is there at first."""

    queries: int
    burst: int
    seconds: int
    errors: int


@dataclass(slots=True, eq=False)
class _Account:
    """What a client has left at the time `at` (monotonic clock)."""

    seconds: float
    errors: float
    at: float
    running: int = 0


class Accounts:
    """The accounts of all clients. Every method may be called from any thread."""

    def __init__(self, budget: Budget, clock: Callable[[], float] = time.monotonic) -> None:
        self._budget, self._clock = budget, clock
        self._lock = threading.Lock()
        self._accounts: dict[str, _Account] = {}

    def enter(self, client: str, *, crowded: bool) -> None:
        """Let a client begin a query. Raises ClientOverBudget; `crowded` says that other queries wait."""
        budget = self._budget
        with self._lock:
            account = self._account(client)
            if account.running >= (budget.queries if crowded else budget.burst):
                raise _over("queries", f"{account.running} of your queries run already.", 1)
            if account.seconds <= 0:
                wait = -account.seconds / budget.seconds * _MINUTE
                raise _over("seconds", f"You have used {budget.seconds} s of query time a minute.", wait)
            if account.errors < 1:
                wait = (1 - account.errors) / budget.errors * _MINUTE
                raise _over("errors", f"You have caused {budget.errors} errors a minute.", wait)
            account.running += 1

    def leave(self, client: str, seconds: float, *, error: bool) -> None:
        """Charge what a query of a client took."""
        with self._lock:
            account = self._account(client)
            account.running -= 1
            account.seconds -= seconds
            account.errors -= error

    def _account(self, client: str) -> _Account:
        """Return the account of a client as it stands now; the lock is held."""
        now, budget = self._clock(), self._budget
        account = self._accounts.get(client)
        if account is None:
            if len(self._accounts) >= _SWEEP:
                self._forget(now)
            account = self._accounts[client] = _Account(2.0 * budget.seconds, 2.0 * budget.errors, now)
        minutes = (now - account.at) / _MINUTE
        account.seconds = min(2.0 * budget.seconds, account.seconds + minutes * budget.seconds)
        account.errors = min(2.0 * budget.errors, account.errors + minutes * budget.errors)
        account.at = now
        return account

    def _forget(self, now: float) -> None:
        """Drop the accounts that are full again, which is so after three minutes without a query."""
        self._accounts = {
            client: account for client, account in self._accounts.items() if account.running or now - account.at < 180
        }


class Admission:
    """A store that looks at the budget of whoever asks before it asks the store behind it."""

    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store, self._accounts = store, accounts

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
        client = client_key(request.remote_addr or "")
        self._accounts.enter(client, crowded=self._store.waiting > 0)
        begun = time.monotonic()
        error = False
        try:
            yield
        except GovplanError as problem:
            # An overloaded or broken server is not the client's doing.
            error = isinstance(problem, (QueryError, FormatUnknown))
            raise
        finally:
            self._accounts.leave(client, time.monotonic() - begun, error=error)

    def close(self) -> None:
        """Close the store behind."""
        self._store.close()


def charged(store: Store) -> AbstractContextManager[None]:
    """Return a block whose time the client of the current request is charged for, where clients have budgets."""
    return store.charged() if isinstance(store, Admission) else nullcontext()


def in_force(settings: Settings) -> bool:
    """Tell whether clients have budgets: `auto` means everywhere but on loopback without a proxy in front."""
    if settings.budgets != "auto":
        return settings.budgets == "on"
    return settings.proxies > 0 or not _loopback(settings.host)


def client_key(address: str) -> str:
    """Return the key of a client: its IPv4 address, or the /64 of its IPv6 address; as it is if it is neither."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _over(budget: str, what: str, wait: float) -> ClientOverBudget:
    metrics.REFUSED_CLIENTS.labels(budget).inc()
    return ClientOverBudget(what, retry_seconds=max(1, math.ceil(wait)))
