"""Clients that npm brings, and the two kinds of places where every client finds its server."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import BIN, ROOT, missing
from tests.end_to_end.nginx import Site

SPARQL_HTTP_CLIENT = "sparql-http-client@3.1.0"
TRUSTED = ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "ECONNRESET")


@pytest.fixture(scope="session", name="comunica")
def _comunica(request: pytest.FixtureRequest) -> Path:
    """A folder in which npm has installed Comunica as docs/clients.md says; it is kept between test runs."""
    text = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
    return _with_npm(request, next(line for line in text.splitlines() if line.startswith("npm install ")))


@pytest.fixture(scope="session", name="sparql_http_client")
def _sparql_http_client(request: pytest.FixtureRequest) -> Path:
    """A folder in which npm has installed sparql-http-client; it is kept between test runs."""
    return _with_npm(request, f"npm install --no-audit --no-fund --silent {SPARQL_HTTP_CLIENT}")


def _with_npm(request: pytest.FixtureRequest, install: str) -> Path:
    folder = request.config.cache.mkdir("npm-" + install.split()[-1].rpartition("/")[2])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            done = subprocess.run(
                install.split(), cwd=folder, env=environment(), capture_output=True, text=True, timeout=300, check=False
            )
            if done.returncode and any(code in done.stderr for code in _UNREACHABLE):
                missing(f"the registry of npm cannot be reached, so {install.split()[-1]} cannot be installed")
            assert 0 == done.returncode, done.stderr
            (folder / "done").touch()
    return folder


@pytest.fixture(name="trust")
def _trust(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let clients of this process, and those that it starts, trust the certificate as that of an authority."""
    # What Python and curl, Node.js and Debian's raptor (tests/end_to_end/clients/test_raptor.py) look at.
    for name in TRUSTED:
        monkeypatch.setenv(name, str(site.certificate))


@pytest.fixture(name="anywhere", params=["direct", pytest.param("nginx", marks=pytest.mark.soak)])
def _anywhere(request: pytest.FixtureRequest) -> str:
    """The address of a server without a slash at its end: as it listens itself, and then that of the site."""
    if request.param == "direct":
        address: str = request.getfixturevalue("address")
        return address
    request.getfixturevalue("trust")
    site: Site = request.getfixturevalue("site")
    return site.url


def environment() -> dict[str, str]:
    """The environment of a client: the tools of this Python first, Node.js among them."""
    return {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
