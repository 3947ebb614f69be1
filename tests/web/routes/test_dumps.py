"""The dumps over HTTP: whole, in part, and not again."""

import hashlib
import html
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.content_codings import CODINGS, Coding
from govplan.formats import GRAPHS, Format
from govplan.manifest import Manifest
from govplan.sparql import Store
from govplan.web import create_app
from tests.web.layers import plain

FILE = "/dumps/be-ai-convergence.nq"


@pytest.mark.parametrize("fmt", GRAPHS, ids=lambda fmt: fmt.extension)
def test_whole(client: FlaskClient, settings: Settings, manifest: Manifest, fmt: Format) -> None:
    """Each dump is the file of the manifest, with its media type, hash and name."""
    name = f"{settings.name}.{fmt.extension}"
    answer = client.get(f"/dumps/{name}")
    entry = next(entry for entry in manifest.files if entry.path == f"dumps/{name}")

    assert (200, fmt.media_type) == (answer.status_code, answer.mimetype)
    assert entry.sha256 == hashlib.sha256(answer.data).hexdigest()
    assert f'"{entry.sha256}"' == answer.headers["ETag"]
    assert str(entry.size) == answer.headers["Content-Length"]
    assert f"attachment; filename={name}" == answer.headers["Content-Disposition"]


def test_list_as_json(client: FlaskClient, manifest: Manifest) -> None:
    """The list as JSON has address, size and hash of each file."""
    found = client.get("/dumps/", headers={"Accept": "application/json"}).get_json()

    assert {(entry.size, entry.sha256) for entry in manifest.files if entry.path.startswith("dumps/")} == {
        (each["bytes"], each["sha256"]) for each in found
    }
    assert "http://localhost" + FILE in {each["url"] for each in found}


def test_list_as_page(client: FlaskClient) -> None:
    """The list as a page links each file."""
    assert f'href="{FILE}"' in client.get("/dumps/", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize(
    ("range_", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-10", 206, slice(-10, None)),
        ("bytes=0-99999999", 206, slice(None)),  # beyond the end: up to the end
        ("bytes=-99999999", 200, slice(None)),  # more than there is: all of it
        ("bytes=0-1,5-6", 200, slice(None)),  # several at once may be ignored (RFC 9110 section 14.2)
        ("lines=1-2", 200, slice(None)),  # an unknown unit must be ignored
        ("bytes=9-3", 200, slice(None)),  # no range at all
        ("bytes=" + "9" * 4000 + "-", 200, slice(None)),
    ],
)
def test_ranges(client: FlaskClient, range_: str, status: int, part: slice) -> None:
    """A range of bytes is answered with that part, any other range with the whole file."""
    whole = client.get(FILE).data
    answer = client.get(FILE, headers={"Range": range_})

    assert status == answer.status_code
    assert whole[part] == answer.data
    assert len(answer.data) == int(answer.headers["Content-Length"])


@pytest.mark.parametrize("range_", ["bytes=99999999-", "bytes=-0"])
def test_range_outside(client: FlaskClient, range_: str) -> None:
    """A range outside the file is answered with its length."""
    whole = client.get(FILE).data
    answer = client.get(FILE, headers={"Range": range_})

    assert (416, "application/problem+json") == (answer.status_code, answer.mimetype)
    assert f"bytes */{len(whole)}" == answer.headers["Content-Range"]


@pytest.mark.parametrize(
    "held", ['"older"', "W/{identity}", "{br}", "Fri, 28 Oct 2022 00:00:00 GMT", "Fri, 28 Oct 2095 00:00:00 GMT"]
)
def test_range_of_another_file(client: FlaskClient, held: str) -> None:
    """Who holds a part of another file, or says so by a date or a weak tag, gets the whole in the best coding."""
    tags = {
        coding: client.head(FILE, headers={"Accept-Encoding": coding}).headers["ETag"] for coding in ("identity", "br")
    }
    asked = {"Range": "bytes=0-9", "If-Range": held.format(**tags), "Accept-Encoding": "br"}
    answer = client.get(FILE, headers=asked)

    assert (200, "br") == (answer.status_code, answer.headers["Content-Encoding"])
    assert client.get(FILE).data == plain(answer)


def test_range_of_this_file(client: FlaskClient) -> None:
    """Who holds a part of this very file gets the next one, of the file as it is, whatever codings are taken."""
    whole = client.get(FILE)
    asked = {"Range": "bytes=10-19", "If-Range": whole.headers["ETag"], "Accept-Encoding": "br, gzip"}
    answer = client.get(FILE, headers=asked)

    assert (206, whole.data[10:20]) == (answer.status_code, answer.data)
    assert "Content-Encoding" not in answer.headers


def test_range_of_a_coding(client: FlaskClient) -> None:
    """Who refuses the file as it is gets no part of it, but the whole in a coding."""
    answer = client.get(FILE, headers={"Range": "bytes=0-9", "Accept-Encoding": "gzip, identity;q=0"})

    assert (200, "gzip") == (answer.status_code, answer.headers["Content-Encoding"])


@pytest.mark.parametrize("fmt", GRAPHS, ids=lambda fmt: fmt.extension)
@pytest.mark.parametrize("coding", CODINGS.values(), ids=lambda coding: coding.name)
def test_compressed(client: FlaskClient, settings: Settings, manifest: Manifest, fmt: Format, coding: Coding) -> None:
    """Each dump comes in each coding as it was built, at its own address by negotiation and under its own name."""
    name = f"{settings.name}.{fmt.extension}"
    entry = next(entry for entry in manifest.files if entry.path == f"dumps/{name}.{coding.extension}")
    chosen = client.get(f"/dumps/{name}", headers={"Accept-Encoding": coding.name})
    own = client.get(f"/dumps/{name}.{coding.extension}", headers={"Accept-Encoding": coding.name})

    assert client.get(f"/dumps/{name}").data == plain(chosen)
    assert (coding.name, fmt.media_type) == (chosen.headers["Content-Encoding"], chosen.mimetype)
    assert "Content-Encoding" not in own.headers
    assert coding.media_type == own.mimetype
    for answer in (chosen, own):
        assert entry.sha256 == hashlib.sha256(answer.data).hexdigest()
        assert f'"{entry.sha256}"' == answer.headers["ETag"]
        assert str(entry.size) == answer.headers["Content-Length"]
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert "no-transform" in answer.headers["Cache-Control"]
        assert "Last-Modified" not in answer.headers


def test_own_name_has_no_other_coding(client: FlaskClient) -> None:
    """A compressed file under its own name is as it is; who refuses that is told so."""
    answer = client.get(FILE + ".gz", headers={"Accept-Encoding": "gzip, identity;q=0"})

    assert (406, "gzip") == (answer.status_code, answer.headers["Content-Encoding"])
    assert ["identity"] == json.loads(plain(answer))["offered"]


def test_release_without_compressed_files(settings: Settings, manifest: Manifest, release: Path, store: Store) -> None:
    """A release that was built before there were compressed files is served as it is."""
    extensions = tuple(f".{coding.extension}" for coding in CODINGS.values())
    older = replace(manifest, files=tuple(entry for entry in manifest.files if not entry.path.endswith(extensions)))
    client = create_app(settings, older, release, store, {}).test_client()
    answer = client.get(FILE, headers={"Accept-Encoding": "gzip, br"}, buffered=True)

    assert 200 == answer.status_code
    assert "Content-Encoding" not in answer.headers


def test_checksums(client: FlaskClient) -> None:
    """SHA256SUMS holds the hash of every other file, in the form of sha256sum."""
    answer = client.get("/dumps/SHA256SUMS")
    listed = client.get("/dumps/", headers={"Accept": "application/json"}).get_json()
    sums = {name: digest for digest, name in (line.split("  ") for line in answer.text.splitlines())}

    assert {each["name"]: each["sha256"] for each in listed if each["name"] != "SHA256SUMS"} == sums
    assert 26 < len(sums) == len(listed) - 1
    assert "text/plain" == answer.mimetype


def test_list_tells_forms(client: FlaskClient) -> None:
    """The list says which files are forms of another; the page links them beside it, the home page leaves them out."""
    listed = client.get("/dumps/", headers={"Accept": "application/json"}).get_json()
    codings = {each["name"]: each["encoding"] for each in listed}

    assert ("br", "gzip", "zstd", None) == tuple(
        codings["be-ai-convergence.ttl" + end] for end in (".br", ".gz", ".zst", "")
    )
    assert f'href="{FILE}.gz"' in client.get("/dumps/", headers={"Accept": "text/html"}).text
    assert FILE + ".gz" not in client.get("/", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize("more", [{}, {"Range": "bytes=0-9"}, {"Accept-Encoding": "br"}])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "*"])
