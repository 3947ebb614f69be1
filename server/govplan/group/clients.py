"""Who is a client: its address as its connection or a trusted proxy tells it, and the keys it is counted by."""

import functools
import ipaddress
import re

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# A longer one is no address, whatever it says: 45 characters, a zone, brackets and a port.
_LONGEST = 100
# Ports are numbers, or hidden as RFC 7239 section 6.2 lets proxies do.
_PORT = r"(?::(?:[0-9]{1,5}|_[A-Za-z0-9._-]+))?"
_BRACKETED = re.compile(rf"\[([^\[\]]*)\]{_PORT}")
_DOTTED = re.compile(rf"([0-9.]+){_PORT}")
# Networks whose addresses carry an IPv4 address: 6to4 (RFC 3056) and the well-known prefix of NAT64 (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NARROW, _WIDE = 64, 48


def client_address(peer: str, forwarded: str, proxies: int) -> str:
    """Return the address of a client: IPv4 or IPv6 without port, brackets or zone, in its shortest spelling.

    `peer` is who opened the connection; `forwarded` are all lines of X-Forwarded-For, joined by commas (RFC 9110
    section 5.3); `proxies` is how many proxies in front are trusted, each of which adds one entry at the end. Where the
    entry of the outermost is missing or no address ("unknown", a hidden name, junk), the client is the peer, so that
    junk is never a new client. The header Forwarded is not read: a proxy that does not write it passes on what its
    client wrote.
    """
    if proxies:
        # Entries are told apart by commas alone. A client that opens a quotation mark must not hide those of proxies.
        entries = forwarded.split(",")
        if len(entries) >= proxies and (found := _address(entries[-proxies])):
            return found
    return _address(peer) or peer


@functools.lru_cache(4096)
def client_keys(address: str) -> tuple[str, ...]:
    """Return the keys that a client is counted by: an IPv4 address, or the /64 and the /48 of an IPv6 address.

    What is neither, such as the path of a socket, is its own key.
    """
    parsed = _parsed(address)
    if parsed is None:
        return (address,)
    if parsed.version == 4:
        return (str(parsed),)
    number = int(parsed)
    return tuple(f"{ipaddress.IPv6Address(number >> 128 - bits << 128 - bits)}/{bits}" for bits in (_NARROW, _WIDE))


def _address(text: str) -> str | None:
    """Return the address in one of the spellings that servers and proxies write, None if there is none."""
    text = text.strip().strip('"').strip() if len(text) <= _LONGEST else ""
    if match := _BRACKETED.fullmatch(text) or _DOTTED.fullmatch(text):
        text = match[1]
    parsed = _parsed(text.partition("%")[0])
    return None if parsed is None else str(parsed)


def _parsed(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour
        if carried is None and address in _NAT64:
            carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return carried or address
    return address
