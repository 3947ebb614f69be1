"""Publisher, contact and places of the records: what the data say, and what a person has said in govplan.toml."""

from govplan import authorities
from govplan.config import Settings
from govplan.metadata.dataset import Described
from govplan.metadata.graph import Graph, literal, node, texts


def publisher_iri(settings: Settings, about: Described) -> str:
    """Return the IRI of the publisher: the one that a register has for it, else that in the data; empty without any."""
    return settings.registration.publisher.iri or about.publisher


def contact_iri(settings: Settings) -> str:
    """Return the IRI of the contact."""
    return f"{settings.base}catalog#contact"


def add_publisher(graph: Graph, settings: Settings, about: Described) -> None:
    """Add the publisher, and the creators that are somebody else."""
    publisher, iri = settings.registration.publisher, publisher_iri(settings, about)
    if iri:
        graph.describe(
            iri,
            ["foaf:Agent"],
            foaf_name=texts(publisher.names or about.labels.get(about.publisher, {})),
            dcterms_identifier=literal(publisher.identifier) if publisher.identifier else None,
            dcterms_type=node(publisher.kind) if publisher.kind else None,
            foaf_mbox=node(f"mailto:{publisher.email}") if publisher.email else None,
        )
        if publisher.homepage:
            add_page(graph, iri, "foaf:homepage", publisher.homepage)
            graph.add(iri, "foaf:workplaceHomepage", node(publisher.homepage))
    for creator in about.creators:
        if creator != about.publisher:
            graph.describe(creator, ["foaf:Agent"], foaf_name=texts(about.labels.get(creator, {})))


def add_contact(graph: Graph, settings: Settings, iri: str) -> None:
    """Add the contact, if a person has named one."""
    if contact := settings.registration.contact:
        graph.describe(
            iri,
            ["vcard:Kind", "vcard:Organization"],
            vcard_fn=texts(contact.names),
            vcard_hasEmail=node(f"mailto:{contact.email}") if contact.email else None,
            vcard_hasURL=node(contact.page) if contact.page else None,
        )
        graph.add(iri, "vcard:organization-name", *texts(contact.names))


def add_places(graph: Graph, settings: Settings, about: Described) -> None:
    """Add the places that the data are about, by the labels of what the data link to them."""
    for place in settings.registration.places:
        graph.describe(place, ["dcterms:Location"], skos_prefLabel=texts(about.labels.get(place, {})))
        scheme = place.rpartition("/")[0]
        if authorities.is_list(scheme):
            graph.add(place, "skos:inScheme", node(scheme))


def add_page(graph: Graph, iri: str, predicate: str, address: str) -> None:
    """Add an address that people can read."""
    graph.add(iri, predicate, node(address))
    graph.describe(address, ["foaf:Document"])
