"""The words and languages of what `check` does not read as data: the interface, and the headers of queries."""

import re
from collections.abc import Iterator

import pytest
import yaml
from babel.messages.pofile import read_po

from govplan.catalogues import FOLDER
from govplan.content import Content
from govplan.namespaces import CORE_LANGUAGES
from govplan.release.language_model import LanguageModel
from govplan.release.text_languages import wrong_languages
from govplan.release.texts import ProperNames, Text
from govplan.release.words import WordList
from tests.conftest import ROOT

OF_THE_CORE = "en"
# Placeholders and mark-up of the interface; names of properties, files and codes.
CODE = re.compile(r"%\(\w+\)[sd]|\{\w+\}|<[^>]+>|&\w+;|\b\w+:[\w-]+|\S*[/_]\S*")


def _forms(said: object) -> list[str]:
    return [said] if isinstance(said, str) else [str(form) for form in said] if isinstance(said, list | tuple) else []


def _catalogues() -> Iterator[Text]:
    for tag in (tag for tag in CORE_LANGUAGES if tag != OF_THE_CORE):
        catalogue = read_po((FOLDER / f"{tag}.po").read_text(encoding="utf-8").splitlines(keepends=True), locale=tag)
        for message in (message for message in catalogue if message.id):
            for said, translated in zip(_forms(message.id), _forms(message.string), strict=True):
                yield Text(said, FOLDER.name, "", OF_THE_CORE, said)
                yield Text(said, FOLDER.name, "", tag, translated)


def _said(value: object, path: str) -> Iterator[tuple[str, str, str]]:
    """Path within a header, tag, and text of everything that is said by language."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key in CORE_LANGUAGES and isinstance(each, str):
                yield path, key, each
            else:
                yield from _said(each, f"{path} {key}")


def _headers() -> Iterator[Text]:
    for folder in ("queries", "shapes", "ontology", "data", "profiles"):
        for file in sorted((ROOT / folder).rglob("*.rq")):
            lines = file.read_text(encoding="utf-8").splitlines()
            header = yaml.safe_load("\n".join(line[2:] for line in lines if line.startswith("#+")))
            for path, tag, text in _said(header, file.relative_to(ROOT).as_posix()):
                yield Text(path, folder, "", tag, text)


TEXTS = {"catalogues": list(dict.fromkeys(_catalogues())), "headers": list(_headers())}


@pytest.mark.parametrize("place", TEXTS)
def test_words(content: Content, place: str) -> None:
    """The interface and the headers of queries keep to the word list."""
    words = WordList(content)
    found = [
        (text.subject, text.tag, avoided.found, avoided.terms)
        for text in TEXTS[place]
        for avoided in words.avoided(text.value, text.tag)
    ]

    assert [] == found


@pytest.mark.parametrize("place", TEXTS)
def test_languages(content: Content, place: str) -> None:
    """The interface and the headers of queries are in the languages that they say."""
    plain = [Text(*(text.subject, text.predicate, "", text.tag), CODE.sub(" ", text.value)) for text in TEXTS[place]]
    wrong = wrong_languages(plain, LanguageModel(CORE_LANGUAGES), ProperNames(content))

    assert [] == [(text.subject, text.tag, language, text.value) for text, language in wrong.items()]


def test_texts_are_read() -> None:
    """There are texts to read in each language."""
    assert {(place, tag) for place in TEXTS for tag in CORE_LANGUAGES} == {
        (place, text.tag) for place, texts in TEXTS.items() for text in texts
    }
