"""`govplan releases` and `govplan prune` as an operator types them."""

import os
import shutil
from pathlib import Path

import pytest

from govplan.manifest import Manifest
from govplan.release.repository import CURRENT
from tests.cli.conftest import Command


@pytest.fixture(name="two")
def _two(release: Path, tmp_path: Path) -> Path:
    """A folder with the current release and an older one."""
    folder = tmp_path / "two"
    shutil.copytree(release, folder / release.name)
    older = folder / ("0" * 12)
    shutil.copytree(release, older)
    older.chmod(0o755)
    os.utime(older, (10**9, 10**9))
    (folder / CURRENT).symlink_to(release.name)
    return folder


def test_releases(govplan: Command, two: Path, manifest: Manifest) -> None:
    """Each release stands in a line with what it is."""
    run = govplan("releases", releases=two)

    lines = {words[0]: words for words in map(str.split, run.stdout.splitlines()) if words}
    assert 0 == run.returncode, run.stderr
    assert [manifest.id, manifest.version, manifest.date] == lines[manifest.id][:3]
    assert ["current", "yes"] == lines[manifest.id][4:]
    assert ["yes"] == lines["0" * 12][4:]
    assert "2 release(s)" in run.stdout


def test_damaged_current_release(govplan: Command, two: Path, manifest: Manifest) -> None:
    """A damaged current release ends the command with 3, so that a timer notices."""
    file = two / manifest.id / "dataset.nq"
    file.chmod(0o644)
    file.write_bytes(b"")
    run = govplan("releases", releases=two)

    assert 3 == run.returncode
    assert "no: Release" in run.stdout


def test_prune(govplan: Command, two: Path, manifest: Manifest) -> None:
    """Nothing goes without --yes, and nothing more than was shown with it."""
    shown = govplan("prune", "--keep", "1", releases=two)
    assert f"would remove {'0' * 12}" in shown.stdout
    assert "--yes" in shown.stdout
    assert (two / ("0" * 12)).is_dir()

    done = govplan("prune", "--keep", "1", "--yes", releases=two)
    assert f"removed {'0' * 12}" in done.stdout
    assert not (two / ("0" * 12)).exists()
    assert (two / manifest.id).is_dir()

    assert "0 release(s)" in govplan("prune", "--keep", "1", "--yes", releases=two).stdout


@pytest.mark.parametrize("words", [(), ("--keep", "0"), ("--keep", "-1"), ("--keep", "x")])
def test_wrong_calls(govplan: Command, two: Path, words: tuple[str, ...]) -> None:
    """How many stay is said, and at least one does."""
    assert 2 == govplan("prune", *words, releases=two).returncode
