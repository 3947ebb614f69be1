"""/openapi.json: the questions and the search as a REST API, in OpenAPI 3.1."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, url_for

from govplan.formats import Format
from govplan.languages import FALLBACK
from govplan.questions import Parameter, Question
from govplan.values import MOST_WHOLE, whole
from govplan.web.http.answers import SHARED
from govplan.web.http.language import PARAMETER
from govplan.web.http.negotiation import HTML, JSON, PROBLEM
from govplan.web.render.site_search import MOST
from govplan.web.routes.queries import formats_of
from govplan.web.site import Site, site

blueprint = Blueprint("openapi", __name__)
_TYPES: Mapping[str, dict[str, Any]] = {
    "language": {"type": "string"},
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "iri": {"type": "string", "description": "a whole IRI, or a name with a prefix that the question declares"},
}
_TEXTS = {"type": "string"}


@blueprint.get("/openapi.json")
def description() -> Response:
    """Describe every question with its parameters and formats."""
    response = jsonify(document(site(), url_for("pages.home", _external=True, lang=None)))
    response.headers["Cache-Control"] = SHARED
    return response


def document(site: Site, root: str) -> dict[str, Any]:
    """Return the description of this server, whose home page is `root`."""
    paths: dict[str, Any] = {"/queries/": {"get": _listing(site)}}
    for question in site.questions.values():
        paths[f"/queries/{question.name}"] = {"get": _negotiated(site, question)}
        paths[f"/queries/{question.name}.{{format}}"] = {"get": _by_extension(site, question)}
    paths["/search"] = {"get": _search(site)}
    paths["/suggest"] = {"get": _suggest(site)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"govplan: questions about {site.settings.name}",
            "version": site.manifest.version,
            "summary": "Named questions about a government plan, answered from one release of linked data.",
            "description": f"Answers come from release {site.manifest.id} and are complete or an error. Any other "
            f"question can be asked in SPARQL 1.1 at {url_for('sparql.endpoint', lang=None)}.",
        },
        "servers": [{"url": root.rstrip("/")}],
        "externalDocs": {"url": url_for("queries.listing", _external=True, lang=None), "description": "The questions"},
        "tags": [{"name": tag} for tag in sorted({tag for each in site.questions.values() for tag in each.tags})],
        "paths": paths,
        "components": {
            "schemas": {"Problem": _PROBLEM, "Results": _RESULTS},
            "responses": {
                "Problem": {
                    "description": "What is wrong, and how to mend it (RFC 9457).",
                    "content": {PROBLEM.media_type: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            },
        },
    }


def _negotiated(site: Site, question: Question) -> dict[str, Any]:
    """One address for all formats: the header Accept decides."""
    return _operation(question, "", [_parameter(site, each) for each in question.parameters], formats_of(question))


def _by_extension(site: Site, question: Question) -> dict[str, Any]:
    formats = formats_of(question)
    extension = {
        "name": "format",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "enum": [fmt.extension for fmt in formats]},
    }
    return _operation(
        question, ".format", [extension, *(_parameter(site, each) for each in question.parameters)], formats
    )


def _operation(
    question: Question, suffix: str, parameters: list[dict[str, Any]], formats: Iterable[Format]
) -> dict[str, Any]:
    return {
        "operationId": question.name + suffix,
        "summary": question.summary.get(FALLBACK, question.name),
        "description": question.description.get(FALLBACK, ""),
        "tags": list(question.tags),
        "parameters": parameters,
        "responses": {
            "200": {"description": "The complete answer.", "content": _content(formats)},
            "304": {"description": "What the client has is still the answer."},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }


def _content(formats: Iterable[Format]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for fmt in formats:
        results = {"$ref": "#/components/schemas/Results"}
        content.setdefault(fmt.media_type, {"schema": results if fmt.extension == "json" else _TEXTS})
    return content


def _parameter(site: Site, parameter: Parameter) -> dict[str, Any]:
    schema = dict(_TYPES[parameter.type])
    if parameter.type == "language":
        schema["enum"] = list(site.settings.languages)
    if parameter.default:
        schema["default"] = _default(parameter)
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.label.get(FALLBACK, parameter.name),
        "required": False,
        "schema": schema,
    }


def _default(parameter: Parameter) -> int | str:
    number = whole(parameter.default, -MOST_WHOLE, MOST_WHOLE) if parameter.type == "integer" else None
    return parameter.default if number is None else number


def _listing(site: Site) -> dict[str, Any]:
    item = {"type": "object", "required": ["name", "summary", "tags", "parameters", "url"]}
    return _plain(
        "questions",
        "The questions",
        [_text("q", "words to look for"), _text("audience", "for whom"), _text("tag", "about what"), _language(site)],
        {"type": "array", "items": item},
    )


def _search(site: Site) -> dict[str, Any]:
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": MOST}}
    kind = _text("type", "keep one class, as a prefixed name such as gp:Action")
    members = {"total": {"type": "integer"}, "results": {"type": "array", "items": {"type": "object"}}}
    return _plain(
        "search",
        "Things that a text speaks of",
        [_text("q", "words, a number of the plan, or an IRI"), kind, limit, _language(site)],
        {"type": "object", "required": list(members), "properties": members},
    )


def _suggest(site: Site) -> dict[str, Any]:
    of = _text("type", "a class or a code list, as a prefixed name such as auth:status") | {"required": True}
    return _plain(
        "suggest",
        "Values for a field",
        [of, _text("q", "the beginning of a word"), _language(site)],
        {"type": "array", "items": {"type": "object", "required": ["iri", "name", "label", "lang"]}},
    )


def _plain(name: str, summary: str, parameters: list[dict[str, Any]], schema: dict[str, Any]) -> dict[str, Any]:
    """An operation that answers as JSON, or as a page where it has one."""
    content = {JSON.media_type: {"schema": schema}} | (
        {} if name == "suggest" else {HTML.media_type: {"schema": _TEXTS}}
    )
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": summary, "content": content},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }


def _text(name: str, what: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": what, "schema": {"type": "string"}}


def _language(site: Site) -> dict[str, Any]:
    schema = {"type": "string", "enum": list(site.settings.languages)}
    return {"name": PARAMETER, "in": "query", "description": "language of the labels", "schema": schema}


_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "hint": {"type": "string"},
        "offered": {"type": "array", "items": {"type": "string"}},
    },
}
_TERM = {
    "type": "object",
    "required": ["type", "value"],
    "properties": {
        "type": {"enum": ["uri", "literal", "bnode"]},
        "value": {"type": "string"},
        "xml:lang": {"type": "string"},
        "datatype": {"type": "string"},
    },
}
_RESULTS: dict[str, Any] = {
    "description": "SPARQL 1.1 Query Results JSON Format",
    "type": "object",
    "required": ["head"],
    "properties": {
        "head": {"type": "object", "properties": {"vars": {"type": "array", "items": {"type": "string"}}}},
        "results": {
            "type": "object",
            "required": ["bindings"],
            "properties": {"bindings": {"type": "array", "items": {"type": "object", "additionalProperties": _TERM}}},
        },
        "boolean": {"type": "boolean"},
    },
}
