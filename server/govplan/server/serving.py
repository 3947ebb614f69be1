"""Which release is served: it follows `current`, is verified when in doubt, and changes without a dropped call."""

import logging
import threading
import time
from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from govplan import metrics
from govplan.errors import (
    GovplanError,
    Overloaded,
    ReleaseDamaged,
    ReleaseMissing,
    StoreUnavailable,
    VerificationStopped,
)
from govplan.manifest import Manifest
from govplan.release.verification import Verdict
from govplan.release.watch import Watch
from govplan.server.opened import OpenRelease
from govplan.web.http.entries import Edition

LOG = logging.getLogger("govplan.serving")
LOOK_SECONDS = 0.5
_DRAIN_SECONDS = 30.0
_CLOSE_SECONDS = 0.5
# How often a look begins anew because the disk changed while it lasted; then the next one goes on.
_TRIES = 3
# No answer is cached under it.
_NO_EDITION = Edition("")


@dataclass(frozen=True, slots=True)
class State:
    """What becomes of the release that is open: served, or condemned; then `why` tells the operator the reason."""

    word: Literal["serving", "condemned"]
    release: str
    why: str = ""


Opener = Callable[[Path, Manifest, Callable[[], None]], OpenRelease]


class Served:
    """The release that is served, one at a time. Every method may be called from any thread or an event loop.

    It looks at the disk by itself and never writes there. What it decides follows from what lies there alone, so that
    several processes that serve the same folder agree within two looks. Whatever it had to refuse or condemn is served
    again once it is sound again.
    """

    def __init__(
        self, releases: Path, folder: Path, manifest: Manifest, opener: Opener, *, follow: bool, pinned: bool = False
    ) -> None:
        """Open the best release there is, or, if `pinned`, the one in `folder` and never another.

        With `follow` it looks at the disk by itself, else when it is told to. A `manifest` that carries a verification
        spares another one of `folder`. `opener` opens a release and is given what to call when its worker processes
        die without a reason.
        Raises ReleaseDamaged, ReleaseMissing or StoreUnavailable if there is no release to serve.
        """
        self._opener = opener
        self._stop = threading.Event()
        self._watch = Watch(releases, _alarm, lambda: not self._stop.is_set(), folder.resolve() if pinned else None)
        self._watch.trust(folder.resolve(), manifest)
        self._looking = threading.Lock()
        self._suspected = False
        # Releases that close once whoever is inside has left, and the threads that wait for it.
        self._replaced: list[OpenRelease] = []
        self._closers: list[threading.Thread] = []
        self._why: GovplanError | None = None
        first = self._settled(None)
        if first is None:
            raise self._watch.problem
        self._opened, self._verdict = first
        self._follower = threading.Thread(target=self._follow, name="govplan-follower", daemon=True)
        if follow:
            self._follower.start()

    def enter(self) -> OpenRelease:
        """Return the release that is served now, entered; it stays open until its `leave`, for 30 s at least.

        Raises Overloaded once this is closed.
        """
        opened = self._opened
        while not opened.enter():
            if opened is self._opened:
                raise Overloaded("This server is ending.")
            # It was replaced at this moment.
            opened = self._opened
        return opened

    def release(self) -> str:
        """Return the id of the release that answers now, an empty one once it is condemned."""
        return "" if self._why else self._opened.manifest.id

    def edition(self) -> Edition:
        """Return what answers may be cached under: that of the open release, and none of any once it is condemned."""
        return _NO_EDITION if self._why else self._opened.edition

    def questions(self) -> Container[str]:
        """Return the names of the questions of the release that is open."""
        names: Container[str] = self._opened.site.questions
        return names

    def state(self) -> State:
        """Return what becomes of the release that is open."""
        why, release = self._why, self._opened.manifest.id
        return State("condemned", release, why.what) if why else State("serving", release)

    def healthy(self) -> bool:
        """Tell whether a sound release is served."""
        return self._why is None

    def close(self) -> None:
        """Stop looking and close every release that is open."""
        self._stop.set()
        for before in list(self._replaced):
            before.close()
        if self._follower.is_alive():
            self._follower.join(_DRAIN_SECONDS)
        with self._looking:
            for closer in self._closers:
                closer.join(_DRAIN_SECONDS)
            self._opened.close()

    def suspect(self) -> None:
        """Read the served release again although nothing in it was touched, and change if it is damaged."""
        self._suspected = True
        # Many workers may die at once, and one look is enough for all of them; whoever looks now looks once more.
        while self._suspected and not self._stop.is_set() and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()

    def look(self) -> None:
        """Serve what is the best sound release on the disk now; if there is none, answer every call with a problem."""
        with self._looking:
            if not self._stop.is_set():
                self._look()
        if self._suspected:
            self.suspect()

    def _look(self) -> None:
        if self._suspected:
            self._suspected = False
            self._watch.doubt(self._verdict.folder)
        try:
            best = self._settled(None if self._why else self._verdict)
        except VerificationStopped:
            return
        if best is None:
            self._condemn(self._watch.problem)
        elif best[1] is not self._verdict:
            self._change(*best)

    def _settled(self, served: Verdict | None) -> tuple[OpenRelease, Verdict] | None:
        """Do as `_best` does, and again if the disk changed meanwhile. Raises VerificationStopped if that goes on."""
        for _ in range(_TRIES):
            try:
                return self._best(served)
            except VerificationStopped:
                if self._stop.is_set():
                    raise
        raise VerificationStopped("The releases change faster than they can be looked at.")

    def _best(self, served: Verdict | None) -> tuple[OpenRelease, Verdict] | None:
        """Open the best release that is sound and can be opened; the one that is served stays open as it is.

        None means that there is none. Raises VerificationStopped if the disk changed meanwhile.
        """
        for verdict in self._watch.sound():
            if served is not None and (verdict.folder, verdict.stamp) == (served.folder, served.stamp):
                return self._opened, served
            begun = time.monotonic()
            try:
                opened = self._opener(verdict.folder, verdict.sound(), self.suspect)
            except (GovplanError, OSError) as problem:
                self._watch.refuse(verdict, _refusal(verdict.folder, problem), time.monotonic() - begun)
                continue
            if not verdict.holds():
                opened.close()
                raise VerificationStopped(f"Release {verdict.folder.name} was touched while it was opened.")
            metrics.RELEASE.labels(opened.manifest.id).set(1)
            self._watch.accept(verdict.folder)
            return opened, verdict
        return None

    def _change(self, opened: OpenRelease, verdict: Verdict) -> None:
        before, self._opened, self._verdict, self._why = self._opened, opened, verdict, None
        if before.manifest.id != opened.manifest.id:
            metrics.RELEASE.remove(before.manifest.id)
        LOG.warning("release %s is served now, instead of %s", opened.manifest.id, before.manifest.id)
        closer = threading.Thread(target=self._drain, args=(before,), name="govplan-closer", daemon=True)
        self._replaced.append(before)
        self._closers = [each for each in self._closers if each.is_alive()] + [closer]
        closer.start()
        # Two releases take the memory of two, so the next look waits a moment, though not for a slow call.
        closer.join(_CLOSE_SECONDS)

    def _drain(self, before: OpenRelease) -> None:
        """Close a release once whoever entered it is answered; one who never leaves does not keep it open for ever."""
        before.close(0.0 if self._stop.is_set() else _DRAIN_SECONDS)
        self._replaced.remove(before)

    def _condemn(self, problem: GovplanError) -> None:
        if self._why is None:
            _alarm(f"No sound release is left: everything is answered with 503 until there is one. {problem.what}")
            metrics.RELEASE.labels(self._opened.manifest.id).set(0)
            # What was kept of its answers is in doubt too.
            self._why = problem
            self._opened.condemn(_told(problem))
        self._why = problem

    def _follow(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception:
                # Whatever it was, the server must not stay with a damaged release for want of somebody who looks.
                LOG.exception("the look at the releases failed")


def _refusal(folder: Path, problem: GovplanError | OSError) -> GovplanError:
    """Return why a release that is as it was built is not served."""
    if isinstance(problem, GovplanError):
        return problem
    return StoreUnavailable(
        f"Release {folder.name} cannot be opened: {problem.strerror or problem}.", where=str(folder)
    )


def _told(problem: GovplanError) -> StoreUnavailable:
    """Return what clients may know of it; what an engine says of a file may name paths of this machine."""
    ours = isinstance(problem, (ReleaseDamaged, ReleaseMissing))
    what = problem.what if ours else "The release cannot be opened."
    return StoreUnavailable(what, where=problem.where, mend=problem.mend)


def _alarm(words: str) -> None:
    metrics.VERIFY_FAILURES.inc()
    LOG.critical("ALARM: %s", words)
