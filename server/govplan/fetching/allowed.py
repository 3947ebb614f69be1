"""The internal hosts that a plan project allows mirrors to be taken from, as `internal_hosts` of [mirrors]."""

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from govplan.config import Settings
from govplan.errors import ConfigError
from govplan.fetching.special_purpose import Address, Network, hidden
from govplan.installed import PROJECT_FILE

KEY = "internal_hosts"
INTERNAL = f"`{KEY}` of [mirrors] in {PROJECT_FILE}"
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
_EXAMPLE = "`data.ministry.example`, `10.1.2.3`, `10.1.0.0/16` or `fd12:3456::/48`"
# A network that is wider holds more than one block of the registries.
_WIDEST = {4: 8, 6: 7}
# Where clouds tell a machine its own secrets: AWS, Google, Azure, OpenStack; containers on AWS; Oracle; Alibaba.
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "168.63.129.16",
        "192.0.0.192",
        "100.100.100.200",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fe80::a9fe:a9fe",
    )
)
# Addresses of no single machine: connecting to 0.0.0.0 or :: reaches the one that asks.
_NOBODY = tuple(
    ipaddress.ip_network(block) for block in ("0.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32", "::/128", "ff00::/8")
)


def is_metadata(text: str) -> bool:
    """Tell whether an address, or an IPv4 address hidden in it, is one where clouds give machines their secrets."""
    return any(each in _METADATA for each in _seen(text))


def _seen(text: str) -> tuple[Address, ...]:
    """Return an address without its zone, and the IPv4 addresses that it hides."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return address, *hidden(address)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Hosts by name, and networks; a network of one address names that address."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def allows(self, host: str, text: str) -> bool:
        """Tell whether a host at an address may be spoken to, though the address is not public.

        A host that is listed may be at any address of a single machine. In a network, an IPv4 address that IPv6 hides
        counts as itself.
        """
        address, *inner = _seen(text)
        if any(each.version == block.version and each in block for each in (address, *inner) for block in _NOBODY):
            return False
        if host.lower().rstrip(".") in self.hosts:
            return True
        judged = inner if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped else [address, *inner]
        return all(any(each.version == net.version and each in net for net in self.networks) for each in judged)

    def names(self, text: str) -> bool:
        """Tell whether an address is listed as itself, and not only within a network or by the name of a host."""
        alone = {net.network_address for net in self.networks if net.num_addresses == 1}
        address, *inner = _seen(text)
        return address in alone or (bool(inner) and all(each in alone for each in inner))


NOTHING = Allowed()


def allowed_hosts(settings: Settings) -> Allowed:
    """Return what a project allows. Raises ConfigError naming the entry, or the key of [mirrors], that is wrong."""
    odd = sorted(key for key, value in settings.mirrors.items() if key != KEY and not isinstance(value, dict))
    if odd:
        raise ConfigError(
            f"Unknown key {odd[0]!r} in [mirrors].",
            where=f"{settings.root / PROJECT_FILE}, [mirrors]",
            mend=f"write {KEY} for hosts that are allowed, or [mirrors.NAME] for a mirror",
        )
    entries = settings.mirrors.get(KEY, [])
    where = f"{settings.root / PROJECT_FILE}, [mirrors] {KEY}"
    if not isinstance(entries, list):
        raise ConfigError(
            f"{KEY} is {entries!r}, not a list.", where=where, mend=f"write a list of texts such as {_EXAMPLE}"
        )
    return read_allowed(entries, where)


def read_allowed(entries: Iterable[object], where: str) -> Allowed:
    """Return the hosts, addresses and networks of a list. Raises ConfigError naming the entry that cannot be used."""
    hosts: set[str] = set()
    networks: list[Network] = []
    for entry in entries:
        text = entry.strip().lower().rstrip(".") if isinstance(entry, str) else ""
        network = _network(text)
        if network is not None and network.prefixlen >= _WIDEST[network.version]:
            networks.append(network)
        elif network is None and _HOST.fullmatch(text) and not _is_number(text):
            hosts.add(text)
        else:
            what, mend = _fault(text, network)
            raise ConfigError(f"{entry!r} in {KEY} {what}.", where=where, mend=mend)
    return Allowed(frozenset(hosts), tuple(networks))


def _network(text: str, *, strict: bool = True) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=strict)
    except ValueError:
        return None


def _is_number(text: str) -> bool:
    """Tell whether a text is one of the short or numeric forms of IPv4 that systems resolve: 127.1, 0x7f000001."""
    try:
        socket.inet_aton(text)
    except OSError:
        return False
    return True


def _fault(text: str, network: Network | None) -> tuple[str, str]:
    """Return what is wrong with an entry, and how to mend it."""
    if network is not None:
        return "is wider than any internal network", f"list the networks that are meant, such as {_EXAMPLE}"
    if "://" in text:
        return "is an address of the web, not a host", "write the host alone, without scheme, port and path"
    if (wider := _network(text, strict=False)) is not None:
        return "is an address with the length of a network", f"write {wider}, or the address without /{wider.prefixlen}"
    if "*" in text:
        return "is a pattern", "write each host, or the network that they are in"
    if (bracketed := _network(text.strip("[]"))) is not None:
        return "is an address in brackets", f"write {bracketed.network_address}"
    name, colon, port = text.rpartition(":")
    if colon and port.isdigit():
        return "has a port", f"write {name}: every port of a host is allowed"
    if _is_number(text):
        return "is a short form of an address", f"write {ipaddress.ip_address(socket.inet_aton(text))}"
    if not text.isascii():
        return "is not ASCII", "write the name as DNS has it, beginning with xn--"
    return "is no host, address or network", f"write texts such as {_EXAMPLE}"
