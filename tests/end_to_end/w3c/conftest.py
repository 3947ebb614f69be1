"""The suite of the W3C, and a store of its own that holds every file of data in it as a named graph."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.questions import load_questions
from govplan.server.stores import open_store
from govplan.sparql import Store
from govplan.web import create_app
from tests.conftest import LIMITS
from tests.end_to_end.w3c import suite
from tests.web.served import Served

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give all these tests to one process, so that the suite is loaded once."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("w3c"))


@pytest.fixture(scope="session", name="suite_root")
def _suite_root(request: pytest.FixtureRequest) -> Path:
    """The folder of the suite; it is kept between test runs."""
    return suite.fetched(request.config.cache.mkdir(f"w3c-rdflib-{suite.VERSION}"))


@pytest.fixture(scope="session", name="suite_release")
def _suite_release(suite_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store as a release has one."""
    folder = tmp_path_factory.mktemp("w3c")
    store = ox.Store(str(folder / "store"))
    suite.fill(store, suite_root)
    store.flush()
    store.optimize()
    del store
    return folder


@pytest.fixture(scope="session", name="bare")
def _bare(suite_release: Path) -> ox.Store:
    """The engine alone on that store."""
    return ox.Store.read_only(str(suite_release / "store"))


@pytest.fixture(scope="session", name="suite_store")
def _suite_store(suite_release: Path, settings: Settings, loop: asyncio.AbstractEventLoop) -> Iterator[Store]:
    """The store of govplan, with its worker processes, on the same folder."""
    store = open_store(suite_release, settings, limits=replace(LIMITS, workers=1), loop=loop)
    yield store
    store.close()


@pytest.fixture(scope="session", name="suite_client")
def _suite_client(
    settings: Settings, manifest: Manifest, release: Path, suite_store: Store, loop: asyncio.AbstractEventLoop
) -> Iterator[FlaskClient]:
    """A client of the application, which asks that store and says of itself what it says of the current release."""
    app = create_app(settings, manifest, release, suite_store, load_questions(settings))
    with closing(Served(app, replace(settings, cache_bytes=0), loop)) as served:
        app.wsgi_app = served  # type: ignore[method-assign]
        yield app.test_client()
