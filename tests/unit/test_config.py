"""Settings: file, environment, options, and what a person reads when one of them is wrong."""

import re
from pathlib import Path

import pytest

from govplan import config
from govplan.config import load
from govplan.disk import prepare_releases
from govplan.errors import ConfigError, ReleaseNotWritten
from govplan.installed import builtin_project, find_project

GOOD = '[project]\nname = "p"\nbase = "https://example.org/"\nlanguages = ["nl"]\n'


def _project(folder: Path, text: str) -> Path:
    (folder / "govplan.toml").write_text(text, encoding="utf-8")
    return folder


def test_precedence(tmp_path: Path) -> None:
    """An option beats the environment, which beats the file, which beats the default."""
    root = _project(tmp_path, GOOD + "[server]\nport = 1\n")

    assert 8000 == load(_project(tmp_path, GOOD), environ={}).port
    root = _project(tmp_path, GOOD + "[server]\nport = 1\n")
    assert 1 == load(root, environ={}).port
    assert 2 == load(root, environ={"GOVPLAN_PORT": "2"}).port
    assert 3 == load(root, environ={"GOVPLAN_PORT": "2"}, overrides={"port": "3"}).port


def test_project_is_found_from_below(tmp_path: Path) -> None:
    """A command inside a project uses that project."""
    below = tmp_path / "data" / "plans"
    below.mkdir(parents=True)

    assert tmp_path == find_project(_project(tmp_path, GOOD) and below)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[project", "cannot be read"),
        ("", "needs a section [project]"),
        (GOOD.replace('name = "p"', ""), "needs name"),
        (GOOD.replace("https://example.org/", "example.org"), "base IRI"),
        (GOOD.replace('["nl"]', '"nl"'), "list of lower-case language tags"),
        (GOOD + "colour = 1\n", "Unknown key 'colour'"),
        (GOOD + "[sever]\n", "no section [sever]"),
        (GOOD + "[server]\nprot = 1\n", "Unknown key 'prot'"),
        (GOOD + "[server]\nport = 99999\n", "'99999' cannot be used for port"),
        (GOOD + "[server]\nquery_bytes = 0\n", "'0' cannot be used for query_bytes"),
        (GOOD + "[project.prefixes]\na = 1\n", "labels to paths"),
        (GOOD + 'profiles = "be"\n', "list of names of profiles"),
        (GOOD + 'profiles = ["be", "be"]\n', "each once"),
        (GOOD + 'profiles = ["be", "atlantis"]\n', "no profile 'atlantis'"),
    ],
)
def test_wrong_file(tmp_path: Path, text: str, said: str) -> None:
    """A wrong govplan.toml is refused with the file, the key and what would do."""
    with pytest.raises(ConfigError) as caught:
        load(_project(tmp_path, text), environ={})
    assert said in caught.value.what
    assert "govplan.toml" in str(caught.value.where)
    assert caught.value.mend


def test_no_project(tmp_path: Path) -> None:
    """A folder without govplan.toml is refused with what a project holds."""
    with pytest.raises(ConfigError, match="not a plan project"):
        load(tmp_path, environ={})


def test_profiles(tmp_path: Path) -> None:
    """A project names the profiles it asks for, or none; a wrong name is told with those that there are."""
    assert () == load(_project(tmp_path, GOOD), environ={}).profiles
    assert ("be",) == load(_project(tmp_path, GOOD + 'profiles = ["be"]\n'), environ={}).profiles
    with pytest.raises(ConfigError) as caught:
        load(_project(tmp_path, GOOD + 'profiles = ["nowhere"]\n'), environ={})
    assert "known profiles: be" == caught.value.mend


