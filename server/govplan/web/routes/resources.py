"""Every IRI answers: things (/id/…, /auth/…, /shape/…) by 303 to a document, documents (/ns, /graph/… etc.) at once.

A document is a page or RDF, by the extension of its address, by `format`, or by Accept. What is said of a thing stands
in the default graph, where whoever reads its IRI looks for it. The named graphs, which tell who says what, are in the
documents of graphs, in the dumps, and where `.trig` or `.nq` is asked for by name. A retired thing answers 410 with
what replaces it.
"""

from collections.abc import Sequence
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from govplan.formats import GRAPHS, Format
from govplan.namespaces import STANDARD
from govplan.readmodel.labels import first_rows
from govplan.readmodel.names import names
from govplan.readmodel.profile import profile
from govplan.readmodel.statements import OUTBOUND, standing
from govplan.readmodel.vocabulary import vocabulary as terms
from govplan.sparql import Request
from govplan.web.http.addresses import IRI_MARKS, iri_of, release_address
from govplan.web.http.answers import SHARED, etag, result
from govplan.web.http.errors import Refused
from govplan.web.http.language import asked_language, reader
from govplan.web.http.negotiation import HTML, choose
from govplan.web.render.descriptions import (
    document,
    facts_of_graph,
    facts_of_question,
    facts_of_release,
    of_graph,
    of_thing,
    of_vocabulary,
)
from govplan.web.render.quads import Quad
from govplan.web.site import site

blueprint = Blueprint("resources", __name__)
_OFFERED = (*GRAPHS, HTML)
_VERSIONS = "SELECT ?version WHERE {{ <{ns}> <{owl}versionIRI> ?version }}"
_EXTENSIONS = {fmt.extension for fmt in _OFFERED}
# By these extensions named graphs are asked for, unless the address says otherwise.
_LAYERED = ("trig", "nq")
_DEFAULT = "default"


@blueprint.get("/id/<path:name>", endpoint="id")
@blueprint.get("/auth/<path:name>", endpoint="auth")
@blueprint.get("/shape/<path:name>", endpoint="shape")
def thing(name: str) -> AnyResponse:
    """Lead from a thing to the document that describes it, and answer that document; 410 if the thing is retired."""
    endpoint = str(request.endpoint)
    stem, extension = _split(name)
    iri = _iri(f"{endpoint.rpartition('.')[2]}/{stem}")
    found = standing(site(), iri)
    if not found.known:
        raise _unknown(iri)
    fmt = _format(extension)
    instead = found.instead
    if extension is None and instead is None:
        graph = _DEFAULT if fmt.extension in _LAYERED else None
        answer: AnyResponse = redirect(url_for(endpoint, name=f"{stem}.{fmt.extension}", graph=graph), 303)
    elif fmt is HTML:
        answer = _page(iri, endpoint, stem, instead)
    else:
        answer = _document(of_thing(iri), fmt, layers=_layered(extension))
    if instead is not None and answer.status_code == 200:
        answer.status_code = 410
        answer.headers.extend([("Link", f'<{other}>; rel="successor-version"') for other in instead])
    return _linked(answer, iri, endpoint, stem)


@blueprint.get("/graph/<path:name>")
def graph(name: str) -> AnyResponse:
    """Answer all statements of a named graph."""
    stem, extension = _split(name)
    iri = _iri(f"graph/{stem}")
    if iri not in {entry.iri for entry in site().manifest.graphs}:
        raise _unknown(iri)
    fmt = _format(extension)
    if fmt is HTML:
        answer = _page(iri, "resources.graph", stem)
    else:
        answer = _document(of_graph(iri), fmt, facts_of_graph(site(), iri), layers=True)
    return _linked(answer, iri, "resources.graph", stem)


@blueprint.get("/ns", defaults={"extension": None})
@blueprint.get("/ns.<extension>")
def vocabulary(extension: str | None) -> AnyResponse:
    """Answer the vocabulary: each of its terms is a part of this document."""
    iri = _iri("ns")
    fmt = _format(extension)
    if fmt is HTML:
        sections = site().cached(("vocabulary", reader()), lambda: terms(site(), asked_language()))
        answer = _html(
            render_template("vocabulary.html", iri=iri, sections=sections, formats=_formats("resources.vocabulary"))
        )
    else:
        answer = _document(of_vocabulary(), fmt, layers=_layered(extension))
    return _linked(answer, iri, "resources.vocabulary")


