"""Whom to name when the dataset is cited: its creators and its publisher, and what it is called."""

from collections.abc import Iterable
from dataclasses import dataclass

from govplan.namespaces import STANDARD
from govplan.readmodel.labels import Term, chosen, labels, rows
from govplan.readmodel.release import Release

_CREDITS = """PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?property ?value
WHERE {{
  VALUES ?property {{ dcterms:creator dcterms:publisher dcterms:title dcterms:license }}
  <{dataset}> ?property ?value .
}}
ORDER BY ?property ?value
"""


@dataclass(frozen=True, slots=True)
class Credits:
    """The dataset as a list of references has it; what the release does not say is empty.

    `creators` and `publisher` are names, `title` has the language `language`, `licence` is an IRI or words.
    """

    creators: tuple[str, ...]
    publisher: str
    title: str
    language: str
    licence: str


def credits_of(release: Release, language: str) -> Credits:
    """Return whom to name, in a language as far as there are names in it. Raises what the store raises."""
    return release.cached(("credits", language), lambda: _credits(release, language))


def _credits(release: Release, language: str) -> Credits:
    said: dict[str, list[Term]] = {}
    for row in rows(release, _CREDITS.format(dataset=release.settings.dataset_iri)):
        said.setdefault(row["property"]["value"].removeprefix(STANDARD["dcterms"]), []).append(row["value"])
    creators = _names(release, said.get("creator", ()), language)
    publishers = _names(release, said.get("publisher", ()), language)
    title = chosen(release, said.get("title", ()), language)
    return Credits(
        creators or publishers or (release.settings.name,),
        next(iter(publishers or creators), release.settings.name),
        title.value if title else release.settings.name,
        (title.lang if title else None) or language,
        next((term["value"] for term in said.get("license", ())), ""),
    )


def _names(release: Release, terms: Iterable[Term], language: str) -> tuple[str, ...]:
    """A name that is a text, and no thing, is taken as it stands."""
    several = list(terms)
    called = labels(release, (term["value"] for term in several if term["type"] == "uri"), language)
    return tuple(
        called[term["value"]].value if term["value"] in called else term["value"]
        for term in several
        if term["type"] == "literal" or term["value"] in called
    )
