"""What the documents list is what there is: settings, commands, folders, files, rules."""

import re
import tomllib

import yaml
from click import Group

from govplan.cli import main
from govplan.config import VERSION
from govplan.inputs.rdf import MAX_BYTES
from govplan.installed import profile_folders
from govplan.mirrors.declared import KEYS
from govplan.settings import PROJECT_KEYS, SETTINGS
from tests.conftest import ROOT
from tests.docs.pages import rows, text


def test_project_keys() -> None:
    """Every key of a project is listed with whether it is needed and its meaning."""
    assert [[f"`{key}`", *about] for key, about in PROJECT_KEYS.items()] == rows("docs/settings.md", "The project")


def test_profiles() -> None:
    """Every profile is listed."""
    listed = [row[0].strip("`") for row in rows("docs/projects.md", "Profiles")]

    assert list(profile_folders()) == listed


def test_settings() -> None:
    """Every setting is listed with its variable, default and meaning."""
    listed = [[f"`{s.key}`", f"`{s.variable}`", f"`{s.default}`" if s.default else "", s.meaning] for s in SETTINGS]

    assert listed == rows("docs/settings.md", "The server")


def test_mirrors() -> None:
    """Every key of a mirror is listed with when it is required, its default and its meaning."""
    keys = [
        [f"`{name}`", key.required, f"`{key.default}`" if key.default else "", key.meaning]
        for name, key in KEYS.items()
    ]

    assert keys == rows("docs/settings.md", "Mirrors")


def test_largest_file() -> None:
    """The size of the largest file that is matched is stated."""
    assert f"A file has at most {MAX_BYTES:,} bytes" in text("docs/commands.md")


def test_commands() -> None:
    """Every command is listed."""
    assert isinstance(main, Group)
    listed = {re.match(r"`govplan (\w+)", row[0])[1] for row in rows("docs/commands.md", "Commands")}  # type: ignore[index]

    assert set(main.commands) == listed


def test_make() -> None:
    """Every target of the Makefile is listed, and the one declaration that they are no files names them all."""
    targets = re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE)
    phony = re.search(r"^\.PHONY: (.+)$", text("Makefile"), re.MULTILINE)

    assert phony
    assert sorted(targets) == sorted(phony[1].split())
    assert {f"`make {target}`" for target in targets} == {row[0] for row in rows("docs/commands.md", "Make")}


def test_length_of_the_readme() -> None:
    """README.md fits two screens."""
    assert len(text("README.md").splitlines()) <= 100


def test_layout() -> None:
    """Every folder that README.md lists exists."""
    assert [] == [row[0] for row in rows("README.md", "Layout") if not (ROOT / row[0].strip("`")).is_dir()]


def test_layers() -> None:
    """docs/architecture.md lists the packages as the import contract orders them."""
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = [sorted(layer.split(" | ")) for layer in next(c for c in contracts if c["type"] == "layers")["layers"]]
    listed = [sorted(re.findall(r"`(\w+)`", row[0])) for row in rows("docs/architecture.md", "The packages")]

    assert layers == listed


def test_files_of_the_store() -> None:
    """The pages about the port and its adapter list every file of their package."""
    for package, page, heading in (
        ("sparql", "sparql/README.md", "The port and the scan"),
        ("engines/oxigraph", "engines/README.md", "Oxigraph"),
    ):
        folder = ROOT / "server/govplan" / package
        there = {path.name for path in folder.glob("*.py")} | {
            f"{path.parent.name}/" for path in folder.glob("*/__init__.py")
        }
        listed = {name for row in rows(f"server/govplan/{page}", heading) for name in re.findall(r"`([^`]+)`", row[0])}

        assert there - {"__init__.py"} == listed


def test_rules_of_style() -> None:
    """docs/style.md lists the rules T1 to T10 and Q1 to Q10."""
    for letter, heading in (("T", "Turtle"), ("Q", "SPARQL")):
        listed = [row[0] for row in rows("docs/style.md", heading)]

        assert [f"{letter}{number}" for number in range(1, 11)] == list(dict.fromkeys(listed))


def test_citation() -> None:
    """CITATION.cff names the version of the package."""
    cited = yaml.safe_load(text("CITATION.cff"))

    assert "1.2.0" == cited["cff-version"]
    assert VERSION == cited["version"] == tomllib.loads(text("pyproject.toml"))["project"]["version"]
