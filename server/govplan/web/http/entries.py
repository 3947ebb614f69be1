"""What the cache keeps of all releases: whole answers in every form asked for; the longest unused go first."""

import hashlib
import math
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from werkzeug.http import is_entity_header

from govplan.content_codings import CODINGS, IDENTITY
from govplan.web.http.files import FileBody
from govplan.web.http.reply import Body, Headers, Reply


class Edition(NamedTuple):
    """One opening of a release. `secondary` is one beside the current release: half of the cache is its share."""

    name: str
    secondary: bool = False


# Edition of the release, origin and prefix that the answer may name, path and query string as they were sent.
Key = tuple[Edition, str, str, str]

_TEXT = re.compile(
    r"text/.*|image/svg\+xml|application/(?:.*[+/](?:json|xml)|json|xml|javascript|trig|n-triples|n-quads|sparql-query)"
)
_SMALLEST = 1024  # below this, compressing saves no packet
_OVERHEAD = 1024  # what an entry or a variant costs beside its bytes: objects, headers, places in tables
_VARIANTS = 64
# From this size a body is kept in a file in memory: a reader that is slow then holds no copy of it.
_IN_FILE = 128 * 1024
_SHARE = 8
# What depends on the form, and the date, which the server adds to each message.
_OWN = ("content-length", "content-encoding", "etag", "date")


