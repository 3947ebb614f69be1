"""/links and /lookup: what is linked to registers of others, and which of our things an identifier of theirs is."""

from typing import Any

from flask import Blueprint, Response, json, jsonify, render_template, request, url_for

from govplan.conventions import conventions
from govplan.formats import for_form
from govplan.identifiers import Form
from govplan.languages import best, preference
from govplan.links.lookup import COLUMNS, find_text, graph_text
from govplan.readmodel.labels import Term, labels, rows
from govplan.sparql import Request
from govplan.web.http.answers import SHARED, respond
from govplan.web.http.conversation import driven
from govplan.web.http.errors import Refused
from govplan.web.http.language import asked_language
from govplan.web.http.negotiation import HTML, JSON, PAGES, choose
from govplan.web.site import site

blueprint = Blueprint("links", __name__)
_LONGEST = 2000


@blueprint.get("/links")
def report() -> Response:
    """Show the link report that was made when the release was built."""
    registers = site().cached(("links",), _report)
    if choose(PAGES, request.args.get("format")) is HTML:
        language = asked_language()
        wanted = preference(language, site().settings.languages)
        names = {each["register"]: best(each["label"].items(), wanted) for each in registers}
        return _page(render_template("links.html", registers=registers, names=names, language=language))
    response = jsonify(registers)
    response.headers["Cache-Control"] = SHARED
    return response


@blueprint.get("/lookup")
def lookup() -> Response:
    """Say which of our things an IRI or a number of a register is; without one, show a form.

    Raises Refused if the parameters are wrong, or nothing is linked to it.
    """
    wanted = _wanted()
    formats = (*PAGES, *for_form("CONSTRUCT"))
    fmt = choose(formats, request.args.get("format"))
    if wanted is None:
        if fmt is not HTML:
            raise Refused("request-malformed", "Nothing is asked for.", mend="add ?iri= or ?id= with an identifier")
        return _page(render_template("lookup.html", wanted="", found=[]))
    found = _found(wanted, asked_language())
    if not found:
        raise Refused(
            "not-found",
            f"Nothing in this dataset is linked to {wanted!r}.",
            mend=f"check the spelling; {url_for('links.report', lang=None)} lists what is linked and what is missing",
        )
    if fmt is HTML:
        return _page(render_template("lookup.html", wanted=wanted, found=found))
    if fmt is not JSON:
        text = graph_text(wanted, _forms())
        return driven(respond(site(), Request(text, fmt.media_type), fmt, volatile=False), site().store)
    response = jsonify({"wanted": wanted, "found": found})
    response.headers["Cache-Control"] = SHARED
    return response


def _wanted() -> str | None:
    given = [value for key in ("iri", "id") for value in request.args.getlist(key) if value.strip()]
    if len(given) > 1:
        raise Refused("request-malformed", "Two identifiers are given.", mend="send one iri or one id")
    if given and len(given[0]) > _LONGEST:
        raise Refused("request-malformed", f"The identifier is longer than {_LONGEST} characters.", mend="shorten it")
    return given[0].strip() if given else None


def _found(wanted: str, language: str) -> list[dict[str, Any]]:
    """Return what is linked to an identifier, each thing and register with its label."""
    found = [{name: _value(row[name]) for name in COLUMNS} for row in rows(site(), find_text(wanted, _forms()))]
    called = labels(site(), (str(row[name]) for row in found for name in ("thing", "register")), language)
    names = {iri: text.value for iri, text in called.items()}
    return [
        {**row, "label": names.get(str(row["thing"])), "registerLabel": names.get(str(row["register"]))}
        for row in found
    ]


def _forms() -> tuple[Form, ...]:
    return site().cached(("forms",), lambda: conventions(site().settings.profiles).forms)


def _value(term: Term) -> str | bool:
    return term["value"] == "true" if term.get("datatype", "").endswith("#boolean") else term["value"]


def _page(body: str) -> Response:
    response = Response(body, mimetype="text/html")
    response.headers["Cache-Control"] = SHARED
    response.vary.add("Accept-Language")
    return response


def _report() -> list[dict[str, Any]]:
    """Return the links of report.json."""
    report = json.loads((site().folder / "report.json").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = report.get("links", [])
    return found
