"""What only a person can say of a dataset for catalogues: [catalogue], [publisher] and [contact] of govplan.toml."""

import datetime
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, NoReturn

from govplan.authorities import codes
from govplan.errors import ConfigError

# The tables and their keys → what each means; docs/settings.md lists them.
REGISTRATION_KEYS: Mapping[str, Mapping[str, str]] = {
    "catalogue": {
        "title": "table of the catalogue’s own title: language = text; without it, that of the dataset",
        "description": "table of its description: language = text; without it, that of the dataset",
        "keywords": "table of keywords: language = list of words",
        "themes": 'codes of the EU list of data themes, such as `["GOVE"]`',
        "places": "list of IRIs of the places that the data are about",
        "begins": "first day that the data are about",
        "ends": "last day that the data are about",
        "frequency": "code of the EU list of frequencies, such as `IRREG`",
        "access": "code of the EU list of access rights; without it, `PUBLIC`",
        "dois": "table of the DOIs that releases were given: id of the release = DOI; such a release is never pruned",
    },
    "publisher": {
        "iri": "IRI of the publisher in a register of organisations; without it, that of the publisher in the data",
        "identifier": "its number there, such as the enterprise number",
        "name": "table of its name: language = text; without it, its label in the data",
        "type": "IRI of a code for the kind of publisher",
        "homepage": "address of its site",
        "email": "address for mail to it",
    },
    "contact": {
        "name": "table of who answers questions on the data: language = text; needed",
        "email": "address for mail; one of `email` and `page` is needed",
        "page": "address of a page or form for questions",
    },
}
_IRI = re.compile(r"https?://[^\s<>\"{}|^`\\]+")
_EMAIL = re.compile(r"[^\s@<>\"]++@[^\s@<>\".]++(?:\.[^\s@<>\".]++)++")
_CODE = re.compile(r"[A-Z][A-Z0-9_]*")
_RELEASE = re.compile(r"[0-9a-f]{12}")
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s<>\"]+")
_NONE: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes, as far as the data do not say it; what nobody has said is empty."""

    iri: str = ""
    identifier: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    homepage: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers questions: names by language, and an address for mail, a page, or both."""

    names: Mapping[str, str]
    email: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """What a person has said for catalogues; what nobody has said is empty, and None for a day or the contact."""

    titles: Mapping[str, str] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    keywords: Mapping[str, Sequence[str]] = field(default_factory=dict)
    themes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    begins: datetime.date | None = None
    ends: datetime.date | None = None
    frequency: str = ""
    access: str = "PUBLIC"
    dois: Mapping[str, str] = field(default_factory=dict)
    publisher: Publisher = field(default_factory=Publisher)
    contact: Contact | None = None


def read_registration(raw: Mapping[str, Any], languages: Sequence[str], where: str) -> Registration:
    """Return what the three tables of a govplan.toml say. Raises ConfigError naming table, key and what would do.

    `where` is the file; texts are in the languages of the project.
    """
    catalogue, publisher, contact = (
        _Table(raw.get(name, _NONE), name, REGISTRATION_KEYS[name].keys(), languages, where)
        for name in REGISTRATION_KEYS
    )
    begins, ends = catalogue.day("begins"), catalogue.day("ends")
    if begins and ends and ends < begins:
        catalogue.refuse("ends", f"{ends} is before {begins}.", "write a day that is not before `begins`")
    return Registration(
        titles=catalogue.texts("title"),
        descriptions=catalogue.texts("description"),
        keywords=catalogue.words("keywords"),
        themes=catalogue.codes("themes", "data-theme"),
        places=catalogue.several("places", _IRI, "http(s) IRIs"),
        begins=begins,
        ends=ends,
        frequency=catalogue.code("frequency", "frequency"),
        access=catalogue.code("access", "access-right") or "PUBLIC",
        dois=catalogue.pairs("dois", _RELEASE, _DOI, 'a table such as {"0123456789ab" = "10.1234/abcd"}'),
        publisher=Publisher(
            iri=publisher.text("iri", _IRI, "an http(s) IRI"),
            identifier=publisher.text("identifier"),
            names=publisher.texts("name"),
            kind=publisher.text("type", _IRI, "an http(s) IRI"),
            homepage=publisher.text("homepage", _IRI, "an http(s) address"),
            email=publisher.text("email", _EMAIL, 'an address such as "data@example.org"'),
        ),
        contact=_contact(contact) if contact else None,
    )


