"""What harvesters will read of a project, before it is built."""

from pathlib import Path

from govplan.config import load
from govplan.release.check import check
from govplan.release.harvest import harvest
from tests.conftest import TINY


def test_tiny_project() -> None:
    """A project that says nothing for catalogues is told what its record misses, and where to say it."""
    settings = load(TINY, environ={})
    found = harvest(settings, check(settings).quads)
    record = dict(found.records[0].record)

    assert "The cycling plan as linked data" == record["title"]
    assert "City of Exemplo" == record["publisher"]
    assert ["harvest", "dcat-ap-3"] == [each.profile for each in found.records]
    assert {"dcat:contactPoint", "dcat:keyword", "dcat:theme", "dcterms:spatial", "dcterms:temporal"} <= {
        each.property for each in found.records[0].lacks
    }
    assert all(each.mend for each in found.records[0].lacks)


def test_project_that_says_more(tiny_project: Path) -> None:
    """What is said in govplan.toml is in the record, and misses no more."""
    with (tiny_project / "govplan.toml").open("a", encoding="utf-8") as file:
        file.write('[catalogue]\nthemes = ["TRAN"]\nkeywords = {en = ["cycling"]}\n')
        file.write('[contact]\nname = {en = "Data desk"}\nemail = "data@example.org"\n')
    settings = load(tiny_project, environ={})
    found = harvest(settings, check(settings).quads)
    record = dict(found.records[0].record)

    assert ("Transport", "cycling", "Data desk") == (record["theme"], record["keywords"], record["contact"])
    assert not {"dcat:theme", "dcat:keyword", "dcat:contactPoint"} & {each.property for each in found.records[0].lacks}
