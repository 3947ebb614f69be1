"""RDF/XML as it is written here: well-formed, and read back by parsers that share no code with it."""

import io
from xml.dom import minidom

import pyoxigraph as ox
import pytest
import rdflib

from govplan.errors import AnswerUnwritable, QueryTooDeep
from govplan.rdfxml import Characters, property_name, write

S = ox.NamedNode("http://x/s")
P = ox.NamedNode("http://x/p")
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TYPE = ox.NamedNode(RDF + "type")
PREFIXES = {"x": "http://x/", "b": "http://x/budget/", "xmlish": "http://y/", "2": "http://z/", "rdf": "http://no/"}


def _written(*triples: ox.Triple) -> bytes:
    output = io.BytesIO()
    write(triples, output, PREFIXES)
    return output.getvalue()


def _back(document: bytes) -> set[ox.Triple]:
    minidom.parseString(document)
    return {quad.triple for quad in ox.parse(document, format=ox.RdfFormat.RDF_XML) if isinstance(quad, ox.Quad)}


@pytest.mark.parametrize(
    "triple",
    [
        ox.Triple(S, P, ox.Literal("")),
        ox.Triple(S, P, ox.Literal("a\r\nb\rc\td  ")),
        ox.Triple(S, P, ox.Literal("<&>\"' ]]> &#13; \u0085\u2028\ud7ff\U0010ffff")),
        ox.Triple(S, P, ox.Literal("x", language="nl-be")),
        ox.Triple(S, P, ox.Literal("1", datatype=ox.NamedNode("http://x/d?a&b"))),
        ox.Triple(ox.NamedNode("http://x/a?b&c='d'"), P, ox.NamedNode("http://x/é#ü")),
        ox.Triple(S, ox.NamedNode("http://x/2024a"), S),
        ox.Triple(S, ox.NamedNode("http://x/budget/y2024"), S),
        ox.Triple(S, ox.NamedNode("http://x/a%20b"), S),
        ox.Triple(S, ox.NamedNode("http://x/a×b"), S),
        ox.Triple(S, ox.NamedNode("http://x/naïve.name-1"), S),
        ox.Triple(S, ox.NamedNode("http://y/日本"), S),
        ox.Triple(S, ox.NamedNode("urn:a:b"), S),
        ox.Triple(S, ox.NamedNode("http://x?a=b&c"), S),
        ox.Triple(S, ox.NamedNode(RDF + "_1"), S),
        # a class needs no element of its own
        ox.Triple(S, TYPE, ox.NamedNode("http://x/budget/2024")),
        ox.Triple(S, TYPE, ox.NamedNode(RDF + "li")),
        ox.Triple(S, TYPE, ox.Literal("a word")),
    ],
    ids=str,
)
def test_reads_back(triple: ox.Triple) -> None:
    """What is written is well-formed, and two parsers read from it what was said."""
    document = _written(triple)
    [(s, p, o)] = rdflib.Graph().parse(data=document, format="xml")

    assert {triple} == _back(document)
    assert (triple.subject.value, triple.predicate.value) == (str(s), str(p))  # type: ignore[union-attr]
    assert triple.object.value == str(o)  # type: ignore[union-attr]


def test_statements_of_one_subject_stand_together() -> None:
    """One element describes a subject as long as the statements are about it, and a prefix that is known is used."""
    other = ox.Triple(P, P, S)
    document = _written(ox.Triple(S, P, S), ox.Triple(S, TYPE, P), other)

    assert 2 == document.count(b"<rdf:Description ")
    assert b'<x:p rdf:resource="http://x/s"/>' in document
    assert 3 == len(_back(document))


def test_nothing() -> None:
    """No statement is a document, too."""
    assert set() == _back(_written())


def test_blank_nodes() -> None:
    """Whatever a blank node is called, it is a name in XML, and the same one everywhere."""
    one, other = ox.BlankNode("1"), ox.BlankNode("b0")
    graph = rdflib.Graph().parse(
        data=_written(ox.Triple(one, P, other), ox.Triple(other, P, one), ox.Triple(one, P, one)), format="xml"
    )

    assert 3 == len(graph)
    assert 2 == len(graph.all_nodes())


def test_many_pieces() -> None:
    """A long document is written in pieces, and read back whole."""
    triples = {ox.Triple(ox.NamedNode(f"http://x/{n}"), P, ox.Literal(str(n))) for n in range(5000)}

    assert triples == _back(_written(*triples))


def test_terms_of_rdf_1_2() -> None:
    """Triple terms and directions are written as RDF 1.2 has them; terms in terms have an end."""
    inner = ox.Triple(S, P, ox.Literal("1"))
    directed = ox.Literal("x", language="ar", direction=ox.BaseDirection.RTL)
    told = {ox.Triple(S, P, ox.Triple(S, P, inner)), ox.Triple(S, P, directed)}
    deep = inner
    for _ in range(70):
        deep = ox.Triple(S, P, deep)

    assert told == _back(_written(*told))
    with pytest.raises(QueryTooDeep):
        _written(deep)


@pytest.mark.parametrize(
    "iri",
    [
        "http://example.org/budget/2024",
        "http://example.org/",
        "http://example.org/p#",
        "http://example.org/a?b=1",
        "http://example.org/-.-",
        "http://example.org/b×",
        "urn:x:1",
        "http://www.w3.org/2000/xmlns/foo",
        *(RDF + name for name in ("li", "Description", "about", "ID", "RDF", "nodeID", "bagID")),
    ],
)
def test_properties_without_an_element(iri: str) -> None:
    """A property without a name, or with one that RDF/XML uses itself, is refused by name, with what can carry it."""
    with pytest.raises(AnswerUnwritable) as refused:
        _written(ox.Triple(S, ox.NamedNode(iri), S))

    assert property_name(iri) is None
    assert iri in str(refused.value)
    assert "ttl" in refused.value.offered


UNCARRIED = ["\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1b", "\x1f", "\ufffe", "\uffff"]


@pytest.mark.parametrize("character", UNCARRIED, ids=ascii)
def test_characters_without_a_form(character: str) -> None:
    """A character that XML cannot carry is refused by its code point."""
    with pytest.raises(AnswerUnwritable, match=rf"U\+{ord(character):04X}\b"):
        _written(ox.Triple(S, P, ox.Literal(f"é{character}b")))


def _passed(text: str, size: int) -> str:
    output = io.BytesIO()
    characters = Characters(output)
    data = text.encode()
    assert characters.writable()
    assert len(data) == sum(characters.write(data[start : start + size]) for start in range(0, len(data), size))
    return output.getvalue().decode()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_pieces_of_characters(size: int) -> None:
    """Characters in several pieces are passed on whole; a carriage return becomes a reference, and nothing else."""
    text = "<a>\r\n\t\u00ef\uff00\uffbd\ufffd\ud7ff\U0001f600 \x7f\x85é</a>"

    assert text.replace("\r", "&#13;") == _passed(text, size)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("character", UNCARRIED, ids=ascii)
def test_pieces_with_a_character_without_a_form(character: str, size: int) -> None:
    """A character that XML cannot carry is found wherever a piece ends."""
    with pytest.raises(AnswerUnwritable, match=rf"U\+{ord(character):04X}\b"):
        _passed(f"<a>\uff00é{character}\uff00</a>", size)
