"""RDF of others: no document types, no nesting or terms that cost more than they hold, and no endless file."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.inputs.rdf import ENDINGS, NotRdf, TooLarge, parse_rdf, rdf_format, read_bytes

NS = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:f="http://xmlns.com/foaf/0.1/"'
NAMED = '<rdf:Description rdf:about="urn:a"><f:name>{}</f:name></rdf:Description>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCUMENT_TYPES = {
    "billion laughs": f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]><rdf:RDF {NS}>{NAMED.format("&l9;")}</rdf:RDF>',
    "many entities": "<!DOCTYPE r [" + '<!ENTITY a "b">' * 600_000 + f"]><rdf:RDF {NS}/>",
    "quadratic": f'<!DOCTYPE r [<!ENTITY a "{"b" * 100_000}">]><rdf:RDF {NS}>{NAMED.format("&a;" * 100_000)}</rdf:RDF>',
    "external": f'<!DOCTYPE r SYSTEM "file:///etc/passwd"><rdf:RDF {NS}/>',
    "external entity": f'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///x">]><rdf:RDF {NS}>{NAMED.format("&a;")}</rdf:RDF>',
    "parameter entity": f'<!DOCTYPE r [<!ENTITY % a SYSTEM "http://10.0.0.1/"> %a;]><rdf:RDF {NS}/>',
    "as Protégé writes it": f'<?xml version="1.0"?>\n<!DOCTYPE rdf:RDF [<!ENTITY owl "http://x/">]>\n<rdf:RDF {NS}/>',
    "without entities": f"<!-- a comment --><!DOCTYPE rdf:RDF><rdf:RDF {NS}/>",
}


def _parsed(text: str | bytes, fmt: ox.RdfFormat = ox.RdfFormat.RDF_XML) -> list[ox.Quad]:
    return list(parse_rdf(text if isinstance(text, bytes) else text.encode(), fmt))


@pytest.mark.parametrize("text", DOCUMENT_TYPES.values(), ids=DOCUMENT_TYPES)
def test_document_types(text: str) -> None:
    """XML that declares a document type is refused before any entity is read."""
    with pytest.raises(NotRdf, match="declares a document type"):
        _parsed(text)


def test_document_type_in_utf_16() -> None:
    """An encoding does not hide a document type."""
    with pytest.raises(NotRdf, match="declares a document type"):
        _parsed(DOCUMENT_TYPES["billion laughs"].encode("utf-16"))


def test_document_type_in_the_middle() -> None:
    """A declaration where XML allows none is no way around: the text is not well-formed."""
    with pytest.raises(NotRdf, match="no well-formed XML"):
        _parsed(f'<rdf:RDF {NS}><!DOCTYPE r [<!ENTITY a "b">]>{NAMED.format("&a;")}</rdf:RDF>')


@pytest.mark.parametrize("text", [f"<rdf:RDF {NS}>", "no XML", "", f"<rdf:RDF {NS}>&a;</rdf:RDF>", "<a/><b/>"])
def test_xml_that_is_not_well_formed(text: str) -> None:
    """What is no well-formed XML is said with its line."""
    with pytest.raises(NotRdf, match="no well-formed XML") as caught:
        _parsed(text)
    assert 1 == caught.value.line


@pytest.mark.parametrize("encoding", ["klingon", "utf-7", "shift_jis", "rot13", "idna"])
def test_xml_in_another_encoding(encoding: str) -> None:
    """An encoding that is not read is said to be one."""
    with pytest.raises(NotRdf, match="encoding that is not read"):
        _parsed(f'<?xml version="1.0" encoding="{encoding}"?><a/>')


def test_plain_xml() -> None:
    """Character references and the five entities of XML are read as ever."""
    (quad,) = _parsed(f"<rdf:RDF {NS}>{NAMED.format('&lt;&#233;&amp;')}</rdf:RDF>")

    assert ox.Literal("<é&") == quad.object


MANY = " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(20_000))
NEST = "<rdf:Description><f:knows>"


@pytest.mark.parametrize(
    ("text", "fmt", "what"),
    [
        (
            f"<rdf:RDF {NS}>{NEST * 200_000}{'</f:knows></rdf:Description>' * 200_000}</rdf:RDF>",
            ox.RdfFormat.RDF_XML,
            "more than 200 elements",
        ),
        (
            f"<rdf:RDF {NS} {MANY}/>",
            ox.RdfFormat.RDF_XML,
            "more than 500 attributes",
        ),
        ('{"urn:a":' * 20_000 + "1" + "}" * 20_000, ox.RdfFormat.JSON_LD, "more than 200 values"),
        ('{"@context":{"a":"urn:a"},"urn:a":' * 300 + "1" + "}" * 300, ox.RdfFormat.JSON_LD, "more than 200 values"),
        (
            '{"@context":{' + ",".join(f'"x{n}":"x{n + 1}:a"' for n in range(20_000)) + '},"x0":1}',
            ox.RdfFormat.JSON_LD,
            "20000 terms",
        ),
        ('{"@context":"https://example.org/context","a":1}', ox.RdfFormat.JSON_LD, "remote contexts"),
        ("{", ox.RdfFormat.JSON_LD, "no JSON"),
        ("\ud800".encode("utf-8", "surrogatepass"), ox.RdfFormat.JSON_LD, "no JSON"),
        ("<urn:a> <urn:b> .", ox.RdfFormat.TURTLE, "."),
    ],
)
def test_refused(text: str | bytes, fmt: ox.RdfFormat, what: str) -> None:
    """What would take the engine minutes, end it, or lead to another server is refused by name."""
    with pytest.raises(NotRdf, match=what) as caught:
        _parsed(text, fmt)
    assert caught.value.mend


def test_usual_json() -> None:
    """JSON-LD with contexts and lists is read."""
    text = '{"@context":[{"n":"http://xmlns.com/foaf/0.1/name"}],"@graph":[{"@id":"urn:a","n":["x","y"]}]}'

    assert {ox.Literal("x"), ox.Literal("y")} == {quad.object for quad in _parsed(text, ox.RdfFormat.JSON_LD)}


def test_size(tmp_path: Path) -> None:
    """A file is read up to a number of bytes, whatever the system says of its size."""
    (tmp_path / "five").write_bytes(b"12345")

    assert b"12345" == read_bytes(tmp_path / "five", 5)
    for path in (tmp_path / "five", Path("/dev/zero")):
        with pytest.raises(TooLarge):
            read_bytes(path, 4)


def test_endings() -> None:
    """Endings of RDF count in either case; a text is no RDF."""
    assert ".ttl" in ENDINGS
    assert ox.RdfFormat.RDF_XML == rdf_format(Path("a.OWL"))
    assert rdf_format(Path("a.txt")) is None
    assert rdf_format(Path("a.ttl.gz")) is None
