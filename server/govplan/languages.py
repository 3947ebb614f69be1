"""Language tags (BCP 47), and the one rule for which text of several a reader gets."""

from collections.abc import Iterable, Sequence

# The language that the core and the program are written in: what has no word in another language has one in this.
FALLBACK = "en"


def preference(asked: str, languages: Iterable[str]) -> tuple[str, ...]:
    """Return in which languages a reader gets texts, best first: the one asked for, those of the project, English."""
    return tuple(dict.fromkeys((asked, *languages, FALLBACK)))


def best(texts: Iterable[tuple[str, str]], wanted: Sequence[str]) -> tuple[str, str] | None:
    """Return of pairs of tag and text the one that fits best, any if none fits; None if there is none.

    Of texts that fit as well, the first in the alphabet is taken, so that everybody gets the same.
    """
    return min(texts, key=lambda each: (*distance(each[0], wanted), each[1]), default=None)


def distance(tag: str, wanted: Sequence[str]) -> tuple[int, int]:
    """Return how far a text with this tag is from what a reader wants, best first; the least is the best text.

    The first number is the place of the language in `wanted`, that after its end if it is none of them. The second one
    is 0 for the tag itself, 1 for a region or script of it (nl-BE for a reader of nl: basic filtering, RFC 4647 section
    3.3.1), 2 for what it is a region of (nl for a reader of nl-BE: lookup, section 3.4), 3 for another region.
    """
    own = _subtags(tag)
    for place, each in enumerate(wanted):
        asked = _subtags(each)
        if own[0] == asked[0]:
            if own == asked:
                return place, 0
            if own[: len(asked)] == asked:
                return place, 1
            return place, 2 if asked[: len(own)] == own else 3
    return len(wanted), 0


def matches(tag: str, wanted: str) -> bool:
    """Tell whether a tag is in a language range, as LANGMATCHES in SPARQL does (basic filtering, RFC 4647, 3.3.1)."""
    return f"{tag}-".lower().startswith(f"{wanted}-".lower())


def speaks(tag: str | None, language: str) -> bool:
    """Tell whether a text with this tag is in a language, in whatever region and script."""
    return tag is not None and distance(tag, (language,))[0] == 0


def _subtags(tag: str) -> list[str]:
    return tag.lower().split("-")
