"""Whether texts are in the languages that their tags say.

Two texts that say the same of one thing are compared: if they fit each other's tags much better than their own, they
were swapped; what both hold, such as a name, weighs nothing then. A longer text is also judged by itself. Either is a
guess, so it takes a margin that no text of this repository reaches by being short or full of names.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from govplan.config import Settings
from govplan.content import Content, Problem
from govplan.languages import matches
from govplan.namespaces import CORE_LANGUAGES
from govplan.release.language_model import LanguageModel
from govplan.release.texts import ProperNames, Text, texts

# How much more probable a text must be in another language than in its own, as natural logarithms.
_OF_TWO, _OF_ONE = 12.0, 8.0
# A shorter text is not judged by itself: it has too few letters, and often is a name.
_FEWEST_WORDS = 4
_MEND = "correct the tag or the text; a name that is the same in every language is a gp:properName of the word list"
# A text, the language that it should be in, and what is judged of it.
_Judged = tuple[Text, str, str]


def language_problems(content: Content, settings: Settings) -> Iterator[Problem]:
    """Yield a violation for each text that is in another language than its tag, and an info for what is not judged.

    Languages of the project and of the core are told apart; texts in others are left alone.
    """
    model = LanguageModel({*settings.languages, *CORE_LANGUAGES})
    for language in sorted(model.unknown):
        what = f"The model does not know the language {language}, so nothing can tell whether texts are in it."
        yield Problem("info", "govplan.toml", language, "language", what, "let somebody who knows it read them")
    for text, language in wrong_languages(texts(content), model, ProperNames(content)).items():
        what = f"The tag says {text.tag}, and the text reads like {language}: {text.value!r}."
        yield Problem("violation", text.place(content), text.subject, "language", what, _MEND)


def wrong_languages(several: Iterable[Text], model: LanguageModel, names: ProperNames) -> dict[Text, str]:
    """Return each text that is not in the language of its tag, with the one that it reads like."""
    groups: dict[tuple[str, str, str], list[_Judged]] = defaultdict(list)
    for text in several:
        if language := next((each for each in model.languages if matches(text.tag, each)), None):
            groups[text.subject, text.predicate, text.graph].append((text, language, names.left_out(text.value)))
    wrong: dict[Text, str] = {}
    for group in groups.values():
        alone = _alone(group, model)
        wrong |= _swapped(group, model, alone) | alone
    return wrong


def _alone(group: Sequence[_Judged], model: LanguageModel) -> dict[Text, str]:
    wrong = {}
    for text, language, judged in group:
        if len(judged.split()) >= _FEWEST_WORDS:
            scores = model.scores(judged)
            likely = max(scores, key=lambda each: scores[each])
            if scores[likely] - scores[language] > _OF_ONE:
                wrong[text] = likely
    return wrong


def _swapped(group: Sequence[_Judged], model: LanguageModel, alone: Mapping[Text, str]) -> dict[Text, str]:
    wrong: dict[Text, str] = {}
    for (one, its, first), (other, others, second) in combinations(group, 2):
        if its == others or first == second:
            continue
        a, b = model.scores(first), model.scores(second)
        # Of a text without a known letter all scores are the least number there is: only differences can be added.
        gains = a[others] - a[its], b[its] - b[others]
        # A text in a third language, or one alone in the wrong one, would put the blame on the right text beside it.
        if (
            min(gains) > 0
            and sum(gains) > _OF_TWO
            and alone.get(one, others) == others
            and alone.get(other, its) == its
        ):
            wrong |= {one: others, other: its}
    return wrong
