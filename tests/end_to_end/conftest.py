"""The site as the public reaches it."""

from collections.abc import Iterator

import pytest

from govplan.config import Settings
from govplan.manifest import Manifest
from tests.end_to_end.nginx import Site, served


@pytest.fixture(scope="session", name="site")
def _site(tmp_path_factory: pytest.TempPathFactory, settings: Settings, manifest: Manifest) -> Iterator[Site]:
    """The site behind nginx, below a prefix and with https."""
    with served(tmp_path_factory.mktemp("nginx"), settings.releases) as site:
        yield site
