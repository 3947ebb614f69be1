"""Building releases: the same content gives the same bytes, nothing invalid is ever built, every format reads back."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from govplan.config import Settings, load
from govplan.content import Content
from govplan.errors import ContentInvalid, ContentUnreadable, ReleaseDamaged, ReleaseMissing, ReleaseNotWritten
from govplan.formats import GRAPHS, Format
from govplan.manifest import Manifest
from govplan.release.build import build
from govplan.release.inference import infer
from govplan.release.repository import publish, sound_release, verify
from govplan.sparql import Request, Store
from tests.conftest import ROOT, spoilt

Spoil = Callable[[str, str, str], Path]


def test_two_builds_are_one_release(settings: Settings, manifest: Manifest, release: Path, tmp_path: Path) -> None:
    """Two builds of the same content give the same id and the same bytes of dataset.nq and of every dump."""
    other = load(settings.root, environ={}, overrides={"releases": tmp_path / "other"})
    again = build(other)

    assert manifest.id == again.id
    for path in (release / "dataset.nq", *(release / "dumps").iterdir()):
        assert path.read_bytes() == (other.releases / again.id / path.relative_to(release)).read_bytes(), path.name


def test_no_blank_node_and_sorted(release: Path) -> None:
    """dataset.nq holds no blank node, each line once, in byte order."""
    lines = (release / "dataset.nq").read_bytes().splitlines()

    assert sorted(set(lines)) == lines
    assert [] == [line for line in lines if line.startswith(b"_:") or b" _:" in line.split(b'"')[0]]


def test_manifest_counts(manifest: Manifest, content: Content) -> None:
    """The manifest counts every authored file as one graph, then a graph for each rule that derives statements."""
    rules = [each.file for each in infer(content, load(ROOT, environ={}))]

    assert rules
    assert [*(file.path for file in content.files), *rules] == [graph.source for graph in manifest.graphs]
    assert manifest.quads == sum(graph.triples for graph in manifest.graphs)


def test_what_is_authored_is_what_is_served(content: Content, store: Store) -> None:
    """Every statement of the files comes back from the store to the letter, read by another parser than the store's."""
    authored = set()
    rdflib.NORMALIZE_LITERALS = False
    for file in content.files:
        graph = rdflib.Graph()
        graph.parse(data=file.text, format="turtle")
        authored |= {
            f"{s.n3()} {p.n3()} {o.n3() if isinstance(o, rdflib.URIRef) else _literal(o)} <{file.graph}>"
            for s, p, o in graph
        }
    served = set()
    for graph_iri in {file.graph for file in content.files}:
        answer = store.answer(
            Request(f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{graph_iri}> {{ ?s ?p ?o }} }}", "application/n-triples")
        )
        for triple in ox.parse(answer.body, format=ox.RdfFormat.N_TRIPLES):
            o = triple.object
            shown = (
                f"<{o.value}>"
                if isinstance(o, ox.NamedNode)
                else _literal(rdflib.Literal(o.value, o.language, None if o.language else o.datatype.value))
            )
            served.add(f"<{triple.subject.value}> <{triple.predicate.value}> {shown} <{graph_iri}>")

    assert set() == authored ^ served


def _literal(literal: object) -> str:
    assert isinstance(literal, rdflib.Literal)
    kind = literal.language or str(literal.datatype or "http://www.w3.org/2001/XMLSchema#string")
    return f"{str(literal)!r} {kind}"


@pytest.mark.parametrize("fmt", GRAPHS, ids=lambda fmt: fmt.extension)
def test_dumps_read_back(release: Path, settings: Settings, fmt: Format) -> None:
    """Every dump parses back to the graph of the release; rdflib agrees on the number of statements."""
    quads = set(ox.parse(path=str(release / "dataset.nq"), format=ox.RdfFormat.N_QUADS))
    path = release / "dumps" / f"{settings.name}.{fmt.extension}"
    rdf_format = ox.RdfFormat.from_extension(fmt.extension)
    assert rdf_format is not None
    back = set(ox.parse(path=str(path), format=rdf_format))

    if fmt.kind == "graph":
        triples = {quad.triple for quad in quads}
        assert triples == {quad.triple for quad in back}
        assert len(triples) == len(rdflib.Graph().parse(path, format=fmt.media_type))
    else:
        assert quads == back


def test_release_is_read_only(release: Path) -> None:
    """No file of a release may be written."""
    assert [] == [path for path in release.rglob("*") if path.is_file() and path.stat().st_mode & 0o222]


