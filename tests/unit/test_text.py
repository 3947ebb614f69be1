"""Reading text files: one mark skipped, and what nobody sees named where it does harm, and only there."""

from pathlib import Path

import pytest

from govplan.errors import ContentUnreadable
from govplan.text import Syntax, named, read_text, unseen, unseen_in_value, without_mark

TURTLE = '@prefix a: <urn:{iri}> .\n# {comment}\na:{name} a:b "{quoted}"@fr , """{long}"""@fa .\n'


def _found(text: str, syntax: Syntax = "rdf") -> list[tuple[str, int, int]]:
    return [(each.character, each.line, each.column) for each in unseen(text, syntax)]


def _turtle(**filled: str) -> str:
    places = dict.fromkeys(("iri", "comment", "name", "quoted", "long"), "x")
    return TURTLE.format(**(places | filled))


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_one_mark_is_skipped(tmp_path: Path, line_end: str) -> None:
    """A file that begins with a byte order mark reads as if it had none, with line ends of LF."""
    path = tmp_path / "file"
    path.write_bytes(b"\xef\xbb\xbf" + f"a{line_end}b{line_end}".encode())

    assert "a\nb\n" == read_text(path, "file", ContentUnreadable)


@pytest.mark.parametrize(
    ("raw", "said", "where"),
    [
        (b"\xef\xbb\xbf\xef\xbb\xbfa", "U+FEFF BYTE ORDER MARK", "file:1:1"),
        (b"a\nb\xef\xbb\xbf", "U+FEFF BYTE ORDER MARK", "file:2:2"),
        ("a".encode("utf-16"), "it is UTF-16", "file:1:1"),
        ("é\nLiège".encode("cp1252"), "the byte 0xe9", "file:1:1"),
        ("a\né b".encode() + b"\xe8", "the byte 0xe8", "file:2:4"),
        (b"a\rb\r", "U+000D CARRIAGE RETURN", "file:1:2"),
        (b"a\x00b", "U+0000 NULL", "file:1:2"),
    ],
)
def test_unreadable(tmp_path: Path, raw: bytes, said: str, where: str) -> None:
    """What is not UTF-8 or hides something is refused with line and column."""
    (tmp_path / "file").write_bytes(raw)

    with pytest.raises(ContentUnreadable) as caught:
        read_text(tmp_path / "file", "file", ContentUnreadable)
    assert said in caught.value.what
    assert where == caught.value.where
    assert caught.value.mend


def test_missing_and_folder(tmp_path: Path) -> None:
    """A file that is not there, and a folder, are named."""
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(ContentUnreadable, match="cannot be read"):
            read_text(path, path.name, ContentUnreadable)


@pytest.mark.parametrize(
    "character", ["\xa0", "\u202f", "\u200b", "\u200d", "\u200c", "\xad", "\u2060", "\u200e", "\ufe0f"]
)
def test_where_a_language_needs_it(character: str) -> None:
    """A blank, joiner, hyphen or mark that languages use may stand in a text or a comment, not in a name or an IRI."""
    for place in ("quoted", "long", "comment"):
        assert [] == _found(_turtle(**{place: f"a{character}b"})), place
    assert [(character, 1, 18)] == _found(_turtle(iri=f"a{character}b"))
    assert [(character, 3, 4)] == _found(_turtle(name=f"a{character}b"))


@pytest.mark.parametrize("character", ["\u2066", "\u2067", "\u2069", "\u202a", "\u202c", "\u202e"])
def test_direction(character: str) -> None:
    """What turns the direction of text stands in quoted texts alone; in a comment it could hide code."""
    assert [] == _found(_turtle(quoted=character))
    assert [(character, 2, 3)] == _found(_turtle(comment=character))
    assert [(character, 3, 3)] == _found(_turtle(name=character))


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x07", "\x0b", "\x0c", "\x7f", "\x85", "\x92", "\u2028", "\u206a", "\ufeff", "\uffff"],
)
def test_nowhere(character: str) -> None:
    """Controls, line ends of few programs and noncharacters may stand nowhere."""
    for place in ("quoted", "long", "comment", "iri", "name"):
        assert [character] == [found for found, _, _ in _found(_turtle(**{place: f"a{character}b"}))], place


@pytest.mark.parametrize("character", ["\U0001fffe", "\U0010ffff", "\U000e0001"])
def test_nowhere_beyond_the_basic_plane(character: str) -> None:
    """The same holds beyond the basic plane, where emoji and scripts are taken."""
    assert [character] == [found for found, _, _ in _found(_turtle(quoted=character))]
    assert [] == _found(_turtle(quoted="\U0001f469\u200d\U0001f4bb \U00010480 \U0001f3f4\U000e0067\U000e007f"))


@pytest.mark.parametrize(
    ("text", "syntax", "expected"),
    [
        ("SELECT\xa0* {}", "rdf", [("\xa0", 1, 7)]),
        ("SELECT * { ?s ?p \"a\xa0b\", 'c\xa0d' }", "rdf", []),
        ("SELECT * { ?s <urn:#\u200b> ?o } # \xa0", "rdf", [("\u200b", 1, 21)]),
        ("#+ summary:\n#+   ar: \u2067\u0639\u2069\nASK {}", "rdf", []),
        ('title = "Le plan\xa0: un"', "toml", []),
        ("path = 'a\\' \xa0", "toml", [("\xa0", 1, 13)]),
        ("a\xa0= 1 # \xa0", "toml", [("\xa0", 1, 2)]),
        ('query = """\n\xa0"""', "toml", []),
        ("iri,minted\nurn:a\u200b,x", "codes", [("\u200b", 2, 6)]),
        ('"a\xa0b"', "codes", [("\xa0", 1, 3)]),
        ("a:b 'x", "rdf", []),
        ('a:b """x\n\xa0', "rdf", []),
    ],
)
def test_other_syntaxes(text: str, syntax: Syntax, expected: list[tuple[str, int, int]]) -> None:
    """SPARQL, TOML and tables of codes each have their own quoted texts, comments or none."""
    assert expected == _found(text, syntax)


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\u200b", "U+200B ZERO WIDTH SPACE"),
        ("\xa0", "U+00A0 NO-BREAK SPACE"),
        ("\x92", "U+0092 control character"),
        ("\U0001fffe", "U+1FFFE noncharacter"),
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
    ],
)
def test_name(character: str, name: str) -> None:
    """A character is called by code point and name."""
    assert name == named(character)


def test_values() -> None:
    """Of a value, whatever its escapes were, it is told what nobody sees and whether a text may need it."""
    assert None is unseen_in_value("a\r\nb\tc é \U0001f600")
    assert ("\u200b", "text only") == unseen_in_value("a\u200b")
    assert ("\u202e", "embedding") == unseen_in_value("\xa0\u202e")
    assert ("\x85", "harmful") == unseen_in_value("\u202e\x85")


def test_mark_of_bytes() -> None:
    """Of bytes, one mark is taken."""
    assert b"\xef\xbb\xbfa" == without_mark(b"\xef\xbb\xbf\xef\xbb\xbfa")
