"""The application as it is served, on the real release."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, closing
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
from govplan.server.stores import open_store
from govplan.sparql import Store
from govplan.web import App, create_app
from tests.web.odd import write_odd
from tests.web.served import Serve, Served


@pytest.fixture(scope="session", name="app")
def _app(
    settings: Settings, manifest: Manifest, release: Path, store: Store, loop: asyncio.AbstractEventLoop
) -> Iterator[App]:
    """The application over the current release of this repository, behind all layers of a server that keeps nothing."""
    app = create_app(settings, manifest, release, store, load_questions(settings))
    app.test_client_class = ReadToEnd
    with closing(Served(app, replace(settings, cache_bytes=0), loop)) as served:
        app.wsgi_app = served  # type: ignore[method-assign]
        yield app


@pytest.fixture(name="serve")
def _serve(loop: asyncio.AbstractEventLoop) -> Iterator[Serve]:
    """Serve applications with settings of their own, on the loop of the store; all is closed in the end."""
    with ExitStack() as stack:

        def serve(app: App, settings: Settings, **more: Any) -> Served:
            return stack.enter_context(closing(Served(app, settings, loop, **more)))

        yield serve


class ReadToEnd(FlaskClient):
    """A client that reads every answer to its end, so that no file stays open."""

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> TestResponse:
        return super().open(*args, buffered=buffered, **kwargs)


@pytest.fixture(name="client")
def _client(app: Flask) -> FlaskClient:
    """A client without any header of its own."""
    return app.test_client()


@pytest.fixture(scope="session", name="odd_app")
def _odd_app(
    settings: Settings, manifest: Manifest, release: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application over a release with odd values of everything, and with things that have very many."""
    elsewhere = replace(settings, releases=tmp_path_factory.mktemp("odd"))
    odd = write_odd(elsewhere, release, manifest)
    folder = elsewhere.releases / odd.id
    store = open_store(folder, elsewhere)
    app = create_app(elsewhere, odd, folder, store, load_questions(elsewhere))
    app.test_client_class = ReadToEnd
    yield app
    store.close()


@pytest.fixture(name="odd_client")
def _odd_client(odd_app: Flask) -> FlaskClient:
    """A client of that application."""
    return odd_app.test_client()
