"""Behind Debian's nginx, below a prefix and with https: every client gets right answers, and nothing leads astray."""

import gzip
import http.client
import json
import shutil
import subprocess
import threading
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest

from govplan.config import Settings
from govplan.manifest import Manifest
from tests.end_to_end.nginx import PREFIX, Site, govplan, proxy

BASE = "https://w3id.org/govplan/"
PLAN = "id/plan/be-ai-convergence"
QUERY = f"SELECT ?plan WHERE {{ ?plan a <{BASE}ns#Plan> }}"


# Certificates are trusted as those of an authority would be.
pytestmark = pytest.mark.usefixtures("trust")


def _get(site: Site, path: str, **headers: str) -> http.client.HTTPResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    found: http.client.HTTPResponse = urllib.request.urlopen(
        urllib.request.Request(site.url + path, headers=named), context=site.context
    )
    return found


def test_curl(site: Site) -> None:
    """curl follows every redirect to where it leads, from plain http on."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not on this machine")
    for address, accept, expected in (
        (f"{site.url}/{PLAN}", "text/turtle", "text/turtle"),
        (f"{site.url}/{PLAN}", "text/html", "text/html"),
        (f"{site.url}/queries", "text/html", "text/html"),
        (site.url, "text/html", "text/html"),
        (f"http://localhost:{site.plain}{PREFIX}/dumps", "application/json", "application/json"),
    ):
        command = ["curl", "-sSfL", "--cacert", str(site.certificate), "-o", "/dev/null"]
        command += ["-w", "%{content_type} %{url_effective}", "-H", f"Accept: {accept}", address]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        kind, _, end = done.stdout.rpartition(" ")
        assert expected == kind.partition(";")[0]
        assert end.startswith(f"{site.url}/")


def test_addresses(site: Site) -> None:
    """Documents name the public address, and each of theirs is answered."""
    description = json.load(_get(site, "/openapi.json"))
    assert [{"url": site.url}] == description["servers"]
    manifest = json.load(_get(site, "/reconcile"))
    assert f"{site.url}/reconcile" == manifest["suggest"]["entity"]["service_url"]
    robots = _get(site, "/robots.txt").read().decode()
    assert f"Disallow: {PREFIX}/sparql?" in robots
    assert f"Sitemap: {site.url}/sitemap.xml" in robots
    root = site.url.removesuffix(PREFIX)
    assert robots == urllib.request.urlopen(f"{root}/robots.txt", context=site.context).read().decode()
    for entry in json.load(_get(site, "/dumps/", Accept="application/json")):
        request = urllib.request.Request(entry["url"], method="HEAD")
        with urllib.request.urlopen(request, context=site.context) as answer:
            assert str(entry["bytes"]) == answer.headers["Content-Length"]


def test_codings_and_validators_pass(site: Site) -> None:
    """What govplan has compressed arrives as it is, with its strong validator, and in ranges."""
    answer = _get(site, "/plan", Accept="text/html", Accept_Encoding="gzip")
    assert "gzip" == answer.headers["Content-Encoding"]
    assert b"<html" in gzip.decompress(answer.read())
    tag = answer.headers["ETag"]
    assert tag.startswith('"')
    with pytest.raises(urllib.error.HTTPError) as caught:
        _get(site, "/plan", Accept="text/html", Accept_Encoding="gzip", If_None_Match=tag)
    caught.value.close()
    assert 304 == caught.value.code
    part = _get(site, "/dumps/be-ai-convergence.nq", Range="bytes=0-9")
    assert (206, 10) == (part.status, len(part.read()))
    assert "max-age" in part.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("characters", [0, 100, 5_000, 9_900])
def test_long_address(site: Site, characters: int) -> None:
    """A query as long as govplan takes one in an address passes."""
    text = QUERY + " #" + "é" * characters
    answer = _get(site, f"/sparql?query={quote(text)}", Accept="text/csv")

    assert PLAN in answer.read().decode()


@pytest.mark.parametrize("characters", [10_000, 10_500, 10_800])
def test_too_long_address(site: Site, characters: int) -> None:
    """An address that is too long for govplan is refused by govplan."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        _get(site, f"/sparql?query={quote(QUERY + ' #' + 'é' * characters)}", Accept="text/csv")
    with caught.value as problem:
        assert (414, "application/problem+json") == (problem.code, problem.headers["Content-Type"])


