"""The authority lists that catalogues use: their IRIs, their codes and what each is called (`authorities.toml`)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

EU = "http://publications.europa.eu/resource/authority/"
THEMES = f"{EU}data-theme"
LICENCE_TYPES = "http://purl.org/adms/licencetype/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


@cache
def tables() -> Mapping[str, Any]:
    """Return what is known: `lists` of codes with their labels, and the codes of tags, endings and licences."""
    return tomllib.loads((files("govplan") / "authorities.toml").read_text(encoding="utf-8"))


def codes(scheme: str) -> tuple[str, ...]:
    """Return the codes that are known of one of the lists: `data-theme`, `frequency` and so on."""
    return tuple(tables()["lists"][scheme]["codes"])


def code(scheme: str, name: str) -> str:
    """Return the IRI of a code of one of the lists."""
    return f"{EU}{scheme}/{name}"


def is_list(iri: str) -> bool:
    """Tell whether an IRI is that of an authority list."""
    return iri.startswith(EU)


def language(tag: str) -> str | None:
    """Return the IRI of a language; None where no code is known for its tag."""
    name = tables()["languages"].get(tag.partition("-")[0])
    return code("language", name) if name else None


def file_type(extension: str) -> str | None:
    """Return the IRI of a file type; None where no code is known."""
    name = tables()["file_types"].get(extension)
    return code("file-type", name) if name else None


def licence(iri: str) -> str:
    """Return the IRI that the authority list has for a licence, else the one given."""
    name = tables()["licences"].get(iri.removesuffix("/").replace("http://", "https://"))
    return code("licence", name) if name else iri
