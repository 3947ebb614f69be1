"""What is cited from a release stays as it was: after ten more releases, a restart, and while others are published."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from govplan.config import Settings, load
from govplan.manifest import Manifest
from govplan.release.build import build
from govplan.release.pruning import prune
from govplan.release.repository import publish
from tests.conftest import TINY
from tests.end_to_end.faults.conftest import Reply, Server, starting, until

QUERY = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o"
# Its answer tells the releases apart.
TELLING = f"/sparql?query={quote('SELECT ?v { ?d <http://www.w3.org/ns/dcat#version> ?v }')}"
ADDRESSES = (
    f"/sparql?query={quote(QUERY)}",
    f"/sparql?query={quote('CONSTRUCT WHERE { ?s a ?o }')}&format=nt",
    "/queries/plan-in-numbers.csv",
    "/queries/plan-in-numbers.json?lang=pt",
    "/queries/plan-in-numbers.rq",
    "/id/plan/cycling.ttl",
    "/dumps/SHA256SUMS",
    "/dumps/cycling.nq",
    "/manifest.json",
)
Change = Callable[[int], Manifest]


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Settings:
    root = tmp_path / "plan"
    shutil.copytree(TINY, root)
    return load(root, environ={}, overrides={"releases": tmp_path / "releases"})


@pytest.fixture(name="change")
def _change(project: Settings) -> Change:
    """Publish a release with another version, another label and another question; `number` tells them apart."""

    def change(number: int) -> Manifest:
        catalogue = project.root / "data/catalogue.ttl"
        text = (TINY / "data/catalogue.ttl").read_text("utf-8").replace('"1.0.0"', f'"1.0.{number}"')
        catalogue.write_text(text, "utf-8")
        plan = project.root / "data/plans/cycling/plan.ttl"
        text = (TINY / "data/plans/cycling/plan.ttl").read_text("utf-8").replace("Ruas seguras", f"Ruas {number}")
        plan.write_text(text, "utf-8")
        manifest = build(project)
        publish(project.releases, manifest.id)
        return manifest

    return change


@pytest.fixture(name="servers")
def _servers(project: Settings, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    with starting(project.releases, tmp_path) as start:
        yield start


def _said(reply: Reply) -> tuple[int, str, bytes, str | None]:
    return reply.status, reply.type, reply.body, reply.headers.get("etag")


def _all(server: Server, prefix: str) -> dict[str, tuple[int, str, bytes, str | None]]:
    return {address: _said(server.get(prefix + address)) for address in ADDRESSES}


def test_beside_the_current_one(change: Change, project: Settings, servers: Callable[..., Server]) -> None:
    """A release answers below its own address and by `release=`; for one that is not there, no other does."""
    first, second = change(1), change(2)
    server = servers(proxies=0)
    for manifest in (first, second):
        below = _all(server, f"/release/{manifest.id}")
        assert {200} == {status for status, *_ in below.values()}
        for address in ADDRESSES:
            named = server.get(f"{address}{'&' if '?' in address else '?'}release={manifest.id}")
            assert below[address] == _said(named), address
            assert manifest.id == named.headers["x-release"]
            assert "immutable" in named.headers["cache-control"]
            assert "Mon, 05 Jan 2026 00:00:00 GMT" == named.headers["memento-datetime"]
    assert _said(server.get(ADDRESSES[0])) == _said(server.get(f"/release/{second.id}{ADDRESSES[0]}"))
    assert server.get(ADDRESSES[0]).body != server.get(f"/release/{first.id}{ADDRESSES[0]}").body

    assert {404} == {server.get(f"/release/{'0' * 12}{address}").status for address in ADDRESSES}
    assert {404} == {server.get(address, release="newest").status for address in ADDRESSES if "?" not in address}
    assert 400 == server.form(query="ASK {}", release=first.id).status
    assert 200 == server.post("ASK {}", release=first.id).status

    listed = json.loads(server.get("/releases/?format=json").body)
    assert (second.id, [second.id, first.id]) == (listed["current"], [each["id"] for each in listed["releases"]])
    prune(project.releases, 1, why="superseded", copy="https://archive.example.org/1")
    for address in ADDRESSES:
        gone = server.get(f"/release/{first.id}{address}")
        assert (410, second.id) == (gone.status, gone.headers["x-release"])
        assert b"superseded" in gone.body
        assert b"https://archive.example.org/1" in gone.body
    [removed] = json.loads(server.get("/releases/?format=json").body)["removed"]
    assert (first.id, "1.0.1", "superseded") == (removed["id"], removed["version"], removed["why"])


@pytest.mark.soak
def test_after_ten_further_releases(change: Change, servers: Callable[..., Server]) -> None:
    """The first release gives the same bytes after ten more, which are asked in turn, and after a restart."""
    first = change(0)
    before = _all(servers(), f"/release/{first.id}")
    server = servers()
    later = [change(number) for number in range(1, 11)]
    until(lambda: later[-1].id == server.get("/live").headers["x-release"])
    for manifest in later:
        assert manifest.id == server.get(f"/release/{manifest.id}/live").headers["x-release"]
        assert before == _all(server, f"/release/{first.id}")
    assert before == _all(servers(), f"/release/{first.id}")


@pytest.mark.soak
def test_while_others_are_published(change: Change, project: Settings, servers: Callable[..., Server]) -> None:
    """A hundred publishes under 16 clients: no request is lost, dropped, or answered by another release."""
    first, second = change(1), change(2)
    server = servers(budgets="off")
    expected = {each.id: server.get(f"/release/{each.id}{TELLING}").body for each in (first, second)}
    over, wrong, answers = threading.Event(), list[str](), [0] * 16

    def ask(number: int) -> None:
        while not over.is_set():
            pinned = (None, first.id, second.id)[number % 3]
            reply = server.get((f"/release/{pinned}" if pinned else "") + TELLING)
            release = reply.headers.get("x-release", "")
            if reply.status != 200 or pinned not in (None, release) or reply.body != expected.get(release):
                wrong.append(f"{pinned}: {reply.status} of {release}: {reply.body[:200]!r}")
            answers[number] += 1

    def went_on(wanted: int) -> bool:
        return sum(answers) > wanted

    with ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(ask, number) for number in range(16)]
        try:
            for number in range(100):
                publish(project.releases, (first, second)[number % 2].id)
                until(partial(went_on, sum(answers) + 16))
        finally:
            over.set()
    assert [] == wrong
    assert all(each.result() is None for each in asked)
    assert all(answers)
