"""How names and identifiers are written: what a profile says, and what is told of one that is wrong."""

from pathlib import Path

import pytest

from govplan.conventions import conventions, read_profile
from govplan.errors import ConfigError
from govplan.identifiers import CHECKS, FORMS
from govplan.installed import PROFILE_FILE, profile_folders

REGISTER = "[registers.r]\nlabel = 'number'\nwritten = '([0-9]{3})'\n"


def _profile(folder: Path, text: str) -> Path:
    (folder / PROFILE_FILE).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", profile_folders())
def test_profiles(name: str) -> None:
    """Every profile that comes with govplan can be read, and says something."""
    found = conventions([name])

    assert set(FORMS) < set(found.forms)
    assert found.names.legal_forms


def test_without_a_profile() -> None:
    """A project without a profile has the registers of the world, and no rule for names."""
    found = conventions([])

    assert FORMS == found.forms
    assert (frozenset(), ()) == (found.names.gloss, found.names.phrases)


def test_form(tmp_path: Path) -> None:
    """The groups of a pattern are joined and filled up to the digits; addresses may begin with www."""
    text = (
        REGISTER.replace("([0-9]{3})", "([0-9]{2,3})-([0-9]{2})") + "digits = 6\naddresses = ['r.example/([0-9]+)']\n"
    )
    (form,) = read_profile(_profile(tmp_path, text)).forms

    assert ("001234", None) == (form.read(" 12-34 "), form.read("1234"))
    assert ("000777", None) == (form.of_address("https://www.r.example/777/"), form.of_address("r.example/777"))


@pytest.mark.parametrize(
    ("text", "right"), [("0403170701", True), ("0403170702", False), ("x", False), ("9" * 5000, False)]
)
def test_mod97(text: str, right: bool) -> None:
    """The last two digits answer for the others, however long a text is."""
    assert right is CHECKS["mod97"](text)


@pytest.mark.parametrize(
    ("text", "said", "where"),
    [
        ("[names", "cannot be read", PROFILE_FILE),
        ("[colours]\n", "Unknown key 'colours'", PROFILE_FILE),
        ("names = 1\n", "no table", "names"),
        ("[names]\ngloss = 'a'\n", "no list of texts", "names.gloss"),
        ("[names]\nsmall = []\n", "Unknown key 'small'", "names"),
        ("[names.same]\na = 1\n", "text is missing", "names.same.a"),
        ("[names.phrases]\na = ['(']\n", "no regular expression", "names.phrases.a"),
        ("[registers.r]\n", "text is missing", "registers.r.label"),
        (REGISTER + "check = 'luck'\n", "no check digits 'luck'", "registers.r.check"),
        (REGISTER + "digits = -1\n", "no number of digits", "registers.r.digits"),
        (REGISTER.replace("(", "").replace(")", ""), "has no group", "registers.r"),
        (REGISTER + "addresses = ['[']\n", "no regular expression", "registers.r.addresses"),
    ],
)
def test_wrong_profile(tmp_path: Path, text: str, said: str, where: str) -> None:
    """A wrong profile.toml is refused with the file, the key and what would do."""
    with pytest.raises(ConfigError) as caught:
        read_profile(_profile(tmp_path, text))
    assert said in caught.value.what
    assert str(caught.value.where).startswith(f"profiles/{tmp_path.name}/{PROFILE_FILE}")
    assert str(caught.value.where).endswith(where)
    assert caught.value.mend
