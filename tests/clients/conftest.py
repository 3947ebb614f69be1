"""A live server on loopback, Node.js with Comunica, and the documents whose snippets are run."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from govplan.config import Settings
from govplan.manifest import Manifest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
_UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "ECONNRESET")


@pytest.fixture(scope="session", name="live")
def _live(settings: Settings, manifest: Manifest) -> Iterator[str]:
    """The address of a server that serves the current release, without a slash at its end."""
    environ = {**os.environ, "GOVPLAN_RELEASES": str(settings.releases), "COLUMNS": "300"}
    command = [str(BIN / "govplan"), "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout
        line = server.stdout.readline()
        try:
            assert f"serving release {manifest.id}" in line
            yield line.partition(" at ")[2].split("/ ", 1)[0]
        finally:
            server.terminate()
            server.wait(timeout=60)


@pytest.fixture(scope="session", name="comunica")
def _comunica(request: pytest.FixtureRequest) -> Path:
    """A folder in which npm has installed Comunica as docs/clients.md says; it is kept between test runs."""
    text = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
    install = next(line for line in text.splitlines() if line.startswith("npm install "))
    folder = request.config.cache.mkdir("npm-" + install.rpartition("/")[2])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            done = subprocess.run(
                install.split(), cwd=folder, env=environment(), capture_output=True, text=True, timeout=300, check=False
            )
            if done.returncode and "CI" not in os.environ and any(code in done.stderr for code in _UNREACHABLE):
                pytest.skip("the registry of npm cannot be reached, so Comunica cannot be installed")
            assert 0 == done.returncode, done.stderr
            (folder / "done").touch()
    return folder


def environment() -> dict[str, str]:
    """The environment of a client: the tools of this Python first, Node.js among them."""
    return {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
