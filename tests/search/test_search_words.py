"""What a person types becomes an expression that FTS5 can always read."""

import pytest

from govplan.search import MAX_CHARACTERS, SearchRefused
from govplan.search.words import chunks, folded, trigrams


def test_accents_and_capitals() -> None:
    """Accents, composed or not, and capitals make no difference."""
    assert "cybersecurite" == folded("CyberSécurité") == folded("cyberse\N{COMBINING ACUTE ACCENT}curite".lower())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  ", []),
        ("!?*", []),
        ("6.3", [("6", "3")]),  # a number of the source is one thing
        ("l’intelligence artificielle", [("l", "intelligence"), ("artificielle",)]),
        ('"NEAR(a b)" OR x*', [("near", "a"), ("b",), ("or",), ("x",)]),  # nothing of FTS5's own language is left
        ("a_b^c:d\x00e", [("a", "b", "c", "d", "e")]),
    ],
)
def test_chunks(text: str, words: list[tuple[str, ...]]) -> None:
    """Only letters and digits are left, and what stood together stays together."""
    assert words == [chunk.words for chunk in chunks(text)]


def test_phrase() -> None:
    """The last word is a beginning; a short one before it is whole."""
    [first, last] = chunks("of mob")

    assert '"of"' == first.phrase(False)
    assert '"of" *' == first.phrase(True)
    assert '"mob" *' == last.phrase(False)


@pytest.mark.parametrize("text", ["x" * (MAX_CHARACTERS + 1), "a " * 17])
def test_too_long(text: str) -> None:
    """A text that nobody types by hand is refused with the limit."""
    with pytest.raises(SearchRefused, match=r"200 are read|16 are read"):
        chunks(text)


def test_trigrams() -> None:
    """The ends of a word count as characters."""
    assert ("_ab", "ab_") == trigrams("ab")