@blueprint.get("/ns/<version>")
def version(version: str) -> AnyResponse:
    """Lead from a version of the vocabulary to the vocabulary, if it is that version."""
    iri = _iri(f"ns/{version}")
    said, _ = first_rows(site(), _VERSIONS.format(ns=_iri("ns"), owl=STANDARD["owl"]))
    if iri not in [row["version"]["value"] for row in said]:
        raise _unknown(iri)
    return redirect(url_for("resources.vocabulary"), 303)


@blueprint.get("/query/<name>")
def question(name: str) -> AnyResponse:
    """Answer a question as RDF, and lead people to its page."""
    stem, extension = _split(name)
    found = site().questions.get(stem)
    if found is None:
        raise _unknown(_iri(f"query/{stem}"))
    iri = found.iri
    fmt = _format(extension)
    if fmt is HTML:
        answer: AnyResponse = redirect(url_for("queries.question", name=stem), 303)
    else:
        answer = _document("", fmt, facts_of_question(site(), found))
    return _linked(answer, iri, "resources.question", stem)


@blueprint.get("/release/<name>")
def release(name: str) -> AnyResponse:
    """Answer a release: as a page that says what it is and how to verify it, or as RDF."""
    stem, extension = _split(name)
    iri = _iri(f"release/{stem}")
    if stem != site().manifest.id:
        raise _unknown(iri)
    fmt = _format(extension)
    if fmt is HTML:
        answer = _html(render_template("release.html", iri=iri, formats=_formats("resources.release", stem)))
        # Which one is current changes without this one.
        answer.headers["Cache-Control"] = "no-cache"
    else:
        answer = _document("", fmt, facts_of_release(site()))
    return _linked(answer, iri, "resources.release", stem)


def _split(name: str) -> tuple[str, str | None]:
    stem, dot, extension = name.rpartition(".")
    return (stem, extension) if dot and extension in _EXTENSIONS else (name, None)


def _iri(path: str) -> str:
    iri = iri_of(site(), path)
    if iri is None:
        raise _unknown(site().settings.base + path)
    return iri


def _unknown(iri: str) -> Refused:
    return Refused("not-found", f"This release says nothing of <{iri}>.", mend="look it up by /search or by /sparql")


def _format(extension: str | None) -> Format:
    return choose(_OFFERED, extension or request.args.get("format"))


def _layered(extension: str | None) -> bool:
    return extension in _LAYERED and request.args.get("graph") != _DEFAULT


def _page(iri: str, endpoint: str, stem: str, instead: Sequence[str] | None = None) -> Response:
    language = asked_language()
    return _html(
        render_template(
            "resource.html",
            profile=profile(site(), iri, language),
            retired=instead is not None,
            instead=list(names(site(), instead or (), language).values()),
            query=OUTBOUND.format(iri=iri),
            formats=_formats(endpoint, stem),
        )
    )


def _html(page: str) -> Response:
    response = Response(page, mimetype="text/html")
    response.headers["Cache-Control"] = SHARED
    return response


def _document(pattern: str, fmt: Format, extra: Sequence[Quad] = (), *, layers: bool = False) -> Response:
    tag = etag(site().manifest.id, Request(f"{request.path} {layers} {pattern}", fmt.media_type))
    if tag in request.if_none_match.as_set(include_weak=True):
        response = Response(status=304)
    else:
        response = result(document(site(), pattern, fmt, extra, layers=layers), fmt)
    response.set_etag(tag)
    response.headers["Cache-Control"] = SHARED
    return response


def _linked(answer: AnyResponse, iri: str, endpoint: str, stem: str | None = None) -> AnyResponse:
    """Add the links of every answer: the IRI itself, and each document about it with its media type."""
    relation = "describedby" if answer.status_code == 303 else "alternate"
    links = [f'<{quote(iri, safe=IRI_MARKS)}>; rel="{each}"' for each in ("canonical", "cite-as")]
    links += [f'<{_address(endpoint, stem, fmt)}>; rel="{relation}"; type="{fmt.media_type}"' for fmt in _OFFERED]
    answer.headers.extend([("Link", link) for link in links])
    return answer


def _formats(endpoint: str, stem: str | None = None) -> list[tuple[str, str]]:
    return [(fmt.label, _address(endpoint, stem, fmt)) for fmt in GRAPHS]


def _address(endpoint: str, stem: str | None, fmt: Format) -> str:
    if endpoint == "resources.release":
        return release_address(f"{stem}.{fmt.extension}")
    if stem is None:
        return url_for(endpoint, extension=fmt.extension, lang=None)
    return url_for(endpoint, name=f"{stem}.{fmt.extension}", lang=None)
