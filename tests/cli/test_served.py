"""What the real server puts on the wire: exact lengths, nothing chunked, in every coding and for every method."""

import re
import signal
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from govplan.config import Settings
from tests.cli.conftest import GOVPLAN
from tests.web.layers import DECODE

LARGE = "/sparql?query=SELECT%20*%20%7B%20GRAPH%20%3Fg%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20%7D&format="


@pytest.fixture(scope="module", name="address")
def _address(settings: Settings, manifest: object) -> Iterator[str]:
    """Host and port of a running server."""
    command = [str(GOVPLAN), "--releases", str(settings.releases), "serve", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        found = re.search(r"127\.0\.0\.1:\d+", server.stdout.readline())
        assert found
        yield found[0]
    finally:
        server.send_signal(signal.SIGTERM)
        _, err = server.communicate(timeout=60)
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/sparql?query=ASK%7B%7D", 200),
        (LARGE + "json", 200),
        (LARGE + "csv", 200),
        ("/sparql?query=SELECT%20(NOW()%20AS%20%3Fx)%20%7B%7D", 200),
        ("/sparql?query=SELECT", 400),
        ("/dumps/be-ai-convergence.nq", 200),
        ("/dumps/be-ai-convergence.nq.gz", 200),
        ("/static/govplan.css", 200),
        ("/nowhere", 404),
    ],
)
@pytest.mark.parametrize("coding", ["identity", *DECODE])
def test_on_the_wire(address: str, path: str, status: int, coding: str) -> None:
    """Twice the same answer, whole, with its length; HEAD has that length too; who holds it gets 304."""
    wire = HTTPConnection(address, timeout=60)
    seen = []
    for method in ("GET", "HEAD", "GET"):
        wire.request(method, path, headers={"Accept-Encoding": coding})
        answer = wire.getresponse()
        body = answer.read()
        assert status == answer.status
        assert answer.getheader("Transfer-Encoding") is None
        assert 1 == len(answer.headers.get_all("Date", []))
        if method == "GET":
            assert str(len(body)) == answer.getheader("Content-Length")
            if (used := answer.getheader("Content-Encoding")) is not None:
                assert coding == used
                DECODE[used](body)
        else:
            assert b"" == body
        seen.append((answer.getheader("Content-Length"), answer.getheader("ETag"), answer.getheader("Vary")))
    assert "NOW" in path or 1 == len(set(seen))
    if seen[0][1]:
        wire.request("GET", path, headers={"Accept-Encoding": coding, "If-None-Match": seen[0][1]})
        answer = wire.getresponse()
        assert (304, b"", seen[0][1]) == (answer.status, answer.read(), answer.getheader("ETag"))
    wire.close()


def test_same_bytes_in_every_coding(address: str) -> None:
    """A large answer decodes to the same bytes in each coding."""
    bodies = set()
    for coding in ("identity", *DECODE):
        wire = HTTPConnection(address, timeout=60)
        wire.request("GET", LARGE + "json", headers={"Accept-Encoding": coding})
        answer = wire.getresponse()
        body = answer.read()
        used = answer.getheader("Content-Encoding")
        bodies.add(DECODE[used](body) if used else body)
        wire.close()

    assert 1 == len(bodies)
    assert len(bodies.pop()) > 4_000_000
