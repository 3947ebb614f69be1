"""rapper and roqet, of Debian's packages raptor2-utils and rasqal-utils: C programs that know no other RDF library.

raptor fetches by a libcurl that trusts what /etc/ssl/certs/ca-certificates.crt holds and nothing that a variable names.
So behind nginx the programs run where, for them alone, the certificate of the site stands in that place.
"""

import csv
import io
import os
import subprocess
import urllib.request

import pytest
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from tests.conftest import missing
from tests.end_to_end.clients.test_formats import ABOUT, BASE
from tests.end_to_end.debian import program

AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
# What raptor calls its parsers; each sends an Accept header of its own, and `guess` a long one.
PARSERS = ("guess", "rdfxml", "turtle", "ntriples", "trig", "nquads")
QUERIES = (
    f"SELECT ?plan WHERE {{ ?plan a <{BASE}ns#Plan> }}",
    "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    f"""SELECT ?objective ?label WHERE {{
        ?objective a <{BASE}ns#Objective> ; <http://www.w3.org/2000/01/rdf-schema#label> ?label
        FILTER(LANG(?label) = "fr")
    }} ORDER BY ?objective""",
)


@pytest.fixture(name="rapper", scope="module")
def _rapper() -> str:
    return program("rapper", "raptor2-utils", "ca-certificates")


@pytest.fixture(name="roqet", scope="module")
def _roqet() -> str:
    return program("roqet", "rasqal-utils", "ca-certificates")


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    words = [*command]
    if certificate := os.environ.get("SSL_CERT_FILE"):
        apart = ["unshare", *(() if os.geteuid() == 0 else ("--map-root-user",)), "--mount"]
        if subprocess.run([*apart, "true"], capture_output=True, timeout=60, check=False).returncode:
            missing("raptor cannot be told of a certificate: no mount namespaces to be had")
        script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
        words = [*apart, "sh", "-c", script, "sh", certificate, AUTHORITIES, *command]
    return subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)


def _read(rapper: str, parser: str, address: str) -> Graph:
    done = _run(rapper, "-q", "-i", parser, "-o", "ntriples", address)
    assert (0, "") == (done.returncode, done.stderr)
    return Graph().parse(data=done.stdout, format="nt")


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("path", ABOUT)
def test_rapper(rapper: str, anywhere: str, parser: str, path: str) -> None:
    """rapper, given the address of a thing, reads every statement of its description."""
    found = _read(rapper, parser, f"{anywhere}/{path}")

    assert (URIRef(BASE + path), None, None) in found
    assert len(Graph().parse(f"{anywhere}/{path}", format="nt")) == len(found)


@pytest.mark.parametrize("ending", ["ttl", "rdf", "nt"])
def test_rapper_reads_the_release(rapper: str, anywhere: str, ending: str) -> None:
    """rapper guesses what a dump is from what the server says of it, and reads it whole."""
    done = _run(rapper, "-c", "-i", "guess", f"{anywhere}/dumps/be-ai-convergence.{ending}")
    assert 0 == done.returncode, done.stderr
    with urllib.request.urlopen(f"{anywhere}/dumps/be-ai-convergence.nt") as answer:
        lines = len(answer.read().splitlines())

    assert done.stderr.endswith(f"Parsing returned {lines} triples\n")


@pytest.mark.parametrize("query", QUERIES)
def test_roqet(roqet: str, anywhere: str, query: str) -> None:
    """roqet, told of the endpoint, gets the rows; it asks for SPARQL XML."""
    done = _run(roqet, "-q", "-r", "csv", "-p", f"{anywhere}/sparql", "-e", query)
    assert (0, "") == (done.returncode, done.stderr)

    assert _rows(anywhere, query) == [*csv.reader(io.StringIO(done.stdout))]


@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ?s a ?t }", f"DESCRIBE <{BASE}{ABOUT[0]}>"])
def test_roqet_reads_no_graphs(roqet: str, anywhere: str, query: str) -> None:
    """roqet asks for rows whatever its query is, so it is told that a graph has no such form."""
    done = _run(roqet, "-q", "-p", f"{anywhere}/sparql", "-e", query)

    assert done.returncode
    assert "HTTP status 406" in done.stderr


@pytest.mark.parametrize("path", [ABOUT[0], ABOUT[3], ABOUT[7]])
def test_roqet_dereferences(roqet: str, anywhere: str, path: str) -> None:
    """roqet, given a thing as the data of its query, sees every statement of the description."""
    done = _run(roqet, "-q", "-r", "csv", "-D", f"{anywhere}/{path}", "-e", "SELECT ?s ?p ?o WHERE { ?s ?p ?o }")

    assert (0, "") == (done.returncode, done.stderr)
    found = [*csv.DictReader(io.StringIO(done.stdout))]
    assert len(Graph().parse(f"{anywhere}/{path}", format="nt")) == len(found)
    assert BASE + path in {row["s"] for row in found}


def _rows(address: str, query: str) -> list[list[str]]:
    """Return the rows that the endpoint gives to a client that is known to read them right."""
    found = Graph(SPARQLStore(f"{address}/sparql", returnFormat="json")).query(query)
    return [[str(name) for name in found.vars or ()], *([str(value) for value in row] for row in found)]  # type: ignore[union-attr]
