"""What check says, for programs, as annotations, and at every change of a file."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import GOVPLAN, Command
from tests.conftest import TINY


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "plan"))


@pytest.fixture(name="broken")
def _broken(project: Path) -> Path:
    """A project whose only objective has no label."""
    file = project / "data/plans/cycling/plan.ttl"
    text = file.read_text("utf-8")
    file.write_text(text.replace('"Ruas seguras"@pt', '"Ruas seguras"@en', 1), "utf-8")
    return project


def test_json(govplan: Command, project: Path) -> None:
    """For programs, the findings are JSON on standard output and nothing else is."""
    run = govplan("--project", str(project), "check", "--format", "json")
    found = json.loads(run.stdout)
    assert (0, True) == (run.returncode, found["conforms"])
    assert "violation" not in {problem["severity"] for problem in found["problems"]}
    assert 0 < found["questions"] < found["statements"]


def test_problems(govplan: Command, broken: Path) -> None:
    """What breaks a rule ends with 1 in every format, and an annotation names file and line."""
    found = json.loads(govplan("--project", str(broken), "check", "--format", "json").stdout)
    [first, *_] = found["problems"]
    assert {"severity", "place", "subject", "rule", "what", "mend"} == set(first)
    run = govplan("--project", str(broken), "check", "--format", "github")
    assert 1 == run.returncode
    assert run.stdout.startswith("::error file=data/plans/cycling/plan.ttl,line=")
    assert len(found["problems"]) == len(run.stdout.splitlines())


@pytest.fixture(name="watched")
def _watched(project: Path) -> Iterator[subprocess.Popen[str]]:
    """A check that goes on."""
    with subprocess.Popen(
        [GOVPLAN, "--project", str(project), "check", "--watch", "--format", "github"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        yield process
        process.kill()


def test_watch(watched: "subprocess.Popen[str]", project: Path) -> None:
    """A change is checked when it is made, and Ctrl+C ends it well."""
    assert watched.stdout
    assert watched.stderr
    file = project / "data/plans/cycling/plan.ttl"
    before = file.read_text("utf-8")
    for line in watched.stderr:
        if "questions" in line:
            break
    file.write_text(before.replace('"Ruas seguras"@pt', '"Ruas seguras"@en', 1), "utf-8")
    assert next(line for line in watched.stdout if line.startswith("::error file=data/plans/cycling/plan.ttl"))
    watched.send_signal(signal.SIGINT)
    assert 0 == watched.wait(60)
