"""The application as it is served, on the real release."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.questions import load_questions
from govplan.store import Store
from govplan.web import create_app
from tests.web.served import Served


@pytest.fixture(scope="session", name="app")
def _app(settings: Settings, manifest: Manifest, release: Path, store: Store, loop: asyncio.AbstractEventLoop) -> Flask:
    """The application over the current release of this repository, behind all layers of a server that keeps nothing."""
    app = create_app(settings, manifest, release, store, load_questions(settings))
    app.test_client_class = _Client
    app.wsgi_app = Served(app, replace(settings, cache_bytes=0), loop)  # type: ignore[method-assign]
    return app


class _Client(FlaskClient):
    """A client that reads every answer to its end, so that no file stays open."""

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> TestResponse:
        return super().open(*args, buffered=buffered, **kwargs)


@pytest.fixture(name="client")
def _client(app: Flask) -> FlaskClient:
    """A client without any header of its own."""
    return app.test_client()
