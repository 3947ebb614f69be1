"""Settings: file, environment, options, and what a person reads when one of them is wrong."""

from pathlib import Path

import pytest

from govplan.config import find_project, load
from govplan.errors import ConfigError

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
    below = tmp_path / "data" / "monitor"
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
