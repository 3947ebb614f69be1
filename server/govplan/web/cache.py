"""The layer in front of the application (WSGI, PEP 3333): answers that are kept, validators, and content codings.

It is an HTTP cache that is part of the origin (RFC 9111). Its key has the id of the release, and a release never
changes, so what it keeps is never stale. A hit neither enters the application nor reads the query. Only the application
knows which answer a request gets; this layer goes by what it says in Cache-Control, Vary and ETag. Code that rewrites
the environment, such as one that trusts a proxy, belongs before this layer: nothing after it may answer by other
headers than Vary names.

`Cache-Control: no-cache` of a client asks that an answer be checked at the origin. This is the origin, and the release
in the key is the check, so a kept answer is given: asking again could only give the same bytes. `no-store` is obeyed.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.datastructures import ETags
from werkzeug.http import parse_etags
from werkzeug.wsgi import ClosingIterator

from govplan.store.codings import CODINGS, IDENTITY
from govplan.web.entries import Entries, Entry, Key, bare, encodable, quoted
from govplan.web.negotiation import codings
from govplan.web.reply import Headers, Reply

# An answer up to this size is held whole: to be validated, kept, and given in every coding. A larger one passes.
WHOLE = 2 * 1024 * 1024
_PATIENCE = 1.0
_BODILESS = (204, 304)


class Cache:
    """A WSGI application before another: exact lengths, a coding that the client takes, and no work done twice."""

    def __init__(
        self, application: WSGIApplication, release: Callable[[], str], limit: int, *, waiting: int = 4
    ) -> None:
        """Keep `limit` bytes of answers (0 keeps none); `release` tells the id of the release that is served now.

        Of requests for one thing that is not kept yet, one goes on, and others wait a moment for what it brings; never
        more than `waiting` wait, over all, so that nobody fills the server with requests that wait.
        """
        self.entries = Entries(limit)
        self._application = application
        self._release = release
        self._under_way: dict[tuple[Key, str | None, str | None], threading.Event] = {}
        self.waiting = 0
        self._most_waiting = waiting
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        taken = codings(environ.get("HTTP_ACCEPT_ENCODING"))
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD", "POST") or not taken:
            return self._application(environ, start_response)
        client = _Client(environ, start_response, taken)
        if method == "POST":
            return client.give(Reply(self._application, environ))
        key = (
            self._release(),
            environ.get("SCRIPT_NAME", ""),
            environ.get("PATH_INFO", ""),
            environ.get("QUERY_STRING", ""),
        )
        entry = self.entries.find(key, environ)
        if entry is not None:
            return self._send(key, entry, client)
        return self._together(key, client) if self.entries.limit else self._fetch(key, client)

    def _send(self, key: Key, entry: Entry, client: "_Client") -> Iterable[bytes]:
        if (tag := client.holds(entry.tag, entry.encodable)) is not None:
            return client.answer("304 NOT MODIFIED", [*entry.lasting, ("ETag", tag)], [])
        form = self.entries.form(key, entry, client.coding(entry.encodable))
        return client.answer("200 OK", form.headers, [form.body])

    def _together(self, key: Key, client: "_Client") -> Iterable[bytes]:
        """Let one of several equal requests go on; who waited in vain goes on too, and gets its own answer or error."""
        request = (key, client.environ.get("HTTP_ACCEPT"), client.environ.get("HTTP_ACCEPT_LANGUAGE"))
        mine = threading.Event()
        first = self._under_way.setdefault(request, mine)
        if first is mine:
            try:
                return self._fetch(key, client)
            finally:
                del self._under_way[request]
                mine.set()
        if self._seat():
            try:
                first.wait(_PATIENCE)
            finally:
                self._stand_up()
            entry = self.entries.find(key, client.environ)
            if entry is not None:
                return self._send(key, entry, client)
        return self._fetch(key, client)

    def _seat(self) -> bool:
        with self._lock:
            free = self.waiting < self._most_waiting
            self.waiting += free
            return free

    def _stand_up(self) -> None:
        with self._lock:
            self.waiting -= 1

    def _fetch(self, key: Key, client: "_Client") -> Iterable[bytes]:
        """Ask the application, naming what is kept of this address, so that it need not evaluate the same again."""
        environ = dict(client.environ)
        # HEAD is answered as GET is, so that it has the same headers and its work is not lost.
        if environ["REQUEST_METHOD"] == "HEAD":
            environ["REQUEST_METHOD"] = "GET"
            environ.pop("HTTP_RANGE", None)
        tags = {bare(tag) for tag in client.held.as_set(include_weak=True)} | self.entries.tags(key)
        environ["HTTP_IF_NONE_MATCH"] = "*" if client.held.star_tag else ", ".join(f'"{tag}"' for tag in tags)
        reply = Reply(self._application, environ)
        if reply.status == 304 and not reply.final:
            if (entry := self.entries.tagged(key, reply.tag)) is not None:
                reply.close()
                return self._send(key, self._keep(key, client, reply, entry), client)
            if reply.tag is not None and (own := client.holds(reply.tag, False)) is not None:
                reply.close()
                headers = [(name, value) for name, value in reply.headers if name.lower() != "etag"]
                return client.answer(reply.line, [*headers, ("ETag", own)], [])
            # The client holds it in a coding that it no longer takes.
            reply.close()
            del environ["HTTP_IF_NONE_MATCH"]
            reply = Reply(self._application, environ)
        if not _may_be_held(reply):
            return client.give(reply)
        entry = Entry.of(reply, reply.whole())
        return self._send(key, self._keep(key, client, reply, entry), client)

    def _keep(self, key: Key, client: "_Client", reply: Reply, entry: Entry) -> Entry:
        asked = client.environ.get("HTTP_CACHE_CONTROL", "").lower()
        # The release may have changed meanwhile.
        if "no-store" in asked or "*" in reply.vary or reply.release != key[0]:
            return entry
        return self.entries.keep(key, client.environ, reply.vary - {"accept-encoding"}, entry)


@dataclass(slots=True)
class _Client:
    """Whoever sent one request: the codings it takes (best first), what it holds, and how it is answered."""

    environ: WSGIEnvironment
    start_response: StartResponse
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

    def give(self, reply: Reply) -> Iterable[bytes]:
        """Send what is not kept; of a large answer, the plain bytes go piece by piece as they are compressed."""
        if reply.status in _BODILESS:
            reply.close()
            return self.answer(reply.line, reply.headers, [])
        size, body = reply.size, None
        if size is None or size <= WHOLE:
            body = [reply.whole()]
            size = len(body[0])
        coding = IDENTITY if reply.final else self.coding(encodable(reply.media_type, size))
        own = ("content-length",) if reply.tag is None else ("content-length", "etag")
        headers = [(name, value) for name, value in reply.headers if name.lower() not in own]
        if coding != IDENTITY:
            try:
                body = list(CODINGS[coding].encoded(body or reply.pieces()))
            finally:
                reply.close()
            size = sum(map(len, body))
            headers.append(("Content-Encoding", coding))
        if reply.tag is not None:
            headers.append(("ETag", quoted(reply.tag, coding)))
        headers.append(("Content-Length", str(size)))
        return self.answer(reply.line, headers, ClosingIterator(reply.pieces(), reply.close) if body is None else body)

    def answer(self, line: str, headers: Headers, body: list[bytes] | ClosingIterator) -> Iterable[bytes]:
        """Send; HEAD gets the headers alone."""
        # A server may change the list it is given (PEP 3333).
        self.start_response(line, list(headers))
        if self.environ["REQUEST_METHOD"] != "HEAD":
            return body
        if isinstance(body, ClosingIterator):
            body.close()
        return []


def _may_be_held(reply: Reply) -> bool:
    """Tell whether an answer may be kept and is of a size to be held: a 200 for everybody, without a coding yet."""
    return (
        reply.status == 200
        and "public" in reply.control
        and "no-store" not in reply.control
        and not reply.cookie
        and not reply.final
        and reply.size is not None
        and reply.size <= WHOLE
    )