def test_outside_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a project the built-in one is taken, but not where a command would change or judge it unasked."""
    monkeypatch.chdir(tmp_path)

    assert builtin_project() == load(environ={}).root
    with pytest.raises(ConfigError) as caught:
        load(environ={}, builtin=False)
    assert "--project" in str(caught.value.mend)
    assert tmp_path == load(_project(tmp_path, GOOD), environ={}, builtin=False).root


def test_wrong_variable(tmp_path: Path) -> None:
    """A wrong environment variable is named."""
    with pytest.raises(ConfigError) as caught:
        load(_project(tmp_path, GOOD), environ={"GOVPLAN_PORT": "http"})
    assert "environment variable GOVPLAN_PORT" == caught.value.where


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        ("", ""),
        ("https://data.example.gov", "https://data.example.gov"),
        ("http://data.example.gov:8080/ai/plan-2_x~", "http://data.example.gov:8080/ai/plan-2_x~"),
        ("HTTPS://Data.Example.GOV:443/Plan", "https://data.example.gov/Plan"),
        ("http://[2001:db8::1]:80", "http://[2001:db8::1]"),
        ("https://xn--bcher-kva.example/a", "https://xn--bcher-kva.example/a"),
    ],
)
def test_public_url(text: str, usual: str) -> None:
    """The public address has one form, without a slash at its end."""
    assert usual == load(environ={"GOVPLAN_PUBLIC_URL": text}).public_url


@pytest.mark.parametrize(
    "text",
    [
        "data.example.gov",
        "/plan",
        "ftp://x",
        "https://",
        "https:///plan",
        "https://x/",
        "https://x/plan/",
        "https://x//plan",
        "https://x/a/../b",
        "https://x/.",
        "https://x/plan?a",
        "https://x/plan?",
        "https://x/plan#a",
        "https://x#",
        "https://user@x",
        "https://x:0",
        "https://x:70000",
        "https://x:port",
        "https://bücher.example",
        "https://x/bücher",
        "https://x/a%20b",
        "https://x/a b",
        "https://x y",
        "https://[::1",
        " https://x",
        "https://x/a\nb",
    ],
)
def test_wrong_public_url(text: str) -> None:
    """What is no address of a site is refused at the start."""
    with pytest.raises(ConfigError, match="cannot be used for public_url"):
        load(environ={"GOVPLAN_PUBLIC_URL": text})


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode()])
def test_file_of_a_windows_editor(tmp_path: Path, raw: bytes) -> None:
    """A mark before the file and line ends of CRLF change nothing."""
    (tmp_path / "govplan.toml").write_bytes(raw)

    assert "p" == load(tmp_path, environ={}).name


@pytest.mark.parametrize(
    "base",
    [
        "https://example.org/\u200b/",
        "https://example.org/\xa0/",
        "https://exam\xadple.org/",
        "https://example.org/\u2067/",
    ],
)
def test_base_with_a_hidden_character(tmp_path: Path, base: str) -> None:
    """A base that holds what nobody sees would be in every IRI; it is refused by code point."""
    with pytest.raises(ConfigError) as caught:
        load(_project(tmp_path, GOOD.replace("https://example.org/", base)), environ={})
    assert "U+" in caught.value.what
    assert "govplan.toml" in str(caught.value.where)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('name = "p\u200b"', "U+200B"),
        ('languages = ["nl\xa0"]', "U+00A0"),
        ('[project.prefixes]\na = "id/\u2060/"', "U+2060"),
    ],
)
def test_codes_with_a_hidden_character(tmp_path: Path, line: str, what: str) -> None:
    """Names, language tags and paths hold nothing that cannot be seen."""
    key = line.split(" ", 1)[0]
    text = GOOD if line.startswith("[") else "".join(part for part in GOOD.splitlines(True) if not part.startswith(key))
    with pytest.raises(ConfigError, match=re.escape(what)):
        load(_project(tmp_path, f"{text}{line}\n"), environ={})


def test_releases_of_the_plan_in_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The plan in the package has its releases with the user, and one setting puts them elsewhere."""
    package = Path(config.__file__).parent / "project"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    assert tmp_path / "govplan" / config.VERSION / "releases" == config.releases_folder("", package)
    assert tmp_path / "x" == config.releases_folder(str(tmp_path / "x"), package)
    assert tmp_path / "releases" == config.releases_folder("", tmp_path)


def test_user_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a user of whom the system knows no home, the settings are read, and no release is written anywhere."""
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)

    def unknown(_: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", unknown)
    folder = config.releases_folder("", Path(config.__file__).parent / "project")

    with pytest.raises(ReleaseNotWritten, match="has no home folder"):
        prepare_releases(folder)


def test_releases_below_an_unknown_home() -> None:
    """A setting that names the home of nobody is refused by name."""
    with pytest.raises(ConfigError, match="~nobody-at-all"):
        config.releases_folder("~nobody-at-all/releases", Path("/"))
