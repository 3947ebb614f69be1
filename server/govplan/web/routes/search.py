"""/search and /suggest: finding things of the release by their words, as a page and as JSON."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from govplan.namespaces import short
from govplan.search import Hit, SearchRefused
from govplan.values import shortened, whole
from govplan.web.http.addresses import page_of
from govplan.web.http.answers import SHARED
from govplan.web.http.errors import Refused
from govplan.web.http.language import asked_language
from govplan.web.http.negotiation import HTML, PAGES, choose
from govplan.web.render.site_search import (
    EACH,
    MOST,
    QUESTION,
    expanded,
    found,
    groups,
    heading,
    index,
    known,
    question_names,
)
from govplan.web.render.site_search import scheme_label as scheme_of
from govplan.web.site import site

blueprint = Blueprint("search", __name__)
_LIMIT = 50


@blueprint.get("/search")
def search() -> Response:
    """Find what a text speaks of: `q` is the text, `type` keeps one kind, `limit` says how many (JSON only)."""
    text, kind = request.args.get("q", ""), request.args.get("type", "")
    response = _page(text, kind) if choose(PAGES, request.args.get("format")) is HTML else _json(text, kind)
    response.headers["Cache-Control"] = SHARED
    return response


@blueprint.get("/suggest")
def suggest() -> Response:
    """Offer values for a field: `type` is a class or a code list, `q` the beginning of a word."""
    name = request.args.get("type", "")
    if not name:
        raise Refused(
            "request-malformed",
            "The parameter 'type' is missing.",
            mend="name a class or a code list, such as type=gp:Action or type=auth:status",
        )
    prefixes = site().settings.prefixes
    things = index(site())
    of = known(site(), name, things.types | things.schemes)
    suggestions = things.suggest(request.args.get("q", ""), asked_language(), of)
    response = jsonify(
        [
            {"iri": each.iri, "name": short(each.iri, prefixes), "label": each.label, "lang": each.lang}
            for each in suggestions
        ]
    )
    response.headers["Cache-Control"] = SHARED
    response.vary.add("Accept-Language")
    return response


def _page(text: str, kind: str) -> Response:
    language = asked_language()
    asked: dict[str, Any] = {"q": text, "kind": kind, "refused": None, "found": None}
    status = 200
    try:
        if text.strip():
            shown = found(site(), text, language, kind, MOST, None if kind else EACH)
            names = question_names(site(), text, language) if kind in ("", QUESTION) else ()
            asked |= {"found": shown, "groups": groups(site(), shown, language), "questions": names}
            asked["total"] = len(names) + sum(shown.counts.values() if not kind else (g.count for g in asked["groups"]))
            asked["heading"] = heading(site(), expanded(site(), kind), language) if kind else ""
    except SearchRefused as problem:
        asked["refused"], status = problem, 400
    asked |= {"address": _address, "scheme": lambda hit: scheme_of(site(), hit, language), "each": EACH}
    asked |= {"summaries": {name: question.summary[language] for name, question in site().questions.items()}}
    return Response(render_template("search.html", **asked), status, mimetype="text/html")


def _json(text: str, kind: str) -> Response:
    language, prefixes = asked_language(), site().settings.prefixes
    shown = found(site(), text, language, kind, _limit())
    names = question_names(site(), text, language) if not kind else ()
    response = jsonify(
        {
            "query": text,
            "language": language,
            "total": shown.total,
            "counts": {short(type_, prefixes): count for type_, count in shown.counts.items()},
            "corrected": {word: list(others) for word, others in shown.corrected.items()},
            "partial": shown.partial,
            "results": [_described(hit) for hit in shown.hits],
            "questions": [
                {
                    "name": name,
                    "summary": site().questions[name].summary[language],
                    "url": url_for("queries.question", name=name, _external=True),
                }
                for name in names
            ],
        }
    )
    response.vary.add("Accept-Language")
    return response


def _described(hit: Hit) -> dict[str, Any]:
    prefixes, language = site().settings.prefixes, asked_language()
    return {
        "iri": hit.thing.iri,
        "name": short(hit.thing.iri, prefixes),
        "type": short(hit.thing.type, prefixes),
        "kind": heading(site(), hit.thing.type, language),
        **({"scheme": hit.thing.scheme} if hit.thing.scheme else {}),
        "label": hit.label,
        "lang": hit.label_lang,
        "matched": hit.role,
        "match": "".join(piece.text for piece in hit.match),
        "match_lang": hit.match_lang,
        "url": _address(hit),
    }


def _address(hit: Hit) -> str | None:
    return page_of(hit.thing.iri)


def _limit() -> int:
    text = request.args.get("limit", str(_LIMIT))
    limit = whole(text, 1, MOST)
    if limit is None:
        raise Refused(
            "request-malformed", f"{shortened(text, 60)!r} is no limit.", mend=f"write a whole number from 1 to {MOST}"
        )
    return limit
