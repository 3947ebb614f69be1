"""What every view may use: one release, its folder and questions, and who draws charts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import current_app

from govplan.group import Turns
from govplan.questions import Question
from govplan.readmodel.release import Release
from govplan.sparql.limits import Limits
from govplan.vega.port import Drawer

EXTENSION = "govplan"


@dataclass(frozen=True, kw_only=True)
class Site(Release):
    """One served release; `turns` are those of long query texts."""

    folder: Path
    questions: Mapping[str, Question]
    limits: Limits
    drawer: Drawer
    turns: Turns | None = None


def site() -> Site:
    """Return the site of the application that handles the current request."""
    return cast(Site, current_app.extensions[EXTENSION])