def test_not_again(client: FlaskClient, more: dict[str, str], form: str) -> None:
    """Who has the file is told that nothing changed, also when asking for a part, and also in another coding."""
    tag = client.head(FILE).headers["ETag"]
    answer = client.get(FILE, headers={"If-None-Match": form.format(tag), **more})

    assert (304, b"") == (answer.status_code, answer.data)
    assert form == "*" or tag == answer.headers["ETag"]


def test_date_is_no_validator(client: FlaskClient) -> None:
    """A date tells nothing: a release that was built earlier may become current later."""
    answer = client.get(FILE, headers={"If-Modified-Since": "Fri, 28 Oct 2095 00:00:00 GMT"})

    assert 200 == answer.status_code


def test_head(client: FlaskClient) -> None:
    """HEAD tells the length of the whole file and sends nothing."""
    answer = client.head(FILE, headers={"Range": "bytes=0-9"})

    assert (200, b"") == (answer.status_code, answer.data)
    assert len(client.get(FILE).data) == int(answer.headers["Content-Length"])


@pytest.mark.parametrize("name", ["..%2Fmanifest.json", "..%2Fdataset.nq", ".", "manifest.json", "store"])
def test_nothing_else(client: FlaskClient, name: str) -> None:
    """Only dumps are sent, whatever the name."""
    assert client.get(f"/dumps/{name}").status_code in (404, 308)


def test_snippet_in_python(client: FlaskClient, release: Path) -> None:
    """What the page shows for Python runs as it stands and finds the statements of all graphs."""
    page = client.get("/dumps/", headers={"Accept": "text/html"}).text
    code = html.unescape(page.split("<code>from rdflib", 1)[1].split("</code>", 1)[0])
    run = subprocess.run(
        [sys.executable, "-c", f"from rdflib{code}"], cwd=release / "dumps", capture_output=True, text=True, check=True
    )
    assert 30_000 < int(run.stdout)
