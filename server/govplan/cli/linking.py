"""Commands that join the plan with other data: link, links, mirror."""

import datetime
from contextlib import closing
from pathlib import Path

import click
from rich.progress import Progress as Bar
from rich.text import Text

from govplan.cli.endings import refuse_other_ending
from govplan.cli.group import main, progress_line, settings_of, sound
from govplan.cli.output import ERR, OUT, write_bytes
from govplan.cli.terminal import link_details, link_table
from govplan.content import read_project
from govplan.conventions import conventions
from govplan.inputs.tables import read_table
from govplan.links.online import unreachable
from govplan.links.report import LinkReport, link_report
from govplan.reconciliation.catalogue import read_catalogue
from govplan.reconciliation.matching import Matcher
from govplan.reconciliation.review import accepted, refuse_output, sheet, suggest, summary, turtle, write_new
from govplan.reconciliation.rows import OwnRows, read_own
from govplan.release.mirrors import renew
from govplan.server.stores import open_store


@main.command()
@click.option("--column", help="Column that names the entities; needed if the table has more than one.")
@click.option("--id", "own", help="Column with the IRIs of the entities; needed to make links of them later.")
@click.option("--type", "types", multiple=True, help="Only this kind of entity: its name or IRI; may be repeated.")
@click.option("--limit", type=click.IntRange(1, 50), default=3, show_default=True, help="Candidates of an unsure row.")
@click.option("--language", default="en", show_default=True, help="Language of names in the suggestions.")
@click.option("--encoding", help="Character encoding of a text; default: as its byte order mark says, else UTF-8.")
@click.option("--sheet", "tab", help="Sheet of a workbook; default: the first that is shown.")
@click.option("--accept", is_flag=True, help="FILE is a reviewed table: write its accepted rows as Turtle.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="New file; default: standard output.")
@click.option("--release", help="Match with this release instead of the current one.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_context
def link(
    ctx: click.Context,
    column: str | None,
    own: str | None,
    types: tuple[str, ...],
    limit: int,
    language: str,
    encoding: str | None,
    tab: str | None,
    accept: bool,
    output: Path | None,
    release: str | None,
    file: Path,
) -> None:
    """Match the entities of FILE (CSV, TSV, .xlsx, .ods or RDF) with the plan's, for a person to review.

    First run: suggestions with score and reason, as CSV, with the other columns of FILE behind. Write exact or close
    in its column `accept`, save it as CSV, .xlsx or .ods, then run again with --accept: the accepted rows become links,
    as Turtle. Nothing is ever written into the plan.
    """
    settings = settings_of(ctx)
    refuse_output(output, settings.root)
    refuse_other_ending(output, ".ttl" if accept else ".csv")
    mine = OwnRows((), ()) if accept else read_own(file, column, own, encoding, tab)
    table = read_table(file, encoding, tab) if accept else None
    folder, _ = sound(settings, release)
    with closing(open_store(folder, settings)) as store:
        catalogue = read_catalogue(store, settings)
    if table is not None:
        content = turtle(accepted(table, catalogue), settings.prefixes, file.name)
    else:
        kinds = tuple(catalogue.kind(name) for name in types)
        with Bar(console=ERR, disable=not ERR.is_terminal, transient=True) as progress:
            steps = suggest(mine.rows, Matcher(catalogue), kinds, limit)
            found = list(progress.track(steps, total=len(mine.rows), description="matching"))
        # Spreadsheet programs take UTF-8 for something else unless it begins with its mark.
        content = sheet(found, catalogue, language, mine.columns).encode("utf-8-sig")
        ERR.print(Text(summary(found)))
    if output is None:
        write_bytes(content)
    else:
        write_new(output, content)


@main.command()
@click.option("--format", "fmt", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--online", is_flag=True, help="Also ask each register whether what is linked is there.")
@click.pass_context
def links(ctx: click.Context, fmt: str, online: bool) -> None:
    """Report on the links to registers of others; exit 1 if one is malformed or cannot be reached."""
    settings = settings_of(ctx)
    content = read_project(settings)
    report = link_report(content.room("ontology", "data"), settings.base, conventions(settings.profiles).forms)
    if fmt == "json":
        OUT.print_json(data=report.as_json())
    else:
        OUT.print(link_table(report))
        for line in link_details(report, settings.prefixes):
            OUT.print(Text(line))
    dead = _dead(report) if online else 0
    ctx.exit(1 if dead or any(register.malformed for register in report.registers) else 0)


def _dead(report: LinkReport) -> int:
    with Bar(console=ERR) as bar:
        task = bar.add_task("asking the registers", total=None)
        found = unreachable(
            (link for register in report.registers for link in register.targets),
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )
    for each in found:
        OUT.print(Text(f"unreachable: {each.iri}: {each.why}"))
    OUT.print(f"{len(found)} address(es) cannot be reached; nothing was changed")
    return len(found)


@main.command()
@click.argument("name")
@click.pass_context
def mirror(ctx: click.Context, name: str) -> None:
    """Take the mirror NAME, declared in govplan.toml, anew; on failure the old one stays."""
    with progress_line() as progress:
        renewed = renew(settings_of(ctx), name, datetime.datetime.now(datetime.UTC).date(), progress)
    what = "renewed" if renewed.changed else "unchanged"
    OUT.print(f"{renewed.path}: {renewed.statements} statements, {what}; review it and build")
