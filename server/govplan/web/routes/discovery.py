"""/sitemap.xml, /robots.txt and the description of the dataset in schema.org terms: how search engines find it."""

import mimetypes
from typing import Any
from xml.sax.saxutils import escape

from flask import Blueprint, Response, url_for

from govplan.readmodel.about import About
from govplan.readmodel.plans import plans
from govplan.web.http.addresses import shown_address
from govplan.web.http.answers import SHARED
from govplan.web.routes.dumps import dumps
from govplan.web.routes.plans import ENDPOINTS
from govplan.web.site import site

blueprint = Blueprint("discovery", __name__)
_PAGES = (
    "pages.home",
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
    """List the pages with the date of the release (the protocol of sitemaps.org)."""
    pages = [url_for(endpoint, _external=True) for endpoint in _PAGES]
    pages += [url_for(each, slug=slug, _external=True) for slug in plans(site()) for each in ENDPOINTS.values()]
    pages += [url_for("queries.question", name=name, _external=True) for name in site().questions]
    day = site().manifest.date
    entries = "".join(f"  <url><loc>{escape(page)}</loc><lastmod>{day}</lastmod></url>\n" for page in pages)
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{entries}</urlset>\n"
    )
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
    described = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": settings.dataset_iri,
        "name": about.title.value if about.title else None,
        "description": about.description.value if about.description else None,
        "license": about.licence.value if about.licence else None,
        "url": shown_address("pages.home"),
        "version": manifest.version,
        "datePublished": manifest.date,
        "inLanguage": list(settings.languages),
        "isAccessibleForFree": True,
        "identifier": manifest.id,
        "distribution": [
            {
                "@type": "DataDownload",
                "name": name,
                "contentUrl": shown_address("dumps.file", name=name),
                "encodingFormat": mimetypes.guess_type(name)[0],
                "contentSize": f"{entry.size} B",
            }
            for name, entry in dumps().items()
        ],
    }
    return {key: value for key, value in described.items() if value is not None}


def _shared(response: Response) -> Response:
    response.headers["Cache-Control"] = SHARED
    return response
