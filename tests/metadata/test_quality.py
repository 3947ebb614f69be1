"""The points of data.europa.eu, and what a profile wants."""

from dataclasses import replace

from govplan.metadata.catalogue import Published, catalogue
from govplan.metadata.profiles import metadata_profiles
from govplan.metadata.quality import by_the_portal, points
from govplan.metadata.reading import lacks
from govplan.registration import Registration


def test_all_points(published: Published) -> None:
    """A record with all that a person can say earns every point but those of sizes that an endpoint has not."""
    graph = catalogue(published, metadata_profiles(())["harvest"])
    found = points(graph, published.settings.dataset_iri)

    assert 405 == sum(each.most for each in (*found, *by_the_portal()))
    assert [("size", 4, 5)] == [(each.name, each.earned, each.most) for each in found if each.earned < each.most]


def test_points_of_silence(published: Published) -> None:
    """What nobody has said earns nothing."""
    silent = replace(published, settings=replace(published.settings, registration=Registration()))
    found = points(catalogue(silent, metadata_profiles(())["harvest"]), published.settings.dataset_iri)

    assert {"keyword", "category", "place", "time", "contact"} == {each.name for each in found if each.earned == 0}


def test_lacks(published: Published) -> None:
    """Each profile tells what it misses, and where to say it; nothing is missing where all is said."""
    for profile in metadata_profiles(("be",)).values():
        assert [] == [
            each for each in lacks(catalogue(published, profile), profile) if each.iri == published.settings.dataset_iri
        ]
    silent = replace(published, settings=replace(published.settings, registration=Registration()))
    federal = metadata_profiles(("be",))["be-federal"]
    missing = {(each.property, each.mend) for each in lacks(catalogue(silent, federal), federal)}
    assert ("foaf:mbox", "`email` of [publisher]") in missing
