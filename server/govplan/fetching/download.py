"""Fetching from other servers: whole or not at all, within a time and a size, from public addresses and
those that are allowed.

The standard library's client is used and not a larger one: the deadline has to hold over the whole exchange, a header
that drips in included, so this module owns the socket; and an answer is never decoded, so that no bomb can go off.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from govplan.config import VERSION
from govplan.errors import SourceRefused, SourceUnavailable
from govplan.fetching.addresses import PUBLIC, Network

MAX_HOPS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65536
# Virtuoso says by these headers that a 200 is only a part of the answer: a row limit or the anytime feature.
_PARTIAL = ("X-SPARQL-MaxRows", "X-SQL-State", "X-SQL-Message", "Content-Range")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer: its bytes, its media type without parameters, and the address that gave it."""

    body: bytes
    media_type: str
    url: str


class Deadline:
    """A moment by which everything must be over; a guarded socket is shut at that moment, whatever it waits for."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self.seconds = seconds

    @property
    def left(self) -> float:
        """Seconds until the moment, 0 from then on."""
        return max(0.0, self._end - time.monotonic())

    @contextmanager
    def guard(self, sock: socket.socket) -> Iterator[None]:
        """Shut the socket when the moment comes."""
        timer = threading.Timer(self.left, _shut, [sock])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def fetch(url: str, *, accept: str, seconds: float, max_bytes: int, network: Network = PUBLIC) -> Fetched:
    """Return what an address answers, with every redirect followed.

    `seconds` counts from the first look-up to the last byte. Raises SourceUnavailable if the server is down or slow,
    SourceRefused if what it sends is partial, encoded, too large or no success, or if a hop is neither public
    nor allowed.
    """
    deadline = Deadline(seconds)
    headers = {"Accept": accept, "Accept-Encoding": "identity", **_manners()}
    with _final(url, "GET", headers, deadline, network) as (response, address):
        _must_be_whole(response, address)
        return Fetched(_read(response, address, max_bytes, deadline), _media_type(response), address)


def probe(url: str, *, seconds: float, network: Network = PUBLIC) -> int:
    """Return the status that an address ends with after redirects, without reading what it says.

    Raises SourceUnavailable and SourceRefused as `fetch` does, but not for a status.
    """
    deadline = Deadline(seconds)
    headers = {"Accept": "text/turtle, application/rdf+xml;q=0.9, */*;q=0.5", **_manners()}
    with _final(url, "HEAD", headers, deadline, network) as (response, _):
        status = response.status
    if status not in (405, 501):
        return status
    with _final(url, "GET", headers, deadline, network) as (response, _):
        return response.status


def _manners() -> Mapping[str, str]:
    return {"User-Agent": f"govplan/{VERSION} (+https://w3id.org/govplan/)", "Connection": "close"}


@contextmanager
def _final(
    url: str, method: str, headers: Mapping[str, str], deadline: Deadline, network: Network
) -> Iterator[tuple[http.client.HTTPResponse, str]]:
    """Give the response at the end of the redirects, and its address."""
    address = url
    for _ in range(MAX_HOPS + 1):
        with _exchange(address, method, headers, deadline, network) as response:
            if response.status not in _REDIRECTS:
                yield response, address
                return
            target = response.getheader("Location")
        address = _next(address, target)
    raise SourceRefused(f"{url} redirects more than {MAX_HOPS} times.", where=url, mend="name the final address")


def _next(address: str, target: str | None) -> str:
    if not target:
        raise SourceRefused("The server redirects without saying where.", where=address, mend="name another address")
    following = urljoin(address, target)
    if address.startswith("https:") and not following.startswith("https:"):
        raise SourceRefused(
            f"The server redirects from https to {following}.",
            where=address,
            mend="name an address that stays on https",
        )
    return following


@contextmanager
def _exchange(
    url: str, method: str, headers: Mapping[str, str], deadline: Deadline, network: Network
) -> Iterator[http.client.HTTPResponse]:
    parts, port = _parsed(url)
    host = str(parts.hostname)
    sock = _connect(network.addresses(host, port, deadline.left), port, url, deadline)
    # TLS takes the descriptor away from the socket; its twin still shuts the connection.
    twin = sock.dup()
    connection: http.client.HTTPConnection | None = None
    try:
        with deadline.guard(twin):
            connection = _connection(parts, host, port, sock)
            connection.request(method, _target(parts), headers=dict(headers))
            with connection.getresponse() as response:
                # a head that the deadline cut off reads like one that ended
                if not deadline.left:
                    raise _too_slow(url, deadline)
                yield response
    except (OSError, http.client.HTTPException) as problem:
        if not deadline.left:
            raise _too_slow(url, deadline) from problem
        raise SourceUnavailable(
            f"The exchange with {host} broke off: {problem or type(problem).__name__}.",
            where=url,
            mend="try again later",
        ) from problem
    finally:
        if connection is not None:
            connection.close()
        sock.close()
        twin.close()


def _parsed(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (KeyError, ValueError) as problem:
        files = ": files are not read" if url.lower().startswith("file:") else ""
        raise SourceRefused(
            f"{url!r} is no http(s) address{files}.", where=url, mend="write a whole http or https address"
        ) from problem
    if not parts.hostname or parts.username is not None or any(ord(c) <= 32 or ord(c) > 126 for c in url):
        raise SourceRefused(
            f"{url!r} cannot be fetched.", mend="write a host, no user name, and percent-encode what is not ASCII"
        )
    return parts, port


def _connect(addresses: list[str], port: int, url: str, deadline: Deadline) -> socket.socket:
    """Connect to one of the very addresses that were judged, so that the name is not resolved a second time."""
    last: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=max(0.001, deadline.left))
        except OSError as problem:
            last = problem
    if not deadline.left:
        raise _too_slow(url, deadline)
    raise SourceUnavailable(f"The server does not answer: {last}.", where=url, mend="try again later")


def _connection(parts: SplitResult, host: str, port: int, sock: socket.socket) -> http.client.HTTPConnection:
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, port)
        connection.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    else:
        connection = http.client.HTTPConnection(host, port)
        connection.sock = sock
    return connection


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _must_be_whole(response: http.client.HTTPResponse, url: str) -> None:
    if response.status != 200:
        raise SourceRefused(
            f"The server answers {response.status} {response.reason}, not 200.",
            where=url,
            mend="correct the address or the query",
        )
    for name in _PARTIAL:
        if response.getheader(name) is not None:
            raise SourceRefused(
                f"The server says by {name} that this is a part of the answer.",
                where=url,
                mend="ask for less at a time, or take a dump",
            )
    encoding = response.getheader("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise SourceRefused(
            f"The answer is encoded as {encoding}, though none was asked for.", where=url, mend="take another address"
        )
    if response.length is None and not response.chunked:
        raise SourceRefused(
            "The server does not say how long its answer is, so that a part could pass for the whole.",
            where=url,
            mend="take another address",
        )


def _read(response: http.client.HTTPResponse, url: str, max_bytes: int, deadline: Deadline) -> bytes:
    promised = response.length
    if promised is not None and promised > max_bytes:
        raise _too_large(url, f"{promised} bytes", max_bytes)
    body = bytearray()
    while part := response.read(_CHUNK):
        body += part
        if len(body) > max_bytes:
            raise _too_large(url, f"more than {max_bytes} bytes", max_bytes)
    if not deadline.left:
        raise _too_slow(url, deadline)
    if promised is not None and len(body) != promised:
        raise SourceRefused(
            f"The answer was cut short: {len(body)} bytes of {promised}.", where=url, mend="try again later"
        )
    return bytes(body)


def _media_type(response: http.client.HTTPResponse) -> str:
    return response.getheader("Content-Type", "").partition(";")[0].strip().lower()


def _too_large(url: str, size: str, max_bytes: int) -> SourceRefused:
    return SourceRefused(
        f"The answer has {size}; at most {max_bytes} are taken.", where=url, mend="ask for less, or raise `bytes`"
    )


def _too_slow(url: str, deadline: Deadline) -> SourceUnavailable:
    return SourceUnavailable(
        f"The server did not send its whole answer within {deadline.seconds:g} seconds.",
        where=url,
        mend="try again later, or raise `seconds`",
    )


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        # it is closed already, which is all that was wanted
        return
