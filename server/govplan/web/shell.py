"""The outermost layer of a server process (RSGI): it reads requests and sends answers, and never waits in a thread.

Answers that are cached are given on the event loop. For all others the body is read, under a deadline, and the request
goes through Flask (`conversation`).
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Protocol

from govplan.deadline import ENVIRON as DEADLINE
from govplan.deadline import Deadline
from govplan.errors import ClientOverBudget
from govplan.group import Sending as SendingPlaces
from govplan.sparql import Answer, Request
from govplan.web.app import App
from govplan.web.http import cors
from govplan.web.http.bodies import Bodies, Incoming
from govplan.web.http.cache import Cache
from govplan.web.http.clients import Client, Clients
from govplan.web.http.conversation import Conversation
from govplan.web.http.environ import FAULT, Environ, Scope, environ_of
from govplan.web.http.files import FileBody
from govplan.web.http.headers import readable, require_host
from govplan.web.http.pinned import pin
from govplan.web.http.reply import Headers, Message, Reply
from govplan.web.http.sending import Sending
from govplan.web.http.threads import Threads
from govplan.web.site import SITE, Site

LOG = logging.getLogger("govplan.web")
# After so long it is worth while to notice that a client leaves, in seconds.
_LASTS_SECONDS = 0.25
_BROKEN = b'{"title": "The server has a fault", "status": 500}\n'
# What is told of a client that left before its answer, as nginx has it; it is sent to nobody.
_LEFT = Message(499, [])
_BROKEN_HEADERS = [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store"), *cors.HEADERS]


class Exchange(Incoming, Protocol):
    """A request on its connection, as the HTTP server hands it over (RSGI 1.5)."""

    async def client_disconnect(self) -> None:
        """Return when the client has left."""
        ...

    def response_empty(self, status: int, headers: Headers) -> None:
        """Send an answer without a body."""
        ...

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Send an answer."""
        ...

    def response_file_range(self, status: int, headers: Headers, file: str, start: int, end: int) -> None:
        """Send an answer that is a part of a file."""
        ...


class Shell:
    """Answers HTTP by an application, for each request with the release that it is about."""

    def __init__(
        self,
        app: App,
        enter: Callable[[Environ], AbstractAsyncContextManager[Site]],
        *,
        cache: Cache,
        clients: Clients,
        bodies: Bodies,
        threads: Threads,
        sending: Sending,
        places: SendingPlaces,
        seconds: float,
        told: Callable[[Environ, Message, float], None] | None = None,
    ) -> None:
        """`enter` holds a release open for one request, `seconds` is how long work for one may take.

        `places` are for large answers, where clients have budgets; `told` hears of each answer and how long it took.
        """
        self._told = told
        self._app, self._enter, self._cache, self._clients, self._bodies = app, enter, cache, clients, bodies
        self._threads, self._sending, self._places, self._seconds = threads, sending, places, seconds

    async def answer(self, scope: Scope, exchange: Exchange) -> None:
        """Answer one request."""
        begun = time.monotonic()
        environ = environ_of(scope)
        require_host(environ)
        self._clients.recognise(environ)
        clean = readable(environ)
        pin(environ)
        message = self._cache.cached(environ) if clean and FAULT not in environ else None
        if message is None or (self._clients.counted and isinstance(message.body, FileBody)):
            try:
                message = await _Visit(self, environ, exchange).message(cached=clean and FAULT not in environ)
            except asyncio.CancelledError:
                # Its client has left.
                self._tell(environ, _LEFT, begun)
                return
            except Exception:
                LOG.exception("%s %s failed", scope.method, scope.path)
                message = Message(500, _BROKEN_HEADERS, _BROKEN)
        self._tell(environ, message, begun)
        self._send(exchange, message, bodiless=scope.method == "HEAD")

    def _tell(self, environ: Environ, message: Message, begun: float) -> None:
        if self._told:
            self._told(environ, message, time.monotonic() - begun)

    def _send(self, exchange: Exchange, message: Message, *, bodiless: bool) -> None:
        body = message.body
        if bodiless or not body:
            exchange.response_empty(message.status, message.headers)
        elif isinstance(body, FileBody):
            path = self._sending.hold(body, message.release).path
            exchange.response_file_range(message.status, message.headers, path, body.start, body.end)
        else:
            exchange.response_bytes(message.status, message.headers, body)


class _Visit:
    """One request that needs work: who asks, how long it may take, and what to stop when its client leaves."""

    def __init__(self, shell: Shell, environ: Environ, exchange: Exchange) -> None:
        self._shell, self._environ, self._exchange = shell, environ, exchange
        self._client = Client(())
        self._deadline = Deadline(shell._seconds)
        self._task = asyncio.current_task()
        self._asking = False
        self._watch: asyncio.Task[None] | None = None

    async def message(self, *, cached: bool) -> Message:
        """Return the answer, past the cache if not `cached`. Raises CancelledError if the client leaves first."""
        shell, environ = self._shell, self._environ
        environ[DEADLINE] = self._deadline
        timer = asyncio.get_running_loop().call_later(_LASTS_SECONDS, self._begin_watch)
        try:
            with shell._clients.visit(environ) as self._client:
                await shell._bodies.read(environ, self._exchange)
                if not cached:
                    return await self._answer(environ)
                message = await shell._cache.answer(environ, self._reply)
                # The body of an answer to HEAD is not sent.
                if isinstance(message.body, FileBody) and self._client.keys and environ["REQUEST_METHOD"] != "HEAD":
                    message = await self._placed(message, message.body.size)
                self._client.status = message.status
                return message
        finally:
            timer.cancel()
            if self._watch:
                self._watch.cancel()

    async def _placed(self, message: Message, size: int) -> Message:
        """Return a large answer once there is a place for sending it to this client, else a refusal."""
        places, keys = self._shell._places, self._client.keys
        if places.acquire(keys, size):
            return replace(message, release=lambda: places.release(keys, size))
        self._environ[FAULT] = ClientOverBudget("Too many large answers are on their way to you.", retry_seconds=5)
        return await self._answer(self._environ)

    async def _answer(self, environ: Environ) -> Message:
        """Return what the application answers, as it is."""
        reply = await self._reply(environ)
        self._client.status = reply.status
        return Message(reply.status, reply.headers, reply.body)

    async def _reply(self, environ: Environ) -> Reply:
        async with self._shell._enter(environ) as site:
            self._store, environ[SITE] = site.store, site
            conversation = Conversation(self._shell._app, environ)
            response = await conversation.response(self._respond, self._shell._threads.run)
            return Reply.of(response)

    async def _respond(self, request: Request) -> Answer:
        left = self._deadline.left()
        request = replace(request, client=self._client.keys, seconds=min(request.seconds or left, left))
        self._asking = True
        try:
            return await self._store.respond(request)
        finally:
            self._asking = False

    def _begin_watch(self) -> None:
        self._watch = asyncio.ensure_future(self._leave_with_client())

    async def _leave_with_client(self) -> None:
        await self._exchange.client_disconnect()
        self._deadline.cancel()
        if self._asking and self._task:
            self._task.cancel()
