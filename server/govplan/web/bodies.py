"""Reading request bodies before the application sees the request: whole or not at all, in time and within bounds."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable
from typing import Protocol

from werkzeug.exceptions import RequestEntityTooLarge

from govplan.web.environ import FAULT, Environ
from govplan.web.errors import Refused

# Bodies that one process reads at once; for one more, the one that has been on its way for longest gives way.
PLACES = 1024


class Incoming(Protocol):
    """A request whose body is still to be read (RSGI 1.5)."""

    def __call__(self) -> Awaitable[bytes]:
        """Return the whole body."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes."""
        ...


class Bodies:
    """The bodies that are on their way to one server process."""

    def __init__(self, *, limit: int, seconds: float, places: int = PLACES) -> None:
        """Read `limit` bytes of a body at most, which may take `seconds`."""
        self._limit, self._seconds, self._places = limit, seconds, places
        self._reading: dict[asyncio.Timeout, None] = {}

    async def read(self, environ: Environ, incoming: Incoming) -> None:
        """Read the body of a request into `wsgi.input`; what is wrong with it becomes the fault of the request.

        Raises whatever the server raises when the client leaves.
        """
        environ["wsgi.input"] = io.BytesIO()
        if FAULT in environ:
            # Whoever is sent away is not read first.
            environ["CONTENT_LENGTH"] = "0"
            return
        length = environ.get("CONTENT_LENGTH", "")
        if not length and "HTTP_TRANSFER_ENCODING" not in environ:
            return
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        if length.isascii() and length.isdigit() and (len(length) > 18 or int(length) > self._limit):
            environ[FAULT] = RequestEntityTooLarge()
            return
        if len(self._reading) >= self._places:
            oldest = next(iter(self._reading))
            del self._reading[oldest]
            oldest.reschedule(asyncio.get_running_loop().time())
        try:
            async with asyncio.timeout(self._seconds) as timeout:
                self._reading[timeout] = None
                try:
                    body = await incoming() if length else await self._counted(incoming)
                finally:
                    self._reading.pop(timeout, None)
        except TimeoutError:
            environ[FAULT] = Refused(
                "body-too-slow",
                f"The body was not there within {self._seconds:g} s.",
                mend="send the whole body at once",
                headers=(("Connection", "close"),),
            )
            environ["CONTENT_LENGTH"] = "0"
            return
        if body is None:
            environ[FAULT] = RequestEntityTooLarge()
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

    async def _counted(self, incoming: Incoming) -> bytes | None:
        """Return a body whose length nobody announced, None if it is too long."""
        pieces: list[bytes] = []
        size = 0
        async for piece in incoming:
            if not piece:
                break
            size += len(piece)
            if size > self._limit:
                return None
            pieces.append(piece)
        return b"".join(pieces)
