"""The command `govplan`: parse, call, print, exit code.

Exit codes: 0 done, 1 the content or the query was refused, 2 the call was wrong, 3 the machine or a release stands in
the way.
"""

import datetime
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress as Bar
from rich.text import Text

from govplan import bootstrap
from govplan.config import VERSION, Settings, load
from govplan.content import Problem, read_project
from govplan.errors import GovplanError, ParameterInvalid, QueryMalformed, QuestionUnknown
from govplan.linking.entities import read_catalogue
from govplan.linking.matching import Matcher
from govplan.linking.online import unreachable
from govplan.linking.report import LinkReport, link_report
from govplan.linking.review import accepted, refuse_output, sheet, suggest, summary, turtle, write_new
from govplan.linking.sheets import is_rdf, read_rdf, read_rows, read_table
from govplan.manifest import Manifest
from govplan.questions import bind, load_questions
from govplan.release.build import build as build_release
from govplan.release.check import Progress
from govplan.release.check import check as run_gate
from govplan.release.derive import write_derived
from govplan.release.dumps import export as export_release
from govplan.release.dumps import read_quads, render
from govplan.release.mirrors import renew
from govplan.release.shelf import CURRENT, sound_release
from govplan.release.shelf import publish as publish_release
from govplan.store import Request
from govplan.store.formats import BINDINGS, GRAPHS, for_form, named
from govplan.store.limits import Limits
from govplan.store.scan import query_form
from govplan.terminal import answer_table, link_details, link_table

OUT = Console(soft_wrap=True, highlight=False)
ERR = Console(stderr=True, soft_wrap=True, highlight=False)
STYLES = {"violation": "bold red", "warning": "yellow", "info": "dim"}


class Commands(click.Group):
    """A group whose commands end with the exit code of the named error they meet, said in words on standard error."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except GovplanError as problem:
            ERR.print(Text("error: ", style="bold red"), Text(str(problem)), sep="")
            if isinstance(problem, QueryMalformed) and problem.excerpt is not None and problem.column is not None:
                ERR.print(Text(f"  {problem.excerpt}\n  {' ' * (problem.column - 1)}^"))
            sys.exit(problem.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="govplan")
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    help="Plan project: a folder with govplan.toml. Default: the one around this folder, else the built-in one.",
)
@click.option("--releases", type=click.Path(path_type=Path), help="Folder of the releases.")
@click.pass_context
def main(ctx: click.Context, project: Path | None, releases: Path | None) -> None:
    """Publish a government plan as linked data."""
    ctx.obj = {"project": project, "releases": releases}


def _settings(ctx: click.Context, **overrides: object) -> Settings:
    return load(ctx.obj["project"], overrides={"releases": ctx.obj["releases"], **overrides})


@contextmanager
def _progress() -> Iterator[Progress]:
    with ERR.status("starting") as status:

        def tell(step: str) -> None:
            if ERR.is_terminal:
                status.update(step)
            else:
                ERR.print(Text(f"{step} …"))

        yield tell


@main.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Check files, shapes and questions; exit 1 on a violation."""
    with _progress() as progress:
        gate = run_gate(_settings(ctx), progress)
    for problem in gate.problems:
        _print_problem(problem)
    warnings = len(gate.problems) - len(gate.violations)
    OUT.print(
        f"{len(gate.content.files)} files, {len(gate.content.quads)} statements, {len(gate.questions)} questions: "
        f"{len(gate.violations)} violation(s), {warnings} warning(s)"
    )
    ctx.exit(1 if gate.violations else 0)


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


@main.command()
@click.pass_context
def derive(ctx: click.Context) -> None:
    """Write what follows from the data by its published rules: flags, and how far the two codings agree."""
    settings = _settings(ctx)
    for path, statements in write_derived(settings):
        OUT.print(f"{path.relative_to(settings.root)}: {statements} statements")


@main.command()
@click.option("--publish/--no-publish", default=True, help="Make it the current release (default) or only build it.")
@click.pass_context
def build(ctx: click.Context, publish: bool) -> None:
    """Check the content and write it as an immutable release."""
    OUT.print(_described(_build(_settings(ctx), publish=publish)))


def _build(settings: Settings, *, publish: bool) -> Manifest:
    with _progress() as progress:
        manifest = build_release(settings, progress)
        if publish:
            publish_release(settings.releases, manifest.id)
    return manifest


def _described(manifest: Manifest) -> str:
    size = f"{manifest.quads} statements in {len(manifest.graphs)} graphs"
    return f"release {manifest.id}, version {manifest.version}: {size}"


@main.command()
@click.argument("release")
@click.pass_context
def publish(ctx: click.Context, release: str) -> None:
    """Make RELEASE (an id) the current one."""
    OUT.print("current: " + _described(publish_release(_settings(ctx).releases, release)))


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", help="Port to listen on; 0 takes a free one.")
@click.option("--release", help="Serve this release instead of the current one.")
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: str | None, release: str | None) -> None:
    """Serve a release over HTTP; builds one first if there is none."""
    settings = _settings(ctx, host=host, port=port)
    folder, manifest = _sound(settings, release)
    bootstrap.serve(
        settings,
        folder,
        manifest,
        follow=release is None,
        ready=lambda address: OUT.print(f"serving {_described(manifest)} at {address}/ (Ctrl+C ends it)"),
    )


def _sound(settings: Settings, release: str | None) -> tuple[Path, Manifest]:
    """Return a verified release; without any, build the project's own."""
    if release is None and not (settings.releases / CURRENT).exists():
        _build(settings, publish=True)
    return sound_release(settings.releases, lambda alarm: ERR.print(Text(f"ALARM: {alarm}", style="bold red")), release)


