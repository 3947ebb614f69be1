"""The W3C's tests of SPARQL 1.0 and 1.1, as the source distribution of rdflib carries them: what each of them says."""

import fcntl
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from tests.conftest import missing

VERSION = "7.6.0"
SHA256 = "6c831288d5e4a5a7ece85d0ccde9877d512a3d0f02d7c06455d00d6d0ea379df"
# The folder of the suite has this address, so that a file is known by the IRI that its query gives it.
BASE = "http://w3c.example/tests/"
EMPTY = f"{BASE}empty"
# The graphs that the tests of the protocol ask for; each says of itself what it is.
PROTOCOL = tuple(f"http://kasei.us/2009/09/sparql/data/data{number}.rdf" for number in (1, 2, 3))
_INSIDE = f"rdflib-{VERSION}/test/data/suites/w3c/"
_WANTED = ("dawg-data-r2", "sparql11")
_UNREACHABLE = ("Could not find a version", "Temporary failure", "Connection", "No matching distribution")
# What govplan does not offer: entailment, SERVICE and updates.
NOT_ASKED = tuple(
    f"sparql11/{room}"
    for room in """
    add basic-update clear copy delete delete-data delete-insert delete-where drop entailment http-rdf-update move
    service/ syntax-update-1 syntax-update-2 update-silent
    """.split()  # noqa: SIM905 — a list of so many strings reads worse
)
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".n3": ox.RdfFormat.N3,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One test: its kind, its query, the files of its dataset and that of its result, each by its path.

    `lax` says that a row of the result may be there as often as an engine likes (REDUCED).
    """

    name: str
    kind: str
    query: str
    data: tuple[str, ...]
    graphs: tuple[str, ...]
    result: str
    lax: bool

    @property
    def base(self) -> str:
        """The IRI of the query."""
        return BASE + self.query

    def text(self, root: Path) -> str:
        """Return the query."""
        return (root / self.query).read_text(encoding="utf-8")


def fetched(folder: Path) -> Path:
    """Return the folder of the suite, below one that is kept; skips the test where it cannot be had."""
    root = folder / "suite"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.is_dir():
            spare = folder / "spare"
            shutil.rmtree(spare, ignore_errors=True)
            _unpack(_downloaded(folder), spare)
            spare.rename(root)
    return root


def _downloaded(folder: Path) -> Path:
    wanted = folder / "wanted.txt"
    wanted.write_text(f"rdflib=={VERSION} --hash=sha256:{SHA256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--no-binary", "rdflib", "--require-hashes", "--dest", str(folder), "--requirement", str(wanted)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode and any(words in done.stderr for words in _UNREACHABLE):
        missing("Python's registry cannot be reached, so the tests of the W3C cannot be fetched")
    assert 0 == done.returncode, done.stderr
    return folder / f"rdflib-{VERSION}.tar.gz"


def _unpack(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as opened:
        for member in opened:
            path = member.name.removeprefix(_INSIDE)
            if path != member.name and path.startswith(_WANTED) and member.isfile():
                content = opened.extractfile(member)
                assert content
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())


def cases(root: Path, room: str) -> list[Case]:
    """Return the tests of one manifest that have a query."""
    return [*_cases(root, room)]


def _cases(root: Path, room: str) -> Iterator[Case]:
    manifest = Graph().parse(root / room / "manifest.ttl", publicID=f"{BASE}{room}/manifest.ttl")
    [entries] = manifest.objects(None, MF.entries)
    for entry in Collection(manifest, entries):
        kind = str(manifest.value(entry, RDF.type)).rpartition("#")[2]
        action = manifest.value(entry, MF.action)
        if action is None:
            continue
        query = action if isinstance(action, URIRef) else manifest.value(action, QT.query)
        yield Case(
            f"{room}#{str(entry).rpartition('#')[2]}",
            kind,
            _path(query),
            _paths(manifest, action, QT.data),
            _paths(manifest, action, QT.graphData),
            _path(manifest.value(entry, MF.result)),
            (entry, MF.resultCardinality, MF.LaxCardinality) in manifest,
        )


def _path(node: Node | None) -> str:
    return str(node or "").removeprefix(BASE)


def _paths(manifest: Graph, action: Node, name: URIRef) -> tuple[str, ...]:
    return tuple(sorted(_path(node) for node in manifest.objects(action, name)))


def fill(store: ox.Store, root: Path) -> None:
    """Load every file of data that can be read into a graph of its own, which is named by the address of the file."""
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.suffix in FORMATS and not path.name.startswith("manifest") and not name.startswith(NOT_ASKED):
            iri = BASE + name
            spare = ox.Store()
            try:
                spare.load(path=path, format=FORMATS[path.suffix], base_iri=iri, to_graph=ox.NamedNode(iri))
            except SyntaxError:
                continue
            store.extend(spare)
    kind = ox.NamedNode("http://xmlns.com/foaf/0.1/Document")
    for node in map(ox.NamedNode, PROTOCOL):
        store.add(ox.Quad(node, ox.NamedNode(str(RDF.type)), kind, node))
