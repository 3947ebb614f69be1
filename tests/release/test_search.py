"""The search index of a release: part of it, complete, reproducible, and never written again."""

import sqlite3
from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import Settings
from govplan.content import Content
from govplan.manifest import Manifest
from govplan.namespaces import STANDARD
from govplan.release.dumps import sha256
from govplan.release.entries import search_entries
from govplan.release.inference import infer
from govplan.search import FILE, Index, write_index

BASE = "https://w3id.org/govplan/"


@pytest.fixture(scope="module", name="index")
def _index(release: Path) -> Index:
    return Index.of_file(release / FILE, ["en"])


def test_manifest(manifest: Manifest, release: Path) -> None:
    """The manifest holds the hash of the index."""
    hashes = {entry.path: entry.sha256 for entry in manifest.files}

    assert sha256((release / FILE).read_bytes()) == hashes[FILE]


def test_same_content_same_bytes(content: Content, settings: Settings, release: Path, tmp_path: Path) -> None:
    """The same content gives the same file."""
    published = [*content.quads, *(quad for each in infer(content, settings) for quad in each.quads)]
    write_index(tmp_path / FILE, search_entries(reversed(published), settings))

    assert (release / FILE).read_bytes() == (tmp_path / FILE).read_bytes()


def test_everything_with_a_label(content: Content, index: Index) -> None:
    """Whatever has a label can be found by its address; shapes are left out."""
    labelled = {
        quad.subject.value
        for quad in content.quads
        if quad.predicate.value in (STANDARD["rdfs"] + "label", STANDARD["skos"] + "prefLabel")
        and isinstance(quad.subject, ox.NamedNode)
    }

    assert labelled
    assert [] == [iri for iri in sorted(labelled) if index.by_iri(iri, "en") is None]
    assert index.by_iri(f"{BASE}shape/Action", "en") is None


@pytest.mark.parametrize(
    ("text", "language", "iri"),
    [
        ("gezondheidszorg", "nl", f"{BASE}id/objective/be-ai-convergence-5"),
        ("cybersecurite", "fr", f"{BASE}id/objective/be-ai-convergence-2"),
        ("mobiltät", "de", f"{BASE}id/objective/be-ai-convergence-6"),
        ("trustworthy", "en", f"{BASE}id/objective/be-ai-convergence-1"),
        ("6.3", "en", f"{BASE}id/action/be-ai-convergence-034"),
        ("belspo", "nl", f"{BASE}id/organisation/belspo"),
        ("Interministerial conference", "en", f"{BASE}id/organisation/interministerial-conference-mobility"),
        ("kmo", "nl", f"{BASE}auth/group/smes"),
        ("underObjective", "en", f"{BASE}ns#underObjective"),
    ],
)
def test_finds(index: Index, text: str, language: str, iri: str) -> None:
    """A thing of the plan is among the first that its words find, in each language."""
    found = [hit.thing.iri for hit in index.find(text, language).hits]

    assert iri in found[:10]


def test_never_written(release: Path) -> None:
    """The file is opened so that nothing can be written to it."""
    index = Index.of_file(release / FILE, ["en"])

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        index._read("DELETE FROM entry")


def test_damaged(tmp_path: Path) -> None:
    """A file that is no index is not opened."""
    path = tmp_path / FILE
    path.write_bytes(b"not a database" * 100)

    with pytest.raises(sqlite3.DatabaseError):
        Index.of_file(path, ["en"])


def test_disk_refuses(tmp_path: Path) -> None:
    """A place that cannot be written is an OSError, which the build reports."""
    with pytest.raises(OSError, match="unable to open"):
        write_index(tmp_path / "missing" / FILE, [])
