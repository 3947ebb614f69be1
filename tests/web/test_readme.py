"""The documents against the running application: the routes that they list, and the answer that README.md shows."""

import re

from flask import Flask

from govplan.config import Settings
from govplan.questions import load_questions
from govplan.sparql import Request, Store
from tests.docs.pages import rows, text


def test_routes(app: Flask) -> None:
    """Every route is listed."""
    listed = {route for row in rows("docs/routes.md", "Routes") for route in re.findall(r"`([^`]+)`", row[0])}
    served = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"}

    assert served - {"/sparql/"} == listed


def test_question(store: Store, settings: Settings) -> None:
    """The answer that is shown is the answer that is given."""
    section = text("README.md").split("## One question and its answer\n", 1)[1].split("\n## ", 1)[0]
    lines = [line[4:] for line in section.splitlines() if line.startswith("    ")]
    name = re.match(r"\$ \.venv/bin/govplan query (\S+) --format csv$", lines[0])
    assert name
    answer = store.answer(Request(load_questions(settings)[name[1]].text, "text/csv")).body.decode()

    assert answer.splitlines() == lines[1:]
