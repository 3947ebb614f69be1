"""Keys of citations: which release was asked what, and what it said, in one part of an address.

A key is `release.hash.request`: the id of the release; the SHA-256 of the content of the answer in base64url, empty
where the answer is not verifiable; and the request, as base64url of JSON or, with a `~` before it, as the hash by which
it lies among the records. Everything in it comes from whoever sends it. `read_key` therefore takes nothing but what
`Request.key` writes, and what the request asks for is asked as anybody may ask it.
"""

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from govplan.citing.normal import normal_form
from govplan.errors import CitationUnknown

# Longest key, in characters: with any host it is an address that every browser, proxy and reference manager takes.
LONGEST = 1800
SPARQL, QUESTION = "sparql", "queries/"
QUERY = "query"
_GRAPHS = ("default-graph-uri", "named-graph-uri")
_KEY = re.compile(r"([0-9a-f]{12})\.([A-Za-z0-9_-]{43})?\.(?:(~)([A-Za-z0-9_-]{43})|([A-Za-z0-9_-]++))")
_NAME = re.compile(r"[a-z0-9]++(?:-[a-z0-9]++)*+")
_PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_-]*+")


@dataclass(frozen=True, slots=True)
class Cited:
    """A request that can be cited: a path below the site, `sparql` or `queries/NAME`, and its sorted parameters."""

    path: str
    parameters: tuple[tuple[str, str], ...]

    @classmethod
    def of_query(cls, text: str, default_graphs: tuple[str, ...] = (), named_graphs: tuple[str, ...] = ()) -> "Cited":
        """Return the request that a query is, in its normal form; in which order graphs were named is left out."""
        graphs = [
            (name, iri) for name, iris in zip(_GRAPHS, (default_graphs, named_graphs), strict=True) for iri in {*iris}
        ]
        return cls(SPARQL, tuple(sorted([(QUERY, normal_form(text).text), *graphs])))

    @classmethod
    def of_question(cls, name: str, values: dict[str, str]) -> "Cited":
        """Return the request that a question with these values is; leave no value out that has a default."""
        return cls(QUESTION + name, tuple(sorted(values.items())))

    @property
    def question(self) -> str | None:
        """The name of the question, None of a query."""
        return self.path.removeprefix(QUESTION) if self.path.startswith(QUESTION) else None

    @property
    def query(self) -> str:
        """The text of a query, empty of a question."""
        return dict(self.parameters)[QUERY] if self.question is None else ""

    def graphs(self, name: str) -> tuple[str, ...]:
        """Return the graphs of one of the two parameters of the SPARQL Protocol."""
        return tuple(value for each, value in self.parameters if each == name)

    @property
    def default_graphs(self) -> tuple[str, ...]:
        """The graphs whose union the query reads; none means all."""
        return self.graphs(_GRAPHS[0])

    @property
    def named_graphs(self) -> tuple[str, ...]:
        """The graphs that the query may name."""
        return self.graphs(_GRAPHS[1])

    def written(self) -> str:
        """Return the request as JSON in its one spelling."""
        return json.dumps([self.path, self.parameters], ensure_ascii=False, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """The hash under which the request lies among the records."""
        return _encoded(hashlib.sha256(self.written().encode()).digest())


@dataclass(frozen=True, slots=True)
class Key:
    """What a key says: the release, the hash of the content in hexadecimal digits (empty: not verifiable), the request.

    `cited` is None where the request lies among the records under `digest`.
    """

    release: str
    content: str
    cited: Cited | None
    digest: str = ""

    def __str__(self) -> str:
        """Return the key as it stands in an address."""
        content = _encoded(bytes.fromhex(self.content))
        if self.cited is None:
            return f"{self.release}.{content}.~{self.digest}"
        return f"{self.release}.{content}.{_encoded(self.cited.written().encode())}"


def make_key(release: str, content: str, cited: Cited) -> tuple[Key, bool]:
    """Return the key of an answer, and whether its request is too long for one and has to be recorded."""
    whole = Key(release, content, cited)
    if len(str(whole)) <= LONGEST:
        return whole, False
    return Key(release, content, None, cited.digest), True


def read_key(text: str) -> Key:
    """Return what a key says. Raises CitationUnknown for a text that no key is."""
    found = _KEY.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise CitationUnknown("This is not the key of a citation.")
    release, content, _, digest, request = found.groups()
    hexadecimal = _decoded(content).hex() if content else ""
    cited = read_cited(_decoded(request)) if request else None
    key = Key(release, hexadecimal, cited, digest or "")
    # Bits that no base64 needs, and any other spelling of the same request, are no key.
    if str(key) != text:
        raise CitationUnknown("This key does not have the form of a key.")
    return key


def read_cited(written: bytes) -> Cited:
    """Return the request that was written so. Raises CitationUnknown if none was."""
    try:
        path, parameters = json.loads(written)
        cited = Cited(path, tuple((name, value) for name, value in parameters))
        # Nothing is asked of a value before it is known to be a text.
        if cited.written().encode() != written or not _is_request(cited):
            raise ValueError("it is no request")
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise CitationUnknown("The request in this key cannot be read.") from problem
    return cited


def _is_request(cited: Cited) -> bool:
    pairs: list[tuple[Any, Any]] = list(cited.parameters)
    if not isinstance(cited.path, str) or not all(isinstance(part, str) for pair in pairs for part in pair):
        return False
    names = [name for name, _ in pairs]
    if pairs != sorted(set(pairs)):
        return False
    if cited.question is not None:
        plain = all(_PARAMETER.fullmatch(name) for name in names) and len({*names}) == len(names)
        return plain and _NAME.fullmatch(cited.question) is not None
    known = cited.path == SPARQL and names.count(QUERY) == 1 and {*names} <= {QUERY, *_GRAPHS}
    return known and normal_form(cited.query).text == cited.query


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as problem:
        raise CitationUnknown("This key does not have the form of a key.") from problem
