"""Which machines may be spoken to: public addresses only, resolved once and connected to as resolved.

A name that resolves to a private address, or to another address the second time it is asked for, must not lead a
fetch into the network of the operator (RFC 6890 lists what is not public; RFC 6052 and RFC 3056 how IPv4 addresses
hide in IPv6 ones).
"""

import ipaddress
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from govplan.errors import SourceRefused, SourceUnavailable

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NEVER = tuple(ipaddress.IPv6Network(net) for net in ("::/96", "64:ff9b:1::/48", "2001::/32", "fec0::/10", "100::/64"))
Resolve = Callable[[str, int], list[str]]


def is_public(address: str) -> bool:
    """Tell whether an IPv4 or IPv6 address in text is one of the public internet."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip.sixtofour is not None and not is_public(str(ip.sixtofour)):
            return False
        if any(ip in network for network in _NEVER):
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the system resolves it. Raises OSError if there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Network:
    """What a fetch may reach. `allow_loopback` is for tests that run a server of their own; nothing else sets it."""

    resolve: Resolve = resolve
    allow_loopback: bool = False

    def addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """Return the addresses to connect to.

        Raises SourceRefused if any of them is not public, SourceUnavailable if the name cannot be resolved in time.
        """
        found = self._in_time(host, port, seconds)
        for address in found:
            if not (is_public(address) or (self.allow_loopback and ipaddress.ip_address(address).is_loopback)):
                raise SourceRefused(
                    f"{host} is at {address}, which is not an address of the public internet.",
                    where=host,
                    mend="name a public server; private, loopback and link-local addresses are never spoken to",
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
