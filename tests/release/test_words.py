"""Texts with a wording that the word list avoids are told with the term to write."""

from pathlib import Path

import pytest

from govplan.content import Content, source_file
from govplan.namespaces import CORE
from govplan.release.words import WordList, word_problems

HEAD = """@prefix auth: <https://w3id.org/govplan/auth/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix gp: <https://w3id.org/govplan/ns#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix word: <https://w3id.org/govplan/auth/word/> .
"""
LIST = """auth:word gp:properName "Codierung Plus" .
word:coding skos:prefLabel "Kodierung"@de ; skos:altLabel "Verschlüsselung"@de ; gp:avoidedLabel "Codierung"@de .
word:federal skos:prefLabel "föderal"@de ; gp:avoidedLabel "Bundes-"@de .
word:job skos:prefLabel "travail"@fr ; gp:avoidedLabel "marché de l’emploi"@fr .
word:power skos:prefLabel "Zuständigkeit"@de ; gp:avoidedLabel "Kompetenz"@de .
word:skill skos:prefLabel "Fähigkeit"@de ; gp:avoidedLabel "Kompetenz"@de , "Kompetenz des Bundes"@de .
word:untold gp:avoidedLabel "thingy"@en .
<http://x/firm> a org:Organization ; rdfs:label "Haus der Codierung"@de .
"""


def _content(more: str = "") -> Content:
    return Content(Path("/"), (source_file("data/words.ttl", HEAD + LIST + more, CORE),))


@pytest.mark.parametrize(
    ("text", "tag", "told"),
    [
        ("Die Codierung beginnt.", "de", [("codierung", ("Kodierung",))]),
        ("CODIERUNG, Codierung", "de-BE", [("codierung", ("Kodierung",))] * 2),
        ("Die Decodierung und die Codierungen", "de", []),
        ("Une Codierung", "fr", []),
        ("Die Bundesregierung und der Bund", "de", [("bundesregierung", ("föderal",))]),
        ("Le marché de l'emploi", "fr", [("marché de l'emploi", ("travail",))]),
        ("Eine Kompetenz", "de", [("kompetenz", ("Zuständigkeit", "Fähigkeit"))]),
        ("Eine Kompetenz des Bundes", "de", [("kompetenz des bundes", ("Fähigkeit",))]),
        ("Das Haus der Codierung", "de", []),
        ("Das Haus der Codierung und seine Codierung", "de", [("codierung", ("Kodierung",))]),
        ("Mit Codierung Plus", "de", []),
        ("A thingy", "en", [("thingy", ())]),
    ],
)
def test_avoided(text: str, tag: str, told: list[tuple[str, tuple[str, ...]]]) -> None:
    """Whole words and phrases are found in any case, but for names; each comes with the terms that avoid it."""
    assert told == [(each.found, each.terms) for each in WordList(_content()).avoided(text, tag)]


def test_problems() -> None:
    """A wording is told with its place and the term; titles as printed and names keep theirs."""
    more = """<http://x/a> rdfs:label "Eine Kompetenz"@de ;
      dcterms:title "Die Kompetenz"@de ; gp:nameInSource "Kompetenz"@de ;
      skos:definition "A thingy."@en .
    """
    line = len((HEAD + LIST).splitlines()) + 1
    problems = list(word_problems(_content(more)))

    assert [f"data/words.ttl:{line}", f"data/words.ttl:{line + 2}"] == [problem.place for problem in problems]
    assert ["write 'Zuständigkeit' or 'Fähigkeit'", "write another word"] == [problem.mend for problem in problems]
    assert {("warning", "http://x/a", "words")} == {(each.severity, each.subject, each.rule) for each in problems}
    assert "“kompetenz”" in problems[0].what


def test_no_list() -> None:
    """Without a word list nothing is avoided."""
    assert [] == list(word_problems(Content(Path("/"), ())))


def test_texts_of_the_repository(content: Content) -> None:
    """The files of the repository keep to their word list."""
    assert [] == list(word_problems(content))
