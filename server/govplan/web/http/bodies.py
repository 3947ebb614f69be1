"""Reading request bodies before the application sees the request: whole or not at all, in time and within bounds."""

import asyncio
import contextlib
import io
import math
from collections.abc import AsyncIterator, Awaitable
from typing import Protocol

from werkzeug.exceptions import RequestEntityTooLarge

from govplan.web.http.environ import FAULT, Environ
from govplan.web.http.errors import Refused

# Bodies that one process reads at once; for one more, the one that has been on its way for longest gives way.
PLACES = 1024
# Bytes of a refused request that are read before it is told so. A client that has still more will not hear of it.
REST = 8 << 20
_DIGITS = 18


class Incoming(Protocol):
    """A request whose body is still to be read (RSGI 1.5)."""

    def __call__(self) -> Awaitable[bytes]:
        """Return the whole body."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes."""
        ...


class Bodies:
    """The bodies that are on their way to one server process.

    What a refused request has sent is read to its end all the same, and forgotten: most clients, and proxies, look for
    an answer only when they have sent everything. One that came before would be lost with the connection, which cannot
    stay open while there is something to read in it.
    """

    def __init__(self, *, limit: int, seconds: float, places: int = PLACES, rest: int = REST) -> None:
        """Read `limit` bytes of a body at most, which may take `seconds`; forget up to `rest` of those refused."""
        self._limit, self._seconds, self._places, self._rest = limit, seconds, places, rest
        self._reading: dict[asyncio.Timeout, None] = {}
        self._forgetting = 0

    async def read(self, environ: Environ, incoming: Incoming) -> None:
        """Read the body of a request into `wsgi.input`; what is wrong with it becomes the fault of the request.

        Raises whatever the server raises when the client leaves.
        """
        environ["wsgi.input"] = io.BytesIO()
        length = environ.get("CONTENT_LENGTH", "")
        if not length and "HTTP_TRANSFER_ENCODING" not in environ:
            return
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        announced = _announced(length)
        if FAULT not in environ and announced > self._limit:
            environ[FAULT] = RequestEntityTooLarge()
        if FAULT in environ:
            environ["CONTENT_LENGTH"] = "0"
            # Who expects to be told first has sent nothing yet (RFC 9110 section 10.1.1).
            if announced <= self._rest and "HTTP_EXPECT" not in environ:
                await self._forget(incoming)
            return
        if len(self._reading) >= self._places:
            oldest = next(iter(self._reading))
            del self._reading[oldest]
            oldest.reschedule(asyncio.get_running_loop().time())
        try:
            async with asyncio.timeout(self._seconds) as timeout:
                self._reading[timeout] = None
                try:
                    body = await incoming() if length else await self._counted(environ, incoming)
                finally:
                    self._reading.pop(timeout, None)
        except TimeoutError:
            slow = Refused(
                "body-too-slow",
                f"The body was not there within {self._seconds:g} s.",
                mend="send the whole body at once",
                headers=(("Connection", "close"),),
            )
            environ.setdefault(FAULT, slow)
        if FAULT in environ:
            environ["CONTENT_LENGTH"] = "0"
            return
        if length and len(body) != int(length):
            # The server ends a body that its client has cut short as if it were whole.
            environ[FAULT] = Refused(
                "request-malformed",
                f"The body has {len(body)} bytes; its header announced {length}.",
                mend="send the whole body",
            )
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))

    async def _counted(self, environ: Environ, incoming: Incoming) -> bytes:
        """Return a body whose length nobody announced; the fault of the request is set once it is too long."""
        pieces: list[bytes] = []
        size = 0
        async for piece in incoming:
            if not piece:
                break
            size += len(piece)
            if size <= self._limit:
                pieces.append(piece)
                continue
            environ[FAULT] = RequestEntityTooLarge()
            if size > self._limit + self._rest:
                break
        return b"".join(pieces)

    async def _forget(self, incoming: Incoming) -> None:
        """Read what a refused request has sent, up to a bound and as long as a body may take."""
        if self._forgetting >= self._places:
            return
        self._forgetting += 1
        size = 0
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._seconds):
                    async for piece in incoming:
                        size += len(piece)
                        if not piece or size > self._rest:
                            break
        finally:
            self._forgetting -= 1


def _announced(length: str) -> float:
    """Return how long a body is to be: without end where that is no number or one too long, 0 where nothing is said."""
    if not length:
        return 0
    return int(length) if length.isascii() and length.isdigit() and len(length) <= _DIGITS else math.inf
