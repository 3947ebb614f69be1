"""What profiles tell the program itself: `profile.toml` says how names and identifiers are written in a country.

Everything else of a profile is content, which `folders.py` finds. What several profiles say is put together.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from govplan.errors import ConfigError
from govplan.identifiers import CHECKS, FORMS, Form
from govplan.installed import PROFILE_FILE, PROFILES, profile_folders
from govplan.text import read_text

_NAMES = {"services", "legal_forms", "gloss", "same", "phrases"}
_REGISTER = {"label", "written", "addresses", "digits", "check"}


@dataclass(frozen=True)
class NameRules:
    """How names of organisations are written; all words are in lower case and without accents.

    `phrases` are patterns with the word that stands for each, `same` words with the word that they are read as.
    `services` are words for kinds of services, `legal_forms` say nothing, and `gloss` only says where a body is.
    """

    phrases: tuple[tuple[re.Pattern[str], str], ...] = ()
    same: Mapping[str, str] = field(default_factory=dict)
    services: frozenset[str] = frozenset()
    legal_forms: frozenset[str] = frozenset()
    gloss: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Conventions:
    """How names and identifiers are written where a project is about: by its profiles, and everywhere."""

    names: NameRules = field(default_factory=NameRules)
    forms: tuple[Form, ...] = FORMS


def conventions(profiles: Sequence[str]) -> Conventions:
    """Return what profiles, which there must be, and the core say on names and identifiers.

    Raises ConfigError, naming file and key, for a profile.toml that cannot be used.
    """
    folders = profile_folders()
    several = [read_profile(folders[name]) for name in profiles]
    return Conventions(
        NameRules(
            phrases=tuple(phrase for each in several for phrase in each.names.phrases),
            same={word: read for each in several for word, read in each.names.same.items()},
            services=frozenset().union(*(each.names.services for each in several)),
            legal_forms=frozenset().union(*(each.names.legal_forms for each in several)),
            gloss=frozenset().union(*(each.names.gloss for each in several)),
        ),
        tuple(form for each in several for form in each.forms) + FORMS,
    )


def read_profile(folder: Path) -> Conventions:
    """Return what the profile.toml in a folder says by itself. Raises ConfigError as `conventions` does."""
    file = _File(folder)
    registers = file.table(file.top.get("registers", {}), "registers")
    forms = tuple(_form(file, name, f"registers.{name}", about) for name, about in registers.items())
    return Conventions(_names(file), forms)


class _File:
    """One profile.toml, and how its faults are told."""

    def __init__(self, folder: Path) -> None:
        self.where = f"{PROFILES}/{folder.name}/{PROFILE_FILE}"
        try:
            self.top = tomllib.loads(read_text(folder / PROFILE_FILE, self.where, ConfigError, "toml"))
        except tomllib.TOMLDecodeError as problem:
            raise ConfigError(
                f"{PROFILE_FILE} cannot be read: {problem}.", where=self.where, mend="correct the file"
            ) from problem
        self.table(self.top, "", {"names", "registers"})

    def refuse(self, key: str, what: str, mend: str) -> NoReturn:
        raise ConfigError(what, where=f"{self.where}, {key}" if key else self.where, mend=mend)

    def table(self, value: object, key: str, known: AbstractSet[str] | None = None) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refuse(key, "It is no table.", f"write [{key}]")
        if known is not None and (unknown := sorted(set(value) - known)):
            self.refuse(key, f"Unknown key {unknown[0]!r}.", f"known keys: {', '.join(sorted(known))}")
        return value

    def texts(self, value: object, key: str) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            self.refuse(key, "It is no list of texts.", f'write {key.rpartition(".")[2]} = ["…"]')
        return value

    def text(self, value: object, key: str) -> str:
        if not isinstance(value, str) or not value:
            self.refuse(key, "A text is missing.", f'write {key.rpartition(".")[2]} = "…"')
        return value

    def pattern(self, text: str, key: str) -> re.Pattern[str]:
        try:
            return re.compile(text, re.IGNORECASE)
        except re.error as problem:
            self.refuse(key, f"{text!r} is no regular expression: {problem}.", "correct it")


def _names(file: _File) -> NameRules:
    names = file.table(file.top.get("names", {}), "names", _NAMES)
    same = file.table(names.get("same", {}), "names.same")
    phrases = file.table(names.get("phrases", {}), "names.phrases")
    return NameRules(
        phrases=tuple(
            (file.pattern(rf"\b(?:{'|'.join(file.texts(several, key))})\b", key), word)
            for word, several in phrases.items()
            if (key := f"names.phrases.{word}")
        ),
        same={word: file.text(read, f"names.same.{word}") for word, read in same.items()},
        services=frozenset(file.texts(names.get("services", []), "names.services")),
        legal_forms=frozenset(file.texts(names.get("legal_forms", []), "names.legal_forms")),
        gloss=frozenset(file.texts(names.get("gloss", []), "names.gloss")),
    )


def _form(file: _File, name: str, key: str, about: object) -> Form:
    table = file.table(about, key, _REGISTER)
    check, digits = table.get("check"), table.get("digits", 0)
    if check is not None and check not in CHECKS:
        file.refuse(f"{key}.check", f"There are no check digits {check!r}.", f"one of: {', '.join(CHECKS)}")
    if not isinstance(digits, int) or isinstance(digits, bool) or digits < 0:
        file.refuse(f"{key}.digits", f"{digits!r} is no number of digits.", "write digits = 10")
    addresses = file.texts(table.get("addresses", []), f"{key}.addresses")
    form = Form(
        name=name,
        label=file.text(table.get("label"), f"{key}.label"),
        written=file.pattern(file.text(table.get("written"), f"{key}.written"), f"{key}.written"),
        addresses=tuple(file.pattern(each, f"{key}.addresses") for each in addresses),
        digits=digits,
        check=check,
    )
    if not all(pattern.groups for pattern in (form.written, *form.addresses)):
        file.refuse(key, "A pattern has no group.", "put the parts of the identifier in brackets: (…)")
    return form
