"""The research pack: everything one needs to work without the server, described, and the same bytes each time."""

import json
import zipfile
from pathlib import Path

import yaml

from govplan.manifest import DATASET, Manifest
from govplan.release.naming import Naming
from govplan.release.pack import write_pack

CALLED = Naming(
    id="0123456789ab",
    iri="https://example.org/release/0123456789ab",
    title="A plan as data",
    description="",
    publisher="City",
    licences=("https://example.org/licence",),
    version="1.2",
    date="2026-01-05",
)


def _work(folder: Path) -> Path:
    for path in (DATASET, "queries/own/q.rq", "tables/q.csv", "dumps/n.ttl"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path, "utf-8")
    return folder


def test_members(tmp_path: Path) -> None:
    """Statements, questions, tables, how to cite and what it is; every file is described."""
    write_pack(_work(tmp_path), "n", CALLED)
    with zipfile.ZipFile(tmp_path / "dumps/n-pack.zip") as archive:
        root = "n-0123456789ab/"
        names = [name.removeprefix(root) for name in archive.namelist()]
        assert names == sorted(names)
        crate = json.loads(archive.read(f"{root}ro-crate-metadata.json"))
        cited = yaml.safe_load(archive.read(f"{root}CITATION.cff"))
        assert b"queries/own/q.rq" == archive.read(f"{root}queries/own/q.rq")
    described = {each["@id"]: each for each in crate["@graph"]}
    assert {each["@id"] for each in described["./"]["hasPart"]} == set(names) - {"ro-crate-metadata.json"}
    assert "application/sparql-query" == described["queries/own/q.rq"]["encodingFormat"]
    assert (CALLED.iri, "1.2") == (described["./"]["identifier"], described["./"]["version"])
    assert ("A plan as data", [{"name": "City"}], CALLED.iri) == (cited["title"], cited["authors"], cited["url"])


def test_same_bytes(tmp_path: Path) -> None:
    """The same content gives the same archive, wherever and whenever it is written."""
    packs = []
    for name in ("a", "b"):
        work = _work(tmp_path / name)
        write_pack(work, "n", CALLED)
        packs.append((work / "dumps/n-pack.zip").read_bytes())
    assert packs[0] == packs[1]


def test_of_a_release(release: Path, manifest: Manifest) -> None:
    """Each release has one, and its dataset is that of the release."""
    with zipfile.ZipFile(release / "dumps" / f"{manifest.project}-pack.zip") as archive:
        name = f"{manifest.project}-{manifest.id}/{DATASET}"
        assert (release / DATASET).read_bytes() == archive.read(name)
