"""What every view may use: one release, its store, its questions, the settings, and who draws charts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import current_app

from govplan.config import Settings
from govplan.group import Turns
from govplan.manifest import Manifest
from govplan.questions import Question
from govplan.store import Store
from govplan.store.limits import Limits
from govplan.vega.port import Drawer

EXTENSION = "govplan"


@dataclass(frozen=True, slots=True)
class Site:
    """One served release; `release` is its folder, `turns` are those of long query texts."""

    settings: Settings
    manifest: Manifest
    release: Path
    store: Store
    questions: Mapping[str, Question]
    limits: Limits
    drawer: Drawer
    turns: Turns | None = None


def site() -> Site:
    """Return the site of the application that handles the current request."""
    return cast(Site, current_app.extensions[EXTENSION])
