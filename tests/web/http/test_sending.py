"""Clients that read slowly: real connections, whose other ends read as the tests want, and a clock that they set."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from govplan import metrics
from govplan.web.http import sending as module
from govplan.web.http.files import FileBody
from govplan.web.http.sending import Sending, SendingLimits

LIMITS = SendingLimits(seconds=30.0, rate=1000, most=3)
# More than both ends of a connection hold.
MUCH = b"x" * 10_000_000
ROOM = 4096
TRIES = 20_000


class Connection:
    """A connection over TCP: the server has sent more than the client takes before it reads."""

    def __init__(self, stack: ExitStack, family: socket.AddressFamily = socket.AF_INET, sent: bytes = MUCH) -> None:
        listener = stack.enter_context(socket.create_server(("", 0), family=family))
        self.client = stack.enter_context(socket.socket(family))
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
        self.client.settimeout(10)
        self.client.connect(("::1" if family is socket.AF_INET6 else "127.0.0.1", listener.getsockname()[1]))
        self.server = stack.enter_context(listener.accept()[0])
        self.server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)
        self.server.setblocking(False)
        self.send(sent)

    def send(self, sent: bytes) -> None:
        """Send as much as the system takes."""
        rest = memoryview(sent)
        while rest:
            try:
                rest = rest[self.server.send(rest) :]
            except BlockingIOError:
                return

    def read(self, size: int) -> None:
        """Let the client read so much, and the server send as much again, until it has heard of it."""
        before = self.acked
        left = size
        while left > 0:
            left -= len(self.client.recv(left))
            self.send(MUCH)
        for _ in range(TRIES):
            if self.acked >= before + size // 2:
                return
            self.send(MUCH)
        raise AssertionError("the system does not say that the client has read")

    def drain(self) -> None:
        """Let the client read to the end."""
        while self.client.recv(1 << 20):
            pass

    @property
    def acked(self) -> int:
        """How much the client's system has taken."""
        return module._progress(self.server)[1]

    @property
    def open(self) -> bool:
        """Whether the server may still send."""
        try:
            self.server.send(b"x")
        except BlockingIOError:
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True


Connect = Callable[..., Connection]


@pytest.fixture(name="connect")
def _connect() -> Iterator[Connect]:
    """Make connections, which are closed in the end."""
    with ExitStack() as stack:

        def connect(family: socket.AddressFamily = socket.AF_INET, sent: bytes = MUCH) -> Connection:
            return Connection(stack, family, sent)

        yield connect


@pytest.fixture(name="sending")
def _sending() -> Sending:
    """What looks when a test says so."""
    return Sending(LIMITS)


def _dismissed() -> float:
    return next(
        sample.value
        for metric in metrics.DISMISSED_READERS.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    )


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_never_reads(sending: Sending, connect: Connect, family: socket.AddressFamily) -> None:
    """Whoever takes nothing of what waits for it is sent away after the time it has, and counted."""
    before = _dismissed()
    connection = connect(family)
    for now in (100.0, 101.0, 129.9):
        sending.look(now)
        assert connection.open
    sending.look(130.0)

    assert not connection.open
    assert before + 1 == _dismissed()
    # The HTTP server closes what it cannot send on, and the system waits for nobody then.
    connection.server.close()
    with pytest.raises(ConnectionResetError):
        connection.drain()
    sending.look(131.0)
    assert {} == sending._slow


def test_trickles(sending: Sending, connect: Connect) -> None:
    """Whoever reads less than the least rate is sent away, too."""
    connection = connect()
    sending.look(100.0)
    connection.read(20_000)
    sending.look(129.0)
    assert connection.open
    sending.look(200.0)

    assert not connection.open


def test_reads_fast_enough(sending: Sending, connect: Connect) -> None:
    """Whoever reads at the least rate or faster is served however long it takes, though something always waits."""
    connection = connect()
    for now in range(100, 200, 10):
        sending.look(float(now))
        connection.read(20_000)

    assert connection.open
    assert 1 == len(sending._slow)


def test_reads_fast_and_then_no_more(sending: Sending, connect: Connect) -> None:
    """Whoever has read fast has earned no time to read nothing."""
    connection = connect()
    sending.look(100.0)
    connection.read(2_000_000)
    for now in (130.0, 150.0):
        sending.look(now)
    assert connection.open
    sending.look(160.0)

    assert not connection.open


def test_has_nothing_to_read(sending: Sending, connect: Connect) -> None:
    """Whoever has taken all is no slow reader, however long its connection stays open."""
    connection = connect(sent=b"answer")
    assert b"answer" == connection.client.recv(100)
    for now in (100.0, 200.0, 300.0):
        sending.look(now)

    assert connection.open


