"""What all releases of one server process share, and the opening of each: policy here, content in the release."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from govplan import metrics
from govplan.config import Settings
from govplan.engines.oxigraph.capacity import Capacity
from govplan.engines.oxigraph.limits import PoolLimits
from govplan.engines.oxigraph.pool import EmbeddedStore
from govplan.errors import StoreUnavailable
from govplan.group import Group
from govplan.manifest import Manifest
from govplan.release.kept_questions import questions_of
from govplan.server.opened import OpenRelease
from govplan.server.stores import pool_limits
from govplan.web import application, open_site
from govplan.web.http.entries import Entries
from govplan.web.http.threads import WaitedFor


class Runtime:
    """The capacity for queries, the cached answers and the application of one process. Releases are opened in it.

    One that is opened beside another adds no place, no byte of cache and no gauge, and is closed without the other.
    """

    def __init__(self, settings: Settings, loop: asyncio.AbstractEventLoop, group: Group) -> None:
        """Run on an event loop, with the share of one process in what `group` has."""
        fronts = max(1, group.shape.fronts)
        self._settings = settings
        self.capacity = Capacity(
            front_limits(pool_limits(settings), fronts), loop=loop, slow=group.slow, part_of_slow=group.secondary
        )
        self.app = application(settings, group.long_texts)
        self.entries = entries = Entries(settings.cache_bytes // fronts)
        self._gauges = [
            metrics.source(metrics.KEPT_BYTES, lambda: entries.size),
            metrics.source(metrics.KEPT_ADDRESSES, lambda: len(entries)),
            metrics.source(metrics.KEPT_HITS, lambda: entries.hits),
        ]

    def open(
        self, folder: Path, manifest: Manifest, suspect: Callable[[], None], *, secondary: bool = False
    ) -> OpenRelease:
        """Open a verified release; `suspect` is called when a worker of it dies without a reason.

        One beside the current release is `secondary`: it has one worker at most, started at its first query and ended
        when it is idle, and half of the places, of the queue and of the cache is its share with others such.
        Raises StoreUnavailable if its store cannot be opened; a secondary one says so at its first query. Raises
        QuestionBroken if a question of it cannot be read.
        """
        questions = questions_of(folder, manifest)
        store = EmbeddedStore(folder, manifest.prefixes, self.capacity, suspect, secondary=secondary)
        site = open_site(as_of(self._settings, manifest), manifest, folder, WaitedFor(store), questions)

        def condemn(problem: StoreUnavailable) -> None:
            store.condemn(problem)
            site.problem = problem

        def end(opened: OpenRelease) -> None:
            store.close()
            self.entries.forget(opened.edition)

        return OpenRelease(folder, manifest, site, condemn, end, secondary=secondary)

    @property
    def waiting(self) -> int:
        """How many queries wait, on whatever release."""
        return self.capacity.lanes.waiting()

    def close(self) -> None:
        """Give back what the process holds; the releases are closed before."""
        for end in self._gauges:
            end()
        self.capacity.close()


def as_of(settings: Settings, manifest: Manifest) -> Settings:
    """Return the settings with name, base, languages and prefixes that the project had when a release was built."""
    base, prefixes = manifest.base, manifest.prefixes
    own = {label: iri.removeprefix(base) for label, iri in prefixes.items() if iri.startswith(base)}
    return replace(settings, name=manifest.project, base=base, languages=manifest.languages, own_prefixes=own)


def front_limits(limits: PoolLimits, fronts: int) -> PoolLimits:
    """Return the share of one front of what the pool of a server may use."""
    return replace(limits, fast_places=-(-limits.workers // fronts) + 1)
