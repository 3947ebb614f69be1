"""CKAN’s reader of catalogues (ckanext-dcat), in an environment of its own: one record through ten releases."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from govplan.metadata.catalogue import Published, catalogue
from govplan.metadata.profiles import metadata_profiles
from tests.conftest import missing
from tests.metadata.conftest import published_project

pytestmark = pytest.mark.soak
_CKAN, _READER = "ckan==2.12.0", ("ckanext-dcat==2.4.4", "ckantoolkit==0.0.7")
# What CKAN needs, but for what has to be compiled, and what only older Pythons want.
_NEEDED = """
import importlib.metadata, re
for line in importlib.metadata.requires("ckan"):
    name = re.split(r"[;\\s]", line)[0]
    if 'extra == "requirements"' in line and not re.match("psycopg2|tomli|async-timeout", name):
        print(name)
"""
_READ = """
import json, sys
from ckanext.dcat.processors import RDFParser
for path in sys.argv[1:]:
    parser = RDFParser(profiles=["euro_dcat_ap_2", "euro_dcat_ap_3"])
    parser.parse(open(path, encoding="utf-8").read(), _format="nt")
    print(json.dumps(list(parser.datasets())))
"""


@pytest.fixture(scope="module", name="python")
def _python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with CKAN and its reader."""
    venv = tmp_path_factory.mktemp("ckan")
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    python = venv / "bin" / "python"
    install: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        subprocess.run([*install, "--no-deps", _CKAN], check=True, capture_output=True)
        needed = subprocess.run([python, "-c", _NEEDED], check=True, capture_output=True, text=True).stdout.split()
        subprocess.run([*install, *needed, "psycopg2-binary", *_READER], check=True, capture_output=True)
    except subprocess.CalledProcessError as problem:
        missing(f"CKAN cannot be installed: {problem.stderr}")
    return python


def _read(python: Path, folder: Path, *published: Published) -> list[list[dict[str, object]]]:
    """Return what CKAN makes of each catalogue: a list of records."""
    paths = []
    for number, each in enumerate(published):
        path = folder / f"{number}.nt"
        path.write_text(catalogue(each, metadata_profiles(())["harvest"]).n_triples(), encoding="utf-8")
        paths.append(path)
    read = subprocess.run([python, "-c", _READ, *paths], check=True, capture_output=True, text=True, cwd=folder)
    return [json.loads(line) for line in read.stdout.splitlines()]


def test_one_record(python: Path, tmp_path: Path) -> None:
    """After the first and after the tenth release there is one record, of the same identifier and name."""
    published = published_project()
    first, tenth = _read(python, tmp_path, replace(published, manifests=published.manifests[-1:]), published)

    assert (1, 1) == (len(first), len(tenth))
    assert first[0]["title"] == tenth[0]["title"] == "The plan as data"
    extras = [{each["key"]: each["value"] for each in record["extras"]} for record in (first[0], tenth[0])]  # type: ignore[attr-defined]
    assert extras[0]["uri"] == extras[1]["uri"] == published.settings.dataset_iri
    assert extras[0]["identifier"] == extras[1]["identifier"]
    # It takes the first language of a name that it finds.
    assert extras[1]["publisher_name"] in ("Datateam", "Data team")
    assert ("1.0.0", "1.9.0") == (first[0]["version"], tenth[0]["version"])


def test_files_and_service(python: Path, tmp_path: Path) -> None:
    """The record has each file with its address and size, and the endpoint with its service."""
    [[record]] = _read(python, tmp_path, published_project())
    resources = record["resources"]
    assert isinstance(resources, list)

    assert 7 == len(resources)
    assert all(each["url"] for each in resources)
    assert 6 == sum("size" in each for each in resources)
    [service] = [json.loads(each["access_services"]) for each in resources if each.get("access_services")]
    assert [["https://plans.example.org/sparql"]] == [each["endpoint_url"] for each in service]
