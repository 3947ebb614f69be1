"""Content negotiation (RFC 9110 sections 12.5.1 and 12.5.3): Accept and a list of formats → one format;
Accept-Encoding → the content codings a client takes, best first.

Werkzeug parses the headers; choosing is done here, because its `best_match` lets `*/*` admit a type that the client
refused with `q=0`, and knows no alias.
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from govplan.content_codings import CODINGS, IDENTITY
from govplan.errors import FormatUnknown
from govplan.formats import Format, names_nothing, understood

# The kind of these three plays no part in negotiation.
HTML = Format("html", "web page", "text/html", "bindings", ("application/xhtml+xml",), ("htm", "xhtml"))
JSON = Format("json", "JSON", "application/json", "bindings")
PROBLEM = Format("problem", "problem details", "application/problem+json", "bindings", ("application/json",))
PAGES = (HTML, JSON)
_ORDER = (*CODINGS, IDENTITY)
_UNSAID = 0.0001  # below every quality a client can say: identity is taken, but whatever is named is liked better
_REMEMBERED = 256
Read = TypeVar("Read")


def _remembered(read: Callable[[str], Read]) -> Callable[[str], Read]:
    """Let what a header says be remembered: browsers and libraries send the same few."""
    known = functools.lru_cache(maxsize=1024)(read)
    # A long one is neither's, and remembering it would let a client fill the memory.
    return lambda header: known(header) if len(header) <= _REMEMBERED else read(header)


def choose(offered: Sequence[Format], asked: str | None = None, last: Sequence[Format] = ()) -> Format:
    """Return the format the current request wants: `asked` (a name or media type) wins over Accept.

    A name that means nothing here counts as absent where there is an Accept header. Without either the first one
    offered is taken. The formats in `last` are taken if they are named, or if nothing else is acceptable.
    Raises FormatUnknown with what is offered.
    """
    accept = request.headers.get("Accept", "")
    if asked and not names_nothing(asked):
        named = understood(asked, (*offered, *last))
        if named is not None:
            return named
        if not accept:
            raise FormatUnknown(asked, [fmt.extension for fmt in (*offered, *last)])
    found = best(accept, offered) or (best(accept, last) if last else None)
    if found is None:
        raise FormatUnknown(accept, [fmt.media_type for fmt in (*offered, *last)])
    return found


def wants_html(default: Format = PROBLEM) -> bool:
    """Tell whether the current request prefers a web page to the `default`."""
    return best(request.headers.get("Accept"), (default, HTML)) is HTML


def best(accept: str | None, offered: Sequence[Format]) -> Format | None:
    """Return the format of the highest quality; of equals the one named more exactly, then the one offered first.

    `accept` is the header; without one, and with an empty one, everything is accepted. None if nothing is acceptable.
    """
    ranges = _ranges(accept) if accept else {}
    if not ranges:
        return offered[0]
    # A browser's `application/xml;q=0.9` means XHTML; it must not turn every answer of a query into XML.
    browser = ranges.get(HTML.media_type, 0.0) == max(ranges.values())
    scores = [_score(ranges, fmt, () if browser else fmt.aliases) for fmt in offered]
    quality, _ = top = max(scores)
    return offered[scores.index(top)] if quality > 0 else None


@_remembered
def _ranges(accept: str) -> dict[str, float]:
    """Drop parameters such as charset; where a range is then there twice, the one that had none decides."""
    ranges: dict[str, float] = {}
    named = parse_accept_header(accept, MIMEAccept)
    for value, quality in sorted(named, key=lambda pair: (";" not in pair[0], pair[1])):
        bare = value.partition(";")[0].strip().lower()
        ranges["*/*" if bare == "*" else bare] = quality
    return ranges


def _score(ranges: Mapping[str, float], fmt: Format, aliases: Iterable[str]) -> tuple[float, int]:
    """Return quality and exactness (2 named, 1 by `type/*`, 0 by `*/*`) of a format; an explicit q=0 is final."""
    exact = ranges.get(fmt.media_type)
    if exact == 0:
        return 0.0, 0
    scores = [(ranges[alias], 2) for alias in aliases if alias in ranges]
    if exact is not None:
        scores.append((exact, 2))
    elif (family := fmt.media_type.partition("/")[0] + "/*") in ranges:
        scores.append((ranges[family], 1))
    elif "*/*" in ranges:
        scores.append((ranges["*/*"], 0))
    return max(scores, default=(0.0, 0))


def codings(header: str | None) -> tuple[str, ...]:
    """Return the content codings that an Accept-Encoding header takes, best first; none if it refuses them all.

    Without the header, and with an empty one, nothing but the plain bytes is sent.
    """
    if not header:
        return (IDENTITY,)
    return _codings(header)


@_remembered
def _codings(header: str) -> tuple[str, ...]:
    qualities: dict[str, float] = {}
    for value, quality in parse_accept_header(header):
        name = value.strip().lower()
        qualities.setdefault("gzip" if name == "x-gzip" else name, quality)
    rest = qualities.get("*", 0.0)
    qualities.setdefault(IDENTITY, rest if "*" in qualities else _UNSAID)
    taken = [(qualities.get(name, rest), name) for name in _ORDER]
    return tuple(name for quality, name in sorted(taken, key=lambda pair: -pair[0]) if quality > 0)
