"""What every test may use: the project's settings, its content, and one real release of it."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest

from govplan.config import Settings, load
from govplan.content import Content, read_project
from govplan.engines.oxigraph.loops import LoopThread
from govplan.manifest import Manifest
from govplan.release.build import build
from govplan.release.repository import CURRENT, publish
from govplan.release.writing import locked
from govplan.server.stores import open_store, pool_limits
from govplan.sparql import Store

HERE = Path(__file__).parent
ROOT = HERE.parent
# The smallest plan: another base, other languages, its own publisher as the source.
TINY = ROOT / "tests" / "fixtures" / "tiny-plan"
pytest_plugins = ["tests.hostile"]
SHARED = ROOT.parent / "shared"
BIN = Path(sys.executable).parent
# What a store may use by default, on two cores wherever the tests run.
LIMITS = replace(pool_limits(load(ROOT, environ={})), workers=2)
# Fixtures for which the whole plan is built, or copied to be checked.
_OF_THE_PLAN = {"manifest", "project"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use the whole plan as slow, so that `make quick` can leave them out."""
    for item in items:
        if isinstance(item, pytest.Function) and _OF_THE_PLAN & set(item.fixturenames):
            item.add_marker(pytest.mark.slow)


def missing(what: str) -> NoReturn:
    """Skip a test for want of something a machine may be without; where CI is set, nothing may be missing."""
    if "CI" in os.environ:
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session", name="content")
def _content() -> Content:
    """The authored files of this repository."""
    return read_project(load(ROOT, environ={}))


@pytest.fixture(scope="session", name="shared_folder")
def _shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this test run see."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", name="settings")
def _settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of this repository with a repository of releases that the test run may write to."""
    return load(ROOT, environ={}, overrides={"releases": tmp_path_factory.mktemp("releases")})


@pytest.fixture(scope="session", name="manifest")
def _manifest(settings: Settings, shared_folder: Path) -> Manifest:
    """The manifest of the current release of this repository: built by one process of the run, copied by the others."""
    repository = shared_folder / "built"
    with locked(shared_folder, "built.lock", lambda: None):
        if not (repository / CURRENT).exists():
            publish(repository, build(replace(settings, releases=repository)).id)
    shutil.copytree(repository, settings.releases, symlinks=True, dirs_exist_ok=True)
    return Manifest.read((settings.releases / CURRENT).resolve())


@pytest.fixture(scope="session", name="release")
def _release(settings: Settings, manifest: Manifest) -> Path:
    """The folder of the current release of this repository."""
    return settings.releases / manifest.id


@pytest.fixture(scope="session", name="loop")
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs in a thread of its own, as that of a server does."""
    own = LoopThread()
    yield own.loop
    own.stop()


@pytest.fixture(scope="session", name="store")
def _store(settings: Settings, release: Path, loop: asyncio.AbstractEventLoop) -> Iterator[Store]:
    """A store that answers queries over that release, on that loop."""
    store = open_store(release, settings, loop=loop)
    yield store
    store.close()


@pytest.fixture(scope="session", name="address")
def _address(settings: Settings, manifest: Manifest) -> Iterator[str]:
    """The address of a server in a process of its own that serves the current release, without a slash at its end."""
    environ = {**os.environ, "GOVPLAN_RELEASES": str(settings.releases), "COLUMNS": "300"}
    command = [str(BIN / "govplan"), "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout
        line = server.stdout.readline()
        try:
            assert f"serving release {manifest.id}" in line
            yield line.partition(" at ")[2].split("/ ", 1)[0]
        finally:
            server.terminate()
            try:
                server.wait(timeout=60)
            except subprocess.TimeoutExpired:
                server.kill()
                raise


def copied(root: Path) -> Path:
    """Copy the plan project to a folder, where it may be spoilt."""
    for folder in ("ontology", "data", "shapes", "queries"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "govplan.toml", root)
    return root


def spoilt(root: Path, file: str, old: str, new: str) -> Path:
    """Replace one text in one file below a folder, which must hold it exactly once, and return the file."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert 1 == text.count(old), f"{file} holds {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    """A copy of the plan project that a test may spoil."""
    return copied(tmp_path / "project")


@pytest.fixture(name="tiny_project")
def _tiny_project(tmp_path: Path) -> Path:
    """A copy of the smallest plan that a test may spoil."""
    return shutil.copytree(TINY, tmp_path / "tiny")


@pytest.fixture(name="spoil")
def _spoil(project: Path) -> Callable[[str, str, str], Path]:
    """Replace one text in one file of the copy; fails if the file does not hold it exactly once."""
    return partial(spoilt, project)


@pytest.fixture(scope="session", name="shared")
def _shared() -> Path:
    """The folder of source material, which the product does without."""
    if not SHARED.is_dir():
        pytest.skip("the source material is not on this machine")
    return SHARED
