"""How alike two names are: letters and words both count, rare words more than usual ones, numbers never fuzzy."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from govplan.reconciliation.normal import Normal

_SAME_WORD = 0.75  # one slip in four letters
_SHORT_WORD = 4  # below this a word is the same or another
_SHORT_NAME = 5  # below this a name is the same or another
_OTHER = 60.0  # most that two names with other numbers, or two short other names, are alike
_REORDERED = 99.0


class Words:
    """How telling each word of a set of names is: the rarer, the more."""

    def __init__(self, names: Iterable[Normal]) -> None:
        counts = Counter(word for name in names for word in set(name.words))
        self._names = max(1, len(counts))
        self._weights = {word: math.log(1 + self._names / count) for word, count in counts.items()}

    def weight(self, word: str) -> float:
        """Return the weight of a word; one that no name holds is as telling as the rarest."""
        return self._weights.get(word, math.log(1 + self._names))

    def likeness(self, asked: Normal, name: Normal) -> float:
        """Return 0 (nothing in common) to 100 (the same)."""
        if not asked.words or not name.words:
            return 0.0
        if asked.joined == name.joined:
            return 100.0
        if asked.sorted == name.sorted:
            return _REORDERED
        letters = max(fuzz.ratio(asked.joined, name.joined), fuzz.ratio(asked.sorted, name.sorted))
        alike = (letters + 100 * self._shared(_compounds(asked, name), _compounds(name, asked))) / 2
        if asked.numbers != name.numbers or min(len(asked.joined), len(name.joined)) < _SHORT_NAME:
            return min(alike, _OTHER)
        return min(alike, _REORDERED)

    def _shared(self, asked: tuple[str, ...], name: tuple[str, ...]) -> float:
        """Return the weight of the words that both have, as a share of all words of both."""
        pairs = sorted(_alike(asked, name), reverse=True)
        left, right = dict(enumerate(asked)), dict(enumerate(name))
        shared = total = 0.0
        for likeness, i, j in pairs:
            if i in left and j in right:
                weight = self.weight(name[j])
                shared += 2 * weight * likeness
                total += 2 * weight
                del left[i], right[j]
        total += sum(self.weight(word) for word in (*left.values(), *right.values()))
        return shared / total


def _alike(asked: Sequence[str], name: Sequence[str]) -> Iterator[tuple[float, int, int]]:
    """Yield how sure it is that two spellings are one word, at least _SAME_WORD, with their places."""
    same: dict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(name):
        same[word].append(place)
    others = [(place, word, len(word)) for place, word in enumerate(name) if _may_slip(word)]
    for i, word in enumerate(asked):
        yield from ((1.0, i, j) for j in same.get(word, ()))
        if not _may_slip(word):
            continue
        length = len(word)
        for j, other, size in others:
            # Of words that differ more in length, no two are alike enough.
            if word != other and size >= _SAME_WORD * length and length >= _SAME_WORD * size:
                likeness = OSA.normalized_similarity(word, other, score_cutoff=_SAME_WORD)
                if likeness:
                    yield (1 + likeness) / 2, i, j


def _may_slip(word: str) -> bool:
    return len(word) >= _SHORT_WORD and word.isalpha()


def _compounds(name: Normal, other: Normal) -> tuple[str, ...]:
    """Return the words of a name, with neighbours joined where the other name writes them as one."""
    words: list[str] = []
    position = 0
    while position < len(name.words):
        pair = "".join(name.words[position : position + 2])
        joined = pair in other.words and position + 1 < len(name.words)
        words.append(pair if joined else name.words[position])
        position += 2 if joined else 1
    return tuple(words)
