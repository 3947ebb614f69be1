"""One linear scan of a query text, before any engine sees it: its form, what is refused, what is too much, `SELECT *`.

It knows the terminals of SPARQL (`tokens`), the brackets they stand in (`brackets`) and little else of its grammar:
keywords inside strings, comments, IRIs, names and variables are not keywords. What is no query at all is left to the
engine, whose error has a position.
"""

import contextlib

from govplan.errors import QueryMalformed
from govplan.formats import Form
from govplan.sparql.limits import DEFAULTS, UNLIMITED, Limits
from govplan.sparql.port import Scan
from govplan.sparql.reader import Reader
from govplan.sparql.tokens import decoded

_VOLATILE = {"NOW", "RAND", "UUID", "STRUUID", "BNODE"}


def scan(query: str, limits: Limits = DEFAULTS) -> Scan:
    """Scan a query.

    Raises QueryRefused for SERVICE and every update form, QueryTooComplex beyond a limit, QueryMalformed if the text
    has no query form, a string without end, an unknown word or prefix, or can be read in two ways, and QueryTimedOut
    where the work at hand has a deadline.
    """
    reader = Reader(query, limits)
    form = reader.read()
    if "\\" in query and (plain := decoded(query)) != query:
        # An engine may decode before it reads. What is then no query at all is nothing that it runs.
        with contextlib.suppress(QueryMalformed):
            Reader(plain, UNLIMITED).read()
    volatile = not _VOLATILE.isdisjoint(reader.words)
    return Scan(form, reader.star, tuple(reader.variables), "FROM" in reader.words, volatile)


def query_form(query: str, limits: Limits = DEFAULTS) -> Form:
    """Return the form of a query; raises as `scan` does."""
    return scan(query, limits).form
