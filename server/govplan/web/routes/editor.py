"""The query editor of /sparql: its files, the terms it completes, and the questions it offers as examples.

The editor only brings forward the form of the page, which works without it. It asks nobody but this server.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, url_for

from govplan.namespaces import STANDARD, short
from govplan.readmodel.labels import rows
from govplan.readmodel.names import names
from govplan.web.http.answers import SHARED
from govplan.web.http.language import asked_language, reader
from govplan.web.site import Site, site

blueprint = Blueprint("editor", __name__)
# Below the static files; the build of the package unpacks the editor there, into a folder named after its version.
FOLDER = "editor"
_SCRIPT, _SHEET = "yasgui.min.js", "yasgui.min.css"
_TERMS = """SELECT DISTINCT ?kind ?term
WHERE {{
  {{
    ?thing a ?term .
    BIND("class" AS ?kind)
  }}
  UNION {{
    ?term a <{owl}Class> .
    BIND("class" AS ?kind)
  }}
  UNION {{
    ?thing ?term ?value .
    BIND("property" AS ?kind)
  }}
  UNION {{
    ?term a ?type .
    FILTER(?type IN (<{owl}ObjectProperty>, <{owl}DatatypeProperty>, <{owl}AnnotationProperty>))
    BIND("property" AS ?kind)
  }}
  UNION {{
    ?term <{skos}inScheme> ?scheme .
    BIND("code" AS ?kind)
  }}
  FILTER(isIRI(?term))
}}
"""


@cache
def _version() -> str | None:
    """The newest version of the editor that the package carries, None if it was not built with one."""
    place = Path(__file__).parent.parent / "static" / FOLDER
    return max((each.parent.name for each in place.glob(f"*/{_SCRIPT}")), default=None)


def files() -> Mapping[str, str] | None:
    """Return the addresses of the `script` and the `sheet` of the editor, None if the package was built without."""
    version = _version()
    if version is None:
        return None
    return {
        "script": url_for("static", filename=f"{FOLDER}/{version}/{_SCRIPT}"),
        "sheet": url_for("static", filename=f"{FOLDER}/{version}/{_SHEET}"),
    }


def examples(site: Site, language: str) -> Sequence[tuple[str, str]]:
    """Return the questions of the project: the address of the text that asks in a language, and the same in words."""
    named = [
        (url_for("queries.question", name=f"{question.name}.rq", lang=language), question.summary[language])
        for question in site.questions.values()
    ]
    return sorted(named, key=lambda each: each[1].casefold())


@blueprint.get("/sparql/terms")
def terms() -> Response:
    """Tell what a query can name: the prefixes of the project, and classes, properties and codes with their labels."""
    response = jsonify(site().cached(("editor terms", reader()), lambda: _terms(site(), asked_language())))
    response.headers["Cache-Control"] = SHARED
    response.vary.add("Accept-Language")
    return response


def _terms(site: Site, language: str) -> dict[str, Any]:
    said = [(row["kind"]["value"], row["term"]["value"]) for row in rows(site, _query())]
    called = names(site, {iri for _, iri in said}, language)
    prefixes = site.settings.prefixes
    found = [
        {
            "kind": kind,
            "name": short(iri, prefixes),
            "iri": iri,
            "label": called[iri].text.value,
            **({"lang": called[iri].text.lang} if called[iri].text.lang else {}),
        }
        for kind, iri in said
    ]
    return {"prefixes": dict(prefixes), "terms": sorted(found, key=lambda each: (each["kind"], each["name"]))}


def _query() -> str:
    return _TERMS.format(owl=STANDARD["owl"], skos=STANDARD["skos"])
