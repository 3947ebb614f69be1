"""The releases beside the current one: opened when somebody asks for one, and never more than a few at once."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from govplan.errors import GovplanError, Overloaded, StoreUnavailable
from govplan.manifest import FILE, Manifest
from govplan.release.tombstones import absent, is_id
from govplan.release.verification import Verdict, examine
from govplan.server.opened import OpenRelease
from govplan.web.http.entries import Edition

LOG = logging.getLogger("govplan.serving")
MOST_OPEN = 2
# How long a request waits until one of those that are open is left by all who ask it, in seconds.
_PATIENCE = 2.0
_RETRY_SECONDS = 2
_VERDICTS = 64


class Opener(Protocol):
    """What opens a verified release beside the current one."""

    def __call__(
        self, folder: Path, manifest: Manifest, suspect: Callable[[], None], *, secondary: bool = False
    ) -> OpenRelease:
        """Return it open; `suspect` is called when a worker of it dies without a reason."""
        ...


class Beside:
    """Opens releases of a folder, `most` at once; the longest unused is closed for another. Any thread may use it.

    A release is read whole before it is opened, and not again as long as none of its files is touched.
    """

    def __init__(self, releases: Path, opener: Opener, *, most: int = MOST_OPEN) -> None:
        self._releases, self._opener, self._most = releases, opener, most
        self._opening = threading.Lock()
        self._lock = threading.Lock()
        # Release → the open one, the longest unused first.
        self._open: OrderedDict[str, OpenRelease] = OrderedDict()
        self._verdicts: OrderedDict[str, Verdict] = OrderedDict()
        self._ended = False

    def edition(self, release: str) -> Edition:
        """Return what answers about a release may be cached under: of one that is not open, or is gone, nothing."""
        with self._lock:
            opened = self._open.get(release)
        return opened.edition if opened is not None and self._is_there(release) else Edition("")

    def entered(self, release: str) -> OpenRelease | None:
        """Return a release that is open, entered; None if it has to be opened first."""
        with self._lock:
            opened = self._open.get(release)
            if opened is None or not self._is_there(release) or not opened.enter():
                return None
            self._open.move_to_end(release)
            return opened

    def open(self, release: str) -> OpenRelease:
        """Return a release, entered, opening it if need be. This takes a moment and is for a thread of its own.

        Raises ReleaseUnknown, ReleaseRemoved, StoreUnavailable if it is damaged, and Overloaded where all others that
        are open are in use.
        """
        with self._opening:
            if (opened := self.entered(release)) is not None:
                return opened
            self._close(release)
            verdict = self._verified(release)
            self._make_room()
            try:
                opened = self._opener(verdict.folder, verdict.sound(), lambda: self._suspect(release), secondary=True)
            except GovplanError as problem:
                LOG.error("release %s cannot be opened: %s", release, problem)
                raise StoreUnavailable(f"Release {release} cannot be opened.", where=str(verdict.folder)) from problem
            opened.enter()
            with self._lock:
                if not self._ended:
                    self._open[release] = opened
            if self._ended:
                opened.close()
                raise Overloaded("This server is ending.")
            LOG.info("release %s is open beside the current one", release)
            return opened

    def close(self) -> None:
        """Close what is open, and open nothing more."""
        with self._lock:
            self._ended = True
            before = list(self._open.values())
            self._open.clear()
        for opened in before:
            opened.close()

    def _is_there(self, release: str) -> bool:
        return (self._releases / release / FILE).is_file()

    def _verified(self, release: str) -> Verdict:
        folder = self._releases / release
        if not is_id(release) or not self._is_there(release):
            raise absent(self._releases, release)
        verdict = self._verdicts.get(release)
        if verdict is None or verdict.fresh or not verdict.holds():
            verdict = examine(folder)
            if verdict.problem is not None:
                LOG.error("%s", verdict.problem)
                raise StoreUnavailable(verdict.problem.what, where=str(folder))
            self._verdicts[release] = verdict
            if len(self._verdicts) > _VERDICTS:
                self._verdicts.popitem(last=False)
        return verdict

    def _make_room(self) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            with self._lock:
                if len(self._open) < self._most:
                    return
                release, opened = next(iter(self._open.items()))
            if not opened.close_unused(max(0.0, until - time.monotonic())):
                raise Overloaded(
                    f"{self._most} releases beside the current one are in use.", retry_seconds=_RETRY_SECONDS
                )
            with self._lock:
                self._open.pop(release, None)

    def _close(self, release: str) -> None:
        """Close a release that may not be entered any more."""
        with self._lock:
            opened = self._open.pop(release, None)
        if opened is not None:
            opened.close()

    def _suspect(self, release: str) -> None:
        """Read a release again before it answers once more."""
        LOG.warning("a worker of release %s died without a reason; it is read again", release)
        self._verdicts.pop(release, None)
        self._close(release)