def test_slow_for_a_while(sending: Sending, connect: Connect) -> None:
    """The time of a slow reader begins anew once it has taken all."""
    connection = connect(sent=b"")
    connection.send(MUCH[:2_000_000])
    sending.look(100.0)
    assert 1 == len(sending._slow)
    connection.client.setblocking(False)
    for _ in range(TRIES):
        try:
            connection.client.recv(1 << 20)
        except BlockingIOError:
            if module._progress(connection.server)[0] == 0:
                break
    sending.look(110.0)
    assert {} == sending._slow
    connection.send(MUCH)
    for now in (120.0, 149.0):
        sending.look(now)
    assert connection.open
    sending.look(150.0)

    assert not connection.open


def test_too_many_are_slow(sending: Sending, connect: Connect) -> None:
    """Where too many are slow, those that have been so for longest are sent away before their time."""
    first = [connect(), connect()]
    sending.look(100.0)
    second = [connect(), connect(), connect()]
    sending.look(101.0)

    assert [False, False] == [connection.open for connection in first]
    assert [True, True, True] == [connection.open for connection in second]
    assert 3 == len(sending._slow)


def test_connection_that_is_gone(sending: Sending, connect: Connect) -> None:
    """A slow reader whose connection is closed by somebody else is forgotten."""
    connection = connect()
    sending.look(100.0)
    connection.server.close()
    sending.look(101.0)

    assert {} == sending._slow


def test_other_sockets_and_files(sending: Sending, tmp_path: Path) -> None:
    """What is no connection over TCP is left alone, whatever waits there."""
    there, here = socket.socketpair()
    with there, here, socket.socket(socket.AF_INET, socket.SOCK_DGRAM), (tmp_path / "file").open("wb"):
        there.send(b"unread")
        for now in (100.0, 200.0):
            sending.look(now)
        assert b"unread" == here.recv(100)
    assert {} == sending._slow


def test_closed_at_that_moment(sending: Sending, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is closed while the others are looked at is passed over."""
    connection = connect()
    duplicate = os.dup

    def dup(number: int) -> int:
        if number == connection.server.fileno():
            raise OSError(9, "Bad file descriptor")
        return duplicate(number)

    monkeypatch.setattr(os, "dup", dup)
    for now in (100.0, 200.0):
        sending.look(now)

    assert connection.open


def test_body_is_held_for_the_server(sending: Sending) -> None:
    """A body that was handed over stays open until the server has opened it, whoever else forgets it."""
    now = time.monotonic()
    path = sending.hold(FileBody.held("test", b"body")).path
    sending.look(now)
    assert b"body" == Path(path).read_bytes()
    sending.look(now + 60)

    assert not Path(path).exists()


def test_place_is_given_back_once_all_is_sent(sending: Sending) -> None:
    """The place of an answer is given back when the server has closed its file, and not before it has opened it."""
    now = time.monotonic()
    released: list[str] = []
    body = FileBody.held("test", b"body")
    for name in ("first", "second"):
        sending.hold(body, partial(released.append, name))
    servers = [os.open(body.path, os.O_RDONLY) for _ in range(2)]
    sending.look(now)
    sending.look(now + 60)
    assert [] == released
    os.close(servers[0])
    sending.look(now + 61)
    assert ["first"] == released
    os.close(servers[1])
    sending.look(now + 62)

    assert ["first", "second"] == released
    assert [] == sending._held
    sending.look(now + 63)
    assert ["first", "second"] == released


def test_place_of_an_answer_that_was_never_sent(sending: Sending) -> None:
    """The place of an answer that the server never opens is given back after a while."""
    now = time.monotonic()
    released: list[str] = []
    sending.hold(FileBody.held("test", b"body"), lambda: released.append("body"))
    sending.look(now)
    assert [] == released
    sending.look(now + 60)

    assert ["body"] == released


def test_looks_by_itself(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once started, it looks again and again until it is closed."""
    monkeypatch.setattr(module, "_LOOK_SECONDS", 0.001)
    sending = Sending(SendingLimits(seconds=0.0))
    connection = connect()
    sending.start()
    pause = threading.Event()
    for _ in range(TRIES):
        if not connection.open:
            break
        pause.wait(0.001)
    sending.close()

    assert not connection.open
    assert not sending._thread.is_alive()


def test_closed_before_it_began(sending: Sending) -> None:
    """What never began to look can be closed as well."""
    sending.close()
