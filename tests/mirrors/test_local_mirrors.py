"""Mirrors from files of the project and from hosts that the operator allows."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from govplan.config import Settings
from govplan.content import read_project
from govplan.errors import ConfigError, GovplanError, SourceRefused, SourceUnavailable
from govplan.fetching.addresses import Network
from govplan.fetching.allowed import allowed_hosts
from govplan.inputs.rdf import ENDINGS
from govplan.mirrors.declared import declared_mirror
from govplan.mirrors.mirror import take
from govplan.release.check import check
from govplan.release.mirrors import renew
from tests.conftest import ROOT
from tests.hostile import Hostile
from tests.mirrors.conftest import DAY, FILE, Declare

LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
TURTLE = f'<https://labels.example/1> <{LABEL}> "One"@en .\n'
TEXTS = {
    ".ttl": TURTLE,
    ".nt": TURTLE,
    ".n3": TURTLE,
    ".nq": f'<https://labels.example/1> <{LABEL}> "One"@en <https://labels.example/g> .\n',
    ".trig": f"<https://labels.example/g> {{ {TURTLE} }}",
    ".jsonld": f'{{"@id":"https://labels.example/1","{LABEL}":{{"@value":"One","@language":"en"}}}}',
    ".rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:s="http://www.w3.org/2004/02/skos/core#"><rdf:Description rdf:about="https://labels.example/1">'
    '<s:prefLabel xml:lang="en">One</s:prefLabel></rdf:Description></rdf:RDF>',
}
TEXTS |= {".json": TEXTS[".jsonld"], ".xml": TEXTS[".rdf"], ".owl": TEXTS[".rdf"]}


def _from(declare: Declare, name: str, content: bytes | None = None, **changed: str | None) -> Settings:
    """A project whose mirror is taken from a file."""
    settings = declare(endpoint=None, query=None, file=f'"{name}"', **changed)
    if content is not None:
        (settings.root / name).parent.mkdir(exist_ok=True)
        (settings.root / name).write_bytes(content)
    return settings


def test_every_ending_is_tried() -> None:
    """The formats below are those that are read."""
    assert set(ENDINGS) == set(TEXTS)


@pytest.mark.parametrize("ending", TEXTS)
def test_file(declare: Declare, ending: str) -> None:
    """A file of any format becomes a mirror, with the title and the hash by which it is known again."""
    content = TEXTS[ending].encode()
    settings = _from(declare, f"exports/labels{ending}", content)
    text = take(declared_mirror(settings, "labels"), settings, DAY)

    assert '<https://labels.example/1> skos:prefLabel "One"@en .' in text
    assert f'gp:textHash "{hashlib.sha256(content).hexdigest()}"' in text
    assert f'dcterms:title "exports/labels{ending}"@en' in text
    assert "schema:url" not in text


def test_file_in_the_style_of_the_project(declare: Declare) -> None:
    """The formatter changes nothing, the check finds nothing, and the same file gives the same bytes."""
    settings = _from(declare, "exports/labels.ttl", TURTLE.encode())
    renew(settings, "labels", DAY)
    command: list[str | Path] = [Path(sys.executable).with_name("turtlefmt"), "--check", settings.root / FILE]
    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert 0 == run.returncode, (run.stderr, (settings.root / FILE).read_text(encoding="utf-8"))
    assert not renew(settings, "labels", DAY).changed
    assert () == check(settings).problems


@pytest.mark.parametrize(
    ("name", "content", "error", "what"),
    [
        ("none.ttl", None, SourceUnavailable, "cannot be read: There is no such file"),
        ("folder.ttl/a.ttl", b"", SourceRefused, "holds no statement"),
        ("a.ttl", b"<urn:a> <urn:b> .", SourceRefused, "is not Turtle"),
        ("a.ttl", b"<urn:a> <urn:b> <c> .", SourceRefused, "is not Turtle"),
        ("a.ttl", TURTLE.encode() * 30, SourceRefused, "more than 1000 bytes"),
        ("a.ttl", b"[] <urn:b> <urn:c> .", SourceRefused, "holds a blank node"),
        ("a.rdf", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", SourceRefused, "declares a document type"),
        ("a.jsonld", b'{"@context":"https://a.example/","b":1}', SourceRefused, "remote contexts"),
        ("a.ttl.gz", b"", ConfigError, "names no format of RDF"),
        ("a.csv", b"", ConfigError, "names no format of RDF"),
        ("a", b"", ConfigError, "names no format of RDF"),
        ("../a.ttl", None, ConfigError, "outside the project"),
        ("/etc/a.ttl", None, ConfigError, "outside the project"),
        ("data/plans/be-ai-convergence/plan.ttl", None, ConfigError, "among the plan's own files"),
        (FILE, None, ConfigError, "among the plan's own files"),
    ],
)
def test_file_that_is_not_taken(
    declare: Declare, name: str, content: bytes | None, error: type[GovplanError], what: str
) -> None:
    """A file that cannot be used is told with what, where and how to mend it, and nothing is written."""
    settings = _from(declare, name, content)

    with pytest.raises(error, match=re.escape(what)) as caught:
        renew(settings, "labels", DAY)
    assert caught.value.where
    assert caught.value.mend
    assert not (settings.root / FILE).exists()


def test_link_out_of_the_project(declare: Declare, tmp_path: Path) -> None:
    """A symbolic link does not lead out of the project."""
    (tmp_path / "secret.ttl").write_text(TURTLE)
    settings = _from(declare, "a.ttl")
    (settings.root / "a.ttl").symlink_to(os.path.relpath(tmp_path / "secret.ttl", settings.root))

    with pytest.raises(ConfigError, match="outside the project"):
        declared_mirror(settings, "labels")


def test_pipe(declare: Declare) -> None:
    """A named pipe is no file: nobody waits for who might write into it."""
    settings = _from(declare, "a.ttl")
    os.mkfifo(settings.root / "a.ttl")

    with pytest.raises(SourceUnavailable, match="no such file"):
        renew(settings, "labels", DAY)


@pytest.mark.parametrize("entry", ["127.0.0.1", "127.0.0.0/8", "127.0.0.1/32"])
def test_allowed_host(declare: Declare, entry: str) -> None:
    """A mirror is taken from a host of the internal network that govplan.toml allows."""
    settings = declare(internal=f'["{entry}"]')
    network = Network(allowed=allowed_hosts(settings))

    assert "https://labels.example/1" in take(declared_mirror(settings, "labels"), settings, DAY, network)


def test_mirror_of_an_allowed_host_is_written(declare: Declare) -> None:
    """The list of the project holds without a word more."""
    settings = declare(internal='["127.0.0.1"]')

    assert renew(settings, "labels", DAY).changed
    assert FILE in {file.path for file in read_project(settings).files}


@pytest.mark.parametrize("path", ["/to-private", "/to-metadata"])
def test_allowed_host_leads_on(declare: Declare, hostile: Hostile, path: str) -> None:
    """A host that is allowed leads to none that is not."""
    with pytest.raises(SourceRefused, match="not an address of the public internet"):
        renew(declare(internal='["127.0.0.1"]', endpoint=f'"{hostile.url(path)}"'), "labels", DAY)


@pytest.mark.parametrize("internal", ['["10.0.0.0/8"]', "[]", None])
def test_host_that_is_not_allowed(declare: Declare, hostile: Hostile, internal: str | None) -> None:
    """What is not listed is refused as before, and nothing is sent there."""
    with pytest.raises(SourceRefused, match=r"127\.0\.0\.1") as caught:
        renew(declare(internal=internal), "labels", DAY)
    assert "internal_hosts" in str(caught.value.mend)
    assert [] == hostile.requests


@pytest.mark.parametrize(
    ("internal", "what"),
    [
        ('"127.0.0.1"', "not a list"),
        ('["http://127.0.0.1/"]', "is an address of the web"),
        ("[7]", "is no host"),
        ('["127.0.0.1"]\ninternal_host = ["a"]', "Unknown key 'internal_host' in [mirrors]"),
    ],
)
def test_wrong_list(declare: Declare, internal: str, what: str) -> None:
    """A list that cannot be used is told with its place, and nothing is fetched."""
    with pytest.raises(ConfigError, match=re.escape(what)) as caught:
        renew(declare(internal=internal), "labels", DAY)
    assert "govplan.toml, [mirrors]" in str(caught.value.where)
    assert caught.value.mend


def test_mirror_by_hand(declare: Declare) -> None:
    """The header that docs/joins.md shows makes a file of somebody's statements a mirror that passes the check."""
    text = (ROOT / "docs" / "joins.md").read_text(encoding="utf-8")
    block = re.search(r"```turtle\n(.*?)```", text.split("\n### A mirror by hand\n", 1)[1], re.DOTALL)
    assert block
    settings = declare()
    path = settings.root / "data" / "mirrors" / "by-hand.ttl"
    path.parent.mkdir()
    path.write_text(block[1], encoding="utf-8")

    assert () == check(settings).problems
    path.write_text(block[1].replace("    gp:layer layer:mirror ;\n", ""), encoding="utf-8")
    assert check(settings).violations
