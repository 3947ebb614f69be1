"""/queries/: the named questions; each runs with parameters from the address, in every format and as a page."""

import difflib
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from govplan.questions import Question, bind
from govplan.store import Answer, Request
from govplan.store.formats import Format, for_form
from govplan.store.scan import scan
from govplan.web.answers import SHARED, respond, result
from govplan.web.errors import Refused
from govplan.web.language import PARAMETER, asked_language
from govplan.web.negotiation import HTML, PAGES, choose
from govplan.web.protocol import read_pairs
from govplan.web.site import site
from govplan.web.tables import Shown, labelled, shown

blueprint = Blueprint("queries", __name__, url_prefix="/queries")
_TEXT = Format("rq", "SPARQL", "application/sparql-query", "bindings")


@blueprint.get("/")
def listing() -> Response:
    """List the questions."""
    questions = site().questions.values()
    if choose(PAGES, request.args.get("format")) is HTML:
        return Response(render_template("queries.html", questions=questions), mimetype="text/html")
    return jsonify([_described(question) for question in questions])


@blueprint.get("/<name>")
def question(name: str) -> Response:
    """Answer one question in the format of the name's extension, of the parameter `format`, or of Accept."""
    stem, _, extension = name.partition(".")
    found = _named(stem)
    values, asked = _values(found)
    text = bind(found, values)
    scanned = scan(text)
    formats = (*for_form(scanned.form), HTML, _TEXT)
    fmt = choose(formats, extension or asked)
    if fmt is HTML:
        return _page(found, values, formats)
    file = f"{stem}.{fmt.extension}"
    if fmt is _TEXT:
        response = result(Answer(text.encode(), fmt.media_type), fmt, file)
        response.headers["Cache-Control"] = SHARED
        return response
    return respond(site(), Request(text, fmt.media_type), fmt, volatile=scanned.volatile, file=file)


def question_answer(name: str, language: str) -> Shown | None:
    """Return the answer of a question with its defaults for a page, None if the project has no such question."""
    found = site().questions.get(name)
    return None if found is None else _answer(bind(found, _with_language(found, {}, language)))


def example_query() -> str:
    """Return a text to begin with: that of the project's first question."""
    return next((without_header(question.text) for question in site().questions.values()), "ASK {}\n")


def without_header(text: str) -> str:
    """Return the text of a question without its `#+` lines, which the page shows in words."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#+")).lstrip("\n")


def _page(found: Question, values: dict[str, str], formats: tuple[Format, ...]) -> Response:
    language = asked_language()
    bound = _with_language(found, values, language)
    text = bind(found, bound)
    given = f"?{urlencode(bound)}" if bound else ""
    links = [
        (fmt.label, url_for("queries.question", name=f"{found.name}.{fmt.extension}", lang=None) + given)
        for fmt in formats
        if fmt is not HTML
    ]
    page = render_template(
        "query.html",
        question=found,
        values=bound,
        answer=_answer(text),
        text=without_header(text),
        links=links,
    )
    response = Response(page, mimetype="text/html")
    response.headers["Cache-Control"] = SHARED
    return response


def _answer(text: str) -> Shown:
    return labelled(shown(site(), scan(text).form, text))


def _with_language(found: Question, values: dict[str, str], language: str) -> dict[str, str]:
    """A page asks in the language of its reader; data formats keep the default, so that one address is one answer."""
    return {PARAMETER: language, **values} if _takes_language(found) else values


def _takes_language(found: Question) -> bool:
    return any(parameter.name == PARAMETER for parameter in found.parameters)


def _named(name: str) -> Question:
    questions = site().questions
    if name in questions:
        return questions[name]
    near = difflib.get_close_matches(name, questions, n=5, cutoff=0.5)
    raise Refused(
        "question-unknown",
        f"There is no question {name!r}.",
        mend="ask one of those offered; all are listed at /queries/",
        offered=near or sorted(questions),
    )


def _values(found: Question) -> tuple[dict[str, str], str | None]:
    """Return the parameters and the wanted format; an empty field of a form means the default.

    The language of the page may stand in every address, also where the question itself takes none.
    """
    pairs = read_pairs(request.query_string, "The query string")
    values = dict(pairs)
    if len(values) < len(pairs):
        raise Refused("request-malformed", "A parameter is there more than once.", mend="send each parameter once")
    asked = values.pop("format", None)
    if not _takes_language(found):
        values.pop(PARAMETER, None)
    return {name: value for name, value in values.items() if value}, asked


def _described(found: Question) -> dict[str, object]:
    return {
        "name": found.name,
        "summary": dict(found.summary),
        "parameters": [{"name": each.name, "type": each.type, "default": each.default} for each in found.parameters],
        "url": url_for("queries.question", name=found.name, _external=True),
    }
