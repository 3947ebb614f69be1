"""The outermost layer of a server process, spoken to as the HTTP server does: over RSGI, on an event loop."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from govplan.config import Settings
from govplan.group import Group, Shape
from govplan.web import App
from govplan.web.http.bodies import Bodies
from govplan.web.http.cache import Cache
from govplan.web.http.clients import Clients, shape_of
from govplan.web.http.entries import Edition, Entries
from govplan.web.http.environ import Environ
from govplan.web.http.reply import Headers, Message
from govplan.web.http.sending import Sending, SendingLimits
from govplan.web.http.threads import Threads
from govplan.web.shell import Shell
from govplan.web.site import EXTENSION, Site
from tests.loops import LONG

CLIENT = "192.0.2.1"
_NO_BUDGETS = Shape(fronts=1, budget=None, slow=1)


@dataclass(slots=True)
class Fields:
    """The header of a request, line by line: names in lower case and values."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def items(self) -> list[tuple[str, str]]:
        """Return the lines."""
        return self.lines


@dataclass(slots=True)
class Asked:
    """A request without its body, as an HTTP server describes it."""

    path: str = "/"
    query_string: str = ""
    method: str = "GET"
    headers: Fields = field(default_factory=lambda: Fields([("host", "localhost")]))
    scheme: str = "http"
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    client: str = f"{CLIENT}:50000"
    authority: str | None = None


class Connection:
    """The server's side of a connection with one request on it: a body comes in, and the answer goes out."""

    def __init__(self, *body: bytes, whole: bool = True) -> None:
        """Let these pieces of a body come at once, and its end unless it is not `whole`."""
        self.status = 0
        self.headers: Headers = []
        self.body = b""
        self.answers = 0
        self.sent_file = False
        self._left = asyncio.Event()
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue()
        for piece in body:
            self.bring(piece)
        if whole:
            self.bring(b"")

    def bring(self, piece: bytes) -> None:
        """Let another piece of the body come; an empty one is its end."""
        self._pieces.put_nowait(piece)

    def leave(self) -> None:
        """Let the client go away."""
        self._left.set()

    def __call__(self) -> Awaitable[bytes]:
        return self._whole()

    async def _whole(self) -> bytes:
        return b"".join([piece async for piece in self])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await self._pieces.get():
            yield piece

    async def client_disconnect(self) -> None:
        """Return when the client has left."""
        await self._left.wait()

    def response_empty(self, status: int, headers: Headers) -> None:
        """Send an answer without a body."""
        self.response_bytes(status, headers, b"")

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Send an answer."""
        self.status, self.headers, self.body = status, headers, body
        self.answers += 1

    def response_file_range(self, status: int, headers: Headers, file: str, start: int, end: int) -> None:
        """Send a part of a file, which is opened by its path."""
        self.sent_file = True
        self.response_bytes(status, headers, Path(file).read_bytes()[start:end])


@dataclass(frozen=True, slots=True)
class Told:
    """What a server tells of an answer for its log: the path, the status, and how long it took in seconds."""

    path: str
    status: int
    seconds: float


@dataclass(slots=True)
class Current:
    """The release that a server serves now, by its id."""

    id: str


class Served:
    """An application behind the layers of a server process. WSGI clients may ask it, from any other thread."""

    def __init__(
        self,
        app: App,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        *,
        group: Group | None = None,
        waiting: int = 8,
        log: bool = True,
    ) -> None:
        """Serve on a running loop, that of the store.

        `group` has the budgets of clients; without one there are none. So many may be `waiting` for another's answer.
        """
        self.app, self.group = app, group or Group.alone(_NO_BUDGETS)
        self._loop = loop
        self.told = told = list[Told]()
        self.release = current = Current(app.extensions[EXTENSION].manifest.id)
        self.threads = Threads(size=8, at_once=3, queue=64)
        self.sending = Sending(SendingLimits(settings.send_seconds))

        def tell(environ: Environ, message: Message, seconds: float) -> None:
            told.append(Told(environ["PATH_INFO"], message.status, seconds))

        # Nothing here refers to this object itself, so that what is kept goes with it at once.
        self.cache = Cache(
            lambda environ: Edition(current.id),
            Entries(settings.cache_bytes),
            waiting=waiting,
            in_thread=self.threads.run,
        )
        site: Site = app.extensions[EXTENSION]
        self.shell = Shell(
            app,
            lambda environ: nullcontext(site),
            cache=self.cache,
            clients=Clients(
                self.group.accounts if self.group.shape.budget else None,
                settings.proxies,
                crowded=lambda: site.store.waiting > 0,
            ),
            bodies=Bodies(limit=settings.body_bytes, seconds=settings.body_seconds),
            threads=self.threads,
            sending=self.sending,
            places=self.group.sending,
            seconds=settings.query_seconds,
            told=tell if log else None,
        )

    def ask(self, asked: Asked, connection: Connection) -> Connection:
        """Answer one request, waiting for it in this thread."""
        asyncio.run_coroutine_threadsafe(self.shell.answer(asked, connection), self._loop).result(LONG)
        return connection

    def close(self) -> None:
        """Let go of what was sent, and of the threads."""
        self.sending.look(math.inf)
        self.threads.close()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        connection = self.ask(_asked(environ), Connection(*filter(None, [environ["wsgi.input"].read()])))
        assert 1 == connection.answers
        if connection.sent_file:
            # It was read to its end.
            self.sending.look(math.inf)
        start_response(f"{connection.status} {HTTPStatus(connection.status).phrase.upper()}", connection.headers)
        return [connection.body]


# Puts an application behind the layers that some settings ask for.
Serve = Callable[..., Served]


def alone(settings: Settings) -> Group:
    """Return what the only process of a server with these settings shares with itself: places, and budgets if any."""
    return Group.alone(shape_of(settings, fronts=1))


def _asked(environ: WSGIEnvironment) -> Asked:
    """Return a request of a WSGI client."""
    lines = [
        (name.removeprefix("HTTP_").replace("_", "-").lower(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
    ]
    return Asked(
        path=_text(environ["PATH_INFO"]),
        query_string=_text(environ["QUERY_STRING"]),
        method=environ["REQUEST_METHOD"],
        headers=Fields(lines),
        scheme=environ["wsgi.url_scheme"],
        server=f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}",
        client=f"{environ.get('REMOTE_ADDR', CLIENT)}:50000",
    )


def _text(latin: str) -> str:
    return latin.encode("latin-1").decode(errors="replace")