@pytest.mark.parametrize("characters", [5_000, 20_000, 60_000])
def test_long_form(site: Site, characters: int) -> None:
    """A query by POST may have as many bytes as govplan takes, each encoded as three."""
    form = urlencode({"query": QUERY + " #" + "é" * characters, "format": "csv"}).encode()
    with urllib.request.urlopen(f"{site.url}/sparql", form, context=site.context) as answer:
        assert PLAN in answer.read().decode()


def test_forged_headers(site: Site) -> None:
    """What a client says of hosts and proxies is not believed."""
    forged = {
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Prefix": "/evil",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_For": "1.2.3.4",
        "Host": "evil.example",
    }
    for path in ("/", "/openapi.json", "/sitemap.xml"):
        answer = _get(site, path, Accept="text/html, */*", **forged)
        assert b"evil" not in answer.read()
        assert "evil" not in str(answer.headers)


def test_metrics_are_for_watchers(site: Site) -> None:
    """Counts are not for everybody."""
    assert b"govplan_http_requests_total" in _get(site, "/metrics").read()
    parts = urlsplit(site.url)
    assert parts.port
    # Any address of this machine but the one that may.
    other = http.client.HTTPSConnection("127.0.0.1", parts.port, context=site.context, source_address=("127.0.0.2", 0))
    other.request("GET", f"{PREFIX}/metrics", headers={"Host": "localhost"})
    assert 403 == other.getresponse().status
    other.close()


def test_update_without_downtime(tmp_path: Path, settings: Settings, manifest: Manifest) -> None:
    """While one version takes over from another, every request is answered, queries by POST included."""
    failures: list[str] = []
    answered = threading.Semaphore(0)
    end = threading.Event()

    def ask(site: Site) -> None:
        number = 0
        while not end.is_set():
            number += 1
            # Another text each time: what is kept would be answered without a worker.
            text = f"{QUERY} # {threading.get_ident()} {number}"
            data = urlencode({"query": text}).encode() if number % 2 else None
            address = f"{site.url}/sparql" + ("" if data else f"?query={quote(text)}")
            try:
                with urllib.request.urlopen(address, data, context=site.context) as answer:
                    if PLAN not in answer.read().decode():
                        failures.append("another answer")
            except (urllib.error.URLError, OSError) as problem:
                failures.append(repr(problem))
            answered.release()

    def await_answers(count: int) -> None:
        for _ in range(count):
            assert answered.acquire(timeout=60)

    with proxy(tmp_path) as site, ExitStack() as stack, ExitStack() as old:
        old.enter_context(govplan(settings.releases, site.ports[0], site.url))
        threads = [threading.Thread(target=ask, args=(site,)) for _ in range(2)]
        stack.enter_context(govplan(settings.releases, site.ports[1], site.url))
        try:
            for thread in threads:
                thread.start()
            await_answers(40)
            # The old one is told to end, and is waited for.
            old.close()
            await_answers(40)
        finally:
            end.set()
            for thread in threads:
                thread.join(60)

    assert [] == failures


def test_nothing_behind(tmp_path: Path) -> None:
    """Without a server behind it, nginx says so in the form of all problems."""
    with proxy(tmp_path) as site, pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{site.url}/", context=site.context)
    with caught.value as problem:
        assert (503, "5", "application/problem+json") == (
            problem.code,
            problem.headers["Retry-After"],
            problem.headers["Content-Type"],
        )
        assert 503 == json.load(problem)["status"]
