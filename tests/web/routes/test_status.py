"""/ready tells the truth about store, files and search, and a condemned release answers nothing but its state."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from govplan.config import Settings
from govplan.errors import StoreUnavailable
from govplan.manifest import Manifest
from govplan.search import FILE as SEARCH
from govplan.server.opened import OpenRelease
from govplan.server.runtime import Runtime
from govplan.web.site import SITE
from tests.repository import kept
from tests.web.served import alone

BROWSER = {"Accept": "text/html"}
Get = Callable[..., TestResponse]


@pytest.fixture(scope="module", name="runtime")
def _runtime(settings: Settings, loop: asyncio.AbstractEventLoop) -> Iterator[Runtime]:
    """What opens releases in a server."""
    with closing(Runtime(settings, loop, alone(settings))) as runtime:
        yield runtime


@pytest.fixture(scope="module", name="opened")
def _opened(
    runtime: Runtime, manifest: Manifest, release: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenRelease]:
    """A copy of the release, open as it is for serving, whose files a test may spoil."""
    folder = tmp_path_factory.mktemp("repository") / manifest.id
    shutil.copytree(release, folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    opened = runtime.open(folder, manifest, lambda: None)
    yield opened
    opened.close()


@pytest.fixture(scope="module", name="get")
def _get(runtime: Runtime) -> Get:
    """Ask for a path of an open release."""
    client = runtime.app.test_client()

    def get(opened: OpenRelease, path: str, method: str = "GET", **headers: str) -> TestResponse:
        return client.open(path, method=method, headers=headers, environ_overrides={SITE: opened.site}, buffered=True)

    return get


def _damaged(path: Path) -> None:
    path.write_bytes(b"not SQLite" + path.read_bytes()[10:])


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def test_all_is_well(get: Get, opened: OpenRelease, manifest: Manifest) -> None:
    """A sound release says so of each part."""
    answer = get(opened, "/ready")
    parts = {"store": "ok", "files": "ok", "search": "ok"}
    assert (200, {"status": "ok", "release": manifest.id, **parts}) == (answer.status_code, answer.get_json())


@pytest.mark.parametrize(
    ("name", "spoil", "parts"),
    [
        (SEARCH, Path.unlink, {"files": "unavailable", "search": "unavailable"}),
        (SEARCH, _damaged, {"files": "ok", "search": "unavailable"}),
        ("dumps/be-ai-convergence.nq", Path.unlink, {"files": "unavailable", "search": "ok"}),
        ("dumps/be-ai-convergence.nq", _truncated, {"files": "unavailable", "search": "ok"}),
        ("dumps", shutil.rmtree, {"files": "unavailable", "search": "ok"}),
        ("dataset.nq", Path.unlink, {"files": "unavailable", "search": "ok"}),
    ],
)
def test_part_fails(
    get: Get, opened: OpenRelease, name: str, spoil: Callable[[Path], None], parts: dict[str, str]
) -> None:
    """A part that fails is named, with the reason, and the server lives; mended, all is well again."""
    with kept(opened.folder / name):
        spoil(opened.folder / name)
        answer = get(opened, "/ready")
        assert 503 == answer.status_code
        assert {"status": "unavailable", "store": "ok", **parts}.items() <= answer.get_json().items()
        assert "no-store" == answer.headers["Cache-Control"]
        assert all(part in answer.get_json()["detail"] for part, state in parts.items() if state != "ok")
        assert str(opened.folder) not in answer.text
        assert 200 == get(opened, "/live").status_code
    assert 200 == get(opened, "/ready").status_code


def test_release_without_an_index(get: Get, runtime: Runtime, manifest: Manifest, opened: OpenRelease) -> None:
    """A release that was built without an index is ready without one."""
    files = tuple(entry for entry in manifest.files if entry.path != SEARCH)
    older = Manifest(**{name: getattr(manifest, name) for name in Manifest.__dataclass_fields__} | {"files": files})
    served = runtime.open(opened.folder, older, lambda: None)
    answer = get(served, "/ready")
    served.close()
    assert (200, "none") == (answer.status_code, answer.get_json()["search"])


@pytest.mark.parametrize("spoil", [Path.unlink, _truncated])
def test_damaged_dump(get: Get, opened: OpenRelease, spoil: Callable[[Path], None]) -> None:
    """A dump that is gone or too short is a passing fault with a time to try again, never a piece of it."""
    with kept(opened.folder / "dumps" / "be-ai-convergence.nq"):
        spoil(opened.folder / "dumps" / "be-ai-convergence.nq")
        answer = get(opened, "/dumps/be-ai-convergence.nq")
        assert (503, "application/problem+json") == (answer.status_code, answer.mimetype)
        assert answer.headers["Retry-After"].isdigit()
        assert str(opened.folder) not in answer.text
    assert 200 == get(opened, "/dumps/be-ai-convergence.nq").status_code


@pytest.mark.parametrize(
    ("spoil", "begun"), [(Path.unlink, False), (_emptied, False), (_damaged, False), (_emptied, True)]
)
def test_search_without_its_file(
    get: Get, runtime: Runtime, manifest: Manifest, opened: OpenRelease, spoil: Callable[[Path], None], begun: bool
) -> None:
    """Without its index, search is a passing fault that says what it is, whether searching had begun or not."""
    fresh = runtime.open(opened.folder, manifest, lambda: None)
    with kept(opened.folder / SEARCH):
        if begun:
            assert 200 == get(fresh, "/search?q=vlaanderen&format=json").status_code
        spoil(opened.folder / SEARCH)
        answer = get(fresh, "/search?q=brussel&format=json")
    fresh.close()
    assert (503, "application/problem+json") == (answer.status_code, answer.mimetype)
    assert "search-unavailable" in answer.text


def test_condemned(get: Get, runtime: Runtime, manifest: Manifest, opened: OpenRelease) -> None:
    """A release that is condemned answers 503 to all that speaks of it; what speaks of the server goes on."""
    condemned = runtime.open(opened.folder, manifest, lambda: None)
    condemned.condemn(StoreUnavailable("Release x is damaged: y.", where="/secret", mend="z"))
    for path in ("/", "/sparql?query=ASK%7B%7D", "/dumps/", "/dumps/be-ai-convergence.nq", "/search?q=a", "/queries/"):
        for headers in ({}, BROWSER):
            answer = get(condemned, path, **headers)
            assert (503, "no-store") == (answer.status_code, answer.headers["Cache-Control"])
            assert "/secret" not in answer.text
            assert answer.headers["Retry-After"].isdigit()
    for path in ("/live", "/metrics", "/static/govplan.css"):
        assert 200 == get(condemned, path).status_code
    assert 404 == get(condemned, "/nowhere/at/all").status_code
    ready = get(condemned, "/ready")
    assert (503, "unavailable") == (ready.status_code, ready.get_json()["store"])
    assert "store: Release x is damaged: y." == ready.get_json()["detail"]
    assert 204 == get(condemned, "/dumps/", "OPTIONS").status_code
    condemned.close()
