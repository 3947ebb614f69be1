"""The links as files that other datasets harvest: VoID link sets and a BEACON link dump.

VoID: https://www.w3.org/TR/void/, section 5 (a link set has one link predicate). BEACON: draft-voss-beacon-003, whose
annotation is the relation type where RELATION is a pattern.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from govplan.links.records import Link, Register
from govplan.namespaces import STANDARD

_VOID = STANDARD["void"]
_XSD_INTEGER = ox.NamedNode(STANDARD["xsd"] + "integer")


def stated_links(registers: Iterable[Register]) -> list[Link]:
    """Return the links that are stated as plain triples and lead to an IRI, sorted by our end."""
    links = [link for register in registers for link in register.links if link.stated and link.datatype is None]
    return sorted(links, key=lambda link: (link.ours, link.how, link.theirs))


def linksets(registers: Sequence[Register], dataset: str, base: str) -> list[ox.Triple]:
    """Return a void:Linkset for each register and link predicate, as parts of the dataset with this IRI."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    by_iri = {register.iri: register for register in registers}
    for link in stated_links(registers):
        counts[link.register, link.how] += 1
    triples = []
    for (iri, how), count in sorted(counts.items()):
        register = by_iri[iri]
        local = how[max(how.rfind("#"), how.rfind("/")) + 1 :]
        linkset = f"{base}id/linkset/{register.name}-{local}"
        triples += _iris(
            (linkset, STANDARD["rdf"] + "type", _VOID + "Linkset"),
            (linkset, _VOID + "linkPredicate", how),
            (linkset, _VOID + "subjectsTarget", dataset),
            (linkset, _VOID + "objectsTarget", iri),
            (dataset, _VOID + "subset", linkset),
            (iri, STANDARD["rdf"] + "type", _VOID + "Dataset"),
        )
        number = ox.Literal(str(count), datatype=_XSD_INTEGER)
        triples.append(ox.Triple(ox.NamedNode(linkset), ox.NamedNode(_VOID + "triples"), number))
        texts = [(iri, STANDARD["rdfs"] + "label", ox.Literal(text, language=tag)) for tag, text in register.labels]
        if register.space:
            texts.append((iri, _VOID + "uriSpace", ox.Literal(register.space)))
        triples += [ox.Triple(ox.NamedNode(s), ox.NamedNode(p), o) for s, p, o in texts]
    return triples


def _iris(*rows: tuple[str, str, str]) -> list[ox.Triple]:
    return [ox.Triple(*(ox.NamedNode(iri) for iri in row)) for row in rows]


def beacon(registers: Sequence[Register], base: str, dataset: str, day: str, licence: str) -> str:
    """Return the stated links as a BEACON link dump; `day` is the date of the release, `licence` an IRI or empty."""
    links = stated_links(registers)
    # Codes lie elsewhere than the things of a project.
    common = base if all(link.ours.startswith(base) for link in links) else ""
    head = [
        "#FORMAT: BEACON",
        f"#PREFIX: {common}{{+ID}}",
        "#TARGET: {+ID}",
        "#RELATION: {+ID}",
        f"#SOURCESET: {dataset}",
        f"#TIMESTAMP: {day}",
        *([f"#LICENSE: {licence}"] if licence else []),
        "",
    ]
    lines = [f"{link.ours.removeprefix(common)}|{link.how}|{link.theirs}" for link in links]
    return "\n".join([*head, *lines]) + "\n"
