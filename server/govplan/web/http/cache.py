"""The layer in front of the application: answers that are kept, validators, and content codings.

It is an HTTP cache that is part of the origin (RFC 9111). Its key names the edition that is served, a release as it was
opened, and that never changes, so what it keeps is never stale. A hit neither enters the application nor reads the
query. Only the application knows which answer a request gets; this layer goes by what it says in Cache-Control, Vary
and ETag. Code that rewrites the environment, such as one that trusts a proxy, belongs before this layer: nothing after
it may answer by other headers than Vary names.

`Cache-Control: no-cache` of a client asks that an answer be checked at the origin. This is the origin, and the edition
in the key is the check, so a kept answer is given: asking again could only give the same bytes. `no-store` is obeyed.

All of it runs on one event loop; only large bodies are compressed in threads.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from werkzeug.datastructures import ETags
from werkzeug.http import parse_etags

from govplan.content_codings import CODINGS, IDENTITY
from govplan.web.http.entries import Edition, Entries, Entry, Key, bare, encodable, quoted
from govplan.web.http.environ import Environ
from govplan.web.http.files import FileBody
from govplan.web.http.negotiation import codings
from govplan.web.http.reply import Body, Headers, Message, Reply

# An answer up to this size is held whole: to be validated, kept, and given in every coding.
WHOLE = 2 * 1024 * 1024
# What is larger is compressed in a thread.
_QUICK = 64 * 1024
_PATIENCE = 1.0
_BODILESS = (204, 304)
Origin = Callable[[Environ], Awaitable[Reply]]


class Cache:
    """What lies before an application: exact lengths, a coding that the client takes, and no work done twice."""

    def __init__(
        self,
        edition: Callable[[Environ], Edition],
        entries: Entries,
        *,
        waiting: int = 4,
        spool: str | None = None,
        in_thread: Callable[[Callable[[], Any]], Awaitable[Any]] = asyncio.to_thread,
    ) -> None:
        """Keep answers in `entries`; `edition` tells which opening of which release a request is about.

        Of requests for one thing that is not kept yet, one goes on, and others wait a moment for what it brings; never
        more than `waiting` wait. `spool` is the folder for large answers while they are sent compressed.
        """
        self.entries = entries
        self._edition = edition
        self._under_way: dict[tuple[Key, str | None, str | None], asyncio.Future[None]] = {}
        self.waiting = 0
        self._most_waiting = waiting
        self._spool = spool
        self._in_thread = in_thread

    def cached(self, environ: Environ) -> Message | None:
        """Return the answer to a request if it is kept in the form that the client takes, None if work is needed."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not self.entries.size:
            return None
        entry = self.entries.find(self._key(environ), environ)
        if entry is None:
            return None
        client = _Client(environ, codings(environ.get("HTTP_ACCEPT_ENCODING")))
        message = self._message(entry, client) if client.taken else None
        self.entries.hits += message is not None
        return message

    async def answer(self, environ: Environ, origin: Origin) -> Message:
        """Return the answer to a request, from memory or by asking `origin`; raises what that raises."""
        client = _Client(environ, codings(environ.get("HTTP_ACCEPT_ENCODING")))
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD", "POST") or not client.taken:
            reply = await origin(environ)
            return Message(reply.status, reply.headers, reply.body)
        if method == "POST":
            return await self._give(await origin(environ), client)
        key = self._key(environ)
        entry = self.entries.find(key, environ)
        if entry is not None:
            self.entries.hits += 1
            return await self._send(key, entry, client)
        return await (self._together if self.entries.limit else self._fetch)(key, client, origin)

    def _key(self, environ: Environ) -> Key:
        origin = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}{environ['SCRIPT_NAME']}"
        return (self._edition(environ), origin, environ["PATH_INFO"], environ["QUERY_STRING"])

    def _message(self, entry: Entry, client: "_Client") -> Message | None:
        """Return an entry in the form that a client takes, None if that has to be made first."""
        if (tag := client.holds(entry.tag, entry.encodable)) is not None:
            return Message(304, [*entry.lasting, ("ETag", tag)])
        form = entry.forms.get(client.coding(entry.encodable))
        return None if form is None else Message(200, form.headers, form.body)

    async def _send(self, key: Key, entry: Entry, client: "_Client") -> Message:
        message = self._message(entry, client)
        if message is not None:
            return message
        coding = client.coding(entry.encodable)
        if entry.forms[IDENTITY].size <= _QUICK:
            form = entry.encode(coding)
        else:
            form = await self._in_thread(lambda: entry.encode(coding))
        form = self.entries.add(key, entry, coding, form)
        return Message(200, form.headers, form.body)

    async def _together(self, key: Key, client: "_Client", origin: Origin) -> Message:
        """Let one of several equal requests go on; who waited in vain goes on too, and gets its own answer or error."""
        request = (key, client.environ.get("HTTP_ACCEPT"), client.environ.get("HTTP_ACCEPT_LANGUAGE"))
        first = self._under_way.get(request)
        if first is None:
            mine = self._under_way[request] = asyncio.get_running_loop().create_future()
            try:
                return await self._fetch(key, client, origin)
            finally:
                del self._under_way[request]
                mine.set_result(None)
        if self.waiting < self._most_waiting:
            self.waiting += 1
            try:
                await asyncio.wait((first,), timeout=_PATIENCE)
            finally:
                self.waiting -= 1
            entry = self.entries.find(key, client.environ)
            if entry is not None:
                self.entries.hits += 1
                return await self._send(key, entry, client)
        return await self._fetch(key, client, origin)

    async def _fetch(self, key: Key, client: "_Client", origin: Origin) -> Message:
        """Ask the application, naming what is kept of this address, so that it need not evaluate the same again."""
        environ = dict(client.environ)
        # HEAD is answered as GET is, so that it has the same headers and its work is not lost.
        if environ["REQUEST_METHOD"] == "HEAD":
            environ["REQUEST_METHOD"] = "GET"
            environ.pop("HTTP_RANGE", None)
        tags = {bare(tag) for tag in client.held.as_set(include_weak=True)} | self.entries.tags(key)
        if client.held.star_tag:
            environ["HTTP_IF_NONE_MATCH"] = "*"
        elif tags:
            environ["HTTP_IF_NONE_MATCH"] = ", ".join(f'"{tag}"' for tag in tags)
        else:
            environ.pop("HTTP_IF_NONE_MATCH", None)
        reply = await origin(environ)
        if reply.status == 304 and not reply.final:
            if (entry := self.entries.tagged(key, reply.tag)) is not None:
                return await self._send(key, self._keep(key, client, reply, entry), client)
            if reply.tag is not None and (own := client.holds(reply.tag, False)) is not None:
                headers = [(name, value) for name, value in reply.headers if name.lower() != "etag"]
                return Message(304, [*headers, ("ETag", own)])
            # The client holds it in a coding that it no longer takes.
            environ.pop("HTTP_IF_NONE_MATCH", None)
            reply = await origin(environ)
        if not _may_be_held(reply):
            return await self._give(reply, client)
        body = reply.whole()
        entry = Entry.of(reply, body)
        return await self._send(key, self._keep(key, client, reply, entry), client)

    def _keep(self, key: Key, client: "_Client", reply: Reply, entry: Entry) -> Entry:
        asked = client.environ.get("HTTP_CACHE_CONTROL", "").lower()
        # The release may have changed meanwhile; what has no name is not open, or condemned.
        edition = self._edition(client.environ)
        if "no-store" in asked or "*" in reply.vary or edition != key[0] or not edition.name:
            return entry
        return self.entries.keep(key, client.environ, reply.vary - {"accept-encoding", "host"}, entry)

    async def _give(self, reply: Reply, client: "_Client") -> Message:
        """Return an answer that is not kept, in a coding that the client takes."""
        if reply.status in _BODILESS:
            reply.close()
            return Message(reply.status, reply.headers)
        coding = IDENTITY if reply.final else client.coding(encodable(reply.media_type, reply.size))
        own = ("content-length",) if reply.tag is None else ("content-length", "etag")
        headers: Headers = [(name, value) for name, value in reply.headers if name.lower() not in own]
        body = reply.body
        if coding != IDENTITY:
            if reply.size <= _QUICK:
                body = _encoded(reply, coding, None)
            else:
                body = await self._in_thread(lambda: _encoded(reply, coding, self._spool))
            headers.append(("Content-Encoding", coding))
        if reply.tag is not None:
            headers.append(("ETag", quoted(reply.tag, coding)))
        headers.append(("Content-Length", str(len(body) if isinstance(body, bytes) else body.size)))
        return Message(reply.status, headers, body)


