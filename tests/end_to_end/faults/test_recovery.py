"""A running server and damaged releases: it says so, falls back, and serves again within two seconds of the repair."""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from govplan.config import Settings, load
from govplan.manifest import Manifest
from govplan.release.build import write
from govplan.release.repository import publish
from govplan.server.runtime import Runtime
from govplan.server.serving import Served
from tests.end_to_end.faults.conftest import GOVPLAN, Server, Starter, until
from tests.repository import kept
from tests.web.served import alone

pytestmark = pytest.mark.soak

PROMISED_SECONDS = 2.0
_NUMBERS = count()


@pytest.fixture(name="repository")
def _repository(release: Path, tmp_path: Path) -> Path:
    """A folder of releases with a copy of the current one, whose files a test may spoil."""
    repository = tmp_path / "repository"
    shutil.copytree(release, repository / release.name)
    for path in (repository / release.name).rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    publish(repository, release.name)
    return repository


def _another(settings: Settings, release: Path, repository: Path) -> Manifest:
    """Write a release that says one thing less."""
    known = Manifest.read(release)

    def fill(work: Path) -> None:
        shutil.copytree(release / "dumps", work / "dumps")
        shutil.copy(release / "search.sqlite", work)

    dataset = (release / "dataset.nq").read_bytes().partition(b"\n")[2]
    own = load(settings.root, environ={}, overrides={"releases": repository})
    return write(own, dataset, {"version": "0", "date": known.date}, known.graphs, fill)


def _statuses(server: Server, dump: str) -> dict[str, int]:
    """Ask each part of a server for something that it has not been asked before."""
    number = next(_NUMBERS)
    return {
        "store": server.get("/sparql", query=f"ASK {{}} # {number}").status,
        "files": server.get(f"/dumps/{dump}", again=str(number)).status,
        "search": server.get("/search", q="vlaanderen", again=str(number)).status,
        "page": server.get("/", again=str(number)).status,
        "ready": server.get("/ready").status,
    }


def _within_promise(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PROMISED_SECONDS
    while not holds():
        assert time.monotonic() < end, f"it did not come to hold within {PROMISED_SECONDS:g} seconds"


def _serves(server: Server, release: str) -> bool:
    answer = server.get("/sparql", query=f"ASK {{}} # {next(_NUMBERS)}")
    return (200, release) == (answer.status, answer.headers["x-release"]) and server.get("/ready").status == 200


def test_served_release_deleted(
    start: Starter, repository: Path, release: Path, settings: Settings, manifest: Manifest
) -> None:
    """Another sound release answers when the one that is served is deleted, and the first again when it is back."""
    other = _another(settings, release, repository)
    dump = f"{settings.name}.nq"
    server = start(releases=repository)
    assert _serves(server, manifest.id)
    (repository / manifest.id).rename(repository / ".away")
    _within_promise(lambda: _serves(server, other.id))
    assert {200} == set(_statuses(server, dump).values())
    (repository / ".away").rename(repository / manifest.id)
    _within_promise(lambda: _serves(server, manifest.id))
    assert {200} == set(_statuses(server, dump).values())


@pytest.mark.parametrize("damaged", ["dumps/be-ai-convergence.nq", ""])
def test_same_release_built_again(start: Starter, repository: Path, manifest: Manifest, damaged: str) -> None:
    """With nothing sound left everything is answered with 503, until `govplan build` wrote the same release anew."""
    dump = "be-ai-convergence.nq"
    server = start(releases=repository)
    if damaged:
        (repository / manifest.id / damaged).write_bytes(b"{")
    else:
        shutil.rmtree(repository / manifest.id)
    until(lambda: {503} == set(_statuses(server, dump).values()))
    assert 200 == server.get("/live").status
    environ = {**os.environ, "GOVPLAN_RELEASES": str(repository)}
    subprocess.run([str(GOVPLAN), "build"], env=environ, check=True, capture_output=True, timeout=120)
    _within_promise(lambda: _serves(server, manifest.id))
    assert {200} == set(_statuses(server, dump).values())


def test_files_and_index_deleted(start: Starter, repository: Path, manifest: Manifest) -> None:
    """Files that are gone are named by /ready and never a fault of the code; put back, all is well."""
    dump = "be-ai-convergence.nq"
    server = start(releases=repository)
    seen = []

    def condemned() -> bool:
        seen.append(_statuses(server, dump))
        return {503} == set(seen[-1].values())

    with kept(repository / manifest.id / "dumps"), kept(repository / manifest.id / "search.sqlite"):
        shutil.rmtree(repository / manifest.id / "dumps")
        (repository / manifest.id / "search.sqlite").unlink()
        ready = server.get("/ready")
        assert 503 == ready.status
        assert b'"files":"unavailable"' in ready.body
        assert b'"search":"unavailable"' in ready.body
        until(condemned)
    assert {200, 503} >= {status for statuses in seen for status in statuses.values()}
    _within_promise(lambda: _serves(server, manifest.id))
    assert {200} == set(_statuses(server, dump).values())


def test_front_killed_while_its_release_is_gone(
    start: Starter, repository: Path, release: Path, settings: Settings, manifest: Manifest
) -> None:
    """A front that begins anew serves what is sound then, not what the server was started with."""
    other = _another(settings, release, repository)
    server = start(releases=repository)
    assert _serves(server, manifest.id)
    shutil.rmtree(repository / manifest.id)
    server.front.kill()

    def back() -> bool:
        try:
            return _serves(server, other.id)
        except OSError:
            return False

    until(back)


def test_pinned_release(
    repository: Path, settings: Settings, manifest: Manifest, loop: asyncio.AbstractEventLoop
) -> None:
    """A server of one release serves no other one; it is condemned and mended like any other."""
    _another(settings, repository / manifest.id, repository)
    own = load(settings.root, environ={}, overrides={"releases": repository})
    runtime = Runtime(own, loop, alone(own))
    with (
        closing(runtime),
        closing(
            Served(repository, repository / manifest.id, manifest, runtime.open, follow=True, pinned=True)
        ) as served,
    ):
        with kept(repository / manifest.id / "search.sqlite"):
            (repository / manifest.id / "search.sqlite").unlink()
            until(lambda: not served.healthy())
        until(served.healthy)
        assert manifest.id == served.release()
