"""Orders that made the engine panic: answered, without a death and without a second look at the release."""

import pytest

from tests.end_to_end.faults.canary import canaries
from tests.end_to_end.faults.conftest import Starter

PANICKED = (
    "SELECT * { ?s ?p ?o } ORDER BY DESC(?o)",
    "SELECT ?s ?o { ?s ?p ?o FILTER(isLiteral(?o)) } ORDER BY ?o LIMIT 10",
    "SELECT ?s { ?s ?p ?o } ORDER BY ?o DESC(?p) LIMIT 10",
    "SELECT (MIN(?o) AS ?least) (MAX(?o) AS ?most) { ?s ?p ?o }",
)


@pytest.mark.parametrize("query", PANICKED)
def test_order_of_all_there_is(start: Starter, query: str) -> None:
    """A sort of terms of every kind is answered each time, and costs others nothing."""
    server = start()
    with canaries(server) as log:
        answers = [server.get("/sparql", query=f"{query} # {number}", format="csv") for number in range(3)]
    assert [200, 200, 200] == [answer.status for answer in answers]
    assert 1 == len({answer.body for answer in answers})
    assert [] == log.wrong
    assert b'cause="unexplained"' not in server.get("/metrics").body
