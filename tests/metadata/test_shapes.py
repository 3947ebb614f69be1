"""The records and the official shapes, which are not part of this repository."""

import os
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import OWL, RDF, SH, Graph

from govplan.metadata.catalogue import Published, catalogue
from govplan.metadata.profiles import metadata_profiles
from tests.conftest import SHARED

# A folder with those of SEMICeu/DCAT-AP (releases/3.0.1/html/shacl) and of belgif/inspire-dcat.
_FOLDER = Path(os.environ.get("GOVPLAN_DCAT_SHAPES", SHARED / "shapes"))
_OF_THE_EU = ("shapes.ttl", "range.ttl", "mdr-vocabularies.shape.ttl")


def _violations(graph: str, shapes: Path) -> list[str]:
    shaped = Graph().parse(shapes, format="turtle")
    shaped.remove((None, OWL.imports, None))
    _, report, _ = validate(Graph().parse(data=graph, format="nt"), shacl_graph=shaped, advanced=True)
    assert isinstance(report, Graph)
    results = [
        each for each in report.objects(None, SH.result) if report.value(each, SH.resultSeverity) == SH.Violation
    ]
    assert all((each, RDF.type, SH.ValidationResult) in report for each in results)
    return sorted(f"{report.value(each, SH.focusNode)} {report.value(each, SH.resultPath)}" for each in results)


@pytest.mark.parametrize(
    ("profile", "file"),
    [
        *((profile, file) for profile in ("harvest", "dcat-ap-3") for file in _OF_THE_EU),
        ("be-federal", "bedcatap2.shacl"),
        ("be-federal", "range.ttl"),
    ],
)
def test_official_shapes(published: Published, profile: str, file: str) -> None:
    """The records of each profile break no rule of the shapes that it is for."""
    if not (_FOLDER / file).is_file():
        pytest.skip(f"{file} is not there: GOVPLAN_DCAT_SHAPES names the folder of the official shapes")
    records = catalogue(published, metadata_profiles(published.settings.profiles)[profile])

    assert [] == _violations(records.n_triples(), _FOLDER / file)
