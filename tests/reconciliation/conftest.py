"""The entities of the real release, to match texts with."""

import csv
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from govplan.config import Settings
from govplan.reconciliation.catalogue import read_catalogue
from govplan.reconciliation.entities import Catalogue
from govplan.reconciliation.matching import Matcher
from govplan.sparql import Store

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
