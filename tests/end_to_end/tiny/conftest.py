"""The smallest plan: another base, other languages, its own publisher as the source; built once for all tests of it."""

import asyncio
import shutil
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from govplan.config import Settings, load
from govplan.manifest import Manifest
from govplan.release.build import build
from govplan.release.repository import publish
from govplan.server.runtime import Runtime
from govplan.web.site import SITE
from tests.conftest import TINY
from tests.web.conftest import ReadToEnd
from tests.web.served import alone


@pytest.fixture(scope="session", name="tiny")
def _tiny(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Its settings, with a repository of releases of its own."""
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
    yield from _served(tiny, built, loop)


@pytest.fixture(scope="session", name="profiled")
def _profiled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of it that names a profile, and a level of power of that profile."""
    folder = tmp_path_factory.mktemp("profiled")
    root = shutil.copytree(TINY, folder / "plan")
    path = root / "govplan.toml"
    path.write_text(path.read_text(encoding="utf-8") + 'profiles = ["be"]\n', encoding="utf-8")
    plan = root / "data/plans/cycling/plan.ttl"
    text = plan.read_text(encoding="utf-8")
    text = text.replace("gp:notStated gp:levelMentioned", "gp:levelMentioned level:region", 1)
    level = "@prefix level: <https://w3id.org/govplan/auth/level/> .\n@prefix objective:"
    plan.write_text(text.replace("@prefix objective:", level), encoding="utf-8")
    return load(root, environ={}, overrides={"releases": folder / "releases"})


@pytest.fixture(scope="module", name="client_of_profiled")
def _client_of_profiled(profiled: Settings, loop: asyncio.AbstractEventLoop) -> Iterator[FlaskClient]:
    """A client of the application that serves that copy."""
    manifest = build(profiled)
    publish(profiled.releases, manifest.id)
    yield from _served(profiled, manifest, loop)


def _served(settings: Settings, manifest: Manifest, loop: asyncio.AbstractEventLoop) -> Iterator[FlaskClient]:
    runtime = Runtime(settings, loop, alone(settings))
    opened = runtime.open(settings.releases / manifest.id, manifest, lambda: None)
    runtime.app.test_client_class = ReadToEnd
    client = runtime.app.test_client()
    client.environ_base[SITE] = opened.site
    yield client
    opened.close()
    runtime.close()
