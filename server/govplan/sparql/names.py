"""Names and IRIs that Oxigraph, which has no terminals, may read otherwise than the standard."""

import re

_GLUED = re.compile(r".*?(?:FILTER|HAVING|BY)", re.IGNORECASE | re.DOTALL)
# The first colon decides: were each of them tried, a name of colons would be read again from every one.
_DOTTED = re.compile(r"[^:]*+:[^.]*+\.++[^.]++\.")
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*+://")


def dotted(name: str) -> bool:
    """Tell whether the engine reads a shorter name: it ends one before its second dot, as if a space stood there."""
    return _DOTTED.match(name) is not None


def glued(name: str) -> bool:
    """Tell whether the engine may read a name as a keyword and a shorter name, so that `(` opens an expression."""
    return _GLUED.match(name) is not None or dotted(name)


def absolute(iri: str) -> bool:
    """Tell whether what begins with `<` is an absolute IRI with an authority, which no comparison looks like."""
    return _ABSOLUTE.match(iri) is not None
