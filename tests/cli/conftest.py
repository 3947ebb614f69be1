"""Running the real command in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from govplan.config import Settings
from govplan.manifest import Manifest

Command = Callable[..., subprocess.CompletedProcess[str]]
GOVPLAN = Path(sys.executable).with_name("govplan")


@pytest.fixture(name="govplan")
def _govplan(settings: Settings, manifest: Manifest, tmp_path: Path) -> Command:
    """Run `govplan …` from an empty folder on a shelf that holds a current release."""

    def run(*words: str, releases: Path = settings.releases) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "GOVPLAN_RELEASES": str(releases), "COLUMNS": "200"}
        command = [str(GOVPLAN), *words]
        return subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120, check=False
        )

    return run
