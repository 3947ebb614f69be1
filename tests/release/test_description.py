"""The description of a release: beside the dataset, and true of what the endpoint answers."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.metadata.statistics import TOTALS
from govplan.release.description import FILE
from govplan.release.dumps import canonical

_VOID, _EXT, _SH = "http://rdfs.org/ns/void#", "http://ldf.fi/void-ext#", "http://www.w3.org/ns/shacl#"


@pytest.fixture(name="kept")
def _kept(release: Path) -> ox.Store:
    return ox.Store.read_only(str(release / "store"))


@pytest.fixture(name="described")
def _described(release: Path) -> ox.Store:
    """The description by itself."""
    alone = ox.Store()
    alone.load(path=str(release / FILE), format=ox.RdfFormat.TURTLE)
    return alone


def _number(store: ox.Store, query: str) -> int:
    found = store.query(query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    [row] = found
    return int(row["n"].value)


def _rows(store: ox.Store, query: str) -> Iterator[dict[str, str]]:
    found = store.query(f"PREFIX void: <{_VOID}>\nPREFIX ext: <{_EXT}>\nPREFIX sh: <{_SH}>\n{query}")
    assert isinstance(found, ox.QuerySolutions)
    names = [each.value for each in found.variables]
    for row in found:
        yield {name: row[name].value for name in names if row[name] is not None}


def test_dataset_is_untouched(release: Path, kept: ox.Store) -> None:
    """The named graphs of the store hold the dataset and nothing else, and the description stands beside them."""
    named = (quad for quad in kept if quad.graph_name != ox.DefaultGraph())
    beside = kept.quads_for_pattern(None, None, None, ox.DefaultGraph())
    alone = ox.parse(path=str(release / FILE), format=ox.RdfFormat.TURTLE)

    assert (release / "dataset.nq").read_bytes() == canonical(named)
    assert canonical(alone) == canonical(beside)


def test_part_of_the_release(manifest: Manifest) -> None:
    """The description is a file of the release with a hash of its own."""
    assert FILE in {entry.path for entry in manifest.files}


def test_totals(kept: ox.Store, described: ox.Store) -> None:
    """Each total is what the endpoint counts."""
    [found] = _rows(
        described,
        f"SELECT * WHERE {{ ?all a void:Dataset . {' '.join(f'?all {name} ?{name[5:]} .' for name in TOTALS)} }}",
    )

    assert {name[5:]: str(_number(kept, query)) for name, query in TOTALS.items()} == {
        name: value for name, value in found.items() if name != "all"
    }


def test_classes(kept: ox.Store, described: ox.Store) -> None:
    """Each class is there with the number of its members."""
    found = {
        row["class"]: int(row["n"])
        for row in _rows(
            described,
            "SELECT * WHERE { ?all a void:Dataset ; void:classPartition ?p . ?p void:class ?class ; void:entities ?n }",
        )
    }

    assert found == {iri: _number(kept, f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s a <{iri}> }}") for iri in found}
    assert _number(kept, "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?s a ?c }") == len(found)


def test_properties(kept: ox.Store, described: ox.Store) -> None:
    """Each property is there with the number of its statements."""
    found = {
        row["p"]: int(row["n"])
        for row in _rows(
            described,
            "SELECT ?p ?n { ?all a void:Dataset ; void:propertyPartition ?o . ?o void:property ?p ; void:triples ?n }",
        )
    }

    assert found == {iri: _number(kept, f"SELECT (COUNT(*) AS ?n) WHERE {{ ?s <{iri}> ?o }}") for iri in found}
    assert _number(kept, "SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?s ?p ?o }") == len(found)


def test_properties_of_classes(kept: ox.Store, described: ox.Store) -> None:
    """Each property of a class is there with its number, and with the classes and datatypes of its values."""
    parts = list(
        _rows(
            described,
            """SELECT ?class ?p ?n ?other ?datatype ?m
            WHERE {
              ?one void:class ?class ; void:propertyPartition ?part .
              ?part void:property ?p ; void:triples ?n .
              OPTIONAL {
                { ?part void:classPartition ?to . ?to void:class ?other ; void:triples ?m }
                UNION { ?part ext:datatypePartition ?to . ?to ext:datatype ?datatype ; void:triples ?m }
              }
            }""",
        )
    )

    assert parts
    for row in parts[::7]:
        start = f"SELECT (COUNT(*) AS ?n) WHERE {{ ?s a <{row['class']}> ; <{row['p']}> ?o . "
        assert int(row["n"]) == _number(kept, f"{start} }}"), row
        if "other" in row:
            assert int(row["m"]) == _number(kept, f"{start} ?o a <{row['other']}> }}"), row
        if "datatype" in row:
            assert int(row["m"]) == _number(kept, f"{start} FILTER(DATATYPE(?o) = <{row['datatype']}>) }}"), row


def test_questions_and_prefixes(settings: Settings, described: ox.Store, manifest: Manifest) -> None:
    """Every question and every prefix of the project is there."""
    prefixes = {
        row["prefix"]: row["ns"]
        for row in _rows(described, "SELECT * WHERE { ?d sh:prefix ?prefix ; sh:namespace ?ns }")
    }
    questions = {row["q"] for row in _rows(described, "SELECT ?q WHERE { ?q a sh:SPARQLExecutable ; sh:select ?text }")}

    assert settings.prefixes == prefixes
    assert 60 <= len(questions)
