"""Turtle that the program writes: in the style of the authored files, and read back as the same statements."""

import pyoxigraph as ox

from govplan.content.writer import TurtleWriter
from govplan.namespaces import STANDARD

BASE = "https://x.example/"
PREFIXES = {"it": f"{BASE}id/", "base": BASE, "unused": "urn:x:", **STANDARD}
DATA = f"""
<{BASE}id/b> <{BASE}says> "it: \\"a\\\\b\\"\\n#"@en, "zo"@nl ; <{BASE}id/is> <{BASE}id/c%20d>, <{BASE}id/> ;
  a <{BASE}id/Kind> ; <{STANDARD["prov"]}wasDerivedFrom> <{BASE}id/p> ; <{STANDARD["rdfs"]}label> "B"@en, "Bé"@nl .
<{BASE}id/a> <{BASE}n> 1, 1.50, true, "1"^^<{STANDARD["xsd"]}date>, "plain" .
"""


def test_document() -> None:
    """Subjects are sorted, type and labels come first and the passage last; only what needs no escape is shortened."""
    triples = {quad.triple for quad in ox.parse(DATA, format=ox.RdfFormat.TURTLE)}
    text = TurtleWriter(PREFIXES, ["nl", "en"]).document("# Why.", triples)
    declared, _, body = text.split("\n\n", 2)

    assert triples == {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)}
    assert text == TurtleWriter(PREFIXES, ["nl", "en"]).document("# Why.", sorted(triples, key=str))
    assert ["base:", "it:", "prov:", "rdfs:", "xsd:"] == [line.split()[1] for line in declared.splitlines()]
    assert body.index("it:a ") < body.index("it:b a it:Kind ;")
    assert body.index('rdfs:label "Bé"@nl') < body.index('rdfs:label "B"@en') < body.index("it:is")
    assert body.rstrip().endswith("prov:wasDerivedFrom it:p .")
    assert f"<{BASE}id/c%20d>" in body
