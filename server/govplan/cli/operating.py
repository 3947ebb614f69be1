"""Commands for who operates a server: releases, prune."""

import click

from govplan.cli.group import main, settings_of
from govplan.cli.output import OUT
from govplan.cli.terminal import release_table
from govplan.release.pruning import found, prune, removable


@main.command()
@click.pass_context
def releases(ctx: click.Context) -> None:
    """List the releases, newest first, each verified; exit 3 if the current one is damaged."""
    all_found = found(settings_of(ctx).releases)
    OUT.print(release_table(all_found))
    ctx.exit(3 if any(each.is_current and each.fault for each in all_found) else 0)


@main.command("prune")
@click.option("--keep", type=click.IntRange(min=1), required=True, help="How many of the newest sound releases stay.")
@click.option("--yes", is_flag=True, help="Remove them; without it they are only listed.")
@click.pass_context
def prune_releases(ctx: click.Context, keep: int, yes: bool) -> None:
    """Remove old releases. The current one always stays."""
    folder = settings_of(ctx).releases
    unneeded = prune(folder, keep) if yes else removable(folder, keep)
    for each in unneeded:
        OUT.print(f"{'removed' if yes else 'would remove'} {each.folder.name}{', damaged' if each.fault else ''}")
    size = sum(each.size for each in unneeded) / 1e6
    end = "" if yes or not unneeded else "; `--yes` removes them"
    OUT.print(f"{len(unneeded)} release(s), {size:.1f} MB{end}")
