"""A small project with all that a person can say for catalogues, and releases of it."""

import datetime
from dataclasses import replace

import pytest

from govplan.config import Settings, load
from govplan.formats import GRAPHS
from govplan.manifest import FileEntry, GraphEntry, Manifest
from govplan.metadata.catalogue import Published
from govplan.metadata.dataset import Described
from govplan.registration import Contact, Publisher, Registration
from tests.conftest import ROOT

_PLACE = "http://publications.europa.eu/resource/authority/country/BEL"
SAID = Registration(
    keywords={"nl": ("plan", "beleid"), "en": ("plan",)},
    themes=("GOVE", "TECH"),
    places=(_PLACE,),
    begins=datetime.date(2022, 10, 28),
    ends=datetime.date(2025, 12, 31),
    frequency="IRREG",
    publisher=Publisher(
        iri="https://register.example.org/id/0123456789",
        identifier="0123456789",
        names={"nl": "Datateam", "en": "Data team"},
        homepage="https://example.org/",
        email="data@example.org",
    ),
    contact=Contact({"nl": "Datateam", "en": "Data team"}, "data@example.org", "https://example.org/contact"),
)


def manifest(settings: Settings, number: int) -> Manifest:
    """Return the manifest of one of several releases, a later one for a higher number."""
    files = tuple(FileEntry(f"dumps/{settings.name}.{fmt.extension}", 1000 + number, "0" * 64) for fmt in GRAPHS)
    graphs = (GraphEntry(f"{settings.base}graph/data/catalogue", "data/catalogue.ttl", 1),)
    return Manifest(
        id=f"{number:012x}",
        sha256="0" * 64,
        project=settings.name,
        base=settings.base,
        version=f"1.{number}.0",
        date=f"2026-01-{number + 1:02}",
        languages=settings.languages,
        prefixes=settings.prefixes,
        quads=1,
        graphs=graphs,
        files=files,
        tools={"govplan": "1"},
    )


@pytest.fixture(name="published")
def _published() -> Published:
    """What records are made from."""
    return published_project()


def published_project() -> Published:
    """Return the tenth release of a project with the profiles of this repository, and those before it."""
    settings = replace(load(ROOT, environ={}), registration=SAID)
    described = Described(
        titles={"nl": "Het plan als data", "en": "The plan as data"},
        descriptions={"nl": "Wat het plan zegt.", "en": "What the plan says."},
        licence="https://creativecommons.org/licenses/by/4.0/",
        publisher=f"{settings.base}id/organisation/data-team",
        creators=(f"{settings.base}id/organisation/data-team",),
        labels={_PLACE: {"nl": "België", "en": "Belgium"}},
        sources=(f"{settings.base}id/source/page",),
    )
    manifests = tuple(manifest(settings, number) for number in reversed(range(10)))
    return Published(settings, described, manifests, "https://plans.example.org/")
