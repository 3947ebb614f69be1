"""What was asked of this server: counted by route, status, question and kind of file, and logged if so wanted."""

import ipaddress
import logging
from collections.abc import Callable, Iterable
from urllib.parse import quote

from prometheus_client import Counter

from govplan import metrics
from govplan.content_codings import CODINGS
from govplan.web.app import App
from govplan.web.http.environ import Environ
from govplan.web.http.files import FileBody
from govplan.web.http.pinned import PINNED
from govplan.web.http.reply import Message

LOG = logging.getLogger("govplan.access")
_OTHER = "other"
# Forms of a question that do not give its answer, and pictures that its page shows beside it.
_NO_ANSWER = ("rq", "notes", "svg", "png")
_CODED = {coding.extension for coding in CODINGS.values()}
# Of an address, so many bits stay in the log: a network, not a person.
_BITS = {4: 24, 6: 48}
_PLAIN = "/:@!$&'()*+,;=~"


class Traffic:
    """Counts requests that were answered. What is counted by name is bounded by what there is."""

    def __init__(self, families: Iterable[str], is_question: Callable[[str], bool], *, log: bool) -> None:
        """`families` are the first segments of the routes, `is_question` knows the names; `log` writes a line each."""
        self._families = {name: name or "home" for name in families}
        self._is_question = is_question
        self._log = log
        self._requests: dict[tuple[str, int], Counter] = {}

    @classmethod
    def of(cls, app: App, is_question: Callable[[str], bool], *, log: bool) -> "Traffic":
        """Return what counts for the routes of an application."""
        return cls({_family(rule.rule) for rule in app.url_map.iter_rules()}, is_question, log=log)

    def note(self, environ: Environ, message: Message, seconds: float) -> None:
        """Count an answer that took so long."""
        path = environ["PATH_INFO"]
        key = (self._families.get(_family(path), _OTHER), message.status)
        counter = self._requests.get(key)
        if counter is None:
            counter = self._requests[key] = metrics.HTTP_REQUESTS.labels(*key)
        counter.inc()
        if message.status < 400 and environ["REQUEST_METHOD"] != "HEAD":
            match key[0]:
                case "queries":
                    self._note_question(path, message)
                case "dumps":
                    _note_download(path, message)
        if self._log:
            LOG.info("%s", _line(environ, message, seconds))

    def _note_question(self, path: str, message: Message) -> None:
        name, _, extension = path.removeprefix("/queries/").partition(".")
        if self._is_question(name) and extension not in _NO_ANSWER and message.status in (200, 304):
            metrics.QUESTIONS.labels(name).inc()


def _note_download(path: str, message: Message) -> None:
    name = path.removeprefix("/dumps/")
    # Parts after the first one are the same download.
    if not name or message.status not in (200, 206) or _is_later_part(message):
        return
    parts = name.split(".")
    if parts[-1] in _CODED:
        del parts[-1]
    metrics.DOWNLOADS.labels(parts[-1] if len(parts) > 1 else "checksums").inc()


def _is_later_part(message: Message) -> bool:
    return message.status == 206 and any(
        name.lower() == "content-range" and not value.startswith("bytes 0-") for name, value in message.headers
    )


def _family(path: str) -> str:
    return path[1:].partition("/")[0].partition(".")[0]


def _line(environ: Environ, message: Message, seconds: float) -> str:
    """Return network of the client, method, path without query, status, bytes and milliseconds."""
    size = message.body.size if isinstance(message.body, FileBody) else len(message.body)
    method = environ["REQUEST_METHOD"]
    release = f"/release/{environ[PINNED]}" if environ.get(PINNED) else ""
    path = release + quote(environ["PATH_INFO"].encode("latin-1"), safe=_PLAIN)
    sent = 0 if method == "HEAD" else size
    return f"{network(environ['REMOTE_ADDR'])} {quote(method)} {path} {message.status} {sent} {seconds * 1000:.1f}"


def network(address: str) -> str:
    """Return the network of a client (/24 of IPv4, /48 of IPv6), in which it is one of many; - for no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "-"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((str(found), _BITS[found.version]), strict=False).network_address)