def _encoded(reply: Reply, coding: str, spool: str | None) -> Body:
    """Return the body of an answer in a coding, and close it: a small one in memory, a large one in a nameless file."""
    if reply.size <= WHOLE:
        return b"".join(CODINGS[coding].encoded([reply.whole()]))
    try:
        pieces = reply.body.pieces() if isinstance(reply.body, FileBody) else iter((reply.body,))
        file = cast(BinaryIO, tempfile.TemporaryFile(dir=spool, buffering=0))  # noqa: SIM115 — the sender closes it
        try:
            for piece in CODINGS[coding].encoded(pieces):
                file.write(piece)
        except BaseException:
            file.close()
            raise
        return FileBody.of(file)
    finally:
        reply.close()


@dataclass(slots=True)
class _Client:
    """Whoever sent one request: the codings it takes (best first) and what it holds."""

    environ: Environ
    taken: tuple[str, ...]

    @property
    def held(self) -> ETags:
        return parse_etags(self.environ.get("HTTP_IF_NONE_MATCH"))

    def holds(self, tag: str, worth: bool) -> str | None:
        """Return the entity tag of the form that the client holds and still takes, None if there is none.

        Weak comparison, as If-None-Match wants (RFC 9110 section 13.1.2).
        """
        if not self.environ.get("HTTP_IF_NONE_MATCH"):
            return None
        held = self.held
        if held.star_tag:
            return quoted(tag, self.coding(worth))
        forms = (quoted(tag, coding) for coding in self.taken)
        return next((form for form in forms if held.contains_weak(form[1:-1])), None)

    def coding(self, worth: bool) -> str:
        """Return the coding to send; what is not `worth` compressing goes as it is, unless the client refuses that."""
        return self.taken[0] if worth or IDENTITY not in self.taken else IDENTITY


def _may_be_held(reply: Reply) -> bool:
    """Tell whether an answer may be kept and is of a size to be held: a 200 for everybody, without a coding yet."""
    return (
        reply.status == 200
        and "public" in reply.control
        and "no-store" not in reply.control
        and not reply.cookie
        and not reply.final
        and reply.size <= WHOLE
    )
