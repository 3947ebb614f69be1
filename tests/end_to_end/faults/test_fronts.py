"""Several processes that answer HTTP: what one counts, serves or refuses, all do.

Each request opens a connection of its own, and the system gives it to one of them by chance: of forty, some go to each.
"""

import re
from pathlib import Path

import pytest

from govplan.config import load
from govplan.release.build import build
from govplan.release.repository import publish
from tests.end_to_end.faults.conftest import Starter, until

MANY = 40


def test_one_account(start: Starter) -> None:
    """A client has one account whichever process it meets: twice its errors a minute at first, then it is refused."""
    server = start(fronts=2, budgets="on", client_errors=6, client_seconds=1000)
    assert 2 == len(server.fronts)
    statuses = [server.get("/sparql", query=f"nonsense {number}").status for number in range(MANY)]
    refused = statuses.index(429)
    assert {400} == set(statuses[:refused])
    # What flows back in the meantime is part of an error.
    assert 12 <= refused <= 14


def test_one_set_of_metrics(start: Starter) -> None:
    """The counts that any process tells are those of all of them."""
    server = start(fronts=2)

    def counted() -> set[str]:
        found = [re.findall(rb'govplan_queries_total\{outcome="answer"\} (\S+)', server.get("/metrics").body)]
        found += [re.findall(rb'govplan_queries_total\{outcome="answer"\} (\S+)', server.get("/metrics").body)]
        return {value.decode() for values in found for value in values}

    [before] = counted()
    for number in range(MANY):
        assert 200 == server.get("/sparql", query=f"ASK {{ ?s ?p ?o }} # {number}").status
    assert {str(float(before) + MANY)} == counted()


@pytest.mark.soak
def test_one_release(start: Starter, project: Path) -> None:
    """All processes change to a release that becomes current, and every answer belongs to one release."""
    releases = project / "releases"
    changed = load(project, environ={}, overrides={"releases": releases})
    first = build(changed)
    publish(releases, first.id)
    server = start(releases=releases, fronts=2)
    assert {first.id} == {server.get("/live").headers["x-release"] for _ in range(MANY)}
    _change_a_label(project)
    second = build(changed, same_version=True)
    publish(releases, second.id)
    assert first.id != second.id
    until(lambda: {second.id} == {server.get("/live").headers["x-release"] for _ in range(MANY)})
    dump = server.get("/dumps/")
    assert second.id == dump.headers["x-release"]


@pytest.mark.soak
def test_one_front_killed(start: Starter) -> None:
    """When one process is killed, the others go on, and what it held is free again."""
    server = start(fronts=2)
    server.fronts[0].kill()

    def back() -> bool:
        try:
            return len(server.fronts) == 2 and all(200 == server.get("/ready").status for _ in range(MANY))
        except OSError:
            return False

    until(back)


def _change_a_label(project: Path) -> None:
    """Change one English label somewhere in the data of a project."""
    for path in sorted((project / "data").rglob("*.ttl")):
        text = path.read_text(encoding="utf-8")
        label = re.search(r'rdfs:label "([^"]+)"@en', text)
        if label:
            path.write_text(text.replace(label[0], f'rdfs:label "{label[1]} indeed"@en', 1), encoding="utf-8")
            return
    raise AssertionError("the project has no English label")
