"""Metadata profiles: files that name classes and properties, and are refused where they cannot be used."""

from pathlib import Path

import pytest

from govplan.errors import ConfigError
from govplan.metadata import profiles
from govplan.metadata.graph import Graph
from govplan.metadata.profiles import metadata_profiles

_GOOD = 'versions = "current"\n'


def test_names() -> None:
    """The default comes first; a profile of a country brings its own."""
    assert ["harvest", "dcat-ap-3"] == list(metadata_profiles(()))
    assert ["harvest", "be-federal", "dcat-ap-3"] == list(metadata_profiles(("be",)))


def test_every_profile_has_its_name_in_the_languages_of_the_core() -> None:
    """Pages name each profile in four languages."""
    for profile in metadata_profiles(("be",)).values():
        assert {"nl", "fr", "de", "en"} == set(profile.labels)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("versions", "cannot be read"),
        ("", "versions is missing"),
        ('versions = "some"\n', "versions is missing"),
        (_GOOD + "colour = 1\n", "Unknown key 'colour'"),
        (_GOOD + 'omit = ["odd:size"]\n', "'odd:size' has no known prefix"),
        (_GOOD + '[classes]\n"foaf:Agent" = ["odd:Agent"]\n', "'odd:Agent' has no known prefix"),
        (_GOOD + '[datatypes]\n"dcat:byteSize" = "odd:number"\n', "'odd:number' has no known prefix"),
        (_GOOD + '[add."dcat:Dataset"]\n"odd:p" = ["http://x/"]\n', "'odd:p' has no known prefix"),
        (_GOOD + '[wanted."odd:C"]\n"dcat:theme" = "x"\n', "'odd:C' has no known prefix"),
        (_GOOD + '[needs]\n"dcat:Dataset" = ["odd:p"]\n', "'odd:p' has no known prefix"),
        (_GOOD + '[terms."http://x/"]\nclasses = ["odd:C"]\n', "'odd:C' has no known prefix"),
        (_GOOD + '[terms."http://x/".values]\n"dcat:bbox" = {text = "", datatype = "odd:d"}\n', "no known prefix"),
    ],
)
def test_file_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    """A wrong file is refused with its name, and what would do."""
    folder = tmp_path / "land" / "metadata"
    folder.mkdir(parents=True)
    (folder / "odd.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(profiles, "profile_folders", lambda: {"land": tmp_path / "land"})
    profiles._read_all.cache_clear()

    with pytest.raises(ConfigError) as caught:
        metadata_profiles(("land",))
    assert said in caught.value.what
    assert "land/metadata/odd.toml" == caught.value.where
    assert caught.value.mend
    profiles._read_all.cache_clear()


def test_add_and_omit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile states further values of a class, and leaves properties out."""
    folder = tmp_path / "land" / "metadata"
    folder.mkdir(parents=True)
    text = _GOOD + 'omit = ["dcterms:title"]\n[add."dcat:Dataset"]\n"dcterms:conformsTo" = ["http://x/profile"]\n'
    (folder / "own.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(profiles, "profile_folders", lambda: {"land": tmp_path / "land"})
    profiles._read_all.cache_clear()
    graph = Graph()
    graph.describe("http://x/d", ["dcat:Dataset"], dcterms_title='"t"')

    written = metadata_profiles(("land",))["own"].applied(graph)
    assert ["<http://x/profile>"] == written.objects("http://x/d", "dcterms:conformsTo")
    assert [] == written.objects("http://x/d", "dcterms:title")
    profiles._read_all.cache_clear()
