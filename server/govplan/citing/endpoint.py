"""Another SPARQL endpoint, asked by the SPARQL 1.1 Protocol: what verifies citations on an engine that is not ours."""

import contextlib
import http.client
import json
import urllib.request
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from govplan.errors import AnswerTooLarge, ConfigError, StoreUnavailable
from govplan.formats import BINDINGS
from govplan.sparql import Answer
from govplan.sparql.results import Results

_PIECE = 1 << 16


class Endpoint:
    """One endpoint that an operator names. It is asked by POST; redirects are not followed."""

    def __init__(self, url: str, seconds: float, most: int) -> None:
        """`seconds` is the time for one piece of an answer, `most` its longest, in bytes.

        Raises ConfigError for what is no address of http(s).
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(f"{url!r} is not an endpoint address.", mend="write http:// or https:// and its host")
        self._url, self._seconds, self._most = url, seconds, most
        self._opener = urllib.request.OpenerDirector()
        for handler in (urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
            self._opener.add_handler(handler())

    def answer(
        self, query: str, media_type: str, default_graphs: tuple[str, ...] = (), named_graphs: tuple[str, ...] = ()
    ) -> Answer:
        """Return a complete answer in a media type.

        Raises StoreUnavailable if there is none, and AnswerTooLarge.
        """
        pairs = [("query", query), *(("default-graph-uri", iri) for iri in default_graphs)]
        pairs += [("named-graph-uri", iri) for iri in named_graphs]
        asked = urllib.request.Request(
            self._url,
            urlencode(pairs).encode(),
            {"Accept": media_type, "Content-Type": "application/x-www-form-urlencoded"},
        )
        try:
            with self._opener.open(asked, timeout=self._seconds) as response:
                if response.status != 200 or response.headers.get_content_type() != media_type:
                    kind = response.headers.get_content_type()
                    raise StoreUnavailable(f"The endpoint answered {response.status} with {kind}.", where=self._url)
                body = self._read(response)
                return Answer(in_our_order(body) if media_type == BINDINGS[0].media_type else body, media_type)
        except (OSError, http.client.HTTPException) as problem:
            raise StoreUnavailable(f"The endpoint cannot be queried: {problem}.", where=self._url) from problem

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        pieces, size = [], 0
        while piece := response.read(_PIECE):
            size += len(piece)
            if size > self._most:
                raise AnswerTooLarge(observed=size, limit=self._most, setting="answer_bytes")
            pieces.append(piece)
        body = b"".join(pieces)
        length = response.headers.get("Content-Length")
        if length is not None and length != str(size):
            raise StoreUnavailable("The endpoint sent only part of its answer.", where=self._url)
        return body


def in_our_order(body: bytes) -> bytes:
    """Return SPARQL JSON with its head first and nothing beside the rows, as our reader takes it.

    The order of members is free (RFC 8259 section 4). What our reader takes already stays, byte for byte. Raises
    StoreUnavailable for anything but complete results.
    """
    try:
        document = json.loads(body)
        head = {"vars": [str(name) for name in document["head"].get("vars", [])]}
        if "boolean" in document:
            rebuilt: dict[str, object] = {"head": head, "boolean": bool(document["boolean"])}
        else:
            rows = [{name: _term(term) for name, term in row.items()} for row in document["results"]["bindings"]]
            rebuilt = {"head": head, "results": {"bindings": rows}}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise StoreUnavailable("The endpoint answered with something other than SPARQL JSON results.") from problem
    with contextlib.suppress(StoreUnavailable):
        Results(Answer(body, BINDINGS[0].media_type)).close()
        return body
    return json.dumps(rebuilt).encode()


def _term(term: Mapping[str, object]) -> Mapping[str, object]:
    """Return a term whose members are of the types that they have to be; what a triple term holds is not looked at."""
    plain = {name: value for name, value in term.items() if name != "value" or term["type"] != "triple"}
    if not all(isinstance(value, str) for value in plain.values()) or not {"type", "value"} <= {*term}:
        raise TypeError("it is no term")
    return term
