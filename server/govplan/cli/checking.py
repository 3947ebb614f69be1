"""The command check: what it finds, for people, for programs and for GitHub, once or at every change."""

import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
from rich.text import Text

from govplan.cli.catalogues import print_harvest
from govplan.cli.group import main, progress_line, settings_of
from govplan.cli.output import ERR, OUT
from govplan.cli.terminal import coverage_table
from govplan.config import Settings
from govplan.content import Problem
from govplan.errors import GovplanError
from govplan.folders import authored
from govplan.installed import PROJECT_FILE
from govplan.release.check import Gate
from govplan.release.check import check as run_gate
from govplan.release.harvest import harvest

STYLES = {"violation": "bold red", "warning": "yellow", "info": "dim"}
# https://docs.github.com/actions/reference/workflow-commands-for-github-actions
_COMMANDS = {"violation": "error", "warning": "warning", "info": "notice"}
_LOOK_SECONDS = 0.5
_AUTHORED = (("data", ".ttl"), ("ontology", ".ttl"), ("shapes", ".ttl"), ("shapes", ".rq"), ("queries", ".rq"))


@main.command()
@click.option("--fresh", is_flag=True, help="Check the shapes again, also if nothing has changed since.")
@click.option(
    "--harvest", "harvesting", is_flag=True, help="Show what portals for open data will read, and what lacks."
)
@click.option("--watch", is_flag=True, help="Check again at every change of a file, until Ctrl+C.")
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="For people, for programs, or as annotations of GitHub.",
)
@click.pass_context
def check(ctx: click.Context, fresh: bool, harvesting: bool, watch: bool, fmt: str) -> None:
    """Check files, shapes and questions; exit 1 on a violation."""
    settings = settings_of(ctx, builtin=False)
    if watch:
        _watch(settings, fmt)
        return
    with progress_line() as progress:
        gate = run_gate(settings, progress, fresh=fresh)
    _print(gate, fmt)
    if harvesting:
        print_harvest(harvest(settings, gate.quads))
    ctx.exit(1 if gate.violations else 0)


def _watch(settings: Settings, fmt: str) -> None:
    """Check now and whenever a file has changed; a file that cannot be read is told, and waited for."""
    seen: dict[Path, tuple[int, int]] | None = None
    pause = threading.Event()
    try:
        while True:
            now = dict(_stamps(settings))
            if now != seen:
                seen = now
                try:
                    with progress_line() as progress:
                        _print(run_gate(settings, progress), fmt)
                except GovplanError as problem:
                    ERR.print(Text(str(problem), style="bold red"))
                sys.stdout.flush()
            pause.wait(_LOOK_SECONDS)
    except KeyboardInterrupt:
        return


def _stamps(settings: Settings) -> Iterator[tuple[Path, tuple[int, int]]]:
    paths = [file.path for folder, suffix in _AUTHORED for file in authored(settings, folder, suffix)]
    for path in [settings.root / PROJECT_FILE, *paths]:
        try:
            state = path.stat()
        except OSError:  # it goes away at this moment
            continue
        yield path, (state.st_mtime_ns, state.st_size)


def _print(gate: Gate, fmt: str) -> None:
    if fmt == "json":
        found = {
            "conforms": not gate.violations,
            "files": len(gate.content.files),
            "statements": len(gate.quads),
            "questions": len(gate.questions),
            "problems": [asdict(problem) for problem in gate.problems],
        }
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    if fmt == "github":
        for problem in gate.problems:
            click.echo(_annotation(problem))
        return
    for problem in gate.problems:
        _print_problem(problem)
    OUT.print(coverage_table(gate.coverage))
    warnings = len(gate.problems) - len(gate.violations)
    OUT.print(
        f"{len(gate.content.files)} files, {len(gate.quads)} statements, {len(gate.questions)} questions: "
        f"{len(gate.violations)} violation(s), {warnings} warning(s)"
    )


def _annotation(problem: Problem) -> str:
    """Return a problem as a workflow command of GitHub, on one line."""
    file, _, rest = problem.place.partition(":")
    line = rest.partition(":")[0]
    where = f"file={_escaped(file)}" + (f",line={line}" if line.isdigit() else "")
    said = f"{problem.what} {problem.mend}".replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{_COMMANDS[problem.severity]} {where},title={_escaped(problem.rule)}::{said}"


def _escaped(text: str) -> str:
    for mark, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        text = text.replace(mark, code)
    return text


def _print_problem(problem: Problem) -> None:
    OUT.print(Text(problem.severity, style=STYLES[problem.severity]), Text(problem.place))
    for label, text in (
        ("subject", problem.subject),
        ("rule", problem.rule),
        ("what", problem.what),
        ("mend", problem.mend),
    ):
        if text:
            OUT.print(Text(f"  {label + ':':<9}{text}"))
