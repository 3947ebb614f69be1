"""/queries/: the named questions; each runs with parameters from the address, in every format and as a page."""

import difflib
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from govplan.formats import Format, for_form
from govplan.questions import RESERVED, Question, bind, completeness_notes
from govplan.questions.completeness import shared_values
from govplan.questions.figures import PLAN, takes, takes_language
from govplan.readmodel.plans import Plan
from govplan.readmodel.sizes import ROWS
from govplan.sparql import Answer
from govplan.sparql.results import Results
from govplan.web.http.addresses import pinned_address
from govplan.web.http.answers import COMPLETENESS, PRIVATE, SHARED, request_for, respond, result
from govplan.web.http.conversation import IN_THREAD, Steps, stepwise
from govplan.web.http.errors import Refused
from govplan.web.http.language import PARAMETER, asked_language, speaking, spoken
from govplan.web.http.negotiation import HTML, PAGES, choose
from govplan.web.http.protocol import MAX_ROWS, read_max_rows, read_pairs
from govplan.web.render.charts import CHART_ROWS, PICTURES, drawn_before, drawn_now, figure, picture
from govplan.web.render.excel import EXCEL, excel
from govplan.web.render.fields import fields
from govplan.web.render.gallery import gallery
from govplan.web.render.paging import view
from govplan.web.render.tables import Shown, for_page, in_whole, labelled, shown
from govplan.web.render.words import column_name
from govplan.web.site import site

blueprint = Blueprint("queries", __name__, url_prefix="/queries")
_TEXT = Format("rq", "SPARQL", "application/sparql-query", "bindings")
_NOTES = "notes"
_LONGEST = 100  # characters of a name that is looked for among those of the questions


@blueprint.get("/")
def listing() -> Response:
    """List the questions: those that `q` finds, for one `audience` and with one `tag`, where these are given."""
    chosen = gallery(site(), asked_language())
    if choose(PAGES, request.args.get("format")) is HTML:
        response = Response(render_template("queries.html", gallery=chosen), mimetype="text/html")
    else:
        response = jsonify([_described(question) for question in chosen.questions])
    response.headers["Cache-Control"] = SHARED
    return response


@blueprint.get("/<name>")
@stepwise
def question(name: str) -> Steps:
    """Answer one question in the format of the name's extension, of the parameter `format`, or of Accept."""
    stem, _, extension = name.partition(".")
    found = _named(stem)
    values, asked, max_rows = _values(found)
    if extension == _NOTES:
        yield IN_THREAD
        bind(found, values)  # refuses what the answer itself would refuse
        response = jsonify(_notes(found, values))
        response.headers["Cache-Control"] = SHARED
        return response
    formats = formats_of(found)
    fmt = choose(formats, extension or asked)
    if fmt is HTML or fmt is EXCEL or fmt in PICTURES:
        yield IN_THREAD
    if fmt is HTML:
        return _page(found, values, formats, max_rows)
    text = bind(found, values)
    file = f"{stem}.{fmt.extension}"
    if fmt is _TEXT:
        response = result(Answer(text.encode(), fmt.media_type), fmt, file)
        response.headers["Cache-Control"] = SHARED
        return response
    language = spoken(values.get(PARAMETER))
    if fmt in PICTURES:
        drawn = drawn_before(found, text, fmt, language)
        if drawn is None:
            drawn = drawn_now(found, _shown(found, text, CHART_ROWS), fmt, language)
        return picture(drawn, fmt, file)
    if fmt is EXCEL:
        return _excel(found, text, language, file)
    wanted = request_for(site(), text, found.form, fmt.media_type, max_rows=max_rows)
    response = yield from respond(site(), wanted, fmt, volatile=found.volatile, file=file)
    if found.completeness:
        shared = {name: value for each in found.completeness for name, value in shared_values(each, values).items()}
        query = f"?{urlencode(shared)}" if shared else ""
        notes = url_for("queries.question", name=f"{stem}.{_NOTES}", lang=None) + query
        response.headers.add("Link", f'<{notes}>; rel="describedby"; type="application/json"')
    return response


def _notes(found: Question, values: Mapping[str, str]) -> dict[str, list[str]]:
    """Return by language what is to be said of how complete the answer of a question with these values is."""
    media_type = for_form("SELECT")[0].media_type
    return completeness_notes(
        found, values, lambda text: site().store.answer(request_for(site(), text, "SELECT", media_type)).body
    )


def formats_of(found: Question) -> tuple[Format, ...]:
    """Return the formats in which a question answers, the default first."""
    more = (EXCEL,) if found.form == "SELECT" else ()
    return (*for_form(found.form), *more, *(PICTURES if found.chart else ()), HTML, _TEXT)


def _excel(found: Question, text: str, language: str, file: str) -> Response:
    """The heads of the table are words, in the language that the answer was asked in."""
    answer = Results(site().store.answer(request_for(site(), text, found.form, for_form(found.form)[0].media_type)))
    with speaking(language):
        heads = [_head(name, answer.columns) for name in answer.columns]
    response = result(Answer(excel(answer.columns, heads, answer), EXCEL.media_type), EXCEL, file)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}.csv"'
    response.headers["Cache-Control"] = SHARED
    return response


def _head(name: str, columns: tuple[str, ...]) -> str:
    """A table for people calls the labels of things by the things, and says which column holds addresses."""
    thing = name.removesuffix("Label")
    if thing != name and thing in columns:
        return column_name(thing)
    return f"{column_name(name)} (IRI)" if f"{name}Label" in columns else column_name(name)


