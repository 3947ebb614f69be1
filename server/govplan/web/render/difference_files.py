"""The difference of two releases outside a server: as text for a terminal, and as the JSON that the site answers."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, json

from govplan.manifest import Manifest
from govplan.release.difference import ChangedQuestion, changed_questions
from govplan.web.http.language import PARAMETER, asked_language, gettext, mark, speaking
from govplan.web.render.changes import Change, changes, grouped
from govplan.web.site import site

_WHAT = {"added": mark("new"), "removed": mark("no longer there"), "retired": mark("retired")}
_ASKED = {**_WHAT, "query": mark("the query changed"), "words": mark("its words changed")}


def told_difference(
    app: Flask, before: tuple[Path, Manifest], after: tuple[Path, Manifest], language: str, *, as_json: bool
) -> str:
    """Return what changed, in words of a language of the project or as JSON. Raises AnswerTooLarge."""
    with app.test_request_context(f"/?{urlencode({PARAMETER: language})}"), speaking(language):
        told, questions = changes(site(), before, after), changed_questions(*before, *after)
        if as_json:
            return json.dumps(document(before[1], after[1], told, questions), indent=2, ensure_ascii=False) + "\n"
        return "".join(f"{line}\n" for line in _lines(told, questions))


def document(
    before: Manifest, after: Manifest, told: Sequence[Change], questions: Sequence[ChangedQuestion]
) -> dict[str, object]:
    """Return a difference as members of JSON."""
    return {
        "before": before.id,
        "after": after.id,
        "language": asked_language(),
        "things": [member(each) for each in told],
        "questions": [{"name": each.name, "what": each.what} for each in questions],
    }


def member(change: Change) -> dict[str, object]:
    """Return a changed thing as members of JSON."""
    return {
        "iri": change.iri,
        "label": change.label,
        "kind": change.kind,
        "plan": change.plan,
        "what": change.what,
        "edits": [
            {
                "predicate": each.predicate,
                "language": each.language,
                "before": list(each.before),
                "after": list(each.after),
                "graph": each.graph,
                "speaker": each.speaker,
                "sentence": each.sentence,
            }
            for each in change.edits
        ],
    }


def word(what: str) -> str:
    """Return what became of a thing or a question, in words; an empty text where its edits say it."""
    return gettext(_ASKED[what]) if what in _ASKED else ""


def _lines(told: Sequence[Change], questions: Sequence[ChangedQuestion]) -> Iterator[str]:
    for each in questions:
        yield f"{gettext('Question')} {each.name}: {word(each.what)}"
    for plan, kinds in grouped(told).items():
        yield f"# {plan or gettext('What belongs to no plan')}"
        for kind, things in kinds.items():
            for thing in things:
                said = "; ".join(filter(None, [word(thing.what), *(edit.sentence for edit in thing.edits)]))
                yield f"{kind or gettext('Other things')} {thing.label}: {said}"
