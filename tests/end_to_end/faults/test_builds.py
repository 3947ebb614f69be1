"""`govplan build` that is killed: nothing of it stays, and what is current goes on."""

import os
import subprocess
from pathlib import Path

import pytest

from govplan.config import Settings, load
from govplan.manifest import GraphEntry, Manifest
from govplan.release.build import write
from govplan.release.repository import publish
from govplan.release.verification import verify
from tests.end_to_end.faults.conftest import GOVPLAN

pytestmark = pytest.mark.soak

STEPS = ("loading the store", "writing the search index")
DATASET = b"<http://x/s> <http://x/p> <http://x/o> <http://x/g> .\n"


def _build(releases: Path, until: str | None = None) -> int:
    """Run `govplan build`, to its end or until it says that it begins with a step, when it is killed."""
    environ = {**os.environ, "GOVPLAN_RELEASES": str(releases)}
    command = [str(GOVPLAN), "build"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as build:
        assert build.stderr
        for line in build.stderr:
            if until is not None and line.startswith(until):
                build.kill()
        return build.wait()


def test_killed_builds(settings: Settings, manifest: Manifest, tmp_path: Path) -> None:
    """Wherever it was killed, the next build sweeps what was left, and the release that was current is whole."""
    releases = tmp_path / "releases"
    own = load(settings.root, environ={}, overrides={"releases": releases})
    about, graphs = {"version": "1", "date": "2026-01-01"}, (GraphEntry("http://x/g", "g.ttl", 1),)
    before = write(own, DATASET, about, graphs, lambda work: None)
    publish(releases, before.id)
    for step in STEPS:
        assert _build(releases, until=step) < 0
        assert before.id == verify(releases / "current").id
        assert len([path for path in releases.iterdir() if path.name.startswith(".building-")]) <= 1
    assert 0 == _build(releases)
    assert [] == [path for path in releases.iterdir() if path.name.startswith((".building-", ".current-"))]
    assert manifest.id == verify(releases / "current").id
    assert before.id == verify(releases / before.id).id
