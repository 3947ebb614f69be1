"""Mirrors: declared, fetched, checked like any data, and the old one stays whatever happens."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import Settings
from govplan.content import read_project
from govplan.errors import ConfigError, ContentInvalid, GovplanError, MirrorUnknown, SourceRefused
from govplan.mirrors.declared import KEYS, declared_mirror
from govplan.mirrors.mirror import mirror_address
from govplan.release.mirrors import Renewed, renew
from tests.hostile import LOOPBACK, NT, TRIPLE, Hostile, head, says, whole
from tests.mirrors.conftest import DAY, FILE, Declare

RICH = b"""@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix b: <https://labels.example/> .
b:b skos:notation 7 , 7.5 , true , "c\\"d"^^b:Code ; skos:prefLabel "b"@en , "b"@nl .
<https://labels.example/a#x> skos:related b:b ; a b:Kind .
"""


def _renew(settings: Settings) -> Renewed:
    return renew(settings, "labels", DAY, network=LOOPBACK)


def test_mirror_is_a_graph_that_says_whose_it_is(declare: Declare, hostile: Hostile) -> None:
    """A mirror is a dated graph of its own with speaker, licence and address, and the project stays valid."""
    settings = declare()
    renewed = _renew(settings)
    text = (settings.root / FILE).read_text(encoding="utf-8")

    assert (FILE, True) == (renewed.path, renewed.changed)
    assert "gp:layer layer:mirror" in text
    assert "gp:claimedBy organisation:belgif" in text
    assert '"2026-11-24"^^xsd:date' in text
    assert "dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/>" in text
    assert f"schema:url <{hostile.url('/good')}?query=CONSTRUCT+WHERE" in text
    assert '<https://labels.example/1> skos:prefLabel "One"@en .' in text
    assert FILE in {file.path for file in read_project(settings).files}


def test_query_is_sent(declare: Declare, hostile: Hostile) -> None:
    """The query goes to the endpoint by GET, and RDF is asked for."""
    _renew(declare())

    assert hostile.requests[0].startswith("GET /good?query=CONSTRUCT+WHERE+%7B+%3Fs+%3Fp+%3Fo+%7D HTTP/1.1\r\n")
    assert "Accept: text/turtle, application/n-triples;q=0.9" in hostile.requests[0]


def test_written_in_the_style_of_the_project(declare: Declare, hostile: Hostile) -> None:
    """The formatter of the project finds nothing to change in a mirror."""
    hostile.paths["/rich"] = whole(RICH, "text/turtle")
    settings = declare(endpoint=None, query=None, url=f'"{hostile.url("/rich")}"')
    _renew(settings)
    command: list[str | Path] = [Path(sys.executable).with_name("turtlefmt"), "--check", settings.root / FILE]
    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert 0 == run.returncode, (run.stderr, (settings.root / FILE).read_text(encoding="utf-8"))


def test_same_data_same_bytes(declare: Declare) -> None:
    """A second copy of the same data changes nothing."""
    settings = declare()
    _renew(settings)

    assert not _renew(settings).changed


BAD = [
    "/cut-short",
    "/too-large",
    "/bomb",
    "/drip-body",
    "/drip-head",
    "/closes",
    "/partial",
    "/max-rows",
    "/anytime",
    "/broken",
    "/trailer",
    "/html",
    "/html-as-turtle",
    "/json",
    "/empty",
    "/blank",
    "/to-private",
    "/to-metadata",
]


@pytest.mark.parametrize("path", BAD)
def test_failure_leaves_the_old_mirror(declare: Declare, hostile: Hostile, path: str) -> None:
    """Whatever the other server does wrong is an error, and the mirror taken before stays byte for byte."""
    settings = declare(endpoint=f'"{hostile.url(path)}"', seconds="1")
    old = settings.root / FILE
    old.parent.mkdir()
    old.write_text("the old mirror", encoding="utf-8")

    with pytest.raises(GovplanError):
        _renew(settings)

    assert "the old mirror" == old.read_text(encoding="utf-8")
    assert [old] == list(old.parent.iterdir())


def test_mirror_that_speaks_of_our_things_is_refused(declare: Declare, hostile: Hostile) -> None:
    """Statements about things of this dataset do not pass the check, and nothing is written."""
    settings = declare(endpoint=f'"{hostile.url("/own")}"')

    with pytest.raises(ContentInvalid, match="speaks about a thing of this dataset"):
        _renew(settings)

    assert not (settings.root / FILE).exists()


def test_publisher_must_be_described(declare: Declare) -> None:
    """A mirror of an organisation that the data do not describe does not pass."""
    with pytest.raises(ContentInvalid, match="id/organisation/nobody"):
        _renew(declare(publisher='"nobody"'))


def test_loopback_is_refused_by_default(declare: Declare) -> None:
    """A private server is not mirrored unless the operator lists it."""
    with pytest.raises(SourceRefused, match=r"127\.0\.0\.1"):
        renew(declare(), "labels", DAY)


def test_unknown_mirror(declare: Declare) -> None:
    """An unknown name is an error that lists the names there are."""
    with pytest.raises(MirrorUnknown, match="labels"):
        declared_mirror(declare(), "nothing")


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"query": None}, "needs a query"),
        ({"endpoint": None}, "needs an endpoint"),
        ({"endpoint": None, "query": None}, "does not say what to copy"),
        ({"url": '"https://a.example/"'}, "twice what to copy, by endpoint and url"),
        ({"query": None, "endpoint": None, "url": '"https://a.example/"', "file": '"a.ttl"'}, "by url and file"),
        ({"endpoint": None, "file": '"a.ttl"'}, "A query needs an endpoint"),
        ({"query_file": '"x.rq"'}, "query twice"),
        ({"query": None, "query_file": '"../x.rq"'}, "outside the project"),
        ({"query": None, "query_file": '"x.rq"'}, "cannot be read"),
        ({"query": '"SELECT * WHERE { ?s ?p ?o }"'}, "gives no RDF"),
        ({"query": '""'}, "query is empty"),
        ({"query": "7"}, "query is 7, not a text"),
        ({"endpoint": '"somewhere"'}, "endpoint is 'somewhere', and files are not read"),
        ({"endpoint": '"file:///srv/a.ttl"'}, "files are not read"),
        ({"endpoint": '"ftp://a.example/"'}, "ftp: addresses are not read"),
        ({"endpoint": '"https:///a b"'}, "no whole http"),
        ({"endpoint": '"http://[a"'}, "no whole http"),
        ({"endpoint": '"http://a.example:port/"'}, "no whole http"),
        ({"endpoint": '"http://me:secret@a.example/"'}, "no whole http"),
        ({"endpoint": '"https://données.example/"'}, "no whole http"),
        ({"publisher": '"Belgif!"'}, "publisher is 'Belgif!'"),
        ({"publisher": '"https://w3id.org/govplan/id/organisation/belgif"'}, "not the last part of the IRI"),
        ({"publisher": None}, "publisher is missing"),
        ({"licence": None}, "licence is missing"),
        ({"licence": '"CC0"'}, "licence is 'CC0', which is no IRI"),
        ({"bytes": "0"}, "bytes is 0; it must be a whole number from 1 to"),
        ({"bytes": '"many"'}, "bytes is 'many'"),
        ({"seconds": "true"}, "from 1 to"),
        ({"seconds": "601"}, "from 1 to 600"),
        ({"languages": '["en"]'}, "not a list of codes"),
        ({"languages": '"ENG"'}, "not a list of codes"),
        ({"languages": "[]"}, "not a list of codes"),
        ({"colour": '"red"'}, "unknown key 'colour'"),
        ({"license": '"https://a.example/"'}, "unknown key 'license'"),
        ({"internal_hosts": "[]"}, "unknown key 'internal_hosts'"),
    ],
)
def test_declaration_that_cannot_be_used(declare: Declare, changed: dict[str, str | None], what: str) -> None:
    """A wrong key or value is named with its place and what would do."""
    with pytest.raises(ConfigError, match=what) as caught:
        declared_mirror(declare(**changed), "labels")
    assert "[mirrors.labels]" in str(caught.value.where)
    assert caught.value.mend


@pytest.mark.parametrize(
    "address",
    ["file:///srv/a.ttl", "FILE:a.ttl", "/srv/a.ttl", "exports/a.ttl", "C:\\\\a.ttl", "./a.ttl", "file://host/a.ttl"],
)
def test_files_are_not_read_from_addresses(declare: Declare, address: str) -> None:
    """An address of a file is told to be one, and which key reads files."""
    with pytest.raises(ConfigError, match="files are not read from an address") as caught:
        declared_mirror(declare(endpoint=None, query=None, url=f'"{address}"'), "labels")
    assert "write file =" in str(caught.value.mend)


def test_defaults(declare: Declare) -> None:
    """What the table of keys calls a default is what a declaration without the key has."""
    mirror = declared_mirror(declare(bytes=None, seconds=None), "labels")
    told = tuple(tomllib.loads(f"a = {KEYS[key].default}")["a"] for key in ("languages", "bytes", "seconds"))

    assert (list(mirror.languages), mirror.bytes, mirror.seconds) == told
    assert {"publisher", "licence"} == {name for name, key in KEYS.items() if key.required == "yes"}
    for name in ("publisher", "licence"):
        with pytest.raises(ConfigError, match=f"{name} is missing"):
            declared_mirror(declare(**{name: None}), "labels")


def test_hidden_error_at_the_end_of_chunks(declare: Declare, hostile: Hostile) -> None:
    """Error text glued to the end of a complete chunked answer is seen."""
    text = b"error: timeout\n"
    chunks = [f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in (TRIPLE, text)]
    hostile.paths["/glued"] = says(head(**NT, Transfer_Encoding="chunked"), *chunks, b"0\r\n\r\n")

    with pytest.raises(SourceRefused, match="is not application/n-triples"):
        _renew(declare(endpoint=f'"{hostile.url("/glued")}"'))


def test_declared_mirrors_of_this_project(settings: Settings) -> None:
    """The mirror that this project declares asks for the labels of exactly the EU codes that it links to."""
    mirror = declared_mirror(settings, "eu-codes")
    assert mirror.query
    authority = "http://publications.europa.eu/resource/authority/"
    links = "".join(path.read_text(encoding="utf-8") for path in (settings.root / "data/shared/links").glob("*.ttl"))

    assert isinstance(ox.Store().query(mirror.query), ox.QueryTriples)
    assert set(re.findall(rf"<({authority}[^>]+)>", links)) == set(re.findall(rf"<({authority}[^>]+)>", mirror.query))
    assert len(mirror_address(mirror)) < 8000
