"""Running the real command in a process of its own."""

import functools
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import pytest

from govplan.config import Settings
from govplan.manifest import Manifest

Command = Callable[..., subprocess.CompletedProcess[Any]]
GOVPLAN = Path(sys.executable).with_name("govplan")


@pytest.fixture(name="govplan")
def _govplan(settings: Settings, manifest: Manifest, tmp_path: Path) -> Command:
    """Run `govplan …` from an empty folder on a repository that holds a current release."""

    def run(
        *words: str | bytes,
        releases: Path = settings.releases,
        environ: Mapping[str, str] = MappingProxyType({}),
        stdin: bytes | None = None,
        stdout: IO[bytes] | int = subprocess.PIPE,
        stderr: IO[bytes] | int = subprocess.PIPE,
        limit: int | None = None,
        before: Callable[[], None] | None = None,
        text: bool = True,
    ) -> subprocess.CompletedProcess[Any]:
        """`limit` is the most bytes that a file may have, `before` what the process does before it is govplan."""
        if limit is not None:
            before = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit))
        return subprocess.run(
            [GOVPLAN, *words],
            cwd=tmp_path,
            env={**os.environ, "GOVPLAN_RELEASES": str(releases), "COLUMNS": "200", **environ},
            input=stdin,
            stdout=stdout,
            stderr=stderr,
            text=text,
            preexec_fn=before,
            timeout=120,
            check=False,
        )

    return run
