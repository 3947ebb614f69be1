"""IRIs and addresses: an IRI of the project, the core or a profile is answered at its path on whatever host this is."""

import re
from typing import Any, cast
from urllib.parse import quote, urljoin

from flask import g, request, url_for

from govplan.namespaces import CORE
from govplan.readmodel.graphs import given_things
from govplan.readmodel.sizes import ADDRESS
from govplan.web.http.pinned import PREFIX
from govplan.web.http.public import VOUCHED
from govplan.web.site import CURRENT, Site, site

# What never stands in an IRI (RFC 3987); an address with it names nothing, and no query is ever written with it.
_NEVER = re.compile(r"[\x00-\x20<>\"{}|^`\\\x7f]")
# Everything that an IRI may hold besides letters and digits; the rest, such as '>' in a forged host, is encoded.
IRI_MARKS = ":/?#[]@!$&'()*+,;=%-._~"
_CORE = ("ns/", "auth/", "shape/")
_THINGS = ("id/", "auth/", "shape/")
_DOCUMENTS = {"graph/": "resources.graph", "query/": "resources.question"}
_RELEASE = "release/"


def shown_address(endpoint: str, **values: Any) -> str:
    """Return an address for a page to show: the whole one, or only its path where nobody vouches for the host."""
    return url_for(endpoint, _external=bool(request.environ.get(VOUCHED)), **values)


def current_release() -> str:
    """Return the id of the release that is current while this request is answered, whichever it is about."""
    return cast(str, request.environ.get(CURRENT) or site().manifest.id)


def release_address(name: str, *, external: bool = False) -> str:
    """Return the address of a release, which lies below no other; `name` is its id, with an extension or without.

    An `external` one is whole, else it is a path.
    """
    path = f"{request.environ[PREFIX]}/{_RELEASE}{quote(name)}"
    if not external:
        return path
    g.names_host = True
    return urljoin(request.host_url, path)


def pinned_address(endpoint: str, **values: Any) -> str:
    """Return an address below that of the release, which answers the same for good; shown as `shown_address` is."""
    below = url_for(endpoint, **values).removeprefix(request.environ["SCRIPT_NAME"])
    return release_address(site().manifest.id, external=bool(request.environ.get(VOUCHED))) + below


def iri_of(site: Site, path: str) -> str | None:
    """Return the IRI that the path of an address (without its first slash) stands for; None if it can be none."""
    if not path or _NEVER.search(path):
        return None
    if path == "ns" or path.startswith(_CORE):
        return CORE + path
    own, given = site.settings.base + path, CORE + path
    # Some of the graphs are the core's or a profile's, and some of the things a profile's.
    if path.startswith("graph/"):
        graphs = {graph.iri for graph in site.manifest.graphs}
        return given if given in graphs and own not in graphs else own
    return given if path.startswith("id/") and own != given and given in given_things(site) else own


def link(iri: str) -> str | None:
    """Return the IRI as the target of a link, None for other schemes than http(s) and for what no browser takes."""
    return iri if len(iri) <= ADDRESS and iri.startswith(("http://", "https://")) else None


def page_of(iri: str) -> str | None:
    """Return the address of the page of an IRI: here if it is ours, elsewhere for any other http(s) IRI.

    None for other schemes, for what is ours but has no page, and for what is too long. Needs a request.
    """
    base = next((base for base in (site().settings.base, CORE) if iri.startswith(base)), None)
    if base is None or len(iri) > ADDRESS:
        return link(iri)
    path = iri.removeprefix(base)
    if path == "ns" or path.startswith(("ns#", "ns/")):
        return url_for("resources.vocabulary", _anchor=path.partition("#")[2] or None)
    if path.startswith(_THINGS):
        kind, _, name = path.partition("/")
        return url_for(f"resources.{kind}", name=f"{name}.html")
    if path.startswith(_RELEASE):
        return release_address(path.removeprefix(_RELEASE))
    for prefix, endpoint in _DOCUMENTS.items():
        if path.startswith(prefix):
            return url_for(endpoint, name=path.removeprefix(prefix))
    return None
