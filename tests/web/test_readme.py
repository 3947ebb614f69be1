"""README.md against the code: what it lists is what there is."""

import re
from pathlib import Path

from click import Group
from flask import Flask

from govplan.cli import main
from govplan.config import Settings
from govplan.linking.declared import KEYS
from govplan.linking.rdf_input import MAX_BYTES
from govplan.questions import load_questions
from govplan.settings import SETTINGS
from govplan.store import Request, Store

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _rows(heading: str) -> list[list[str]]:
    section = README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_settings() -> None:
    """Every setting is listed with its variable, default and meaning."""
    code = [[f"`{s.key}`", f"`{s.variable}`", f"`{s.default}`" if s.default else "", s.meaning] for s in SETTINGS]

    assert code == _rows("Settings")


def test_commands() -> None:
    """Every command is listed."""
    assert isinstance(main, Group)
    listed = {re.match(r"`govplan (\w+)", row[0])[1] for row in _rows("Commands")}  # type: ignore[index]

    assert set(main.commands) == listed


def test_mirrors() -> None:
    """Every key of a mirror is listed with when it is required, its default and its meaning."""
    code = [
        [f"`{name}`", key.required, f"`{key.default}`" if key.default else "", key.meaning]
        for name, key in KEYS.items()
    ]

    assert code == _rows("Mirrors")


def test_largest_file() -> None:
    """The largest file that is matched is told."""
    assert f"A file has at most {MAX_BYTES:,} bytes" in README


def test_routes(app: Flask) -> None:
    """Every route is listed."""
    listed = {route for row in _rows("Routes") for route in re.findall(r"`([^`]+)`", row[0])}
    served = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"}

    assert served - {"/sparql/"} == listed


def test_layout() -> None:
    """Every folder that is listed exists."""
    assert [] == [row[0] for row in _rows("Layout") if not (ROOT / row[0].strip("`")).is_dir()]


def test_question(store: Store, settings: Settings) -> None:
    """The answer that is shown is the answer that is given."""
    section = README.split("## One question and its answer\n", 1)[1].split("\n## ", 1)[0]
    lines = [line[4:] for line in section.splitlines() if line.startswith("    ")]
    name = re.match(r"\$ \.venv/bin/govplan query (\S+) --format csv$", lines[0])
    assert name
    answer = store.answer(Request(load_questions(settings)[name[1]].text, "text/csv")).body.decode()

    assert answer.splitlines() == lines[1:]