def question_answer(name: str, language: str, plan: Plan | None = None) -> Shown | None:
    """Return the answer of a question for a page, on one plan or on all; None if the project has no such question."""
    found = site().questions.get(name)
    if found is None:
        return None
    values = {PLAN: plan.iri} if plan and takes(found, PLAN) else {}
    text = bind(found, _with_language(found, values, language))
    return labelled(_shown(found, text, ROWS))


def bound_question(name: str, values: dict[str, str] | None = None) -> tuple[Question, dict[str, str]]:
    """Return a question and its values, those of the address where none are given. Raises Refused and what `bind` does.

    A value that is empty stands for the default.
    """
    found = _named(name)
    given = _values(found)[0] if values is None else {key: value for key, value in values.items() if value}
    bind(found, given)
    return found, given


def example_query() -> str:
    """Return a text to begin with: that of the project's first question."""
    return next((without_header(question.text) for question in site().questions.values()), "ASK {}\n")


def without_header(text: str) -> str:
    """Return the text of a question without its `#+` lines, which the page shows in words."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#+")).lstrip("\n")


def _page(found: Question, values: dict[str, str], formats: tuple[Format, ...], max_rows: int | None) -> Response:
    """A page with a value that cannot be used is the form with that value and what is wrong with it: no answer."""
    language = asked_language()
    bound = _with_language(found, values, language)
    form = fields(site(), found, bound, language)
    page: dict[str, object] = {"question": found, "fields": form, "wrong": [field for field in form if field.error]}
    if page["wrong"]:
        response = Response(render_template("query.html", **page), 400, mimetype="text/html")
        response.headers["Cache-Control"] = PRIVATE
        return response
    text = bind(found, bound)
    wanted = request_for(site(), text, found.form, formats[0].media_type, max_rows=max_rows)
    whole = shown(site(), site().store.answer(for_page(wanted, found.form)), max_rows)
    given = {**bound, MAX_ROWS: str(max_rows)} if max_rows else bound
    page["notes"] = _notes(found, bound)[language]
    page |= _answered(found, text, whole, given, formats)
    response = Response(render_template("query.html", **page), mimetype="text/html")
    response.headers["Cache-Control"] = PRIVATE if found.volatile else SHARED
    response.headers[COMPLETENESS] = whole.completeness
    return response


def _answered(
    found: Question, text: str, whole: Shown, bound: dict[str, str], formats: tuple[Format, ...]
) -> dict[str, object]:
    def address(name: str, write: Callable[..., str] = url_for, **more: str) -> str:
        given = {**bound, **{key: value for key, value in more.items() if value}}
        return write("queries.question", name=name, lang=None) + (f"?{urlencode(given)}" if given else "")

    sort = request.args.get("sort", "")
    return {
        "view": view(labelled(whole), sort, request.args.get("page", "1")),
        "figure": figure(found, whole, bound, asked_language()),
        "text": without_header(text),
        "whole": [(fmt.label, address(f"{found.name}.{fmt.extension}")) for fmt in formats if in_whole(fmt)],
        "links": [(fmt.label, address(f"{found.name}.{fmt.extension}")) for fmt in formats if fmt is not HTML],
        "address": lambda page="", sort=sort: address(found.name, page=page, sort=sort),
        # With every value said: the answer stays the same where a default changes.
        "permanent": address(found.name, pinned_address, **_defaults(found, bound)),
        "editor": url_for("sparql.endpoint", query=without_header(text), format="html"),
        "values": bound,
    }


def _defaults(found: Question, bound: dict[str, str]) -> dict[str, str]:
    return {each.name: each.default for each in found.parameters if each.name not in bound}


def _shown(found: Question, text: str, rows: int) -> Shown:
    wanted = request_for(site(), text, found.form, for_form(found.form)[0].media_type)
    return shown(site(), site().store.answer(for_page(wanted, found.form, rows)))


def _with_language(found: Question, values: dict[str, str], language: str) -> dict[str, str]:
    """A page asks in the language of its reader; data formats keep the default, so that one address is one answer."""
    return {PARAMETER: language, **values} if takes_language(found) else values


def _named(name: str) -> Question:
    questions = site().questions
    if name in questions:
        return questions[name]
    near = difflib.get_close_matches(name[:_LONGEST], questions, n=5, cutoff=0.5)
    raise Refused(
        "question-unknown",
        f"There is no question {name!r}.",
        mend=f"ask one of those offered; all are listed at {url_for('queries.listing', lang=None)}",
        offered=near or sorted(questions),
    )


def _values(found: Question) -> tuple[dict[str, str], str | None, int | None]:
    """Return the parameters, the wanted format and the bound of a preview; an empty field means the default.

    A parameter of a question is a variable, so none can have the name `max-rows`.

    The language of the page may stand in every address, also where the question itself takes none.
    """
    pairs = read_pairs(request.query_string, "The query string")
    values = dict(pairs)
    if len(values) < len(pairs):
        raise Refused("request-malformed", "A parameter is there more than once.", mend="send each parameter once")
    asked = values.pop("format", None)
    max_rows = read_max_rows(values.pop(MAX_ROWS, None))
    for name in RESERVED:
        values.pop(name, None)
    if not takes_language(found):
        values.pop(PARAMETER, None)
    return {name: value for name, value in values.items() if value}, asked, max_rows


def _described(found: Question) -> dict[str, object]:
    return {
        "name": found.name,
        "summary": dict(found.summary),
        "tags": list(found.tags),
        "parameters": [{"name": each.name, "type": each.type, "default": each.default} for each in found.parameters],
        "url": url_for("queries.question", name=found.name, _external=True),
    }
