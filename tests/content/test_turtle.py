"""Turtle texts: where each statement stands, and what is of RDF 1.2."""

import pyoxigraph as ox
import pytest

from govplan.content import Content, source_file
from govplan.content.turtle import line_and_column, newer_syntax, offsets, token_at
from govplan.errors import ContentUnreadable

PREFIX = "@prefix : <urn:x#> .\n"


def _quads(text: str) -> list[ox.Quad]:
    return list(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))


def _values(text: str) -> list[tuple[str, int]]:
    """Each value as it is written, with its line."""
    found = offsets(text, _quads(text))
    assert found is not None
    return [(token_at(text, value), line_and_column(text, value)[0]) for _, value in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (":a :b :c ;\n  :d :e ,\n    :f .", [(":c", 2), (":e", 3), (":f", 4)]),
        (':a :b "x;y.z"@nl-BE ; :c "1"^^:t .\n:d a :e.', [('"x;y.z"', 2), ('"1"', 2), (":e", 3)]),
        (":a :b '''it's # no\n comment''' ,\n 'q' .", [("'''it's # no\n comment'''", 2), ("'q'", 4)]),
        ("# :x :y :z .\n:a :b <urn:#c> . # :d", [("<urn:#c>", 3)]),
        (
            ":a :b 1.5, 1e3 , -2 ,.5, true .\n:a :b 5.",
            [("1.5", 2), ("1e3", 2), ("-2", 2), (".5", 2), ("true", 2), ("5", 3)],
        ),
        (":a :b [ :c :d ;\n :e [ :f :g ] ] ;\n :h :i .", [(":d", 2), (":g", 3), ("[", 3), ("[", 2), (":i", 4)]),
        ("[ :a :b ] :c\n :d .\n[ :e :f ] .", [(":b", 2), (":d", 3), (":f", 4)]),
        (":a :b () , [] .", [("(", 2), ("[", 2)]),
        ("BASE <urn:y>\nPrefix p: <urn:p#>\np:a.b p:c\\,d _:e.f .", [("_:e.f", 4)]),
    ],
)
def test_places(body: str, expected: list[tuple[str, int]]) -> None:
    """Each value of a text is found on its line, in the order in which the statements are read."""
    assert expected == _values(PREFIX + body)


def test_places_beside_a_list() -> None:
    """A list does not shift what stands beside it; nodes in brackets inside one make the order unknown."""
    text = PREFIX + ":a :b (1 2\n 3) , :c .\n:d :e :f ."

    assert [(":c", 3), (":f", 4)] == _values(text)[-2:]
    assert None is offsets(text + ":g :h ( [ :i :j ] ) .", [])


def test_places_of_the_plan(content: Content) -> None:
    """Every statement of the authored files is found: the text there is that of its value."""
    wrong = []
    for file in content.files:
        found = offsets(file.text, file.quads)
        assert found is not None, file.path
        for quad, (_, value) in zip(file.quads, found, strict=True):
            token = token_at(file.text, value)
            namespace = file.prefixes.get(token.partition(":")[0])
            shown = token.strip("<>") if token.startswith("<") else f"{namespace}{token.partition(':')[2]}"
            if isinstance(quad.object, ox.NamedNode) and quad.object.value != shown:
                wrong.append((file.path, token, quad.object.value))

    assert [] == wrong


@pytest.mark.parametrize(
    ("body", "said", "line"),
    [
        (":a :b :c {| :d :e |} .", "an annotation", 2),
        (":a :b :c {|\n :d :e ; :f :g |} , :h .", "an annotation", 2),
        (":a :b :c .\n<< :a :b :c >> :d :e .", "a reified triple", 3),
        (":a :b << :a :b :c ~ :r >> .", "a reified triple", 2),
        (":a :b :c .\n\n:a :b <<( :a :b :c )>> .", "a triple term", 4),
        (":a :b :c ~ :r .", "a reifier", 2),
        (":a :b :c ~ .", "a reifier", 2),
        ('@version "1.2" .', "the announcement of a version", 2),
        ('VERSION "1.2"', "the announcement of a version", 2),
        (":a :b :c .\nversion '1.2-basic'", "the announcement of a version", 3),
        (':a :b "x"@en , "y"@ar--rtl .', "a text with a direction", 2),
        (":a :b '''x'''@he--ltr .", "a text with a direction", 2),
    ],
)
def test_newer(body: str, said: str, line: int) -> None:
    """What is of RDF 1.2 is a named error with file and line."""
    with pytest.raises(ContentUnreadable) as caught:
        source_file("data/x.ttl", PREFIX + body, "https://example.org/")
    assert said in caught.value.what
    assert "RDF 1.2" in caught.value.what
    assert str(caught.value.where).startswith(f"data/x.ttl:{line}:")
    assert caught.value.mend


@pytest.mark.parametrize(
    "body",
    [
        ':a :b "{| << ~ @version \\"1.2\\" a@ar--rtl" .',
        '# VERSION "1.2" << {|\n:a :version "1" ; :b <urn:~a--b> .',
        ':a :b "x"@version , "y" .',
        ":a :b :c\\~d .",
    ],
)
def test_older(body: str) -> None:
    """What only looks like RDF 1.2, in a text, a comment, an IRI or a name, is taken."""
    assert None is newer_syntax(PREFIX + body)
    assert source_file("data/x.ttl", PREFIX + body, "https://example.org/").quads
