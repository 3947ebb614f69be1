"""Prefix labels and their namespaces: the one table that Turtle files, questions and dumps share.

Standard vocabularies, the core (vocabulary, codes, shapes) and the things of profiles are fixed, so that the plans of
two publishers can be asked together; the things of a plan project hang on its base IRI, and `govplan.toml` may add
more.
"""

from collections.abc import Iterable, Mapping

# Below this lies what is the same for every plan of every publisher, or for every plan with the same profile.
CORE = "https://w3id.org/govplan/"
NS = f"{CORE}ns#"
# The code list of the terms that texts are written in: its codes are words, and no values of any property.
WORD_LIST = f"{CORE}auth/word"
# The core says everything in these; a project in another language reads the core in the last one.
CORE_LANGUAGES = ("nl", "fr", "de", "en")

STANDARD: Mapping[str, str] = {
    "cv": "http://data.europa.eu/m8g/",
    "currency": "http://publications.europa.eu/resource/authority/currency/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "language": "http://publications.europa.eu/resource/authority/language/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# The properties that hold labels, the first one first.
LABELS = (STANDARD["rdfs"] + "label", STANDARD["skos"] + "prefLabel", f"{NS}locator")

SCHEMES = (
    "amount-kind",
    "area",
    "concreteness",
    "deliverable-kind",
    "distribution",
    "document-type",
    "event-type",
    "finding-type",
    "funding-source",
    "group",
    "instrument",
    "instrument-group",
    "law-type",
    "layer",
    "level",
    "link-type",
    "method",
    "metric",
    "organisation-kind",
    "quantifier",
    "role",
    "settlement",
    "standing",
    "status",
    "synergy",
    "unit-kind",
    "verification",
    "voice",
    "word",
)

THINGS = (
    "action",
    "aim",
    "claim",
    "coding",
    "dataset",
    "deliverable",
    "disagreement",
    "event",
    "finding",
    "flag",
    "funding",
    "link",
    "match",
    "measure",
    "measurement",
    "objective",
    "organisation",
    "participation",
    "passage",
    "place",
    "plan",
    "rating",
    "register",
    "remark",
    "rule",
    "source",
    "work",
)


def prefixes(base: str, own: Mapping[str, str] | None = None, *, profiles: bool = False) -> dict[str, str]:
    """Return label → namespace IRI for a plan project with this base IRI, sorted by label.

    `own` are the project's further prefixes, as paths below the base (`{"report": "id/unit/annual-report/"}`). With
    `profiles`, the things of profiles have prefixes too: `gp-work:` beside the `work:` of a project with another base.
    """
    table = dict(STANDARD)
    table |= {"auth": f"{CORE}auth/", "gp": NS, "shape": f"{CORE}shape/"}
    table |= {scheme: f"{CORE}auth/{scheme}/" for scheme in SCHEMES}
    if profiles and base != CORE:
        table |= {f"gp-{thing}": f"{CORE}id/{thing}/" for thing in THINGS}
    table |= {thing: f"{base}id/{thing}/" for thing in THINGS}
    table |= {label: base + path for label, path in (own or {}).items()}
    return dict(sorted(table.items()))


def used(table: Mapping[str, str], iris: Iterable[str]) -> dict[str, str]:
    """Return the rows of `table` whose namespace begins one of `iris`."""
    namespaces = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in iris}
    return {label: namespace for label, namespace in table.items() if namespace in namespaces}


def short(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return an IRI as a prefixed name where a prefix of the project fits, else as it is."""
    fits = [(label, namespace) for label, namespace in prefixes.items() if iri.startswith(namespace)]
    if not fits:
        return iri
    label, namespace = max(fits, key=lambda fit: len(fit[1]))
    return f"{label}:{iri[len(namespace) :]}"
