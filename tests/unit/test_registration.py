"""What a person says for catalogues: [catalogue], [publisher] and [contact]."""

import datetime
import tomllib

import pytest

from govplan.errors import ConfigError
from govplan.registration import REGISTRATION_KEYS, Registration, read_registration
from tests.conftest import ROOT

_LANGUAGES = ("nl", "en")


def _read(text: str) -> Registration:
    return read_registration(tomllib.loads(text), _LANGUAGES, "govplan.toml")


def test_nothing_is_needed() -> None:
    """A project may say nothing at all."""
    assert Registration() == _read("")


def test_all() -> None:
    """What is said is read as it stands, texts in the order of the languages of the project."""
    said = _read(
        """
        [catalogue]
        title = {en = "T", nl = "t"}
        keywords = {en = ["a", "b", "a"]}
        themes = ["GOVE"]
        begins = 2022-10-28
        [publisher]
        identifier = "0123456789"
        [contact]
        name = {en = "Desk"}
        page = "https://example.org/contact"
        """
    )

    assert ["nl", "en"] == list(said.titles)
    assert ("a", "b") == said.keywords["en"]
    assert datetime.date(2022, 10, 28) == said.begins
    assert "0123456789" == said.publisher.identifier
    assert said.contact is not None
    assert "https://example.org/contact" == said.contact.page


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("catalogue = 1", "[catalogue]", "no table"),
        ("[catalogue]\ncolour = 1", "[catalogue] colour", "Unknown key"),
        ('[catalogue]\ntitle = "T"', "[catalogue] title", "no table of languages"),
        ('[catalogue]\ntitle = {fr = "T"}', "[catalogue] title", "no language of the project"),
        ('[catalogue]\ntitle = {en = " "}', "[catalogue] title", "no text"),
        ('[catalogue]\nkeywords = {en = "a"}', "[catalogue] keywords", "no list of words"),
        ("[catalogue]\nkeywords = {en = [1]}", "[catalogue] keywords", "no text"),
        ('[catalogue]\nthemes = ["gove"]', "[catalogue] themes", "no list of such values"),
        ('[catalogue]\nthemes = ["GOVE", "GOVE"]', "[catalogue] themes", "each once"),
        ('[catalogue]\nthemes = ["SPACE"]', "[catalogue] themes", "'SPACE' is no code"),
        ('[catalogue]\nfrequency = "SOMETIMES"', "[catalogue] frequency", "'SOMETIMES' is no code"),
        ('[catalogue]\naccess = "OPEN"', "[catalogue] access", "'OPEN' is no code"),
        ('[catalogue]\nplaces = ["Belgium"]', "[catalogue] places", "no list of such values"),
        ('[catalogue]\nplaces = ["http://x/> } a"]', "[catalogue] places", "no list of such values"),
        ('[catalogue]\nbegins = "2022-10-28"', "[catalogue] begins", "no day"),
        ("[catalogue]\nbegins = 2022-10-28T10:00:00Z", "[catalogue] begins", "no day"),
        ("[catalogue]\nbegins = 2022-10-28\nends = 2021-01-01", "[catalogue] ends", "is before"),
        ('[publisher]\nemail = "nobody"', "[publisher] email", "cannot be used"),
        ('[publisher]\niri = "0123456789"', "[publisher] iri", "cannot be used"),
        ("[publisher]\nidentifier = 123456789", "[publisher] identifier", "cannot be used"),
        ('[contact]\nemail = "a@example.org"', "[contact] name", "needs a name"),
        ('[contact]\nname = {en = "Desk"}', "[contact] email", "needs an address"),
    ],
)
def test_wrong_values(text: str, where: str, said: str) -> None:
    """A wrong value is refused with table, key and what would do."""
    with pytest.raises(ConfigError) as caught:
        _read(text)
    assert said in caught.value.what
    assert f"govplan.toml, {where}" == caught.value.where
    assert caught.value.mend


def test_dois() -> None:
    """A release may have a DOI."""
    said = _read('[catalogue]\ndois = {"0123456789ab" = "10.1234/abc.5"}')
    assert {"0123456789ab": "10.1234/abc.5"} == said.dois


@pytest.mark.parametrize("written", ['{"0123" = "10.1234/x"}', '{"0123456789ab" = "https://doi.org/10.1234/x"}', '"x"'])
def test_no_dois(written: str) -> None:
    """What is no id or no DOI is refused, with how to write it."""
    with pytest.raises(ConfigError, match="dois"):
        _read(f"[catalogue]\ndois = {written}")


def test_documented() -> None:
    """docs/settings.md lists every key with its meaning."""
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    for name, keys in REGISTRATION_KEYS.items():
        section = text.partition(f"### [{name}]")[2].partition("\n#")[0]
        assert [f"| `{key}` | {meaning} |" for key, meaning in keys.items()] == [
            line for line in section.splitlines() if line.startswith("| `")
        ]
