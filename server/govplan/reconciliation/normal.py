"""Names in one form: accents, case, punctuation, legal forms and small words of four languages no longer matter.

The tables hold what is general in Belgian government texts, never a name of one body.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

_WORD = re.compile(r"[^\W_]+")
_INITIALS = re.compile(r"(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)")  # the dots of "a.s.b.l."
# Space before a mark is read from its beginning only: a long one would be read again from each of its places.
_PARTS = re.compile(r"(?:(?<!\s)\s++)?+[()\[\]/|:;,]\s*+|(?<!\s)\s++[-–—]\s++")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})

# Phrases that mean the same in the languages of the country; the longer ones first.
_PHRASES = (
    ("fps", "federale overheidsdienst|service public federal|foderaler? offentlicher dienst|federal public service"),
    ("pps", "programmatorische overheidsdienst|service public de programmation|programmatory public service"),
    ("ai", "artificiele intelligentie|kunstmatige intelligentie|intelligence artificielle|kunstliche[rn]? intelligenz"),
    ("ai", "artificial intelligence"),
)
_PHRASE = tuple((re.compile(rf"\b(?:{pattern})\b"), word) for word, pattern in _PHRASES)
_SAME = {"fod": "fps", "spf": "fps", "foed": "fps", "pod": "pps", "spp": "pps", "ia": "ai", "ki": "ai"}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SERVICES = _set("fps pps")
_LEGAL = _set("vzw asbl aisbl ivzw izw vog nv sa bv srl bvba sprl gmbh cv sc scrl cvba gie ltd inc npo")
_SMALL = _set(
    "de het een der den des van voor in op met om te en aan ter ten tot bij "
    "le la les l d du un une pour et au aux dans sur par avec a "
    "die das dem fur von und im zu zur zum mit an auf ein eine einer "
    "the an of for to on and with by at"
)
# Words that only say where a body is.
GLOSS = _set("belgie belgique belgien belgium belgian belgisch belge be")


@dataclass(frozen=True)
class Normal:
    """A name in one form: its telling words in their order. What is made of them is made once."""

    words: tuple[str, ...]

    @cached_property
    def joined(self) -> str:
        """The words without spaces, for a compound that is written apart in one of two names."""
        return "".join(self.words)

    @cached_property
    def sorted(self) -> str:
        """The words in the order of the alphabet, for a name whose order was changed."""
        return " ".join(sorted(self.words))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The words that hold a digit; these are never nearly the same."""
        return frozenset(word for word in self.words if any(letter.isdigit() for letter in word))

    @cached_property
    def behind(self) -> "Normal | None":
        """What stands behind the kind of service, such as the name of a federal service; None without one."""
        return Normal(self.words[1:]) if len(self.words) > 1 and self.words[0] in _SERVICES else None

    @cached_property
    def is_gloss(self) -> bool:
        """Whether the words only say where a body is or what legal form it has."""
        return all(word in GLOSS for word in self.words)


def normal(text: str) -> Normal:
    """Return a name in one form; if nothing but small words is left, they stay."""
    flat = folded(text)
    for pattern, word in _PHRASE:
        flat = pattern.sub(word, flat)
    words = [_SAME.get(word, word) for word in _WORD.findall(flat)]
    telling = [word for word in words if word not in _SMALL and word not in _LEGAL]
    return Normal(tuple(telling or words))


def parts(text: str) -> list[Normal]:
    """Return the parts of a text such as `Name (ACRONYM)` or `Naam / Nom`; [] for a text in one part."""
    found = [normal(part) for part in _PARTS.split(text) if part and _WORD.search(part)]
    return found if len(found) > 1 else []


def initials(name: str) -> str:
    """Return the initials of the telling words of a name as they would stand in an acronym, lower case."""
    return "".join(word[0] for word in _WORD.findall(folded(name)) if word not in _SMALL)


def folded(text: str) -> str:
    """Return a text in lower case without accents, `a.s.b.l.` as one word."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _INITIALS.sub("", plain)
