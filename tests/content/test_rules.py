"""The rules of files: what is told about a prefix that is not the project's."""

from pathlib import Path

import pytest

from govplan.config import load
from govplan.content import check_content, read_project
from tests.conftest import spoilt

PLAN = "data/plans/cycling/plan.ttl"
ACTION = "@prefix action: <https://plans.example.org/id/action/> ."


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        ("@prefix deed: <https://plans.example.org/id/action/> .", "write action: instead"),
        ("@prefix action: <https://old.example.org/id/action/> .", "write <https://plans.example.org/id/action/>, or"),
        ("@prefix deed: <https://old.example.org/id/deed/> .", "add it to [project.prefixes] in govplan.toml"),
    ],
)
def test_prefix_that_is_not_the_projects(tiny_project: Path, written: str, mend: str) -> None:
    """A prefix is corrected by its label or its namespace where the project has one of them, else declared."""
    spoilt(tiny_project, PLAN, ACTION, f"{ACTION}\n{written}")
    settings = load(tiny_project, environ={})
    told = [each for each in check_content(read_project(settings), settings) if "does not stand for" in each.what]

    assert [mend] == [each.mend[: len(mend)] for each in told]
