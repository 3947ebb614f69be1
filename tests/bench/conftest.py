"""A small server whose answers a test chooses to the byte."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

# Gets the number of the request, from 0; what it returns is sent, and then the connection is closed.
Answer = Callable[[int], bytes]
Answering = Callable[[Answer], AbstractContextManager[int]]


def whole(body: bytes, status: int = 200, kind: str = "application/json") -> bytes:
    """Return an answer with its exact length."""
    head = f"HTTP/1.1 {status} Any\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.fixture(name="answering")
def _answering() -> Answering:
    """Run a server on a free port of this machine for as long as the context lasts."""

    @contextmanager
    def run(answer: Answer) -> Iterator[int]:
        numbers, lock = iter(range(100_000)), threading.Lock()

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                length = 0
                while (line := self.rfile.readline()) not in (b"\r\n", b""):
                    name, _, value = line.decode().partition(":")
                    length = int(value) if name.lower() == "content-length" else length
                self.rfile.read(length)
                with lock:
                    number = next(numbers)
                self.wfile.write(answer(number))

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 100

            def handle_error(self, request: object, client_address: object) -> None:
                """A client of these tests may leave at any time."""

        with Server(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield server.server_address[1]
            finally:
                server.shutdown()
                thread.join()

    return run
