"""The command that verifies citations: verify."""

from collections.abc import Mapping
from contextlib import closing

import click

from govplan.citing.endpoint import Endpoint
from govplan.citing.keys import Cited, read_key
from govplan.citing.records import records_of
from govplan.citing.verifying import Item, verified
from govplan.cli.group import main, settings_of, sound
from govplan.cli.output import OUT
from govplan.config import base_iri
from govplan.errors import QuestionUnknown
from govplan.questions import Question, bind, load_questions
from govplan.server.stores import open_store
from govplan.sparql import Answer, Request


@main.command()
@click.option("--all", "release", metavar="RELEASE", help="Verify every recorded citation of this release (an id).")
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint over the same data, and every question too.")
@click.argument("keys", nargs=-1)
@click.pass_context
def verify(ctx: click.Context, release: str | None, endpoint: str | None, keys: tuple[str, ...]) -> None:
    """Ask again what was cited by KEYS, or all of RELEASE, and tell whether the answers say the same.

    `bytes` is the same answer byte for byte, `content` says the same; exit 1 if one differs or fails. An endpoint
    answers over the union of all graphs, as `oxigraph serve --union-default-graph` does.
    """
    if release is None and not keys:
        raise click.UsageError("Name the keys of citations, or a release with --all.")
    settings = settings_of(ctx)
    read = [(text, read_key(text)) for text in keys]
    of = {key.release for _, key in read} | ({release} if release else set())
    if len(of) > 1:
        raise click.UsageError("Name citations of one release at a time.")
    folder, manifest = sound(settings, of.pop())
    kept = records_of(settings)
    questions = load_questions(settings)
    items = [_item(questions, text, key.cited or kept.find(key.digest).cited, key.content) for text, key in read]
    if release:
        items += [Item.of_record(record) for record in kept if record.release == manifest.id]
        items += [Item(name, question.text) for name, question in questions.items()] if endpoint else ()
    other = Endpoint(endpoint, settings.query_seconds, settings.answer_bytes) if endpoint else None
    count = wrong = 0
    with closing(open_store(folder, settings)) as store:

        def ask(text: str, kind: str, default_graphs: tuple[str, ...], named_graphs: tuple[str, ...]) -> Answer:
            return store.answer(Request(text, kind, default_graphs, named_graphs, base_iri=base_iri(settings)))

        for outcome in verified(items, ask, other.answer if other else None):
            count += 1
            wrong += outcome.result in ("differs", "failed")
            why = outcome.problem or ", ".join(outcome.reasons)
            OUT.print(f"{outcome.result:<12} {outcome.name}{f' ({why})' if why else ''}")
    OUT.print(f"release {manifest.id}: {count} verified, {wrong} of them wrong")
    ctx.exit(1 if wrong else 0)


def _item(questions: Mapping[str, Question], text: str, cited: Cited, content: str) -> Item:
    if cited.question is None:
        return Item.of(text, cited, content)
    if cited.question not in questions:
        raise QuestionUnknown(f"There is no question {cited.question!r}.", where=text)
    values = {name: value for name, value in cited.parameters if value}
    return Item(text, bind(questions[cited.question], values), content=content)