def _contact(table: "_Table") -> Contact:
    contact = Contact(
        names=table.texts("name"),
        email=table.text("email", _EMAIL, 'an address such as "data@example.org"'),
        page=table.text("page", _IRI, "an http(s) address"),
    )
    if not contact.names:
        table.refuse("name", "A contact needs a name.", 'write name = {en = "…"}')
    if not (contact.email or contact.page):
        table.refuse("email", "A contact needs an address.", "write `email`, `page`, or both")
    return contact


class _Table:
    """One table of govplan.toml, and how its faults are told."""

    def __init__(self, value: object, name: str, known: Set[str], languages: Sequence[str], where: str) -> None:
        self._name, self._where, self._languages = name, where, languages
        if not isinstance(value, Mapping):
            self.refuse("", "It is no table.", f"write [{name}]")
        self._value = value
        if unknown := sorted(set(value) - known):
            self.refuse(unknown[0], f"Unknown key {unknown[0]!r}.", f"known keys: {', '.join(sorted(known))}")

    def __bool__(self) -> bool:
        return bool(self._value)

    def refuse(self, key: str, what: str, mend: str) -> NoReturn:
        place = f"{self._where}, [{self._name}] {key}".rstrip()
        raise ConfigError(what, where=place, mend=mend)

    def text(self, key: str, form: re.Pattern[str] | None = None, what: str = "a text") -> str:
        value = self._value.get(key, "")
        if key in self._value and not _fits(value, form):
            self.refuse(key, f"{value!r} cannot be used.", f"write {what}")
        return str(value)

    def several(self, key: str, form: re.Pattern[str], what: str) -> tuple[str, ...]:
        value = self._value.get(key, [])
        if not isinstance(value, list) or not all(_fits(each, form) for each in value) or len(set(value)) < len(value):
            self.refuse(key, "It is no list of such values, each once.", f"write a list of {what}")
        return tuple(value)

    def codes(self, key: str, scheme: str) -> tuple[str, ...]:
        found = self.several(key, _CODE, f"codes: {', '.join(codes(scheme))}")
        for each in found:
            self._is_code(key, each, scheme)
        return found

    def code(self, key: str, scheme: str) -> str:
        found = self.text(key, _CODE, f"one of: {', '.join(codes(scheme))}")
        return found and self._is_code(key, found, scheme)

    def pairs(self, key: str, names: re.Pattern[str], values: re.Pattern[str], what: str) -> Mapping[str, str]:
        """Return a table of texts whose keys and values have these forms."""
        found = self._value.get(key, _NONE)
        if not isinstance(found, Mapping) or not all(
            names.fullmatch(name) and isinstance(value, str) and values.fullmatch(value)
            for name, value in found.items()
        ):
            self.refuse(key, f"`{key}` is no such table.", f"write {what}")
        return dict(found)

    def texts(self, key: str) -> Mapping[str, str]:
        return {tag: text for tag, text in self._by_language(key).items() if self._is_text(key, text)}

    def words(self, key: str) -> Mapping[str, Sequence[str]]:
        found = self._by_language(key)
        for words in found.values():
            if not isinstance(words, list) or not words:
                self.refuse(key, "A language has no list of words.", f'write {key}.en = ["…"]')
            for word in words:
                self._is_text(key, word)
        return {tag: tuple(dict.fromkeys(words)) for tag, words in found.items()}

    def day(self, key: str) -> datetime.date | None:
        value = self._value.get(key)
        if isinstance(value, datetime.datetime) or not isinstance(value, datetime.date | None):
            self.refuse(key, f"{value!r} is no day.", f"write {key} = 2022-10-28, without quotation marks")
        return value

    def _by_language(self, key: str) -> Mapping[str, Any]:
        found = self._value.get(key, _NONE)
        if not isinstance(found, Mapping):
            self.refuse(key, "It is no table of languages.", f"write {key}.en = …")
        if unknown := [tag for tag in found if tag not in self._languages]:
            self.refuse(
                key, f"{unknown[0]!r} is no language of the project.", f"languages: {', '.join(self._languages)}"
            )
        return {tag: found[tag] for tag in self._languages if tag in found}

    def _is_code(self, key: str, code: str, scheme: str) -> str:
        if code not in codes(scheme):
            self.refuse(key, f"{code!r} is no code of the list.", f"one of: {', '.join(codes(scheme))}")
        return code

    def _is_text(self, key: str, text: object) -> bool:
        if not isinstance(text, str) or not text.strip():
            self.refuse(key, f"{text!r} is no text.", "write a text")
        return True


def _fits(value: object, form: re.Pattern[str] | None) -> bool:
    return isinstance(value, str) and bool(value.strip()) and (form is None or form.fullmatch(value) is not None)
