"""Clients that hold a connection and hardly use it: one thread for hundreds of them, and next to no processor time."""

import re
import select
import socket
import time
from collections.abc import Callable, Sequence
from itertools import count

from bench.bombs import Slow, Slowly

BEAT = 0.25
_BUFFER = 4096
_AWAY = 4  # beats after which a client that was sent away comes again
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
Found = list[tuple[str, float]]


class Client:
    """One connection; `step` is called every beat and says how it ended, once it did."""

    def __init__(self, address: tuple[str, int], source: str, request: Slowly) -> None:
        self.begin = time.monotonic()
        self._head, self._body, self._reads = request.head, request.body, request.reads
        self._got = bytearray()
        self._size = 0
        self._socket = socket.socket()
        # Before it connects, or the kernel offers the server a larger window.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        self._socket.setblocking(False)
        self._socket.bind((source, 0))
        self._socket.connect_ex(address)
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLRDHUP)

    def step(self) -> str:
        """Send and read what belongs to one beat; return the verdict at the end of the connection, else nothing."""
        try:
            self._send()
            # Who never reads still learns that the server has closed, and then looks at what there is.
            if self._reads or self._poll.poll(0):
                return self._read(self._reads or _BUFFER)
        except BlockingIOError:
            return ""
        except ConnectionRefusedError:
            return "no connection"
        except OSError:
            return self._ended()
        return ""

    def _send(self) -> None:
        if self._head:
            self._head = self._head[self._socket.send(self._head) :]
        elif self._body:
            self._body = self._body[self._socket.send(self._body[:1]) :]

    def _read(self, size: int) -> str:
        piece = self._socket.recv(size)
        self._size += len(piece)
        if len(self._got) < _BUFFER:
            self._got += piece
        if not piece or self._status() >= 400:
            return self._ended()
        return "whole answer" if self._whole() else ""

    def _status(self) -> int:
        found = _STATUS.match(self._got)
        return int(found[1]) if found else 0

    def _whole(self) -> bool:
        end, length = self._got.find(b"\r\n\r\n"), _LENGTH.search(self._got)
        return end >= 0 and length is not None and self._size >= end + 4 + int(length[1])

    def _ended(self) -> str:
        return f"error {self._status()}" if self._status() >= 400 else "cut off"

    def close(self) -> None:
        """Leave."""
        self._socket.close()


def hold(
    attack: Slow,
    address: tuple[str, int],
    source: str,
    dump: str,
    limit: float,
    wait: Callable[[float], bool],
    begun: Callable[[], None],
) -> Found:
    """Hold the connections until `wait` says that it is time to stop; return how each ended and after how long.

    Those that are open then were "held" if they are older than `limit` seconds, else their client has "left".
    `begun` is called once every client has sent its head.
    """
    found: Found = []
    clients: list[Client] = []
    due = {0: attack.clients}  # beat → how many come
    made = 0
    for beat in count():
        for _ in range(min(due.pop(beat, 0), attack.most - made)):
            clients.append(Client(address, source, attack.request(made, dump)))
            made += 1
        gone = _step(clients, found)
        due[beat + _AWAY] = len(gone)
        clients = [client for client in clients if client not in gone]
        if beat == 1:
            begun()
        if wait(BEAT):
            break
    for client in clients:
        age = time.monotonic() - client.begin
        found.append(("held" if age > limit else "left", age))
        client.close()
    return found


def _step(clients: Sequence[Client], found: Found) -> set[Client]:
    """Give every client its beat; return those whose connection has ended."""
    gone = set()
    for client in clients:
        if verdict := client.step():
            found.append((verdict, time.monotonic() - client.begin))
            client.close()
            gone.add(client)
    return gone
