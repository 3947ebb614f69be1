"""The smallest plan: another base, other languages, its own publisher as the source; built once for all tests of it."""

import asyncio
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govplan.config import Settings, load
from govplan.manifest import Manifest
from govplan.release.build import build
from govplan.release.shelf import publish
from govplan.server.bootstrap import make_opener
from tests.conftest import TINY
from tests.web.conftest import ReadToEnd
from tests.web.served import alone


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
    opened = make_opener(tiny, loop, alone(tiny))(tiny.releases / built.id, built, lambda: None)
    assert isinstance(opened.application, Flask)
    opened.application.test_client_class = ReadToEnd
    yield opened.application.test_client()
    opened.close()
