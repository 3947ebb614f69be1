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


@pytest.fixture(scope="module", name="client_of_two")
def _client_of_two(tmp_path_factory: pytest.TempPathFactory, loop: asyncio.AbstractEventLoop) -> Iterator[FlaskClient]:
    """A client of the application that serves a project of two plans: the smallest one, and a copy of another name."""
    folder = tmp_path_factory.mktemp("two")
    root = shutil.copytree(TINY, folder / "plan")
    shutil.copytree(root / "data/plans/cycling", root / "data/plans/walking")
    for path in (root / "data/plans/walking").iterdir():
        text = path.read_text(encoding="utf-8").replace("cycling", "walking").replace("Cycling", "Walking")
        path.write_text(text.replace("Mark crossings", "Mark paths"), encoding="utf-8")
    catalogue = root / "data/catalogue.ttl"
    text = catalogue.read_text(encoding="utf-8")
    kind = "gp:organisationKind <https://w3id.org/govplan/auth/organisation-kind/association>"
    catalogue.write_text(text.replace('de Exemplo"@pt .', f'de Exemplo"@pt ;\n    {kind} .'), encoding="utf-8")
    settings = load(root, environ={}, overrides={"releases": folder / "releases"})
    manifest = build(settings)
    publish(settings.releases, manifest.id)
    yield from _served(settings, manifest, loop)


def _served(settings: Settings, manifest: Manifest, loop: asyncio.AbstractEventLoop) -> Iterator[FlaskClient]:
    runtime = Runtime(settings, loop, alone(settings))
    opened = runtime.open(settings.releases / manifest.id, manifest, lambda: None)
    runtime.app.test_client_class = ReadToEnd
    client = runtime.app.test_client()
    client.environ_base[SITE] = opened.site
    yield client
    opened.close()
    runtime.close()
