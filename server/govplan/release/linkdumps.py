"""The links of a release as files for other datasets: VoID link sets in Turtle, and a BEACON link dump."""

from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox

from govplan.config import Settings
from govplan.formats import GRAPHS
from govplan.links.linkset import beacon, linksets
from govplan.links.records import read_registers
from govplan.namespaces import STANDARD, used
from govplan.release.dumps import read_back


def write_link_dumps(quads: Sequence[ox.Quad], folder: Path, settings: Settings, day: str) -> None:
    """Write `{name}-linksets.ttl` and `{name}-links.beacon.txt`; a project without registers gets neither.

    `day` is the date of the release, as YYYY-MM-DD. Raises ReleaseDamaged if the link sets do not read back.
    """
    registers = read_registers(quads, settings.base)
    if not registers:
        return
    triples = linksets(registers, settings.dataset_iri, settings.base)
    terms = [term for each in triples for term in (each.subject, each.predicate, each.object)]
    iris = [term.value for term in terms if isinstance(term, ox.NamedNode)]
    ordered = sorted(triples, key=str)
    turtle = ox.serialize(ordered, format=ox.RdfFormat.TURTLE, prefixes=used(settings.prefixes, iris)) or b""
    read_back(turtle, GRAPHS[0], set(triples))
    (folder / f"{settings.name}-linksets.ttl").write_bytes(turtle)
    text = beacon(registers, settings.base, settings.dataset_iri, day, _licence(quads, settings))
    (folder / f"{settings.name}-links.beacon.txt").write_text(text, encoding="utf-8")


def _licence(quads: Sequence[ox.Quad], settings: Settings) -> str:
    subject, predicate = ox.NamedNode(settings.dataset_iri), ox.NamedNode(STANDARD["dcterms"] + "license")
    terms = [quad.object for quad in quads if quad.subject == subject and quad.predicate == predicate]
    return min((term.value for term in terms if isinstance(term, ox.NamedNode)), default="")
