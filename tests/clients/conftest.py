"""Node.js with Comunica for the documents whose snippets are run."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import BIN, ROOT, missing

_UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "ECONNRESET")


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
            if done.returncode and any(code in done.stderr for code in _UNREACHABLE):
                missing("the registry of npm cannot be reached, so Comunica cannot be installed")
            assert 0 == done.returncode, done.stderr
            (folder / "done").touch()
    return folder


def environment() -> dict[str, str]:
    """The environment of a client: the tools of this Python first, Node.js among them."""
    return {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
