"""The scan beside the engine: what Oxigraph reads as SERVICE is refused, what it does not is let through."""

import pyoxigraph as ox
import pytest

from govplan.errors import QueryError
from govplan.sparql.scan import scan
from tests.sparql.texts import Writer, renamed

pytestmark = pytest.mark.slow
TEXTS = 500
# Of the pieces of hostile texts, the first ones are judged each time.
_FIRST, _ALL = 2, 12


def _accepts(query: str) -> bool:
    """Whether Oxigraph takes the text for a query; the port that the texts name is one that it never connects to."""
    try:
        ox.Store().query(query)
    except SyntaxError:
        return False
    except (OSError, RuntimeError):
        return True
    return True


def _passes(query: str) -> bool:
    try:
        scan(query)
    except QueryError:
        return False
    return True


@pytest.mark.parametrize(
    "first",
    [pytest.param(piece * TEXTS, marks=[pytest.mark.soak] if piece >= _FIRST else []) for piece in range(_ALL)],
)
def test_no_service_clause_passes(first: int) -> None:
    """A text that is a query only because the engine reads SERVICE as a keyword is refused."""
    texts = [Writer(seed, hostile=True).query() for seed in range(first, first + TEXTS)]
    keyword = [text for text in texts if _accepts(text) and not _accepts(renamed(text))]

    assert len(keyword) > TEXTS // 100, "the texts no longer reach the engine"
    assert [] == [text for text in keyword if _passes(text)]


@pytest.mark.parametrize("first", range(0, 4 * TEXTS, TEXTS))
def test_innocent_queries_pass(first: int) -> None:
    """A query that the engine takes, with SERVICE only where it means nothing, is let through."""
    texts = [Writer(seed, hostile=False).query() for seed in range(first, first + TEXTS)]
    innocent = [text for text in texts if _accepts(text)]

    assert len(innocent) > TEXTS // 3, "the grammar no longer makes queries"
    assert [] == [text for text in innocent if not _passes(text)]
