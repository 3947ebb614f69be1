"""/reconcile: the Reconciliation Service API, version 0.2 at its root and the draft of 1.0 below /reconcile/draft."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from govplan.config import Settings
from govplan.namespaces import CORE
from govplan.reconciliation import extension, manifests, suggest
from govplan.reconciliation.asking import MOST
from govplan.reconciliation.documents import Document, parsed, type_document
from govplan.reconciliation.entities import Catalogue, Entity
from govplan.reconciliation.forms import LONGEST
from govplan.web.http.addresses import shown_address
from govplan.web.http.answers import SHARED
from govplan.web.http.errors import Refused
from govplan.web.http.language import asked_language
from govplan.web.http.protocol import FORM, decoded, read_body, read_pairs
from govplan.web.routes.batches import draft_extended, draft_matched, extended, matched, matcher
from govplan.web.site import site

blueprint = Blueprint("reconcile", __name__, url_prefix="/reconcile")
_JSON = "application/json"
# The preview is made to be framed by other people's pages; it runs nothing.
_PREVIEW_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"


@blueprint.route("", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answer a batch of queries or a data extension query of version 0.2; without either, describe the service."""
    fields = _fields()
    if "callback" in fields:
        raise Refused(
            "request-malformed",
            "JSONP is not served: it would run what this server sends in the page of whoever asks.",
            mend="leave out 'callback'; every answer allows other origins (CORS)",
        )
    if "queries" in fields:
        return matched(parsed(fields["queries"], "The parameter 'queries'"))
    if "extend" in fields:
        return extended(parsed(fields["extend"], "The parameter 'extend'"))
    if request.method == "POST":
        raise Refused(
            "request-malformed",
            "The form has neither the field 'queries' nor the field 'extend'.",
            mend='send queries={"q0": {"query": "…"}}; the draft takes JSON at /reconcile/draft/match',
        )
    return _described(manifests.manifest(*_about()))


@blueprint.get("/draft")
def draft() -> Response:
    """Describe the service as the draft has it."""
    return _described(manifests.draft_manifest(*_about()))


@blueprint.post("/draft/match")
def draft_match() -> Response:
    """Answer a batch of queries of the draft."""
    return draft_matched(_body("A batch"))


@blueprint.post("/draft/extend")
def draft_extend() -> Response:
    """Answer a data extension query of the draft."""
    return draft_extended(_body("A data extension query"))


@blueprint.get("/suggest/<kind>")
@blueprint.get("/draft/suggest/<kind>", endpoint="draft_suggest")
def suggestions(kind: str) -> Response:
    """Suggest entities, kinds or properties for what a person has typed; both versions have the same answer."""
    made, language = matcher(), asked_language()
    prefix = _prefix()
    page = suggest.Page(_whole("limit", suggest.LIMIT, 1, MOST), _whole("offset", _whole("cursor", 0)))
    match _kind(kind):
        case "entity":
            asked = request.args.get("type")
            found = suggest.entities(made, prefix, page, language, made.catalogue.kind(asked) if asked else None)
        case "type":
            found = suggest.kinds(made.catalogue, prefix, page, language)
        case _:
            found = suggest.properties(made.catalogue, prefix, page, language)
    return _described({"result": found})


@blueprint.get("/flyout/<kind>")
def flyout(kind: str) -> Response:
    """Tell in a little HTML what a suggested entity, kind or property is (version 0.2)."""
    made, language = matcher(), asked_language()
    iri = request.args.get("id", "")
    entity = _entity(iri) if _kind(kind) == "entity" else None
    words = made.catalogue.description(entity, language) if entity else iri
    html = render_template("flyout.html", name=made.catalogue.label(iri, language)[0], words=words)
    return _described({"id": iri, "html": html})


@blueprint.get("/preview")
@blueprint.get("/draft/preview", endpoint="draft_preview")
def preview() -> Response:
    """Show an entity in a small page that may be framed: what it is, its names and who words them so."""
    made, language = matcher(), asked_language()
    entity = _entity(request.args.get("id", ""))
    page = render_template(
        "preview.html",
        entity=entity,
        name=made.catalogue.label(entity.iri, language),
        words=made.catalogue.description(entity, language),
        language=language,
        label=lambda iri: made.catalogue.label(iri, language)[0],
    )
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _PREVIEW_POLICY
    response.headers["Cache-Control"] = SHARED
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/view")
def view() -> Redirect:
    """Lead to the page of an entity on this server."""
    iri = _entity(request.args.get("id", "")).iri
    path = iri.removeprefix(site().settings.base).removeprefix(CORE)
    return redirect(shown_address("pages.home", lang=None) + quote(path), 303)


@blueprint.get("/extend/propose")
@blueprint.get("/draft/extend/propose", endpoint="draft_propose")
def propose() -> Response:
    """Propose properties whose values may be fetched for entities of a kind."""
    catalogue, language = matcher().catalogue, asked_language()
    asked = request.args.get("type")
    limit = _whole("limit", 0)
    found = extension.proposed(catalogue, catalogue.kind(asked) if asked else None)
    document: Document = {
        "properties": [type_document(catalogue, iri, language) for iri in (found[:limit] if limit else found)]
    }
    return _described(document | ({"type": asked} if asked else {}) | ({"limit": limit} if limit else {}))


def _about() -> tuple[Catalogue, Settings, str, str]:
    return matcher().catalogue, site().settings, _root(), asked_language()


def _root() -> str:
    """The address of this server; asked for by `url_for`, so that the answer says that it depends on the host."""
    return url_for("pages.home", _external=True, lang=None)


def _fields() -> dict[str, str]:
    pairs = read_pairs(request.query_string, "The query string")
    if request.method == "POST":
        pairs += read_pairs(read_body(request, (FORM,), "A batch"), "The form")
    return dict(pairs)


def _body(what: str) -> Any:
    return parsed(decoded(read_body(request, (_JSON,), what), "The body"), "The body")


def _prefix() -> str:
    text = request.args.get("prefix", "")
    if len(text) > LONGEST:
        raise Refused(
            "request-malformed",
            f"The prefix has {len(text)} characters; {LONGEST} are read.",
            mend="send the beginning of a name",
        )
    return text


def _whole(name: str, default: int, least: int = 0, most: int = 10**9 - 1) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    # Python reads numbers of so many digits, not of any number of them.
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not least <= int(text) <= most:
        raise Refused(
            "request-malformed",
            f"{text!r} cannot be used for {name!r}.",
            mend=f"send a whole number from {least} to {most}, or leave it out",
        )
    return int(text)


def _kind(kind: str) -> str:
    if kind not in manifests.SUGGESTED:
        raise Refused(
            "not-found",
            f"Nothing of the kind {kind!r} is suggested.",
            mend="ask for one of those",
            offered=manifests.SUGGESTED,
        )
    return kind


def _entity(iri: str) -> Entity:
    entity = matcher().catalogue.entities.get(iri)
    if entity is None:
        raise Refused(
            "not-found",
            f"There is no entity {iri!r} to link to in this release." if iri else "The parameter 'id' is missing.",
            mend="ask with ?id= and an identifier that /reconcile gave",
        )
    return entity


def _described(document: Document) -> Response:
    """Return what is the same for everyone until the next release, in one language."""
    response = jsonify(document)
    response.headers["Cache-Control"] = SHARED
    response.vary.add("Accept-Language")
    return response
