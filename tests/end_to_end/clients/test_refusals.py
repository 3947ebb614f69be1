"""Every client hears why it is refused, also one that sends all of a long body before it looks for an answer."""

import json
import shutil
import subprocess
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
TOO_LARGE = (413, "application/problem+json", "body-too-large")


def _refused(address: str, body: bytes, **headers: str) -> tuple[int, str, str]:
    """Return the status of an answer, its media type, and what is the matter."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(f"{address}/sparql", body, named))
    with caught.value as problem:
        return problem.code, problem.headers["Content-Type"], json.load(problem)["type"].rpartition("/")[2]


@pytest.mark.parametrize("size", [400_000, 700_000, 1_000_000])
def test_too_large(anywhere: str, size: int) -> None:
    """A form that is too large is refused, however many are sent at once."""
    heard: list[tuple[int, str, str]] = []

    def send() -> None:
        heard.extend(_refused(anywhere, b"query=%23" + b"x" * size) for _ in range(10))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert [TOO_LARGE] * 40 == heard


@pytest.mark.parametrize("size", [2_000_000, 5_000_000, 8_000_000])
def test_far_too_large(address: str, size: int) -> None:
    """Directly, one may send more than a proxy would pass on."""
    assert TOO_LARGE == _refused(address, b"#" * size, Content_Type=DIRECT)


@pytest.mark.parametrize(
    ("size", "kind", "status", "slug"),
    [
        (131_073, DIRECT, 413, "query-too-long"),
        (200_000, "text/plain", 415, "media-type-unsupported"),
        (900_000, "text/turtle", 413, "body-too-large"),
    ],
)
@pytest.mark.parametrize("how", [[], ["-H", "Expect: 100-continue"], ["-H", "Transfer-Encoding: chunked"]])
def test_curl(anywhere: str, tmp_path: Path, size: int, kind: str, status: int, slug: str, how: list[str]) -> None:
    """curl hears it, whether it waits for a word before it sends its body, or does not say how long that is."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not on this machine")
    (tmp_path / "body").write_bytes(b"#" * size)
    command = ["curl", "-sS", "-w", "\n%{http_code}", "-H", f"Content-Type: {kind}", *how]
    command += ["--data-binary", f"@{tmp_path / 'body'}", f"{anywhere}/sparql"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    text, _, code = done.stdout.rpartition("\n")

    assert (status, slug) == (int(code), json.loads(text)["type"].rpartition("/")[2])
