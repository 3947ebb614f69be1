"""/catalog and /.well-known/void: what portals and tools read of the dataset, in every format of RDF."""

from flask import Blueprint, Response, render_template, request, url_for

from govplan.formats import GRAPHS, Format
from govplan.languages import best as best_text
from govplan.languages import preference
from govplan.metadata import reading
from govplan.metadata.graph import Graph
from govplan.metadata.profiles import HARVEST, MetadataProfile, metadata_profiles
from govplan.readmodel.about import about
from govplan.readmodel.plans import only_plan
from govplan.sparql import Request
from govplan.web.http.answers import SHARED, etag, result
from govplan.web.http.errors import Refused
from govplan.web.http.language import asked_language
from govplan.web.http.negotiation import HTML, choose
from govplan.web.render import catalogue as render
from govplan.web.site import site

blueprint = Blueprint("catalogue", __name__)
# What other releases are kept changes without a new release of this one.
_REVALIDATED = "no-cache"


@blueprint.get("/catalog", defaults={"extension": None})
@blueprint.get("/catalog.<extension>")
def catalogue(extension: str | None) -> Response:
    """Answer the records of the dataset as a metadata `profile` writes them. Raises Refused for one there is not."""
    fmt = choose((*GRAPHS, HTML), extension or request.args.get("format"))
    profile = _profile(request.args.get("profile", HARVEST))
    graph = render.records(site(), url_for("pages.home", lang=None, _external=True), profile)
    response = _page(graph, profile) if fmt is HTML else document(graph.construct(), fmt)
    if profile.versions:
        response.headers["Cache-Control"] = _REVALIDATED
    for each in GRAPHS:
        address = url_for("catalogue.catalogue", extension=each.extension, profile=_named(profile), lang=None)
        response.headers.add("Link", f'<{address}>; rel="alternate"; type="{each.media_type}"')
    return response


@blueprint.get("/.well-known/void", defaults={"extension": None})
@blueprint.get("/.well-known/void.<extension>")
def void(extension: str | None) -> Response:
    """Answer the statistics of the dataset (VoID, section 7.2). Raises Refused where the release has none."""
    fmt = choose(GRAPHS, extension or request.args.get("format"))
    if not render.has_description(site().manifest):
        raise Refused(
            "not-found", "This release was built before releases described themselves.", mend="build it again"
        )
    return document(render.void(site()), fmt)


def home_document(fmt: Format) -> Response:
    """Answer the records at the address of the site."""
    root = url_for("pages.home", lang=None, _external=True)
    return document(render.records(site(), root, _profile(HARVEST)).construct(), fmt)


def document(query: str, fmt: Format) -> Response:
    """Answer what a query constructs, without evaluation for a client that has it."""
    asked = Request(query, fmt.media_type)
    tag = etag(site().manifest.id, asked)
    if tag in request.if_none_match.as_set(include_weak=True):
        response = Response(status=304)
    else:
        response = result(site().store.answer(asked), fmt)
    response.set_etag(tag)
    response.headers["Cache-Control"] = SHARED
    return response


def _profile(name: str) -> MetadataProfile:
    known = metadata_profiles(site().settings.profiles)
    if name not in known:
        raise Refused(
            "request-malformed",
            f"There is no metadata profile {name!r}.",
            mend="take one of those offered",
            offered=list(known),
        )
    return known[name]


def _named(profile: MetadataProfile) -> str | None:
    return None if profile.name == HARVEST else profile.name


def _page(graph: Graph, profile: MetadataProfile) -> Response:
    settings, language = site().settings, asked_language()
    wanted = preference(language, settings.languages)
    profiles = [
        (_label(each, wanted), _named(each), each is profile) for each in metadata_profiles(settings.profiles).values()
    ]
    page = render_template(
        "catalogue.html",
        about=site().cached(("about", language), lambda: about(site(), only_plan(site()), language)),
        profiles=profiles,
        profile=_named(profile),
        formats=[(fmt.label, fmt.extension) for fmt in GRAPHS],
        dataset=settings.dataset_iri,
        graph=graph,
        reading=reading,
        files=graph.of_kind("dcat:Distribution"),
        contact=settings.registration.contact,
    )
    response = Response(page, mimetype="text/html")
    response.headers["Cache-Control"] = SHARED
    return response


def _label(profile: MetadataProfile, wanted: tuple[str, ...]) -> str:
    found = best_text(profile.labels.items(), wanted)
    return found[1] if found else profile.name
