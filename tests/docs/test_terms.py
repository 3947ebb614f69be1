"""docs/terms.md lists the words of the word list, and nothing of its own."""

from collections import defaultdict

import pyoxigraph as ox
import pytest

from govplan.content import Content, SourceFile
from govplan.namespaces import NS, STANDARD
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "terms.md"
SKOS = STANDARD["skos"]
HEAD = ["English", "Dutch", "French", "German", "Not", "Meaning"]
FILES = {
    "The core": "ontology/schemes/word.ttl",
    "Belgium": "profiles/be/ontology/words.ttl",
    "This project": "data/shared/words.ttl",
}
NOTED = (SKOS + "prefLabel", SKOS + "altLabel", NS + "avoidedLabel", SKOS + "definition")


def _table(file: SourceFile) -> str:
    """The words of a file: a row each, sorted by the English one."""
    said: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in file.quads:
        if quad.predicate.value in NOTED and isinstance(quad.object, ox.Literal):
            said[str(quad.subject)][quad.predicate.value, quad.object.language or ""].append(quad.object.value)
    preferred, also, avoided, definition = NOTED
    rows = [
        [
            *("; ".join([*it[preferred, tag], *it[also, tag]]) for tag in ("en", "nl", "fr", "de")),
            "; ".join(f"{tag}: {', '.join(it[avoided, tag])}" for tag in ("nl", "fr", "de", "en") if it[avoided, tag]),
            it[definition, "en"][0],
        ]
        for it in said.values()
        if it[definition, "en"]
    ]
    lines = [HEAD, ["---"] * len(HEAD), *sorted(rows, key=lambda row: row[0].lower())]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


@pytest.mark.parametrize("heading", FILES)
def test_terms(content: Content, heading: str) -> None:
    """Below each heading stands the table of a file; the table that this test expects belongs in the page."""
    table = _table(next(file for file in content.files if file.path == FILES[heading]))
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]

    assert table == "".join(line for line in section.splitlines(keepends=True) if line.startswith("|")), table
