"""A worker of its own for a test, on the real release."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from govplan.engines.oxigraph.process import Worker


@pytest.fixture(name="setup")
def _setup(release: Path, tmp_path: Path) -> dict[str, Any]:
    """What a worker is told first."""
    return {
        "store": str(release / "store"),
        "prefixes": {},
        "memory_bytes": 512 << 20,
        "answer_bytes": 2 << 20,
        "spool_bytes": 1 << 20,
        "spool": str(tmp_path),
    }


@pytest.fixture(name="worker")
def _worker(setup: dict[str, Any]) -> Iterator[Worker]:
    """A worker that is ready; it is gone in the end."""
    worker = Worker(setup)
    yield worker
    worker.detach()
    worker.kill()
    worker.reap()
