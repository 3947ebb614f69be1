"""/queries/: the named questions; each runs with parameters from the address, in every format and as a page."""

import difflib
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from govplan.questions import Question, bind
from govplan.store import Answer, Request
from govplan.store.formats import Format, for_form
from govplan.store.limits import UNLIMITED
from govplan.store.scan import query_form, scan
from govplan.web.answers import COMPLETENESS, PRIVATE, SHARED, completeness, request_for, respond, result
from govplan.web.errors import Refused
from govplan.web.negotiation import HTML, PAGES, choose
from govplan.web.protocol import MAX_ROWS, read_max_rows, read_pairs
from govplan.web.site import site
from govplan.web.tables import Shown, labelled, shown

blueprint = Blueprint("queries", __name__, url_prefix="/queries")
_TEXT = Format("rq", "SPARQL", "application/sparql-query", "bindings")
_LANGUAGE = "lang"


@blueprint.get("/")
def listing() -> Response:
    """List the questions."""
    questions = site().questions.values()
    if choose(PAGES, request.args.get("format")) is HTML:
        page = render_template("queries.html", questions=questions, language=asked_language())
        response = Response(page, mimetype="text/html")
        response.vary.add("Accept-Language")
    else:
        response = jsonify([_described(question) for question in questions])
    response.headers["Cache-Control"] = SHARED
    return response


@blueprint.get("/<name>")
def question(name: str) -> Response:
    """Answer one question in the format of the name's extension, of the parameter `format`, or of Accept."""
    stem, _, extension = name.partition(".")
    found = _named(stem)
    values, asked, max_rows = _values()
    text = bind(found, values)
    scanned = scan(text, UNLIMITED)
    formats = (*for_form(scanned.form), HTML, _TEXT)
    fmt = choose(formats, extension or asked)
    if fmt is HTML:
        return _page(found, values, formats, max_rows)
    file = f"{stem}.{fmt.extension}"
    if fmt is _TEXT:
        response = result(Answer(text.encode(), fmt.media_type), fmt, file)
        response.headers["Cache-Control"] = SHARED
        return response
    wanted = request_for(site(), text, scanned.form, fmt.media_type, max_rows=max_rows)
    return respond(site(), wanted, fmt, volatile=scanned.volatile, file=file)


def question_answer(name: str, language: str) -> Shown | None:
    """Return the answer of a question with its defaults for a page, None if the project has no such question."""
    found = site().questions.get(name)
    if found is None:
        return None
    text = bind(found, _with_language(found, {}, language))
    default = for_form(query_form(text, UNLIMITED))[0]
    return labelled(shown(site(), site().store.answer(Request(text, default.media_type))))


def example_query() -> str:
    """Return a text to begin with: that of the project's first question."""
    return next((without_header(question.text) for question in site().questions.values()), "ASK {}\n")


def without_header(text: str) -> str:
    """Return the text of a question without its `#+` lines, which the page shows in words."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#+")).lstrip("\n")


def asked_language() -> str:
    """Return the language of the project that the current request prefers: `lang`, else Accept-Language, else en."""
    languages = site().settings.languages
    asked = request.args.get(_LANGUAGE)
    if asked in languages:
        return asked
    for tag, quality in request.accept_languages:  # by preference; nl-BE asks for nl
        primary = tag.partition("-")[0].lower()
        if quality and primary in languages:
            return primary
    return "en" if "en" in languages else languages[0]


def _page(found: Question, values: dict[str, str], formats: tuple[Format, ...], max_rows: int | None) -> Response:
    language = asked_language()
    bound = _with_language(found, values, language)
    text = bind(found, bound)
    scanned = scan(text, UNLIMITED)
    wanted = request_for(site(), text, scanned.form, formats[0].media_type, max_rows=max_rows)
    answer = site().store.answer(wanted)
    address = {**bound, MAX_ROWS: str(max_rows)} if max_rows else bound
    given = f"?{urlencode(address)}" if address else ""
    links = [
        (fmt.label, url_for("queries.question", name=f"{found.name}.{fmt.extension}") + given)
        for fmt in formats
        if fmt is not HTML
    ]
    page = render_template(
        "query.html",
        question=found,
        values=bound,
        language=language,
        answer=labelled(shown(site(), answer)),
        text=without_header(text),
        links=links,
    )
    response = Response(page, mimetype="text/html")
    response.headers["Cache-Control"] = PRIVATE if scanned.volatile else SHARED
    response.headers[COMPLETENESS] = completeness(wanted, answer)
    response.vary.add("Accept-Language")
    return response


def _with_language(found: Question, values: dict[str, str], language: str) -> dict[str, str]:
    """A page asks in the language of its reader; data formats keep the default, so that one address is one answer."""
    if any(parameter.name == _LANGUAGE for parameter in found.parameters):
        return {_LANGUAGE: language, **values}
    return values


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


def _values() -> tuple[dict[str, str], str | None, int | None]:
    """Return the parameters, the wanted format and the bound of a preview; an empty field means the default.

    A parameter of a question is a variable, so none can have the name `max-rows`.
    """
    pairs = read_pairs(request.query_string, "The query string")
    values = dict(pairs)
    if len(values) < len(pairs):
        raise Refused("request-malformed", "A parameter is there more than once.", mend="send each parameter once")
    asked = values.pop("format", None)
    max_rows = read_max_rows(values.pop(MAX_ROWS, None))
    return {name: value for name, value in values.items() if value}, asked, max_rows


def _described(found: Question) -> dict[str, object]:
    return {
        "name": found.name,
        "summary": dict(found.summary),
        "parameters": [{"name": each.name, "type": each.type, "default": each.default} for each in found.parameters],
        "url": url_for("queries.question", name=found.name, _external=True),
    }