@dataclass(frozen=True, slots=True)
class Form:
    """One representation, ready to be sent: its headers (complete) and its body."""

    headers: Headers
    body: Body

    @property
    def size(self) -> int:
        """The length of the body in bytes."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.size

    def read(self) -> bytes:
        """Return the body."""
        return self.body if isinstance(self.body, bytes) else self.body.read()


@dataclass(slots=True)
class Entry:
    """A whole 200 answer; `tag` is its validator without the mark of a coding, `forms` are by content coding.

    `headers` are without those that depend on the coding, `lasting` are those that a 304 repeats.
    """

    tag: str
    headers: Headers
    lasting: Headers
    encodable: bool
    forms: dict[str, Form] = field(default_factory=dict)

    @classmethod
    def of(cls, reply: Reply, body: bytes) -> "Entry":
        """Return the entry of an answer that has no coding yet; without a strong validator its hash becomes one."""
        tag = reply.tag or hashlib.sha256(body).hexdigest()[:32]
        headers = [(name, value) for name, value in reply.headers if name.lower() not in _OWN]
        lasting = [(name, value) for name, value in headers if not is_entity_header(name)]
        entry = cls(tag, headers, lasting, encodable(reply.media_type, len(body)))
        entry.forms[IDENTITY] = entry._form(IDENTITY, body)
        return entry

    def encode(self, coding: str) -> Form:
        """Return a new form of the same answer."""
        return self._form(coding, b"".join(CODINGS[coding].encoded([self.forms[IDENTITY].read()])))

    def _form(self, coding: str, body: bytes) -> Form:
        own = [("ETag", quoted(self.tag, coding)), ("Content-Length", str(len(body)))]
        if coding != IDENTITY:
            own.append(("Content-Encoding", coding))
        return Form(self.headers + own, body if len(body) < _IN_FILE else FileBody.held("govplan-answer", body))


def encodable(media_type: str, size: int) -> bool:
    """Tell whether an answer of this type and size is worth compressing."""
    return size >= _SMALLEST and _TEXT.fullmatch(media_type) is not None


def quoted(tag: str, coding: str) -> str:
    """Return the strong entity tag of one form: each coding is other bytes, so it has another (RFC 9110 8.8.3.3)."""
    return f'"{tag}"' if coding == IDENTITY else f'"{tag}-{coding}"'


def bare(tag: str) -> str:
    """Return the tag without the mark of a coding."""
    plain, _, mark = tag.rpartition("-")
    return plain if mark in CODINGS else tag


class _Resource:
    """Everything kept of one address: `vary` are the request headers that choose among the entries.

    `used` is a number that rises with each use of any.
    """

    __slots__ = ("_address", "entries", "size", "used", "variants", "vary")

    def __init__(self, key: Key) -> None:
        self.vary: tuple[str, ...] = ()
        self.variants: dict[tuple[str | None, ...], Entry] = {}
        self.entries: dict[str, Entry] = {}
        self.size = self.used = 0
        self._address = len(key[0].name) + sum(map(len, key[1:]))

    def weight(self) -> int:
        forms = [form.size for entry in self.entries.values() for form in entry.forms.values()]
        values = [len(value) for variant in self.variants for value in variant if value]
        things = 1 + len(forms) + len(self.variants)
        return self._address + sum(forms) + sum(values) + things * _OVERHEAD


class _Part:
    """What is held of the current release, or of all others: the longest unused first."""

    __slots__ = ("resources", "size")

    def __init__(self) -> None:
        self.resources: OrderedDict[Key, _Resource] = OrderedDict()
        self.size = 0

    def oldest(self) -> float:
        """Return when the longest unused was used; infinity if there is none."""
        return next((resource.used for resource in self.resources.values()), math.inf)

    def drop(self, key: Key) -> None:
        """Hold an address no longer."""
        self.size -= self.resources.pop(key).size


class Entries:
    """Entries by address and by the request headers they vary on. Threads may share it.

    They are of all releases that are open; what is not of the current one gives way first once it fills half.
    """

    def __init__(self, limit: int) -> None:
        """Keep `limit` bytes at most, bodies and an estimate of what surrounds them; 0 keeps nothing."""
        self.limit = limit
        self.hits = 0
        self._current, self._secondary = _Part(), _Part()
        self._uses = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._current.resources) + len(self._secondary.resources)

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return self._current.size + self._secondary.size

    def find(self, key: Key, environ: Mapping[str, Any]) -> Entry | None:
        """Return the entry for a request; its address counts as used now."""
        with self._lock:
            part = self._part(key[0])
            resource = part.resources.get(key)
            if resource is None:
                return None
            entry = resource.variants.get(tuple([environ.get(name) for name in resource.vary]))
            if entry is not None:
                self._use(part, key, resource)
            return entry

    def tags(self, key: Key) -> frozenset[str]:
        """Return the validators of what is kept of an address."""
        with self._lock:
            resource = self._part(key[0]).resources.get(key)
            return frozenset(resource.entries) if resource else frozenset()

    def tagged(self, key: Key, tag: str | None) -> Entry | None:
        """Return what is kept of an address with a validator."""
        with self._lock:
            resource = self._part(key[0]).resources.get(key)
            return resource.entries.get(tag or "") if resource else None

    def keep(self, key: Key, environ: Mapping[str, Any], vary: Iterable[str], entry: Entry) -> Entry:
        """Keep an entry as the answer to requests like this one; return it, or the equal one that is there.

        `vary` are the names of request headers, in lower case, besides Accept-Encoding, which chooses a form, and Host,
        which is part of the key.
        An entry above an eighth of the limit is not kept: it would drive out too much else.
        """
        if entry.forms[IDENTITY].size * _SHARE > self.limit:
            return entry
        with self._lock:
            part = self._part(key[0])
            resource = part.resources.get(key)
            if resource is None:
                resource = part.resources[key] = _Resource(key)
            self._use(part, key, resource)
            names = {f"HTTP_{name.upper().replace('-', '_')}" for name in vary}
            if not names <= set(resource.vary):
                resource.vary = tuple(sorted(names.union(resource.vary)))
                resource.variants.clear()
            if len(resource.variants) >= _VARIANTS:
                # Somebody varies a header without end: the entries stay, so that nothing is evaluated again,
                # unless each header had an answer of its own.
                resource.variants.clear()
                if len(resource.entries) >= _VARIANTS:
                    resource.entries.clear()
            entry = resource.entries.setdefault(entry.tag, entry)
            resource.variants[tuple([environ.get(name) for name in resource.vary])] = entry
            self._settle(part, resource)
        return entry

    def add(self, key: Key, entry: Entry, coding: str, form: Form) -> Form:
        """Keep another form of an entry; return it, or the one that is there."""
        with self._lock:
            form = entry.forms.setdefault(coding, form)
            part = self._part(key[0])
            if resource := part.resources.get(key):
                self._settle(part, resource)
        return form

    def forget(self, edition: Edition) -> None:
        """Keep nothing of a release that is closed."""
        with self._lock:
            part = self._part(edition)
            for key in [key for key in part.resources if key[0] == edition]:
                part.drop(key)

    def _part(self, edition: Edition) -> _Part:
        return self._secondary if edition.secondary else self._current

    def _use(self, part: _Part, key: Key, resource: _Resource) -> None:
        self._uses += 1
        resource.used = self._uses
        part.resources.move_to_end(key)

    def _settle(self, part: _Part, resource: _Resource) -> None:
        """Weigh a resource again, then make room."""
        weight = resource.weight()
        part.size += weight - resource.size
        resource.size = weight
        while self.size > self.limit:
            crowded = 2 * self._secondary.size > self.limit
            older = self._secondary.oldest() < self._current.oldest()
            yielding = self._secondary if crowded or older else self._current
            yielding.drop(next(iter(yielding.resources)))
