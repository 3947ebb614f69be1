"""Commands for who operates a server: releases, diff, prune."""

import click

from govplan.citing.records import records_of
from govplan.cli.group import main, settings_of, sound
from govplan.cli.output import OUT, write_bytes
from govplan.cli.terminal import release_table
from govplan.errors import ParameterInvalid
from govplan.release.difference import lines, rdf_patch
from govplan.release.pruning import found, prune, removable


@main.command()
@click.pass_context
def releases(ctx: click.Context) -> None:
    """List the releases, newest first, each verified; exit 3 if the current one is damaged."""
    all_found = found(settings_of(ctx).releases)
    OUT.print(release_table(all_found))
    ctx.exit(3 if any(each.is_current and each.fault for each in all_found) else 0)


@main.command()
@click.option(
    "--format", "fmt", type=click.Choice(["text", "json", "patch"]), default="text", show_default=True, help="Format."
)
@click.option("--language", default="en", show_default=True, help="Language of the words.")
@click.argument("before")
@click.argument("after")
@click.pass_context
def diff(ctx: click.Context, fmt: str, language: str, before: str, after: str) -> None:
    """Tell what changed from release BEFORE to release AFTER, in words or as an RDF Patch."""
    settings = settings_of(ctx)
    if language not in settings.languages:
        known = ", ".join(settings.languages)
        raise ParameterInvalid(
            f"The project has no words in {language!r}.", where="--language", mend=f"one of: {known}"
        )
    first, second = sound(settings, before), sound(settings, after)
    if fmt == "patch":
        write_bytes(b"".join(rdf_patch(lines(*first), lines(*second))))
        return
    from govplan.server import bootstrap

    write_bytes(bootstrap.difference(settings, first, second, language, as_json=fmt == "json").encode())


@main.command("prune")
@click.option("--keep", type=click.IntRange(min=1), required=True, help="How many of the newest sound releases stay.")
@click.option("--yes", is_flag=True, help="Remove them; without it they are only listed.")
@click.option("--cited", is_flag=True, help="Remove also releases that have a DOI or a recorded citation.")
@click.option("--why", default="", help="The reason, for whoever asks for one of them later.")
@click.option("--copy", default="", help="Where a copy is kept: an address, or words.")
@click.pass_context
def prune_releases(ctx: click.Context, keep: int, yes: bool, cited: bool, why: str, copy: str) -> None:
    """Remove old releases. The current one and those that were cited stay; the server tells of those that are gone."""
    settings = settings_of(ctx)
    folder = settings.releases
    kept = set() if cited else {*settings.registration.dois, *(each.release for each in records_of(settings))}
    unneeded = prune(folder, keep, kept, why=why, copy=copy) if yes else removable(folder, keep, kept)
    for each in unneeded:
        OUT.print(f"{'removed' if yes else 'would remove'} {each.folder.name}{', damaged' if each.fault else ''}")
    size = sum(each.size for each in unneeded) / 1e6
    end = "" if yes or not unneeded else "; `--yes` removes them"
    OUT.print(f"{len(unneeded)} release(s), {size:.1f} MB{end}")
