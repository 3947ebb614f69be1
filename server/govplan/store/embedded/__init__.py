"""Oxigraph in this process, opened read-only on the store of one release."""

import io
from pathlib import Path

import pyoxigraph as ox

from govplan.errors import StoreUnavailable
from govplan.store.embedded.engine import evaluate
from govplan.store.port import Answer, Request


class EmbeddedStore:
    """The `Store` of one release folder. Threads may share it: Oxigraph reads a snapshot per query."""

    def __init__(self, release: Path, prefixes: dict[str, str]) -> None:
        """Open `release/store`; the caller has verified the release. Raises StoreUnavailable."""
        folder = release.resolve() / "store"
        try:
            self._store = ox.Store.read_only(str(folder))
        except OSError as problem:
            raise StoreUnavailable(
                f"The store of release {release.name} cannot be opened: {problem}.",
                where=str(folder),
                mend="build the release again with `govplan build`",
            ) from problem
        self._prefixes = prefixes

    def answer(self, request: Request) -> Answer:
        """Return the complete answer; raises as the port says."""
        body = io.BytesIO()
        media_type = evaluate(self._store, request, self._prefixes, body)
        return Answer(body.getvalue(), media_type)

    def close(self) -> None:
        """Oxigraph closes its files when the object goes."""
        del self._store
