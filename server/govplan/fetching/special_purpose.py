"""Which IP addresses are those of the public internet, by the registries that IANA keeps of those that are not.

`REGISTRY` is the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, as of RFC 9780), row by row, with
what their column "Globally Reachable" says; of the rows that hold an address the narrowest decides. `BEYOND` is what
other registries of IANA keep out of the public internet. An IPv6 address may hide an IPv4 one, which is judged too.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a registry: its block, its name there, and whether it is globally reachable; None is "N/A"."""

    block: Network
    name: str
    globally_reachable: bool | None


def _row(block: str, name: str, globally_reachable: bool | None) -> Row:
    return Row(ipaddress.ip_network(block), name, globally_reachable)


REGISTRY = (
    _row("0.0.0.0/8", "This network", False),
    _row("0.0.0.0/32", "This host on this network", False),
    _row("10.0.0.0/8", "Private-Use", False),
    _row("100.64.0.0/10", "Shared Address Space", False),
    _row("127.0.0.0/8", "Loopback", False),
    _row("169.254.0.0/16", "Link Local", False),
    _row("172.16.0.0/12", "Private-Use", False),
    _row("192.0.0.0/24", "IETF Protocol Assignments", False),
    _row("192.0.0.0/29", "IPv4 Service Continuity Prefix", False),
    _row("192.0.0.8/32", "IPv4 dummy address", False),
    _row("192.0.0.9/32", "Port Control Protocol Anycast", True),
    _row("192.0.0.10/32", "Traversal Using Relays around NAT Anycast", True),
    _row("192.0.0.170/32", "NAT64/DNS64 Discovery", False),
    _row("192.0.0.171/32", "NAT64/DNS64 Discovery", False),
    _row("192.0.2.0/24", "Documentation (TEST-NET-1)", False),
    _row("192.31.196.0/24", "AS112-v4", True),
    _row("192.52.193.0/24", "AMT", True),
    _row("192.88.99.0/24", "Deprecated (6to4 Relay Anycast)", None),
    _row("192.88.99.2/32", "6a44-relay anycast address", False),
    _row("192.168.0.0/16", "Private-Use", False),
    _row("192.175.48.0/24", "Direct Delegation AS112 Service", True),
    _row("198.18.0.0/15", "Benchmarking", False),
    _row("198.51.100.0/24", "Documentation (TEST-NET-2)", False),
    _row("203.0.113.0/24", "Documentation (TEST-NET-3)", False),
    _row("240.0.0.0/4", "Reserved", False),
    _row("255.255.255.255/32", "Limited Broadcast", False),
    _row("::1/128", "Loopback Address", False),
    _row("::/128", "Unspecified Address", False),
    _row("::ffff:0:0/96", "IPv4-mapped Address", False),
    _row("64:ff9b::/96", "IPv4-IPv6 Translat.", True),
    _row("64:ff9b:1::/48", "IPv4-IPv6 Translat.", False),
    _row("100::/64", "Discard-Only Address Block", False),
    _row("100:0:0:1::/64", "Dummy IPv6 Prefix", False),
    _row("2001::/23", "IETF Protocol Assignments", False),
    _row("2001::/32", "TEREDO", None),
    _row("2001:1::1/128", "Port Control Protocol Anycast", True),
    _row("2001:1::2/128", "Traversal Using Relays around NAT Anycast", True),
    _row("2001:1::3/128", "DNS-SD Service Registration Protocol Anycast", True),
    _row("2001:2::/48", "Benchmarking", False),
    _row("2001:3::/32", "AMT", True),
    _row("2001:4:112::/48", "AS112-v6", True),
    _row("2001:10::/28", "Deprecated (previously ORCHID)", None),
    _row("2001:20::/28", "ORCHIDv2", True),
    _row("2001:30::/28", "Drone Remote ID Protocol Entity Tags (DETs) Prefix", True),
    _row("2001:db8::/32", "Documentation", False),
    _row("2002::/16", "6to4", None),
    _row("2620:4f:8000::/48", "Direct Delegation AS112 Service", True),
    _row("3fff::/20", "Documentation", False),
    _row("5f00::/16", "Segment Routing (SRv6) SIDs", False),
    _row("fc00::/7", "Unique-Local", False),
    _row("fe80::/10", "Link-Local Unicast", False),
)
# The registries of multicast addresses and of the IPv6 address space: only 2000::/3 is global unicast.
BEYOND = (
    _row("224.0.0.0/4", "Multicast", False),
    _row("::/3", "Reserved by IETF", False),
    _row("::/96", "IPv4-Compatible, deprecated", False),
    _row("4000::/2", "Reserved by IETF", False),
    _row("8000::/1", "Reserved by IETF", False),
    _row("fec0::/10", "Site-Local, deprecated", False),
    _row("ff00::/8", "Multicast", False),
)
# Their rows are about IPv4 in disguise: the IPv4 address decides.
_TRANSLATED = tuple(ipaddress.IPv6Network(block) for block in ("::ffff:0:0/96", "64:ff9b::/96", "2002::/16"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/96"))
_ISATAP = (0x00005EFE, 0x02005EFE)


def row_of(address: Address) -> Row | None:
    """Return the narrowest row of the registries that holds an address, None for ordinary public space."""
    rows = [row for row in (*REGISTRY, *BEYOND) if address.version == row.block.version and address in row.block]
    return max(rows, key=lambda row: row.block.prefixlen, default=None)


def hidden(address: Address) -> Iterator[ipaddress.IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 address leads to, or that it is made from.

    IPv4-mapped and IPv4-compatible (RFC 4291 section 2.5.5), NAT64 (RFC 6052), 6to4 (RFC 3056), Teredo with its server
    and its client (RFC 4380 section 4), ISATAP (RFC 5214 section 6.1).
    """
    if isinstance(address, ipaddress.IPv4Address):
        return
    last = int(address) & 0xFFFFFFFF
    compatible = address in _COMPATIBLE and last > 1  # :: and ::1 are addresses of their own
    if address.ipv4_mapped is not None or compatible or any(address in block for block in _NAT64):
        yield ipaddress.IPv4Address(last)
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        yield ipaddress.IPv4Address(last)


def is_public(text: str) -> bool:
    """Tell whether an IPv4 or IPv6 address in text is one of the public internet, in whatever disguise."""
    address = ipaddress.ip_address(text)
    inner = list(hidden(address))
    if not all(is_public(str(each)) for each in inner):
        return False
    if inner and any(address in block for block in _TRANSLATED):
        return True
    row = row_of(address)
    return row is None or row.globally_reachable is True
