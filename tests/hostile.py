"""A hostile server on loopback, whose paths misbehave each in its own way."""

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from govplan.fetching.addresses import Network
from govplan.fetching.allowed import read_allowed

TRIPLE = b'<https://labels.example/1> <http://www.w3.org/2004/02/skos/core#prefLabel> "One"@en .\n'
ALLOWED = read_allowed(["127.0.0.1"], "the tests")
LOOPBACK = Network(allowed=ALLOWED)
Behaviour = Callable[[socket.socket, threading.Event], None]


def head(status: str = "200 OK", **headers: Any) -> bytes:
    """A response head; `_` in a name stands for a hyphen."""
    lines = [f"HTTP/1.1 {status}"] + [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def says(*parts: bytes) -> Behaviour:
    """A behaviour that sends these bytes and closes."""
    return lambda client, _: client.sendall(b"".join(parts))


def whole(body: bytes, media_type: str = "application/n-triples", **headers: Any) -> Behaviour:
    """A sound answer."""
    return says(head(Content_Type=media_type, Content_Length=len(body), **headers), body)


def _drips(first: bytes, drop: bytes) -> Behaviour:
    def behave(client: socket.socket, done: threading.Event) -> None:
        client.sendall(first)
        while not done.wait(0.05):
            client.sendall(drop)

    return behave


CHUNK = f"{len(TRIPLE):x}\r\n".encode() + TRIPLE + b"\r\n"
NT: dict[str, Any] = {"Content_Type": "application/n-triples"}
PATHS: dict[str, Behaviour] = {
    "/good": whole(TRIPLE),
    "/chunked": says(head(**NT, Transfer_Encoding="chunked"), CHUNK, b"0\r\n\r\n"),
    "/chunked-cut": says(head(**NT, Transfer_Encoding="chunked"), CHUNK),
    "/cut-short": says(head(**NT, Content_Length=2 * len(TRIPLE)), TRIPLE),
    "/no-length": says(head(**NT), TRIPLE),
    "/no-number": says(head(**NT, Content_Length="many"), TRIPLE),
    "/too-large": whole(TRIPLE * 100),
    "/too-large-chunked": says(head(**NT, Transfer_Encoding="chunked"), CHUNK * 100, b"0\r\n\r\n"),
    "/bomb": whole(gzip.compress(b"\0" * 10_000_000), Content_Encoding="gzip"),
    "/drip-body": _drips(head(**NT, Content_Length=1_000_000), b"<"),
    "/drip-head": _drips(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"s"),
    "/silent": _drips(b"", b""),
    "/closes": says(b""),
    "/noise": says(b"\x16\x03\x01 hello\r\n\r\n"),
    "/partial": says(head("206 Partial Content", **NT, Content_Length=len(TRIPLE)), TRIPLE),
    "/range": whole(TRIPLE, Content_Range="bytes 0-9/100"),
    "/max-rows": whole(TRIPLE, X_SPARQL_MaxRows=10000),
    "/anytime": whole(TRIPLE, X_SQL_State="S1TAT", X_SQL_Message="RC...: Returning incomplete results"),
    "/broken": says(head("500 Internal Server Error", Content_Length=0)),
    "/gone": says(head("404 Not Found", Content_Length=0)),
    "/trailer": whole(TRIPLE + b"Virtuoso 42000 Error The estimated execution time exceeds the limit\n"),
    "/html": whole(b"<!doctype html><p>Sorry", "text/html; charset=utf-8"),
    "/html-as-turtle": whole(b"<!doctype html><p>Sorry", "text/turtle"),
    "/json": whole(b'{"error": "timeout"}', "application/sparql-results+json"),
    "/empty": whole(b""),
    "/blank": whole(b'_:b <http://www.w3.org/2004/02/skos/core#prefLabel> "One"@en .\n'),
    "/own": whole(
        b'<https://w3id.org/govplan/id/organisation/belspo> <http://www.w3.org/2004/02/skos/core#altLabel> "No"@en .\n'
    ),
    "/no-head": says(head("405 Method Not Allowed", Content_Length=0)),
    "/to-good": says(head("302 Found", Location="/good", Content_Length=0)),
    "/to-private": says(head("302 Found", Location="http://10.1.2.3/data", Content_Length=0)),
    "/to-metadata": says(head("307 Temporary Redirect", Location="http://169.254.169.254/latest", Content_Length=0)),
    "/to-file": says(head("302 Found", Location="file:///etc/passwd", Content_Length=0)),
    "/to-nowhere": says(head("302 Found", Content_Length=0)),
    "/round": says(head("302 Found", Location="/round", Content_Length=0)),
}


@dataclass
class Hostile:
    """The running server: its root address, the request heads it was sent, and behaviours a test may add."""

    port: int
    requests: list[str] = field(default_factory=list)
    paths: dict[str, Behaviour] = field(default_factory=lambda: dict(PATHS))

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a path."""
        return f"http://{host}:{self.port}{path}"


@pytest.fixture(name="hostile")
def _hostile() -> Iterator[Hostile]:
    """Serve the behaviours until the test is over."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Hostile(listener.getsockname()[1])
        threads = [threading.Thread(target=_listen, args=(listener, server, done), daemon=True)]
        threads[0].start()
        yield server
        done.set()
        socket.create_connection(("127.0.0.1", server.port)).close()
        threads[0].join()


def _listen(listener: socket.socket, server: Hostile, done: threading.Event) -> None:
    workers = []
    while not done.is_set():
        client, _ = listener.accept()
        workers.append(threading.Thread(target=_answer, args=(client, server, done), daemon=True))
        workers[-1].start()
    for worker in workers:
        worker.join()


def _answer(client: socket.socket, server: Hostile, done: threading.Event) -> None:
    with client:
        request = b""
        while b"\r\n\r\n" not in request:
            part = client.recv(65536)
            if not part:
                return
            request += part
        server.requests.append(request.decode())
        path = request.split(b" ")[1].decode().split("?")[0]
        try:
            server.paths[path](client, done)
        except OSError:
            # the other side hung up, which is what most of these tests are about
            return
