"""Content negotiation (RFC 9110 section 12.5.1): an Accept header and a list of formats → one format.

Werkzeug parses the header; choosing is done here, because its `best_match` lets `*/*` admit a type that the client
refused with `q=0`, and knows no alias.
"""

from collections.abc import Iterable, Mapping, Sequence

from flask import request

from govplan.errors import FormatUnknown
from govplan.store.formats import Format, named

# The kind of these three plays no part in negotiation.
HTML = Format("html", "web page", "text/html", "bindings", ("application/xhtml+xml",))
JSON = Format("json", "JSON", "application/json", "bindings")
PROBLEM = Format("problem", "problem details", "application/problem+json", "bindings", ("application/json",))
PAGES = (HTML, JSON)


def choose(offered: Sequence[Format], asked: str | None = None) -> Format:
    """Return the format the current request wants: `asked` (an extension or media type) wins over Accept.

    Without either the first one offered is taken. Raises FormatUnknown with what is offered.
    """
    if asked is not None:
        # A '+' that the client did not encode arrives as a space.
        return named(asked.strip().replace(" ", "+").lower(), offered)
    found = best(request.accept_mimetypes, offered)
    if found is None:
        raise FormatUnknown(request.headers.get("Accept", ""), [fmt.media_type for fmt in offered])
    return found


def wants_html(default: Format = PROBLEM) -> bool:
    """Tell whether the current request prefers a web page to the `default`."""
    return best(request.accept_mimetypes, (default, HTML)) is HTML


def best(accept: Iterable[tuple[str, float]], offered: Sequence[Format]) -> Format | None:
    """Return the format of the highest quality; of equals the one named more exactly, then the one offered first.

    `accept` are media ranges with their qualities; an empty one accepts everything. None if nothing is acceptable.
    """
    ranges = _ranges(accept)
    if not ranges:
        return offered[0]
    # A browser's `application/xml;q=0.9` means XHTML; it must not turn every answer of a query into XML.
    browser = ranges.get(HTML.media_type, 0.0) == max(ranges.values())
    scores = [_score(ranges, fmt, () if browser else fmt.aliases) for fmt in offered]
    quality, _ = top = max(scores)
    return offered[scores.index(top)] if quality > 0 else None


def _ranges(accept: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Drop parameters such as charset; where a range is then there twice, the one that had none decides."""
    ranges: dict[str, float] = {}
    for value, quality in sorted(accept, key=lambda pair: (";" not in pair[0], pair[1])):
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
