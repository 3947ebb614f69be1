"""Who sends a request, and what that may cost: from the first byte, whatever becomes of it."""

import ipaddress
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from govplan.config import Settings
from govplan.errors import ClientOverBudget
from govplan.group import Accounts, Budget, Shape, client_address, client_keys
from govplan.web.http.environ import FAULT, Environ
from govplan.web.http.public import PublicAddress

# What costs next to nothing, and is asked by machines that watch this one or by every page.
_FREE = ("/live", "/ready", "/metrics", "/static/")
# Where programs ask; and the extensions of what a page shows.
_ASKED = ("/sparql", "/reconcile", "/cite", "/verify")
_SHOWN = ("", "svg", "png")
# Statuses of 4xx that are no error of the client.
_NOT_CHARGED = {
    404,  # links in the world grow old, and crawlers follow them
    410,  # so do names of things that were retired
    416,  # a download that is resumed may be complete already
    429,  # who is sent away for a while would never come back
}
_TIME_LIMIT = 504


@dataclass(slots=True)
class Client:
    """Who sends the request in hand; `keys` are those of its accounts, `status` is that of the answer it gets."""

    keys: Sequence[str]
    status: int = 0


class Clients:
    """The clients of a server process and their budgets; without budgets, everybody is let in and nothing counted."""

    def __init__(
        self,
        accounts: Accounts | None,
        proxies: int,
        crowded: Callable[[], bool],
        public: PublicAddress | None = None,
    ) -> None:
        """Trust so many proxies in front; `crowded` tells whether queries wait; `public` is how clients call this."""
        self._accounts, self._proxies, self._crowded = accounts, proxies, crowded
        self._public = public or PublicAddress(proxies=proxies)

    @property
    def counted(self) -> bool:
        """Whether clients have budgets."""
        return self._accounts is not None

    def recognise(self, environ: Environ) -> None:
        """Take over what trusted proxies say of the client: its address, and how it called this server."""
        if self._proxies:
            forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
            environ["REMOTE_ADDR"] = client_address(environ["REMOTE_ADDR"], forwarded, self._proxies)
        self._public.settle(environ)

    @contextmanager
    def visit(self, environ: Environ) -> Iterator[Client]:
        """Charge a client for the time and the error of a request; one over its budget is refused by the application.

        Of queries, only so many may run at once. Pages, their charts and files are many at once in any browser.
        """
        accounts, path = self._accounts, environ["PATH_INFO"]
        if accounts is None or path.startswith(_FREE):
            yield Client(())
            return
        client = Client(client_keys(environ["REMOTE_ADDR"]))
        query = _is_query(path)
        try:
            if query:
                accounts.enter(client.keys, crowded=self._crowded())
            else:
                accounts.check(client.keys)
        except ClientOverBudget as problem:
            environ[FAULT] = problem
            yield client
            return
        end = accounts.leave if query else accounts.charge
        begun = time.monotonic()
        try:
            yield client
        finally:
            end(client.keys, time.monotonic() - begun, errors=int(is_clients_error(client.status)))


def _is_query(path: str) -> bool:
    """Tell whether an address is one at which programs ask, rather than one that a browser shows."""
    if path.startswith("/queries/"):
        return path.rpartition("/")[2].partition(".")[2] not in _SHOWN
    return path.startswith(_ASKED)


def is_clients_error(status: int) -> bool:
    """Tell whether an answer counts as an error of its client: one that the client alone can do something about.

    That is every status of 4xx, which says that the same request must not be sent again, but those that honest clients
    meet (`_NOT_CHARGED`); and 504, since it was the client's query that ran into its limit. The other statuses of 5xx
    are faults of this server, or of many clients together.
    """
    return (400 <= status < 500 and status not in _NOT_CHARGED) or status == _TIME_LIMIT


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


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
