"""The smallest plan: another base, other languages, its own publisher as the source; built once for all tests of it."""

import asyncio
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from govplan.config import Settings, load
from govplan.manifest import Manifest
from govplan.release.build import build
from govplan.release.shelf import publish
from govplan.server.runtime import Runtime
from govplan.web.site import SITE
from tests.conftest import ROOT
from tests.web.conftest import ReadToEnd
from tests.web.served import alone

TINY = ROOT / "tests" / "fixtures" / "tiny-plan"


@pytest.fixture(scope="session", name="tiny")
def _tiny(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Its settings, with a shelf of releases of its own."""
    return load(TINY, environ={}, overrides={"releases": tmp_path_factory.mktemp("tiny")})


@pytest.fixture(scope="session", name="built")
def _built(tiny: Settings) -> Manifest:
    """The manifest of its release."""
    manifest = build(tiny)
    publish(tiny.releases, manifest.id)
    return manifest


@pytest.fixture(scope="session", name="client")
def _client(tiny: Settings, built: Manifest, loop: asyncio.AbstractEventLoop) -> Iterator[FlaskClient]:
    """A client of the application that serves it."""
    runtime = Runtime(tiny, loop, alone(tiny))
    opened = runtime.open(tiny.releases / built.id, built, lambda: None)
    runtime.app.test_client_class = ReadToEnd
    client = runtime.app.test_client()
    client.environ_base[SITE] = opened.site
    yield client
    opened.close()
    runtime.close()
