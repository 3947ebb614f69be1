"""Attacks on the process that answers HTTP, each with canaries beside it: clients whom it must not keep waiting."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from urllib.parse import quote, urlencode

import pytest

from tests.end_to_end.faults.canary import canaries
from tests.end_to_end.faults.conftest import Server, Starter, until

DUMP = b"GET /dumps/be-ai-convergence.nq HTTP/1.1\r\nHost: x\r\n\r\n"
BODY = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 99\r\n\r\nASK"
WIDE = "SELECT * { { SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 320 } { SELECT ?a { ?a ?b ?c } LIMIT 320 } }"
# Each was too much for what reads a query: a dot that is looked for again and again, names within names, and their kin.
TEXTS = (
    "PREFIX a:<x:>SELECT*{?s ?p a:service" + ":" * 65_000 + "}",
    "PREFIX a:<x:>SELECT*{?s ?p a:service" + ":" * 3_930 + "}",
    "PREFIX a:<x:>SELECT*{?s ?p a:service" + ":." * 32_000 + "}",
    "PREFIX a:<x:>SELECT*{?s a:service" + ".a" * 32_000 + " ?o}",
    "SELECT * { ?s ?p '" + "\\\\" * 32_000 + "}",
    "SELECT * { ?s ?p <" + "a:" * 32_000 + "}",
)

pytestmark = pytest.mark.soak


def _connect(server: Server, stack: ExitStack, sent: bytes, *, room: int | None = None) -> socket.socket:
    connection = stack.enter_context(socket.socket())
    if room is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    connection.settimeout(30)
    connection.connect((server.host, server.port))
    connection.sendall(sent)
    return connection


def _gone(connection: socket.socket) -> bool:
    """Tell whether the server has closed a connection, having read what came before."""
    connection.settimeout(0.01)
    try:
        while connection.recv(1 << 16):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_texts_that_are_hard_to_read(start: Starter, text: str) -> None:
    """However hard a text is to read, nobody else waits while it is read."""
    server = start()
    with canaries(server) as log, ThreadPoolExecutor(8) as pool:
        statuses = {reply.status for reply in pool.map(lambda n: server.post(f"{text}#{n}"), range(16))}
        until(lambda: log.answers > 2)
    assert statuses <= {200, 400, 413, 503}
    assert [] == log.wrong
    assert log.answers > 2


def test_readers_that_never_read(start: Starter) -> None:
    """Clients that ask for all and read nothing keep nobody waiting, and are sent away when their time is over."""
    server = start(send_seconds=3, fronts=2)
    with ExitStack() as stack, canaries(server) as log:
        readers = [_connect(server, stack, DUMP, room=4096) for _ in range(320)]
        until(lambda: all(map(_gone, readers[:5])))
    assert [] == log.wrong
    assert log.answers > 2


def test_bodies_byte_by_byte(start: Starter) -> None:
    """Clients that send a body byte by byte keep nobody waiting, those who send queries included, and get a 408."""
    server = start(body_seconds=2)
    with ExitStack() as stack, canaries(server) as log:
        slow = [_connect(server, stack, BODY) for _ in range(100)]
        assert 200 == server.post("ASK {}").status

        def drip() -> bool:
            for connection in slow:
                with suppress(OSError):
                    connection.send(b" ")
            return 200 == server.post("ASK {}").status and slow[0].recv(12, socket.MSG_DONTWAIT) == b"HTTP/1.1 408"

        def answered() -> bool:
            with suppress(BlockingIOError):
                return drip()
            return False

        until(answered)
    assert [] == log.wrong


def test_reconciliation_whose_clients_leave(start: Starter) -> None:
    """Large batches whose clients leave are given up, and nobody else waits for them."""
    server = start(query_seconds=2)
    batch = {f"q{n}": {"query": "/".join(["Vlaams", "agentschap", "innovatie", "overheid"] * 15)} for n in range(100)}
    body = urlencode({"queries": json.dumps(batch)}).encode()
    head = (
        f"POST /reconcile HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    with canaries(server) as log:
        for _ in range(40):
            with ExitStack() as stack:
                for _ in range(8):
                    _connect(server, stack, head + body)
        assert server.get("/reconcile").status == 200
    assert [] == log.wrong


def test_pages_of_many_rows(start: Starter) -> None:
    """Pages of answers with a hundred thousand rows, whose clients read or leave, keep nobody waiting."""
    server = start()
    path = f"/sparql?format=html&page=all&query={quote(WIDE)}"
    with canaries(server) as log, ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        for number in range(28):
            _connect(server, stack, f"GET {path}%23{number} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n".encode())
        statuses = {reply.status for reply in pool.map(lambda n: server.get(f"{path}%23p{n}"), range(16))}
        memory = sum(front.memory_info().rss for front in server.fronts)
    assert statuses <= {200, 503}
    assert [] == log.wrong
    assert memory < 600 << 20
