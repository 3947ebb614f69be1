"""Which release is served: it follows `current`, is verified when in doubt, and changes without a dropped call."""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govplan import metrics
from govplan.errors import GovplanError, ReleaseDamaged, StoreUnavailable
from govplan.manifest import Manifest
from govplan.release.shelf import CURRENT, sound_release, verify

LOG = logging.getLogger("govplan.serving")
LOOK_SECONDS = 1.0
_DRAIN_SECONDS = 30.0

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(slots=True, eq=False)
class Opened:
    """One release that is open: how to call it, how to condemn it (answer with a problem only) and how to close it."""

    folder: Path
    manifest: Manifest
    application: Any
    condemn: Callable[[StoreUnavailable], None]
    close: Callable[[], None]
    calls: int = 0


Opener = Callable[[Path, Manifest, Callable[[], None]], Opened]


class Served:
    """The WSGI application of one release at a time. Threads may share it."""

    def __init__(self, releases: Path, folder: Path, manifest: Manifest, opener: Opener, *, follow: bool) -> None:
        """Open a verified release; with `follow`, change to whatever release becomes current.

        `opener` opens a release and is given what to call when its worker processes die without a reason.
        """
        self._releases, self._opener = releases, opener
        self._idle = threading.Condition()
        self._changing = threading.Lock()
        self._opened = self._open(folder, manifest)
        self._stop = threading.Event()
        self._refused: str | None = None
        self._condemned = False
        self._follower = threading.Thread(target=self._follow, name="govplan-follower", daemon=True)
        if follow:
            self._follower.start()

    def enter(self) -> Opened:
        """Return the release that is open now; it stays open until whoever entered leaves."""
        with self._idle:
            self._opened.calls += 1
            return self._opened

    def leave(self, opened: Opened) -> None:
        """Say that a call that entered is answered."""
        with self._idle:
            opened.calls -= 1
            if opened.calls == 0:
                self._idle.notify_all()

    def edition(self) -> str:
        return self.release()

    def release(self) -> str:
        """Return the id of the release that answers now, an empty one once it is condemned."""
        return "" if self._condemned else self._opened.manifest.id

    def close(self) -> None:
        """Stop following and close the release."""
        self._stop.set()
        if self._follower.is_alive():
            self._follower.join(_DRAIN_SECONDS)
        self._opened.close()

    def look(self) -> None:
        """Change to the release that is current, if it is another one and sound; else stay."""
        try:
            target = (self._releases / CURRENT).readlink().name
        except OSError:
            return
        if target in (self._opened.manifest.id, self._refused):
            return
        with self._changing:
            try:
                folder = (self._releases / CURRENT).resolve()
                self._change(folder, verify(folder))
            except GovplanError as problem:
                self._refused = target
                _alarm(f"The new current release is not served: {problem}")

    def suspect(self) -> None:
        """Verify the served release again; if it is damaged, change to the newest sound one or answer no more."""
        # Many workers may die at once; one look at the release is enough for all of them.
        if not self._changing.acquire(blocking=False):
            return
        try:
            self._suspect()
        finally:
            self._changing.release()

    def _suspect(self) -> None:
        try:
            verify(self._opened.folder)
            return
        except ReleaseDamaged as problem:
            _alarm(str(problem))
            damaged = problem
        self._refused = self._opened.manifest.id
        try:
            self._change(*sound_release(self._releases, _alarm))
        except GovplanError:
            _alarm("No sound release is left: every query is answered with 503.")
            # What was kept of its answers is in doubt too.
            self._condemned = True
            self._opened.condemn(StoreUnavailable(damaged.what, where=damaged.where, mend=damaged.mend))

    def _follow(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            self.look()

    def _change(self, folder: Path, manifest: Manifest) -> None:
        opened = self._open(folder, manifest)
        with self._idle:
            before, self._opened, self._condemned = self._opened, opened, False
            # Whoever entered before the change is answered by the release he entered.
            self._idle.wait_for(lambda: before.calls == 0, _DRAIN_SECONDS)
        metrics.RELEASE.remove(before.manifest.id)
        before.close()
        LOG.warning("release %s is served now, instead of %s", manifest.id, before.manifest.id)

    def _open(self, folder: Path, manifest: Manifest) -> Opened:
        opened = self._opener(folder, manifest, self.suspect)
        metrics.RELEASE.labels(manifest.id).set(1)
        return opened


def _alarm(words: str) -> None:
    metrics.VERIFY_FAILURES.inc()
    LOG.critical("ALARM: %s", words)
