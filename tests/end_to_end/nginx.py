"""Debian's nginx before a real server, with the configuration that docs/operate.md gives."""

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import BIN, ROOT, missing
from tests.end_to_end.debian import program

PREFIX = "/convergence"
CONFIGURATION = ROOT / "deploy" / "nginx.conf"
_MAIN = """daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
{user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/govplan.conf;
}}
"""
_CERTIFICATE = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost "
    "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -addext basicConstraints=critical,CA:TRUE"
)


@dataclass(frozen=True, slots=True)
class Site:
    """A site behind nginx: its public address, the certificate to trust, and the ports of its two servers."""

    url: str
    certificate: Path
    ports: tuple[int, int]
    plain: int

    @property
    def context(self) -> ssl.SSLContext:
        """What trusts the certificate of the site, and no other."""
        return ssl.create_default_context(cafile=str(self.certificate))


@contextmanager
def proxy(folder: Path) -> Iterator[Site]:
    """Run nginx with https and a certificate of its own; what it asks is to be started on the ports of the site."""
    nginx = program("nginx", "nginx-light")
    if shutil.which("openssl") is None:
        missing("no openssl to make a certificate with")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = [*_CERTIFICATE.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    plain, secure, first, second = _free_ports(4)
    text = CONFIGURATION.read_text(encoding="utf-8")
    for written, here in (
        ("server 127.0.0.1:8000 ", f"server 127.0.0.1:{first} "),
        ("server 127.0.0.1:8001 ", f"server 127.0.0.1:{second} "),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ", f"listen 127.0.0.1:{secure} "),
        ("return 301 https://data.example.gov$request_uri", f"return 301 https://localhost:{secure}$request_uri"),
        ("server_name data.example.gov;", "server_name localhost;"),
        ("/etc/ssl/govplan/certificate.pem", str(certificate)),
        ("/etc/ssl/govplan/key.pem", str(key)),
    ):
        assert written in text, written
        text = text.replace(written, here)
    (folder / "govplan.conf").write_text(text, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, user=user), encoding="utf-8")
    words = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    checked = subprocess.run([*words, "-t"], capture_output=True, text=True, timeout=60, check=False)
    assert 0 == checked.returncode, checked.stderr
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as running:
        try:
            _await_listening(secure, running)
            yield Site(f"https://localhost:{secure}{PREFIX}", certificate, (first, second), plain)
        finally:
            running.terminate()
            running.wait(timeout=60)


@contextmanager
def govplan(releases: Path, port: int, public_url: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """Serve the current release on a port, for a public address; ready once this returns."""
    environ = {name: value for name, value in os.environ.items() if name != "HOME"}
    environ |= {"GOVPLAN_RELEASES": str(releases), "GOVPLAN_PUBLIC_URL": public_url, "GOVPLAN_PROXIES": "1"}
    # All clients of a test are one machine.
    environ |= {"COLUMNS": "300", "GOVPLAN_BUDGETS": "off", **settings}
    command = [str(BIN / "govplan"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(
        command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout
        try:
            assert "serving release" in server.stdout.readline()
            yield server
        finally:
            server.terminate()
            try:
                server.wait(timeout=60)
            except subprocess.TimeoutExpired:
                server.kill()
                raise


@contextmanager
def served(folder: Path, releases: Path) -> Iterator[Site]:
    """Run nginx with the current release behind it."""
    with proxy(folder) as site, govplan(releases, site.ports[0], site.url):
        yield site


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def _await_listening(port: int, running: subprocess.Popen[bytes]) -> None:
    """Return once the port is listened on; nginx binds it before it writes its pid, and fails within moments else."""
    while running.poll() is None:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=60):
            return
    raise AssertionError(f"nginx ended with {running.returncode}")
