"""The group of commands, and what several of them do: read the settings, show progress, find a sound release."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.text import Text

from govplan.cli.output import ERR, end_of_pipe, refused, show_all_characters
from govplan.config import VERSION, Settings, load
from govplan.disk import prepare_releases
from govplan.errors import GovplanError, QueryMalformed
from govplan.installed import builtin_project
from govplan.manifest import Manifest
from govplan.release.build import build as build_release
from govplan.release.check import Progress
from govplan.release.repository import CURRENT, listed, sound_release
from govplan.release.repository import publish as publish_release

# What the plan in the package is called where a project is named.
BUILT_IN = "built-in"


class Commands(click.Group):
    """A group whose commands end with the exit code of the named error they meet, said in words on standard error."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Read the call and run the command."""
        show_all_characters()
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except GovplanError as problem:
            _end(problem)
        except BrokenPipeError:
            end_of_pipe()
        except OSError as problem:
            _end(refused(problem))


def _end(problem: GovplanError) -> NoReturn:
    ERR.print(Text("error: ", style="bold red"), Text(str(problem)), sep="")
    if isinstance(problem, QueryMalformed) and problem.excerpt is not None and problem.column is not None:
        ERR.print(Text(f"  {problem.excerpt}\n  {' ' * (problem.column - 1)}^"))
    sys.exit(problem.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="govplan")
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    help=f"Plan project: a folder with govplan.toml, or {BUILT_IN}. Default: the one around this folder.",
)
@click.option("--releases", type=click.Path(path_type=Path), help="Folder of the releases.")
@click.pass_context
def main(ctx: click.Context, project: Path | None, releases: Path | None) -> None:
    """Publish a government plan as linked data."""
    ctx.obj = {"project": builtin_project() if project == Path(BUILT_IN) else project, "releases": releases}


def settings_of(ctx: click.Context, *, builtin: bool = True, **overrides: object) -> Settings:
    """Return the settings of the project that the call names, and say which it is.

    Without `builtin`, a call outside a project must name one. Raises ConfigError.
    """
    found = load(ctx.obj["project"], overrides={"releases": ctx.obj["releases"], **overrides}, builtin=builtin)
    ERR.print(Text(f"project {found.name} in {found.root}"))
    return found


@contextmanager
def progress_line() -> Iterator[Progress]:
    """Yield what is told each step: a line that changes on a terminal, a line each elsewhere."""
    with ERR.status("starting", spinner="line" if ERR.options.ascii_only else "dots") as status:

        def tell(step: str) -> None:
            if ERR.is_terminal:
                status.update(step)
            else:
                ERR.print(Text(f"{step} …"))

        yield tell


def build_and_publish(
    settings: Settings, *, publish: bool, fresh: bool = False, same_version: bool = False
) -> Manifest:
    """Build a release of the project, say where it goes, and make it the current one if so wanted."""
    prepare_releases(settings.releases)
    ERR.print(Text(f"releases go to {settings.releases}"))
    with progress_line() as progress:
        manifest = build_release(settings, progress, fresh=fresh, same_version=same_version)
        if publish:
            publish_release(settings.releases, manifest.id, progress)
    return manifest


def described(manifest: Manifest) -> str:
    """Return a release in words."""
    size = f"{manifest.quads} statements in {len(manifest.graphs)} graphs"
    return f"release {manifest.id}, version {manifest.version}: {size}"


def sound(settings: Settings, release: str | None) -> tuple[Path, Manifest]:
    """Return a verified release; without any that is current, build the project's own.

    If the current one is not there any more and another is, that one is returned, with an alarm.
    """
    current = settings.releases / CURRENT
    gone = os.path.lexists(current) and listed(settings.releases)
    if release is None and not current.exists() and not gone:
        build_and_publish(settings, publish=True)
    return sound_release(settings.releases, lambda alarm: ERR.print(Text(f"ALARM: {alarm}", style="bold red")), release)