@pytest.mark.parametrize("damage", ["truncate", "flip", "remove"])
@pytest.mark.parametrize("name", ["dataset.nq", "store/CURRENT", "dumps/be-ai-convergence.ttl"])
def test_damage_is_noticed(release: Path, tmp_path: Path, name: str, damage: str) -> None:
    """A file that was cut, changed or removed is noticed before the release is served."""
    copy = tmp_path / release.name
    shutil.copytree(release, copy)
    victim = copy / name
    victim.chmod(0o644)
    body = victim.read_bytes()
    if damage == "remove":
        victim.unlink()
    else:
        victim.write_bytes(body[:-1] if damage == "truncate" else bytes([body[0] ^ 1]) + body[1:])

    with pytest.raises(ReleaseDamaged, match="damaged"):
        verify(copy)


def test_damaged_current_falls_back(release: Path, tmp_path: Path) -> None:
    """A damaged current release is replaced by the newest sound one, with an alarm."""
    repository = tmp_path / "repository"
    shutil.copytree(release, repository / release.name)
    shutil.copytree(release, repository / "ffffffffffff")
    (repository / "current").symlink_to("ffffffffffff")
    (repository / "ffffffffffff" / "manifest.json").chmod(0o644)
    (repository / "ffffffffffff" / "manifest.json").write_text("{")
    alarms: list[str] = []

    assert release.name == sound_release(repository, alarms.append)[1].id
    assert any("damaged" in alarm or "cannot be read" in alarm for alarm in alarms)


def test_publish_refuses_what_is_not_there(tmp_path: Path) -> None:
    """A release that does not exist cannot become current."""
    with pytest.raises(ReleaseMissing):
        publish(tmp_path, "0123456789ab")


def test_unwritable_repository(settings: Settings, tmp_path: Path) -> None:
    """A repository that cannot be written is an error that leaves nothing behind."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ReleaseNotWritten, match="cannot be written"):
        build(load(settings.root, environ={}, overrides={"releases": tmp_path / "file" / "releases"}))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"2026-01-05"^^xsd:date', '"2026-02-30"^^xsd:date', "is not in the lexical space of xsd:date"),
        ('"2026-01-05"^^xsd:date', '"24-11-2026"^^xsd:date', "is not in the lexical space of xsd:date"),
        ("layer:dataset", "layer:datasett", "Nearest: layer:dataset"),
        ("gp:SourceGraph", "gp:SourceGraf", "does not describe its own graph"),
    ],
)
def test_spoiled_catalogue_is_not_built(tiny_project: Path, tmp_path: Path, old: str, new: str, said: str) -> None:
    """A bad date, a bad code or a missing header keeps the content from being built; the repository stays empty."""
    spoilt(tiny_project, "data/catalogue.ttl", old, new)
    repository = tmp_path / "repository"

    with pytest.raises(ContentInvalid, match=said) as caught:
        build(load(tiny_project, environ={}, overrides={"releases": repository}))
    assert "data/catalogue.ttl" in str(caught.value.where)
    assert not repository.exists() or [] == list(repository.iterdir())


def test_name_without_its_dataset(tiny_project: Path, tmp_path: Path) -> None:
    """Where the catalogue describes no dataset of the project's name, the error says where that name stands."""
    spoilt(tiny_project, "govplan.toml", 'name = "cycling"', 'name = "walking"')

    with pytest.raises(ContentInvalid, match="gives the dataset no date") as caught:
        build(load(tiny_project, environ={}, overrides={"releases": tmp_path / "repository"}))
    assert str(caught.value.where).endswith("/id/dataset/walking")
    assert "`name` in govplan.toml" in str(caught.value.mend)


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        (b"@prefix a: <b", "is not Turtle"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"\xef\xbb\xbf\xef\xbb\xbf# x\n", r"U\+FEFF BYTE ORDER MARK"),
    ],
)
def test_unreadable_file(project: Path, tmp_path: Path, spoiled: bytes, said: str) -> None:
    """A file that is not Turtle or not UTF-8 is named with its line."""
    (project / "data" / "spoiled.ttl").write_bytes(spoiled)

    with pytest.raises(ContentUnreadable, match=said) as caught:
        build(load(project, environ={}, overrides={"releases": tmp_path / "repository"}))
    assert str(caught.value.where).startswith("data/spoiled.ttl")
