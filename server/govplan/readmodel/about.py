"""What the dataset says about itself, and its plan where it has one: title, facts, and who speaks in which layer."""

from collections import Counter
from dataclasses import dataclass

from govplan.namespaces import NS
from govplan.readmodel.labels import Term, Text, chosen, labels, rows
from govplan.readmodel.plans import Plan
from govplan.readmodel.release import Release

_TEXTS = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?kind ?text
WHERE {{
  VALUES (?thing ?property ?kind) {{
    (<{dataset}> dcterms:title "title")
    (<{dataset}> dcterms:description "description")
    (<{dataset}> skos:note "note")
    (<{dataset}> dcterms:license "licence")
  }}
  ?thing ?property ?text .
}}
ORDER BY ?kind ?text
"""
_LICENCE = """PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?licence
WHERE {{
  <{dataset}> dcterms:license ?licence .
}}
ORDER BY ?licence
"""
_FACTS = """PREFIX gp: <{ns}>
SELECT ?order ?property ?value
WHERE {{
  VALUES (?order ?property) {{
    (1 gp:ownedBy)
    (2 gp:statedObjectiveCount)
    (3 gp:areaMentioned)
    (4 gp:seeksSynergy)
    (5 gp:basedOn)
    (6 gp:alignedWith)
  }}
  <{plan}> ?property ?value .
}}
ORDER BY ?order ?value
"""
_LAYERS = """PREFIX gp: <{ns}>
SELECT ?graph ?layer ?who
WHERE {{
  GRAPH ?graph {{
    ?graph a gp:SourceGraph ;
      gp:layer ?layer ;
      gp:claimedBy ?who .
  }}
}}
ORDER BY ?graph ?who
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing the plan says of itself: the name of a property, and its values."""

    name: Text
    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """All graphs of one layer: its code, who speaks in it (who says most first), and its number of statements."""

    code: str
    speakers: tuple[Text, ...]
    statements: int


@dataclass(frozen=True, slots=True)
class About:
    """The dataset in a few words; what the release does not say is None."""

    title: Text | None
    description: Text | None
    note: Text | None
    licence: Text | None
    facts: tuple[Fact, ...]
    layers: tuple[Layer, ...]


def about(release: Release, plan: Plan | None, language: str) -> About:
    """Return what the release says about itself, and about its plan if it has one, to a reader of `language`."""
    texts: dict[str, list[Term]] = {}
    for row in rows(release, _TEXTS.format(dataset=release.settings.dataset_iri)):
        texts.setdefault(row["kind"]["value"], []).append(row["text"])
    found = {kind: chosen(release, terms, language) for kind, terms in texts.items()}
    return About(
        title=found.get("title"),
        description=found.get("description"),
        note=found.get("note"),
        licence=found.get("licence"),
        facts=_facts(release, plan, language) if plan else (),
        layers=_layers(release, language),
    )


def licence_of_data(release: Release) -> str | None:
    """Return the licence of the dataset: an IRI or words; None if the release names none."""
    query = _LICENCE.format(dataset=release.settings.dataset_iri)
    return release.cached(("licence",), lambda: next((row["licence"]["value"] for row in rows(release, query)), None))


def _facts(release: Release, plan: Plan, language: str) -> tuple[Fact, ...]:
    said = rows(release, _FACTS.format(ns=NS, plan=plan.iri))
    iris = {term["value"] for row in said for term in row.values() if term["type"] == "uri"}
    called = labels(release, iris, language)
    values: dict[str, dict[str, Text]] = {}
    for row in said:
        value = row["value"]
        text = chosen(release, [value], language) if value["type"] == "literal" else called.get(value["value"])
        if text and row["property"]["value"] in called:
            values.setdefault(row["property"]["value"], {})[value["value"]] = text
    return tuple(Fact(called[name], tuple(texts.values())) for name, texts in values.items())


def _layers(release: Release, language: str) -> tuple[Layer, ...]:
    sizes = {graph.iri: graph.triples for graph in release.manifest.graphs}
    graphs: dict[str, tuple[str, str]] = {}
    for row in rows(release, _LAYERS.format(ns=NS)):
        graphs[row["graph"]["value"]] = (row["layer"]["value"].rpartition("/")[2], row["who"]["value"])
    called = labels(release, {who for _, who in graphs.values()}, language)
    said: dict[str, Counter[str]] = {}
    for graph, (code, who) in graphs.items():
        said.setdefault(code, Counter())[who] += sizes.get(graph, 0)
    return tuple(
        Layer(
            code,
            tuple(called[who] for who, _ in counts.most_common() if who in called),
            counts.total(),
        )
        for code, counts in said.items()
    )
