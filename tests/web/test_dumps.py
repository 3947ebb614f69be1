"""The dumps over HTTP: whole, in part, and not again."""

import hashlib

import pytest
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.store.formats import GRAPHS, Format

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
    ],
)
def test_ranges(client: FlaskClient, range_: str, status: int, part: slice) -> None:
    """A range of bytes is answered with that part, any other range with the whole file."""
    whole = client.get(FILE).data
    answer = client.get(FILE, headers={"Range": range_})

    assert status == answer.status_code
    assert whole[part] == answer.data
    assert len(answer.data) == int(answer.headers["Content-Length"])


def test_range_outside(client: FlaskClient) -> None:
    """A range outside the file is answered with its length."""
    whole = client.get(FILE).data
    answer = client.get(FILE, headers={"Range": "bytes=99999999-"})

    assert (416, "application/problem+json") == (answer.status_code, answer.mimetype)
    assert f"bytes */{len(whole)}" == answer.headers["Content-Range"]


def test_range_of_an_older_file(client: FlaskClient) -> None:
    """Who holds a part of another release gets the whole file of this one."""
    answer = client.get(FILE, headers={"Range": "bytes=0-9", "If-Range": '"older"'})

    assert 200 == answer.status_code


@pytest.mark.parametrize("more", [{}, {"Range": "bytes=0-9"}])
def test_not_again(client: FlaskClient, more: dict[str, str]) -> None:
    """Who has the file is told that nothing changed, also when asking for a part."""
    tag = client.head(FILE).headers["ETag"]
    answer = client.get(FILE, headers={"If-None-Match": tag, **more})

    assert (304, b"") == (answer.status_code, answer.data)


def test_head(client: FlaskClient) -> None:
    """HEAD tells the length of the whole file and sends nothing."""
    answer = client.head(FILE, headers={"Range": "bytes=0-9"})

    assert (200, b"") == (answer.status_code, answer.data)
    assert len(client.get(FILE).data) == int(answer.headers["Content-Length"])


@pytest.mark.parametrize("name", ["..%2Fmanifest.json", "..%2Fdataset.nq", ".", "manifest.json", "store"])
def test_nothing_else(client: FlaskClient, name: str) -> None:
    """Only dumps are sent, whatever the name."""
    assert client.get(f"/dumps/{name}").status_code in (404, 308)
