"""The real release as something to link to, with some identifiers added so that every spelling has one to find."""

import csv
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from govplan.config import Settings
from govplan.linking.entities import Catalogue, read_catalogue
from govplan.linking.matching import Matcher
from govplan.store import Store

HERE = Path(__file__).parent


@pytest.fixture(scope="session", name="catalogue")
def _catalogue(store: Store, settings: Settings) -> Catalogue:
    """The entities of the current release, with the identifiers of identifiers.csv."""
    catalogue = read_catalogue(store, settings)
    added: dict[str, list[str]] = defaultdict(list)
    with (HERE / "identifiers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            added[f"{settings.base}id/{row['entity']}"].append(row["identifier"])
    more = {
        iri: replace(catalogue.entities[iri], identifiers=(*catalogue.entities[iri].identifiers, *found))
        for iri, found in added.items()
    }
    return replace(catalogue, entities={**catalogue.entities, **more})


@pytest.fixture(scope="session", name="matcher")
def _matcher(catalogue: Catalogue) -> Matcher:
    """A matcher over these entities."""
    return Matcher(catalogue)
