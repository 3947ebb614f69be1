"""Which machines may be spoken to: public ones and those an operator allows, resolved once, connected to as resolved.

A name that resolves to a private address, or to another address the second time it is asked for, must not lead a
fetch into the network of the operator; `special_purpose` says what is public.
"""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from govplan.errors import SourceRefused, SourceUnavailable
from govplan.fetching.allowed import INTERNAL, NOTHING, Allowed, is_metadata
from govplan.fetching.special_purpose import is_public

Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the system resolves it. Raises OSError if there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Network:
    """What a fetch may reach: the public internet, and the hosts and networks that are allowed besides."""

    resolve: Resolve = resolve
    allowed: Allowed = NOTHING

    def addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """Return the addresses to connect to.

        Raises SourceRefused if any of them is neither public nor allowed, SourceUnavailable if the name cannot be
        resolved in time.
        """
        found = self._in_time(host, port, seconds)
        for address in found:
            if is_metadata(address):
                if not self.allowed.names(address):
                    raise SourceRefused(
                        f"{host} is at {address}, which is not an address of the public internet: clouds give machines "
                        "their secrets there.",
                        where=host,
                        mend=f"name another server; only {address} itself, listed in {INTERNAL}, allows it",
                    )
            elif not (is_public(address) or self.allowed.allows(host, address)):
                raise SourceRefused(
                    f"{host} is at {address}, which is not an address of the public internet.",
                    where=host,
                    mend=f"name a public server, or list this host or its network in {INTERNAL}",
                )
        return found

    def _in_time(self, host: str, port: int, seconds: float) -> list[str]:
        """The system's resolver knows no deadline, so it is asked in a thread that may be left behind."""
        answer: list[list[str] | OSError] = []

        def ask() -> None:
            try:
                answer.append(self.resolve(host, port))
            except (OSError, UnicodeError) as problem:
                answer.append(problem if isinstance(problem, OSError) else OSError(str(problem)))

        thread = threading.Thread(target=ask, name="govplan-resolve", daemon=True)
        thread.start()
        thread.join(max(0.0, seconds))
        if not answer or isinstance(answer[0], OSError) or not answer[0]:
            why = answer[0] if answer and isinstance(answer[0], OSError) else "no answer in time"
            raise SourceUnavailable(f"{host} cannot be resolved: {why}.", where=host, mend="check the name; try later")
        return answer[0]


PUBLIC = Network()
