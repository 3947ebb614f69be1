"""Names in one form: accents, case, punctuation, legal forms and small words of the core's languages no longer matter.

What is usual in the names of one country comes from its profile.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

from govplan.conventions import NameRules

_WORD = re.compile(r"[^\W_]+")
_INITIALS = re.compile(r"(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)")  # the dots of "a.s.b.l."
# Space before a mark is read from its beginning only: a long one would be read again from each of its places.
_PARTS = re.compile(r"(?:(?<!\s)\s++)?+[()\[\]/|:;,]\s*+|(?<!\s)\s++[-–—]\s++")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Of the languages of the core.
_SMALL = _set(
    "de het een der den des van voor in op met om te en aan ter ten tot bij "
    "le la les l d du un une pour et au aux dans sur par avec a "
    "die das dem fur von und im zu zur zum mit an auf ein eine einer "
    "the an of for to on and with by at"
)


@dataclass(frozen=True)
class Normal:
    """A name in one form: its telling words in their order. What is made of them is made once.

    `of_service` says that the first word is the kind of a service, `is_gloss` that the words only say where a body is.
    """

    words: tuple[str, ...]
    of_service: bool = field(default=False, compare=False)
    is_gloss: bool = field(default=False, compare=False)

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
        """What stands behind the kind of service, which is a name of the service too; None without one."""
        return Normal(self.words[1:]) if self.of_service and len(self.words) > 1 else None


@dataclass(frozen=True, slots=True)
class Normaliser:
    """Brings names into one form by the rules of a country."""

    rules: NameRules

    def normal(self, text: str) -> Normal:
        """Return a name in one form; if nothing but small words is left, they stay."""
        rules, flat = self.rules, folded(text)
        for pattern, word in rules.phrases:
            flat = pattern.sub(word, flat)
        words = [rules.same.get(word, word) for word in _WORD.findall(flat)]
        telling = tuple(word for word in words if word not in _SMALL and word not in rules.legal_forms) or tuple(words)
        return Normal(
            telling,
            of_service=bool(telling) and telling[0] in rules.services,
            is_gloss=all(word in rules.gloss for word in telling),
        )

    def parts(self, text: str) -> list[Normal]:
        """Return the parts of a text such as `Name (ACRONYM)` or `Naam / Nom`; [] for a text in one part."""
        found = [self.normal(part) for part in _PARTS.split(text) if part and _WORD.search(part)]
        return found if len(found) > 1 else []


def initials(name: str) -> str:
    """Return the initials of the telling words of a name as they would stand in an acronym, lower case."""
    return "".join(word[0] for word in _WORD.findall(folded(name)) if word not in _SMALL)


def folded(text: str) -> str:
    """Return a text in lower case without accents, `a.s.b.l.` as one word."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _INITIALS.sub("", plain)
