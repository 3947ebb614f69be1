"""The tools around the code: markers, make, CI, hooks and templates agree with each other."""

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT
from tests.docs.pages import text

BUILT_IN = {
    "anyio",
    "filterwarnings",
    "parametrize",
    "skip",
    "skipif",
    "usefixtures",
    "xfail",
    "xdist_group",
}


def _lines(target: str) -> list[str]:
    """What a target of the Makefile runs."""
    recipe = re.split(rf"^{target}:.*\n", text("Makefile"), maxsplit=1, flags=re.MULTILINE)[1].split("\n\n", 1)[0]
    return [line.strip().lstrip("@") for line in recipe.splitlines() if line.startswith("\t")]


def _yaml(path: str) -> Any:
    return yaml.safe_load(text(path))


def test_markers() -> None:
    """Every marker that a test bears is declared or pytest's own, and every one that is declared is borne."""
    declared = {
        marker.partition(":")[0]
        for marker in tomllib.loads(text("pyproject.toml"))["tool"]["pytest"]["ini_options"]["markers"]
    }
    borne = {
        name
        for path in (ROOT / "tests").rglob("*.py")
        for name in re.findall(r"\bpytest\.mark\.(\w+)", path.read_text(encoding="utf-8"))
    }

    assert declared == borne - BUILT_IN


def test_long_tests_apart() -> None:
    """`make test` leaves the long tests out, `make soak` runs nothing else, and CI runs both."""
    assert any('-m "not soak"' in line and "--cov" in line for line in _lines("test"))
    assert any("-m soak" in line for line in _lines("soak"))
    assert ["make test", "make soak"] == [line for line in text(".ci/run").splitlines() if line.startswith("make ")]


def test_commands_are_named() -> None:
    """README.md and CONTRIBUTING.md name the commands of a developer."""
    for page in ("README.md", "CONTRIBUTING.md"):
        assert [] == [name for name in ("test", "quick", "soak") if f"make {name}" not in text(page)]


def test_quick_is_part_of_test() -> None:
    """What is checked at every save is checked by `make test`, too, by the same commands."""
    assert [] == [line for line in _lines("quick") if "pytest" not in line and line not in _lines("test")]


def test_hooks_are_those_of_make() -> None:
    """The hooks before a commit run commands that `make test` runs."""
    entries = [hook["entry"] for repo in _yaml(".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]
    commands = [line.replace("$(BIN)", ".venv/bin") for line in _lines("test")]

    assert entries
    assert [] == [entry for entry in entries if entry not in commands]


def test_workflow_runs_what_ci_runs() -> None:
    """The workflow on GitHub calls `.ci/run`."""
    steps = [step for job in _yaml(".github/workflows/ci.yml")["jobs"].values() for step in job["steps"]]

    assert [".ci/run"] == [step["run"] for step in steps if "run" in step]


def test_issue_templates() -> None:
    """Each kind of issue has a form with a name, a description and at least one field that must be filled in."""
    forms = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in _forms()}

    assert {"bug", "data-error", "question"} == set(forms)
    for form in forms.values():
        assert form["name"]
        assert form["description"]
        assert any(field.get("validations", {}).get("required") for field in form["body"])


def _forms() -> list[Path]:
    return [path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config"]
