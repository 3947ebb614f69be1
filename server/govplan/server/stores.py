"""The store of a release, for programs that need neither the application nor a server."""

import asyncio
import os
from pathlib import Path

from govplan.config import Settings
from govplan.disk import spool_folder
from govplan.engines.oxigraph.limits import PoolLimits
from govplan.engines.oxigraph.pool import EmbeddedStore


def open_store(
    release: Path,
    settings: Settings,
    *,
    limits: PoolLimits | None = None,
    loop: asyncio.AbstractEventLoop | None = None,
) -> EmbeddedStore:
    """Open the store of a verified release for a program that needs no other, on a loop of its own by default."""
    return EmbeddedStore.alone(release, settings.prefixes, limits or pool_limits(settings), loop=loop)


def pool_limits(settings: Settings) -> PoolLimits:
    """Return what the worker processes of these settings may use."""
    return PoolLimits(
        workers=settings.workers or max(2, os.cpu_count() or 2),
        seconds=settings.query_seconds,
        fast_seconds=settings.fast_seconds,
        memory_bytes=settings.memory_bytes,
        answer_bytes=settings.answer_bytes,
        spool=spool_folder(settings.spool),
        queue=settings.queue,
        queue_seconds=settings.queue_seconds,
    )
