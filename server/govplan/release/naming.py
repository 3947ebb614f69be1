"""What a release is called in its own files: title, publisher, licence, how to cite it; in English where it can be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from govplan.config import Settings
from govplan.languages import FALLBACK, best, preference
from govplan.namespaces import STANDARD

_Texts = dict[str, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Naming:
    """A release in words; what the catalogue does not say is empty. `iri` is the release’s, `date` an ISO date."""

    id: str
    iri: str
    title: str
    description: str
    publisher: str
    licences: tuple[str, ...]
    version: str
    date: str

    @property
    def citation(self) -> str:
        """How to cite the release, on one line."""
        who = f"{self.publisher} " if self.publisher else ""
        return f"{who}({self.date[:4]}). {self.title}. Version {self.version}. {self.iri}"


def naming(settings: Settings, quads: Iterable[ox.Quad], release: str, about: Mapping[str, str]) -> Naming:
    """Return what a release with these statements is called; `about` has its `version` and `date`."""
    statements = list(quads)
    said = _texts(statements, settings.dataset_iri)
    wanted = preference(FALLBACK, settings.languages)

    def text(predicate: str, texts: _Texts) -> str:
        found = best(texts.get(STANDARD[predicate.partition(":")[0]] + predicate.partition(":")[2], ()), wanted)
        return " ".join(found[1].split()) if found else ""

    publisher = text("dcterms:publisher", said)
    return Naming(
        id=release,
        iri=f"{settings.base}release/{release}",
        title=text("dcterms:title", said) or settings.name,
        description=text("dcterms:description", said),
        publisher=(text("rdfs:label", _texts(statements, publisher)) or publisher) if publisher else "",
        licences=tuple(sorted(licence for _, licence in said.get(STANDARD["dcterms"] + "license", ()))),
        version=about["version"],
        date=about["date"],
    )


def _texts(quads: Iterable[ox.Quad], iri: str) -> _Texts:
    """Return predicate → language tag and text of what is said of a thing; an IRI has no tag."""
    said: _Texts = {}
    subject = ox.NamedNode(iri)
    for quad in quads:
        if quad.subject == subject and isinstance(quad.object, ox.Literal | ox.NamedNode):
            tag = quad.object.language or "" if isinstance(quad.object, ox.Literal) else ""
            said.setdefault(quad.predicate.value, []).append((tag, quad.object.value))
    return said
