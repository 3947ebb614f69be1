"""Which text of several is the one for a reader (RFC 4647)."""

import pyoxigraph as ox
import pytest

from govplan.languages import distance, matches, speaks


@pytest.mark.parametrize(
    ("tags", "wanted", "best"),
    [
        (["en", "nl-be"], ("nl", "en"), "nl-be"),
        (["nl-BE", "nl"], ("nl",), "nl"),
        (["nl", "NL-be"], ("nl-BE",), "NL-be"),
        (["de", "de-CH-1996"], ("de-ch", "en"), "de-CH-1996"),
        (["en", "de"], ("de-AT", "en"), "de"),
        (["fr-FR", "en"], ("fr-BE", "en"), "fr-FR"),
        (["zh-Hans", "zh-Hant"], ("zh-Hant-TW",), "zh-Hant"),
        (["nlx", "en-GB"], ("nl", "en"), "en-GB"),
        (["", "fr"], ("nl", "fr"), "fr"),
        (["sr-Latn", "ja", "en-US"], ("nl", "en"), "en-US"),
    ],
)
def test_best(tags: list[str], wanted: tuple[str, ...], best: str) -> None:
    """A region of a language is that language; then comes the language without it, then another region of it."""
    assert best == min(tags, key=lambda tag: distance(tag, wanted))


@pytest.mark.parametrize(
    ("tag", "language", "expected"),
    [
        ("nl-BE", "nl", True),
        ("NL", "nl", True),
        ("nl", "nl-be", True),
        ("zh-Hant", "zh", True),
        ("nlx", "nl", False),
        ("", "nl", False),
        (None, "nl", False),
    ],
)
def test_speaks(tag: str | None, language: str, expected: bool) -> None:
    """A text is in a language in whatever region and script."""
    assert expected is speaks(tag, language)


@pytest.mark.parametrize(
    ("tag", "wanted", "expected"),
    [
        ("nl", "nl", True),
        ("nl-BE", "nl", True),
        ("NL-be", "nl-BE", True),
        ("nl", "nl-BE", False),
        ("nl-NL", "nl-BE", False),
        ("nds", "nd", False),
        ("", "nl", False),
    ],
)
def test_matches(tag: str, wanted: str, expected: bool) -> None:
    """A range takes its language in every region, as LANGMATCHES does; a region takes no other and not the whole."""
    query = f'ASK {{ FILTER(LANGMATCHES("{tag}", "{wanted}")) }}'

    assert expected == matches(tag, wanted) == bool(ox.Store().query(query))
