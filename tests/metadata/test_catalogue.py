"""Records for catalogues: names that never change, one dataset for harvesters, versions for those who want them."""

from collections import Counter
from dataclasses import replace

import pytest

from govplan.metadata.catalogue import Published, catalogue
from govplan.metadata.graph import Graph, literal, named, node
from govplan.metadata.profiles import HARVEST, MetadataProfile, metadata_profiles
from govplan.registration import Registration

_EU = "http://publications.europa.eu/resource/authority/"


def _profile(published: Published, name: str = HARVEST) -> MetadataProfile:
    return metadata_profiles(published.settings.profiles)[name]


def _subjects(graph: Graph) -> set[str]:
    return {each.subject for each in graph}


@pytest.mark.parametrize("name", ["harvest", "be-federal"])
def test_records_never_multiply(published: Published, name: str) -> None:
    """A harvester sees the same records after one release and after ten."""
    profile = _profile(published, name)
    first = catalogue(replace(published, manifests=published.manifests[-1:]), profile)
    tenth = catalogue(published, profile)

    assert [published.settings.dataset_iri] == first.of_kind("dcat:Dataset") == tenth.of_kind("dcat:Dataset")
    assert _subjects(first) == _subjects(tenth)


def test_names_do_not_depend_on_the_host(published: Published) -> None:
    """Records are called the same on any host; only addresses of pages, files and endpoint differ."""
    profile = _profile(published)
    elsewhere = catalogue(replace(published, root="http://localhost:8000/prefix/"), profile)
    here = catalogue(published, profile)
    roots = ("<https://plans.example.org/", "<http://localhost:8000/prefix/")

    named_here, named_there = (
        {each for each in _subjects(graph) if not each.startswith(roots)} for graph in (here, elsewhere)
    )
    assert named_here == named_there


def test_endpoint_is_service_and_distribution(published: Published) -> None:
    """The endpoint is a service of the catalogue, and a distribution that names the service."""
    graph = catalogue(published, _profile(published))
    iri = f"{published.settings.base}catalog"

    assert [node(f"{iri}#sparql")] == graph.objects(iri, "dcat:service")
    assert [node(f"{iri}#sparql")] == graph.objects(f"{iri}#endpoint", "dcat:accessService")
    assert [node("https://plans.example.org/sparql")] == graph.objects(f"{iri}#sparql", "dcat:endpointURL")
    assert node(f"{iri}#endpoint") in graph.objects(published.settings.dataset_iri, "dcat:distribution")


def test_publisher_of_a_register(published: Published) -> None:
    """The publisher goes by the IRI and the number that a register has for it."""
    graph = catalogue(published, _profile(published))
    iri = published.settings.registration.publisher.iri

    assert [node(iri)] == graph.objects(published.settings.dataset_iri, "dcterms:publisher")
    assert [literal("0123456789")] == graph.objects(iri, "dcterms:identifier")
    assert [literal("Datateam", "nl"), literal("Data team", "en")] == graph.objects(iri, "foaf:name")


def test_nothing_is_invented(published: Published) -> None:
    """Where nobody has said anything, no contact, place, period, theme or keyword is there."""
    silent = replace(published, settings=replace(published.settings, registration=Registration()))
    graph = catalogue(silent, _profile(published))
    dataset = published.settings.dataset_iri

    for name in ("dcat:contactPoint", "dcterms:spatial", "dcterms:temporal", "dcat:theme", "dcat:keyword"):
        assert [] == graph.objects(dataset, name)
    assert [node(published.described.publisher)] == graph.objects(dataset, "dcterms:publisher")


@pytest.mark.parametrize("name", ["harvest", "be-federal", "dcat-ap-3"])
def test_codes_are_typed_and_labelled(published: Published, name: str) -> None:
    """Each code of an authority list that a record names has a class and a label in the record."""
    graph = catalogue(published, _profile(published, name))
    codes = {iri for iri in graph.iris() if iri.startswith(_EU) and iri.count("/") > 5}

    assert codes
    for iri in codes:
        assert graph.objects(iri, "rdf:type"), iri
        assert graph.objects(iri, "skos:prefLabel"), iri


def test_versions(published: Published) -> None:
    """In DCAT-AP 3 each release is a version with its own files, its build and the version before it."""
    graph = catalogue(published, _profile(published, "dcat-ap-3"))
    base, dataset = published.settings.base, published.settings.dataset_iri
    versions = [f"{base}release/{each.id}" for each in published.manifests]

    assert [node(iri) for iri in versions] == graph.objects(dataset, "dcat:hasVersion")
    assert {dataset, *versions} == set(graph.of_kind("dcat:Dataset"))
    assert [node(versions[1])] == graph.objects(versions[0], "dcat:previousVersion")
    assert [] == graph.objects(versions[-1], "dcat:previousVersion")
    assert [node(f"{versions[0]}#build")] == graph.objects(versions[0], "prov:wasGeneratedBy")
    name = f"{published.settings.name}.ttl"
    assert [node(f"https://plans.example.org/release/{published.manifests[0].id}/dumps/{name}")] == graph.objects(
        f"{versions[0]}#ttl", "dcat:downloadURL"
    )


def test_profile_of_a_country(published: Published) -> None:
    """The federal profile writes classes, datatypes and places as its portal wants them."""
    graph = catalogue(published, _profile(published, "be-federal"))
    kinds = Counter(each.object for each in graph if each.predicate == named("rdf:type"))

    assert 1 == kinds[named("foaf:Organization")]
    assert graph.objects(f"{_EU}country/BEL", "dcat:bbox")
    assert {literal("1009", datatype="xsd:decimal")} == {
        each.object for each in graph if each.predicate == named("dcat:byteSize")
    }


def test_open_period_of_a_profile_that_needs_both_days(published: Published) -> None:
    """A period without an end is left out where a profile wants both days, and nothing names it."""
    said = replace(published.settings.registration, ends=None)
    still = replace(published, settings=replace(published.settings, registration=said))

    assert catalogue(still, _profile(published)).of_kind("dcterms:PeriodOfTime")
    federal = catalogue(still, _profile(published, "be-federal"))
    assert [] == federal.of_kind("dcterms:PeriodOfTime")
    assert [] == federal.objects(published.settings.dataset_iri, "dcterms:temporal")
