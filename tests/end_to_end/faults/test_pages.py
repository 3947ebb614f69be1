"""Pages and charts of large answers, while somebody else asks whether the server lives."""

import threading
from urllib.parse import urlencode

import pytest

from tests.end_to_end.faults.conftest import Reply, Starter

pytestmark = pytest.mark.soak

ROWS = "SELECT ?a ?b ?c { { SELECT ?a ?b ?c { ?a ?b ?c . ?d ?e ?f } LIMIT 100000 } }"
CHARTS = 'SELECT ?n ?a { VALUES (?n ?a) { (%d "x") (2 "y") ("INF" "z") } }'
# What a front may grow by for all the pages at once; the pages of one answer took a tenth of it.
GROWTH = 300 << 20


def test_pages_beside_a_canary(start: Starter) -> None:
    """Two dozen pages of all rows of a large answer, and as many charts, hold up nobody and fill no memory."""
    server = start(budgets="off")
    before = server.front.memory_info().rss
    replies: list[Reply] = []
    wide = urlencode({"query": ROWS, "format": "html", "page": "all"})

    def page(number: int) -> None:
        replies.append(server.get(f"/sparql?{wide}&n={number}"))

    def chart(number: int) -> None:
        replies.append(server.get("/sparql/chart", query=CHARTS % number))

    threads = [threading.Thread(target=each, args=(number,)) for number in range(24) for each in (page, chart)]
    for thread in threads:
        thread.start()
    alive, most = 0, 0
    while any(thread.is_alive() for thread in threads):
        assert 200 == server.get("/live").status
        alive, most = alive + 1, max(most, server.front.memory_info().rss)
    for thread in threads:
        thread.join()

    assert alive
    assert {200, 503, 422} >= {reply.status for reply in replies}
    for reply in replies:
        assert len(reply.body) < 1_000_000
        assert reply.type != "text/html" or reply.status != 200 or reply.body.count(b"<tr>") <= 1001
    assert most - before < GROWTH


def test_front_draws_nothing(start: Starter) -> None:
    """A front has not loaded what draws charts, whatever charts it was asked for; the chart process ends with it."""
    server = start()
    drawn = [
        server.get("/queries/plan-in-numbers.svg", lang="nl"),
        server.get("/queries/plan-in-numbers.png", theme="dark"),
        server.get("/sparql/chart", query='SELECT * { VALUES (?a ?b) { (1 "x") (2 "y") } }'),
    ]

    assert [200, 200, 200] == [reply.status for reply in drawn]
    assert not [mapped.path for mapped in server.front.memory_maps() if "vl_convert" in mapped.path]
    assert 1 == sum("govplan.vega.worker" in child.cmdline() for child in server.front.children())
