"""What every view may use: the release that its request is about, and the policy of the process."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from flask import current_app, request

from govplan.errors import StoreUnavailable
from govplan.group import Throttle
from govplan.questions import Question
from govplan.readmodel.release import Release
from govplan.reconciliation.matching import Matcher
from govplan.sparql.limits import Limits
from govplan.vega.port import Drawer

# In the environment of a request: the release that it is about.
SITE = "govplan.site"
# In the environment of a request: the id of the release that is current while it is answered.
CURRENT = "govplan.current"
# In an application: the release of every request that names none, and the policy.
EXTENSION = "govplan"
POLICY = "govplan.policy"


@dataclass(frozen=True, slots=True)
class Policy:
    """What all requests of a process share, whichever release they are about.

    `limits` are those of query texts, `throttle` is for long ones, `drawer` draws charts.
    """

    limits: Limits
    throttle: Throttle
    drawer: Drawer


@dataclass(kw_only=True, eq=False)
class Site(Release):
    """One open release as views see it: its folder and questions, and the matcher once it is made under `matching`.

    With a `problem`, whatever speaks of the release answers with that.
    """

    folder: Path
    questions: Mapping[str, Question]
    problem: StoreUnavailable | None = None
    matcher: Matcher | None = None
    matching: threading.Lock = field(default_factory=threading.Lock, repr=False)


def site() -> Site:
    """Return the release that the current request is about."""
    return cast(Site, request.environ.get(SITE) or current_app.extensions[EXTENSION])


def policy() -> Policy:
    """Return the policy of the process."""
    return cast(Policy, current_app.extensions[POLICY])
