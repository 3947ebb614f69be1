"""Signals and clients: the server ends cleanly, comes back when its front is killed, and waits for no slow client."""

import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import psutil
import pytest

from tests.end_to_end.faults.attacks import ATTACKS
from tests.end_to_end.faults.conftest import Server, Starter, until

pytestmark = pytest.mark.soak

BOMB = ATTACKS["cartesian count"]
MANY = 150


def _connect(server: Server, stack: ExitStack, sent: bytes, *, room: int | None = None) -> socket.socket:
    """Open a connection and send a request; `room` is for how many bytes of an answer the system holds unread."""
    connection = stack.enter_context(socket.socket())
    if room is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    connection.settimeout(30)
    connection.connect((server.host, server.port))
    connection.sendall(sent)
    return connection


def _busy(server: Server) -> bool:
    for worker in server.workers:
        with suppress(psutil.NoSuchProcess):
            if worker.cpu_percent(0.2) > 20:
                return True
    return False


def _stopped(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.status() == psutil.STATUS_STOPPED)
    return False


def test_front_killed(start: Starter) -> None:
    """When the front is killed in the middle of a query, no worker outlives it for long, and a new front serves."""
    server = start(query_seconds=2)
    with ThreadPoolExecutor() as pool:
        bomb = pool.submit(server.get, "/sparql", query=BOMB)
        until(lambda: _busy(server))
        front, workers = server.front, server.workers
        front.kill()
        assert bomb.exception(30) is not None
    _, alive = psutil.wait_procs([front, *workers], timeout=10)
    assert [] == alive

    def back() -> bool:
        try:
            return server.get("/ready").status == 200
        except OSError:
            return False

    until(back)


def test_front_killed_while_queries_are_stopped(start: Starter) -> None:
    """When the front is killed while queries wait, stopped, for a place, their workers end, too."""
    server = start(workers=1, query_seconds=5, queue_seconds=5)
    with ThreadPoolExecutor() as pool:
        bombs = [pool.submit(server.get, "/sparql", query=f"{BOMB} # {number}") for number in range(2)]
        until(lambda: any(_stopped(worker) for worker in server.workers))
        front, workers = server.front, server.workers
        front.kill()
        assert all(bomb.exception(30) is not None for bomb in bombs)
    _, alive = psutil.wait_procs([front, *workers], timeout=10)
    assert [] == alive


def test_first_process_killed(start: Starter) -> None:
    """When the first process is killed, front and workers go with it."""
    server = start()
    family = server.process.children(recursive=True)
    server.process.kill()
    _, alive = psutil.wait_procs([server.process, *family], timeout=20)
    assert [] == alive


def test_terminated_under_load(start: Starter) -> None:
    """On SIGTERM the query that runs is answered, and the server ends with 0."""
    server = start(query_seconds=5)
    with ThreadPoolExecutor() as pool:
        running = pool.submit(server.get, "/sparql", query=BOMB, timeout="2")
        until(lambda: _busy(server))
        server.process.send_signal(signal.SIGTERM)
        reply = running.result(30)
    assert 504 == reply.status
    assert 0 == server.process.wait(30)


def test_terminated_with_a_reader_that_stands_still(start: Starter) -> None:
    """A client that never reads its answer to the end keeps a server that was told to end no longer than it may."""
    server = start(drain_seconds=1)
    family = server.process.children(recursive=True)
    with ExitStack() as stack:
        query = b"SELECT%20*%20%7B%20GRAPH%20?g%20%7B%20?s%20?p%20?o%20%7D%20%7D"
        reader = _connect(server, stack, b"GET /sparql?query=" + query + b" HTTP/1.1\r\nHost: x\r\n\r\n", room=4096)
        assert b"HTTP/1.1 200" == reader.recv(12)
        server.process.send_signal(signal.SIGTERM)
        assert 0 == server.process.wait(30)
        _, alive = psutil.wait_procs(family, timeout=10)
        assert [] == alive


def test_terminated_with_busy_threads(start: Starter) -> None:
    """A server that is told to end while its threads make pages ends cleanly, and so does each of its processes."""
    server = start(drain_seconds=3, fronts=2)
    family = server.process.children(recursive=True)
    with ExitStack() as stack:
        for number in range(40):
            path = ("/codebook", "/powers", "/reconcile", "/sparql?format=html")[number % 4]
            _connect(server, stack, f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n".encode())
        server.process.send_signal(signal.SIGTERM)
        assert 0 == server.process.wait(30)
    _, alive = psutil.wait_procs(family, timeout=10)
    assert [] == alive


def test_slow_headers(start: Starter) -> None:
    """Clients that never finish their headers keep nobody waiting, and are sent away."""
    server = start(header_seconds=2)
    with ExitStack() as stack:
        slow = [_connect(server, stack, b"GET /live HTTP/1.1\r\nHost: x\r\n") for _ in range(MANY)]
        assert 200 == server.get("/ready").status
        assert {b""} == {connection.recv(100) for connection in slow}


def test_slow_bodies(start: Starter) -> None:
    """Clients that never finish their bodies keep nobody waiting, whether he sends one or not."""
    server = start()
    head = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 99\r\n\r\nASK"
    )
    with ExitStack() as stack:
        for _ in range(MANY):
            _connect(server, stack, head)
        assert 200 == server.get("/sparql", query="ASK {}").status
        assert 200 == server.post("ASK {}").status


def test_slow_readers(start: Starter) -> None:
    """Clients that do not read their large answers hold neither workers nor threads nor memory."""
    server = start()
    query = "SELECT%20*%20%7B%20GRAPH%20?g%20%7B%20?s%20?p%20?o%20%7D%20%7D"
    before = server.front.memory_info().rss
    with ExitStack() as stack:
        for number in range(MANY):
            sent = f"GET /sparql?query={query}%23{number} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            _connect(server, stack, sent, room=4096)
            if number % 30 == 0:
                until(lambda: not _busy(server))
        until(lambda: server.get("/sparql", query="ASK {}").status == 200)
        assert server.front.memory_info().rss < before + (250 << 20)


def test_leaving_clients(start: Starter) -> None:
    """Clients that leave before their answer cost the server nothing but that query."""
    server = start(query_seconds=2)
    address = BOMB.replace(" ", "%20").replace("{", "%7B").replace("}", "%7D")
    with ExitStack() as stack:
        for number in range(10):
            sent = f"GET /sparql?query={address}%23{number} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            _connect(server, stack, sent)
    until(lambda: server.get("/sparql", query="ASK {}").status == 200)
    until(lambda: not _busy(server))
    assert 200 == server.get("/ready").status
