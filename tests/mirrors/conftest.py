"""A project that declares a mirror of what the hostile server says."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from govplan.config import Settings, load
from tests.hostile import Hostile

Declare = Callable[..., Settings]
DAY = datetime.date(2026, 11, 24)
FILE = "data/mirrors/labels.ttl"


@pytest.fixture(name="declare")
def _declare(project: Path, hostile: Hostile) -> Declare:
    """Declare one mirror in the copy of the project; values are TOML."""

    def declare(internal: str | None = None, **changed: str | None) -> Settings:
        """`internal` is the list of allowed hosts."""
        keys: dict[str, str | None] = {
            "endpoint": f'"{hostile.url("/good")}"',
            "query": '"CONSTRUCT WHERE { ?s ?p ?o }"',
            "publisher": '"belgif"',
            "licence": '"https://creativecommons.org/publicdomain/zero/1.0/"',
            "bytes": "1000",
            "seconds": "20",
        }
        lines = [f"{key} = {value}" for key, value in (keys | changed).items() if value is not None]
        file = project / "govplan.toml"
        kept = file.read_text(encoding="utf-8").split("\n[mirrors", 1)[0]
        head = "" if internal is None else f"\n[mirrors]\ninternal_hosts = {internal}\n"
        file.write_text(kept + head + "\n[mirrors.labels]\n" + "\n".join(lines) + "\n", encoding="utf-8")
        return load(project, environ={})

    return declare
