"""/sitemap.xml, /robots.txt and the description of the dataset in schema.org terms: how search engines find it.

A sitemap has 50,000 addresses at most (sitemaps.org); where there are more, the first address lists the parts.
"""

import mimetypes
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from flask import Blueprint, Response, url_for

from govplan.deadline import checked
from govplan.languages import best, preference
from govplan.metadata.agents import publisher_iri
from govplan.readmodel.about import About
from govplan.readmodel.directory import count_things, things
from govplan.readmodel.plans import plans
from govplan.web.http.addresses import shown_address
from govplan.web.http.answers import SHARED
from govplan.web.http.errors import Refused
from govplan.web.http.language import asked_language
from govplan.web.render.catalogue import about as described_dataset
from govplan.web.routes.dumps import dumps
from govplan.web.routes.plans import ENDPOINTS
from govplan.web.site import site

blueprint = Blueprint("discovery", __name__)
# Addresses of one sitemap.
MOST = 50_000
_PAGES = (
    "pages.home",
    "catalogue.catalogue",
    "codebook.codebook",
    "resources.vocabulary",
    "queries.listing",
    "links.report",
    "links.lookup",
    "dumps.listing",
    "sparql.endpoint",
)


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """List the pages with the date of the release, or the parts of a list that is too long for one."""
    pages, things = _pages(), site().cached(("things",), lambda: count_things(site()))
    if len(pages) + things <= MOST:
        return _written(_urls([*pages, *_addresses(0)]))
    parts = range(1 + -(-things // MOST))
    places = [url_for("discovery.sitemap_part", number=number, _external=True) for number in parts]
    return _written(_document("sitemapindex", "sitemap", places))


@blueprint.get("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> Response:
    """List a part: the pages, then the things. Raises Refused where there is no such part."""
    found = _pages() if number == 0 else _addresses((number - 1) * MOST)
    if not found:
        raise Refused("not-found", f"The sitemap has no part {number}.", mend="see /sitemap.xml")
    return _written(_urls(found))


def _pages() -> list[str]:
    pages = [url_for(endpoint, _external=True) for endpoint in _PAGES]
    pages += [url_for(each, slug=slug, _external=True) for slug in plans(site()) for each in ENDPOINTS.values()]
    return pages + [url_for("queries.question", name=name, _external=True) for name in site().questions]


def _addresses(first: int) -> list[str]:
    """Return the pages of things, from the first that is asked for."""
    return [url_for("resources.id", name=f"{path}.html", _external=True) for path in things(site(), first, MOST)]


def _urls(places: list[str]) -> str:
    return _document("urlset", "url", places)


def _document(root: str, each: str, places: list[str]) -> str:
    day = site().manifest.date
    entries = "".join(
        f"  <{each}><loc>{escape(place)}</loc><lastmod>{day}</lastmod></{each}>\n" for place in checked(places)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{entries}</{root}>\n"
    )


def _written(body: str) -> Response:
    return _shared(Response(body, mimetype="application/xml"))


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Let robots read the pages and not run queries (RFC 9309)."""
    lines = "".join(f"Disallow: {url_for(endpoint)}?\n" for endpoint in ("sparql.endpoint", "cite.make"))
    body = f"User-agent: *\n{lines}Sitemap: {url_for('discovery.sitemap', _external=True)}\n"
    return _shared(Response(body, mimetype="text/plain"))


def dataset_jsonld(about: About) -> dict[str, Any]:
    """Return the dataset as a schema.org Dataset; what the release does not say is left out."""
    settings, manifest = site().settings, site().manifest
    said, language = settings.registration, asked_language()
    dataset = described_dataset(site())
    names = dict(dataset.labels)
    if publisher := publisher_iri(settings, dataset):
        names[publisher] = said.publisher.names or names.get(dataset.publisher, {})
    described = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": settings.dataset_iri,
        "name": about.title.value if about.title else None,
        "description": about.description.value if about.description else None,
        "license": about.licence.value if about.licence else None,
        "url": shown_address("pages.home"),
        "keywords": list(said.keywords.get(language, ())) or None,
        "publisher": _agent(publisher, names, language) if publisher else None,
        "creator": [_agent(iri, names, language) for iri in dataset.creators] or None,
        "spatialCoverage": list(said.places) or None,
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": f"{settings.base}catalog",
            "url": shown_address("catalogue.catalogue"),
        },
        "version": manifest.version,
        "datePublished": manifest.date,
        "inLanguage": list(settings.languages),
        "isAccessibleForFree": True,
        "identifier": manifest.id,
        "distribution": [
            *(
                {
                    "@type": "DataDownload",
                    "name": name,
                    "contentUrl": shown_address("dumps.file", name=name),
                    "encodingFormat": mimetypes.guess_type(name)[0],
                    "contentSize": f"{entry.size} B",
                }
                for name, entry in dumps().items()
            ),
            {
                "@type": "DataDownload",
                "name": "SPARQL",
                "contentUrl": shown_address("sparql.endpoint"),
                "encodingFormat": "application/sparql-results+json",
            },
        ],
    }
    return {key: value for key, value in described.items() if value is not None}


def _agent(iri: str, names: Mapping[str, Mapping[str, str]], language: str) -> dict[str, str]:
    found = best(names.get(iri, {}).items(), preference(language, site().settings.languages))
    return {"@type": "Organization", "@id": iri, **({"name": found[1]} if found else {})}


def _shared(response: Response) -> Response:
    response.headers["Cache-Control"] = SHARED
    return response
