"""Texts that are not in the language of their tag are refused, and those that are pass."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from govplan.config import Settings
from govplan.content import Content, source_file
from govplan.namespaces import CORE, CORE_LANGUAGES, STANDARD
from govplan.release.language_model import LanguageModel
from govplan.release.text_languages import language_problems, wrong_languages
from govplan.release.texts import ProperNames, Text, texts

LABEL = STANDARD["rdfs"] + "label"
MODEL = LanguageModel(CORE_LANGUAGES)
NOTHING = Content(Path("/"), ())
ACTIONS = "data/plans/be-ai-convergence/actions.ttl"


def _text(tag: str, value: str, subject: str = "http://x/a") -> Text:
    return Text(subject, LABEL, "http://x/graph/data/a", tag, value)


def _told(several: list[Text], content: Content = NOTHING) -> dict[tuple[str, str], str]:
    wrong = wrong_languages(several, MODEL, ProperNames(content))
    return {(text.tag, text.value): language for text, language in wrong.items()}


def _with(content: Content, path: str, old: str, new: str) -> Content:
    file = next(file for file in content.files if file.path == path)
    assert old in file.text
    return content.with_file(source_file(path, file.text.replace(old, new, 1), CORE))


def test_texts_of_the_repository(content: Content, settings: Settings) -> None:
    """No text of the repository is refused."""
    assert [] == list(language_problems(content, settings))


def test_place(content: Content, settings: Settings) -> None:
    """What is refused is told with its place, its tag and the language that it reads like."""
    file = next(file for file in content.files if file.path == ACTIONS)
    label = next(line for line in file.text.splitlines() if "rdfs:label" in line and '"@nl' in line)
    spoilt = _with(content, ACTIONS, label, '    rdfs:label "Write a vision together with all of the others"@nl ;')
    number = file.text.splitlines().index(label) + 1
    (problem,) = language_problems(spoilt, settings)

    assert ("violation", f"{ACTIONS}:{number}", "language") == (problem.severity, problem.place, problem.rule)
    assert "says nl" in problem.what
    assert "like en" in problem.what


@pytest.mark.parametrize(
    ("dutch", "french"),
    [
        ("Een visie schrijven samen met de gewesten", "Rédiger une vision avec les régions"),
        ("Beter en levenslang leren", "Mieux apprendre, tout au long de la vie"),
        ("Gezondheid en zorg", "Santé et soins"),
    ],
)
def test_swapped(dutch: str, french: str) -> None:
    """Two texts of one thing with each other's tags are both refused, short ones too."""
    assert {} == _told([_text("nl", dutch), _text("fr", french)])
    assert {("nl", french): "fr", ("fr", dutch): "nl"} == _told([_text("nl", french), _text("fr", dutch)])


def test_same_text_twice() -> None:
    """A text that was copied and not translated is refused by itself."""
    english = "Publish a guide for small companies"

    assert {("de", english): "en"} == _told([_text("de", english), _text("en", english)])


def test_texts_of_other_things_are_not_compared() -> None:
    """Short texts of two things say nothing of each other."""
    assert {} == _told([_text("nl", "Santé et soins"), _text("fr", "Gezondheid en zorg", "http://x/b")])


def test_region_of_a_language() -> None:
    """A text of a region is one in the language."""
    assert {("nl-BE", "Rédiger une vision avec les régions"): "fr"} == _told(
        [_text("nl-BE", "Rédiger une vision avec les régions")]
    )


def test_text_without_letters() -> None:
    """What has no letters that the model knows is left alone."""
    assert {} == _told([_text("nl", "2022"), _text("fr", "…"), _text("de", "1 2 3 4"), _text("en", "§")])


def test_names(content: Content) -> None:
    """Names that a word list gives as the same in every language do not count."""
    title = _text("fr", "Fondation : Cybersecurity Coalition")

    assert {(title.tag, title.value): "en"} == _told([title])
    assert {} == _told([title], content)


def test_language_that_the_model_does_not_know(content: Content, settings: Settings) -> None:
    """A language that the model does not know is named once, and its texts are left alone."""
    problems = list(language_problems(content, replace(settings, languages=("nl", "qq"))))

    assert [("info", "qq")] == [(problem.severity, problem.subject) for problem in problems]
    assert {} == _told([_text("qq", "Publish a guide for small companies")])


def test_mirrors_are_not_judged(content: Content, settings: Settings) -> None:
    """What others call their things in a copy of their data is theirs."""
    text = """@prefix gp: <https://w3id.org/govplan/ns#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    <https://w3id.org/govplan/graph/data/copy> a gp:SourceGraph ; gp:layer <https://w3id.org/govplan/auth/layer/LAYER> .
    <http://x/a> rdfs:label "Publish a guide for small companies"@nl .
    """
    mirror, ours = (source_file("data/copy.ttl", text.replace("LAYER", name), CORE) for name in ("mirror", "links"))

    assert [] == list(language_problems(content.with_file(mirror), settings))
    assert ["data/copy.ttl:4"] == [each.place for each in language_problems(content.with_file(ours), settings)]


def test_how_many_are_found(content: Content) -> None:
    """Of the labels of actions in two languages that are swapped, nineteen of twenty are found at least."""
    labels: dict[str, list[Text]] = {}
    for text in texts(content):
        if text.predicate == LABEL and text.graph.endswith("be-ai-convergence/actions"):
            labels.setdefault(text.subject, []).append(text)
    pairs = [pair for several in labels.values() for pair in combinations(several, 2)]
    found = [len(_told([replace(a, value=b.value), replace(b, value=a.value)], content)) for a, b in pairs]

    assert 300 < len(pairs)
    assert 0.95 * len(pairs) < sum(map(bool, found))
