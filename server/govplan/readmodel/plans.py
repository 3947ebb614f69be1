"""The plans of a release."""

from collections.abc import Mapping
from dataclasses import dataclass

from govplan.namespaces import NS
from govplan.readmodel.labels import rows
from govplan.readmodel.release import Release

_QUERY = """SELECT DISTINCT ?plan
WHERE {{
  ?plan a <{ns}Plan> .
  FILTER(STRSTARTS(STR(?plan), "{begin}"))
}}
ORDER BY ?plan
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan that the project publishes: its IRI, and the last part of it, which addresses carry."""

    iri: str
    slug: str


def plans(release: Release) -> Mapping[str, Plan]:
    """Return slug → plan, sorted, but for plans that only others describe. Raises what the store raises."""
    begin = f"{release.settings.base}id/plan/"

    def read() -> Mapping[str, Plan]:
        found = (row["plan"]["value"] for row in rows(release, _QUERY.format(ns=NS, begin=begin)))
        return {iri.removeprefix(begin): Plan(iri, iri.removeprefix(begin)) for iri in found}

    return release.cached(("plans",), read)


def only_plan(release: Release) -> Plan | None:
    """Return the plan of a release that has one, None where there are several or none."""
    known = list(plans(release).values())
    return known[0] if len(known) == 1 else None
