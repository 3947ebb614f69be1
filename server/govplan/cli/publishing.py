"""Commands from files to answers: derive, build, publish, serve, export, codebook, query."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import click
from rich.text import Text

from govplan.cli.endings import written_as
from govplan.cli.group import build_and_publish, described, main, progress_line, settings_of, sound
from govplan.cli.output import ERR, OUT, write_bytes
from govplan.cli.own_query import read_query
from govplan.cli.terminal import answer_table
from govplan.config import base_iri
from govplan.disk import write_whole
from govplan.errors import ParameterInvalid, QuestionUnknown
from govplan.formats import BINDINGS, GRAPHS, for_form, named
from govplan.questions import Question, bind, completeness_notes
from govplan.release.derive import write_derived
from govplan.release.dumps import export as export_release
from govplan.release.dumps import read_quads, render
from govplan.release.kept_questions import questions_of
from govplan.release.repository import publish as publish_release
from govplan.server.stores import open_store
from govplan.sparql import Request, Store
from govplan.sparql.limits import Limits
from govplan.sparql.scan import query_form

_fresh = click.option("--fresh", is_flag=True, help="Check the shapes again, also if nothing has changed since.")


@main.command()
@click.pass_context
def derive(ctx: click.Context) -> None:
    """Write what follows from the data by its published rules: flags, and how far the two codings agree."""
    settings = settings_of(ctx, builtin=False)
    for path, statements in write_derived(settings):
        OUT.print(f"{path.relative_to(settings.root)}: {statements} statements")


@main.command()
@click.option("--publish/--no-publish", default=True, help="Make it the current release (default) or only build it.")
@click.option("--same-version", is_flag=True, help="Allow the version of another release that nobody has seen yet.")
@_fresh
@click.pass_context
def build(ctx: click.Context, publish: bool, fresh: bool, same_version: bool) -> None:
    """Check the content and write it as an immutable release."""
    settings = settings_of(ctx, builtin=False)
    manifest = build_and_publish(settings, publish=publish, fresh=fresh, same_version=same_version)
    OUT.print(described(manifest))


@main.command()
@click.argument("release")
@click.pass_context
def publish(ctx: click.Context, release: str) -> None:
    """Make RELEASE (an id) the current one."""
    with progress_line() as progress:
        manifest = publish_release(settings_of(ctx).releases, release, progress)
    OUT.print("current: " + described(manifest))


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", help="Port to listen on; 0 takes a free one.")
@click.option("--release", help="Serve this release instead of the current one.")
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: str | None, release: str | None) -> None:
    """Serve a release over HTTP; builds one first if there is none."""
    settings = settings_of(ctx, host=host, port=port)
    folder, manifest = sound(settings, release)
    # The application and its server are half of what `govplan` would import, and most commands need neither.
    from govplan.server import bootstrap

    bootstrap.serve(
        settings,
        folder,
        manifest,
        follow=release is None,
        ready=lambda address: OUT.print(f"serving {described(manifest)} at {address}/ (Ctrl+C ends it)"),
    )


@main.command()
@click.option(
    "--format", "fmt", help=f"{', '.join(fmt.extension for fmt in GRAPHS)}; needed only where TARGET has no ending."
)
@click.option("--release", help="Export this release instead of the current one.")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.pass_context
def export(ctx: click.Context, fmt: str | None, release: str | None, target: Path) -> None:
    """Write a release to the file TARGET, or to standard output if TARGET is -.

    The ending of TARGET names the format; .zst, .br or .gz behind it compresses the file. Standard output gets Turtle
    unless --format says something else.
    """
    settings = settings_of(ctx)
    if str(target) == "-":
        chosen = named(fmt or GRAPHS[0].extension, GRAPHS)
        folder, _ = sound(settings, release)
        write_bytes(render(read_quads(folder), chosen, settings.prefixes))
        return
    chosen, coding = written_as(target, fmt, GRAPHS)
    folder, manifest = sound(settings, release)
    size = export_release(folder, chosen, settings.prefixes, target, coding)
    OUT.print(f"{target}: {size} bytes of {chosen.label}, release {manifest.id}")


@main.command()
@click.option("--language", default="en", show_default=True, help="Language of the words.")
@click.option("--release", help="Describe this release instead of the current one.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_context
def codebook(ctx: click.Context, language: str, release: str | None, folder: Path) -> None:
    """Write every class, property and code, with meaning, values and uses, to FOLDER: a page and a table."""
    settings = settings_of(ctx)
    if language not in settings.languages:
        known = ", ".join(settings.languages)
        raise ParameterInvalid(
            f"The project has no words in {language!r}.", where="--language", mend=f"one of: {known}"
        )
    found, manifest = sound(settings, release)
    from govplan.server import bootstrap

    for name, body in bootstrap.codebook(settings, found, manifest, language).items():
        write_whole(folder / name, body)
        OUT.print(f"{folder / name}: {len(body)} bytes, release {manifest.id}")


@main.command()
@click.option(
    "--format", "fmt", default="table", show_default=True, help="table, or any format of the answer: json, csv, ttl …"
)
@click.option("--release", help="Ask this release instead of the current one.")
@click.argument("question")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]…")
@click.pass_context
def query(ctx: click.Context, fmt: str, release: str | None, question: str, values: tuple[str, ...]) -> None:
    """Ask QUESTION: a named question, a file with a SPARQL query, or - for a query from standard input.

    Standard error says which release answers, and how complete the answer is.
    """
    settings = settings_of(ctx)
    folder, manifest = sound(settings, release)
    questions = {} if _is_file(question) else questions_of(folder, manifest)
    text = _query_text(questions, question, values)
    offered = for_form(query_form(text, Limits.of(settings)))
    table = fmt == "table"
    chosen = offered[0] if table else named(fmt, offered)
    ERR.print(f"release {manifest.id}, version {manifest.version} of {manifest.date}")
    with closing(open_store(folder, settings)) as store:
        answer = store.answer(Request(text, chosen.media_type, base_iri=base_iri(settings)))
        notes = _notes(questions, question, values, store)
    if table and chosen in BINDINGS:
        OUT.print(answer_table(answer.body, settings.prefixes))
    else:
        write_bytes(answer.body)
    for note in notes:
        ERR.print(Text(note, style="italic"))


def _notes(questions: Mapping[str, Question], question: str, values: tuple[str, ...], store: Store) -> list[str]:
    """Say how complete the answer is, in the language asked for; nothing for a query of one's own."""
    if _is_file(question):
        return []
    found = questions[question]
    given = dict(_pair(value) for value in values)
    notes = completeness_notes(found, given, lambda text: store.answer(Request(text, BINDINGS[0].media_type)).body)
    language = given.get("lang", "en")
    return notes[language if language in notes else next(iter(notes))]


def _is_file(question: str) -> bool:
    return question == "-" or question.endswith(".rq") or Path(question).is_file()


def _query_text(questions: Mapping[str, Question], question: str, values: tuple[str, ...]) -> str:
    if _is_file(question):
        if values:
            raise ParameterInvalid(
                "A file takes no parameters.",
                where=question,
                mend="write the values into the file, or ask a named question",
            )
        return read_query(question)
    if question not in questions:
        known = ", ".join(questions)
        raise QuestionUnknown(
            f"The release has no question {question!r}.",
            mend=f"`govplan build` takes a new one into a release; one of: {known}",
        )
    pairs = dict(_pair(value) for value in values)
    return bind(questions[question], pairs)


def _pair(text: str) -> tuple[str, str]:
    # An argument that is not UTF-8 comes in with halves of characters, which no query can hold.
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ParameterInvalid(f"{text!r} is not UTF-8.", mend="set the locale of the shell to one with UTF-8")
    name, equals, value = text.partition("=")
    if not equals:
        raise ParameterInvalid(f"{text!r} is not NAME=VALUE.", mend="write for example lang=nl")
    return name, value
