"""The wheel: built here, installed in a fresh environment, run from the root folder."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

ROOMS = ("ontology", "data", "shapes", "queries")


@pytest.fixture(scope="module", name="wheel")
def _wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", target, ROOT], check=True, capture_output=True
    )
    return next(target.glob("*.whl"))


@pytest.fixture(scope="module", name="command")
def _command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a fresh environment that has only the wheel and what it asks for."""
    venv = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    pip: list[str | Path] = [venv / "bin" / "pip", "install", "--quiet"]
    subprocess.run([*pip, "--constraint", ROOT / "constraints.txt", wheel], check=True, capture_output=True)
    return venv / "bin" / "govplan"


@pytest.fixture(name="environ")
def _environ(tmp_path: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "share")}


def test_wheel_carries_the_project(wheel: Path) -> None:
    """The wheel holds every authored file of the plan project, and nothing else of the repository."""
    names = {name.removeprefix("govplan/project/") for name in zipfile.ZipFile(wheel).namelist() if "/project/" in name}
    authored = {
        path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file()
    }

    assert authored | {"govplan.toml"} == names


def test_wheel_carries_the_profiles(wheel: Path) -> None:
    """The wheel holds every file of every profile."""
    names = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("govplan/profiles/")}

    assert {f"govplan/{path.relative_to(ROOT)}" for path in (ROOT / "profiles").rglob("*") if path.is_file()} == names


def test_wheel_carries_the_editor(wheel: Path) -> None:
    """The wheel holds the files of the query editor and the licences of its parts."""
    names = zipfile.ZipFile(wheel).namelist()
    files = [name for name in names if name.startswith("govplan/web/static/editor/")]

    assert {"yasgui.min.css", "yasgui.min.js"} == {name.rpartition("/")[2] for name in files}
    assert any(name.endswith("/licenses/LICENSE-EDITOR") for name in names)


@pytest.mark.soak
def test_query_from_the_root_folder(command: Path, environ: dict[str, str]) -> None:
    """`govplan query` answers from / after building the built-in project, whose releases lie with the user."""
    run = subprocess.run(
        [command, "query", "objectives-with-action-counts", "--format", "csv"],
        cwd="/",
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == run.returncode, run.stderr
    assert 10 == len(run.stdout.strip().splitlines())
    assert list(Path(environ["XDG_DATA_HOME"]).glob("govplan/*/releases/current"))


@pytest.mark.soak
def test_serve_from_the_root_folder(command: Path, environ: dict[str, str]) -> None:
    """`govplan serve` answers from / with home page, endpoint and dump, and has its languages with it."""
    server = subprocess.Popen(
        [command, "serve", "--port", "0"],
        cwd="/",
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        found = re.search(r"http://\S+/", server.stdout.readline())
        assert found
        for path in ("", "sparql", "dumps/be-ai-convergence.ttl", "queries/plan-in-numbers"):
            with urllib.request.urlopen(found[0] + path, timeout=30) as answer:
                assert 200 == answer.status
                assert answer.read()
        page = urllib.request.Request(found[0] + "limits?lang=fr", headers={"Accept": "text/html"})
        with urllib.request.urlopen(page, timeout=30) as answer:
            assert "Limites en vigueur" in answer.read().decode()
        page = urllib.request.Request(found[0] + "sparql", headers={"Accept": "text/html"})
        with urllib.request.urlopen(page, timeout=30) as answer:
            script = re.search(r'data-script="/([^"]+)"', answer.read().decode())
        assert script
        with urllib.request.urlopen(found[0] + script[1], timeout=30) as answer:
            assert b"Yasqe" in answer.read()
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    assert 0 == server.returncode