@main.command()
@click.option("--format", "fmt", default="ttl", show_default=True, help=", ".join(fmt.extension for fmt in GRAPHS))
@click.option("--release", help="Export this release instead of the current one.")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.pass_context
def export(ctx: click.Context, fmt: str, release: str | None, target: Path) -> None:
    """Write a release to the file TARGET, or to standard output if TARGET is -."""
    settings = _settings(ctx)
    chosen = named(fmt, GRAPHS)
    folder, manifest = _sound(settings, release)
    if str(target) == "-":
        sys.stdout.buffer.write(render(read_quads(folder), chosen, settings.prefixes))
        return
    size = export_release(folder, chosen, settings.prefixes, target)
    OUT.print(f"{target}: {size} bytes of {chosen.label}, release {manifest.id}")


@main.command()
@click.option(
    "--format", "fmt", default="table", show_default=True, help="table, or any format of the answer: json, csv, ttl …"
)
@click.option("--release", help="Ask this release instead of the current one.")
@click.argument("question")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]…")
@click.pass_context
def query(ctx: click.Context, fmt: str, release: str | None, question: str, values: tuple[str, ...]) -> None:
    """Ask QUESTION: a named question, or a file with a SPARQL query."""
    settings = _settings(ctx)
    text = _query_text(settings, question, values)
    offered = for_form(query_form(text, Limits.of(settings)))
    table = fmt == "table"
    chosen = offered[0] if table else named(fmt, offered)
    folder, _ = _sound(settings, release)
    with closing(bootstrap.open_store(folder, settings)) as store:
        answer = store.answer(Request(text, chosen.media_type))
    if table and chosen in BINDINGS:
        OUT.print(answer_table(answer.body, settings.prefixes))
    else:
        sys.stdout.buffer.write(answer.body)


@main.command()
@click.option("--column", help="Column that names the entities; needed if the table has more than one.")
@click.option("--id", "own", help="Column with the IRIs of the entities; needed to make links of them later.")
@click.option("--type", "types", multiple=True, help="Only this kind of entity: its name or IRI; may be repeated.")
@click.option("--limit", type=click.IntRange(1, 50), default=3, show_default=True, help="Candidates of an unsure row.")
@click.option("--language", default="en", show_default=True, help="Language of names in the suggestions.")
@click.option("--encoding", default="utf-8", show_default=True, help="Character encoding of a table.")
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
    encoding: str,
    accept: bool,
    output: Path | None,
    release: str | None,
    file: Path,
) -> None:
    """Match the entities of FILE (CSV, TSV or RDF) with the plan's, for a person to review.

    First run: suggestions with score and reason, as CSV. Write exact or close in its column `accept`, then run again
    with --accept: the accepted rows become links, as Turtle. Nothing is ever written into the plan.
    """
    settings = _settings(ctx)
    refuse_output(output, settings.root)
    rows = [] if accept else read_rdf(file) if is_rdf(file) else read_rows(file, column, own, encoding)
    table = read_table(file, encoding) if accept else None
    folder, _ = _sound(settings, release)
    with closing(bootstrap.open_store(folder, settings)) as store:
        catalogue = read_catalogue(store, settings)
    if table is not None:
        content = turtle(accepted(table, catalogue), settings.prefixes, file.name)
    else:
        kinds = tuple(catalogue.kind(name) for name in types)
        with Bar(console=ERR, disable=not ERR.is_terminal, transient=True) as progress:
            steps = suggest(rows, Matcher(catalogue), kinds, limit)
            found = list(progress.track(steps, total=len(rows), description="matching"))
        # Spreadsheet programs take UTF-8 for something else unless it begins with its mark.
        content = sheet(found, catalogue, language).encode("utf-8-sig")
        ERR.print(Text(summary(found)))
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        write_new(output, content)


def _query_text(settings: Settings, question: str, values: tuple[str, ...]) -> str:
    if question.endswith(".rq") or Path(question).is_file():
        if values:
            raise ParameterInvalid(
                "A file takes no parameters.",
                where=question,
                mend="write the values into the file, or ask a named question",
            )
        return _read_query(Path(question))
    questions = load_questions(settings)
    if question not in questions:
        raise QuestionUnknown(f"There is no question {question!r}.", mend="one of: " + ", ".join(questions))
    pairs = dict(_pair(value) for value in values)
    return bind(questions[question], pairs)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ParameterInvalid(f"{text!r} is not NAME=VALUE.", mend="write for example lang=nl")
    return name, value


def _read_query(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as problem:
        raise QuestionUnknown(
            f"The query file cannot be read: {problem.strerror}.",
            where=str(path),
            mend="name a readable file or a question",
        ) from problem
    except UnicodeDecodeError as problem:
        raise QuestionUnknown("The query file is not UTF-8.", where=str(path), mend="save it as UTF-8") from problem


@main.command()
@click.option("--format", "fmt", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--online", is_flag=True, help="Also ask each register whether what is linked is there.")
@click.pass_context
def links(ctx: click.Context, fmt: str, online: bool) -> None:
    """Report on the links to registers of others; exit 1 if one is malformed or cannot be reached."""
    settings = _settings(ctx)
    content = read_project(settings)
    report = link_report(content.room("ontology", "data"), settings.base)
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
    with _progress() as progress:
        renewed = renew(_settings(ctx), name, datetime.datetime.now(datetime.UTC).date(), progress)
    what = "renewed" if renewed.changed else "unchanged"
    OUT.print(f"{renewed.path}: {renewed.statements} statements, {what}; review it and build")
