"""Watching a folder of releases: which of them are sound, reading only what was touched since it was read last."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from govplan.errors import GovplanError, ReleaseUnreadable
from govplan.manifest import Manifest, Stamp
from govplan.release.repository import CURRENT, candidates, no_release
from govplan.release.verification import Verdict, examine, trusted

Alarm = Callable[[str], object]
# A release that did not change is read again on suspicion for a tenth of the time at most.
_REST = 9.0
# One that cannot be opened is tried for a fifth of the time at most.
_PAUSE = 4.0


@dataclass(frozen=True, slots=True)
class _Unopened:
    """A sound release that could not be opened, and until when nobody need try again (monotonic clock)."""

    stamp: Stamp
    problem: GovplanError
    rest_until: float


class Watch:
    """Looks at what lies on the disk and remembers what it found there; it never writes. One thread uses it at a time.

    All decisions follow from the disk alone, so that several processes come to the same.
    """

    def __init__(self, releases: Path, alarm: Alarm, proceed: Callable[[], bool], pinned: Path | None = None) -> None:
        """Watch `releases`, or only the release in `pinned`; `proceed` is asked whether to go on with reading.

        `alarm` hears of each problem once, and again if it was gone meanwhile.
        """
        self._releases, self._pinned = releases, pinned
        self._alarm, self._proceed = alarm, proceed
        self._known: dict[Path, Verdict] = {}
        self._said: dict[Path, str] = {}
        self._doubted: set[Path] = set()
        self._rest_until = 0.0
        self._unopened: dict[Path, _Unopened] = {}
        self._target: str | None = None
        self._problem: GovplanError | None = None

    @property
    def problem(self) -> GovplanError:
        """What is wrong with the best of what was refused since `sound` was called last."""
        return self._problem or no_release(self._releases)

    def trust(self, folder: Path, manifest: Manifest) -> None:
        """Take a release that somebody verified as sound, as long as nothing in it is touched."""
        verdict = trusted(folder, manifest)
        if verdict is not None:
            self._known[folder] = verdict

    def doubt(self, folder: Path) -> None:
        """Read this release again when it is looked at next, though nothing in it was touched."""
        self._doubted.add(folder)

    def sound(self) -> Iterator[Verdict]:
        """Yield what is sound, the best first.

        Raises VerificationStopped if a release was being read while another one became current, or the watch is to end.
        """
        self._target, self._problem = self._leads_to(), None
        for folder in [self._pinned] if self._pinned else candidates(self._releases):
            verdict = self._verdict(folder)
            unopened = self._unopened.get(folder)
            if verdict.problem is not None:
                self._refuse(folder, verdict.problem)
            elif unopened and unopened.stamp == verdict.stamp and time.monotonic() < unopened.rest_until:
                self._refuse(folder, unopened.problem)
            else:
                yield verdict

    def refuse(self, verdict: Verdict, problem: GovplanError, seconds: float) -> None:
        """Note that a sound release cannot be opened, and that it took so long to see that.

        It is yielded again when it is touched, or after a rest: that may pass without a trace.
        """
        self._unopened[verdict.folder] = _Unopened(verdict.stamp, problem, time.monotonic() + _PAUSE * seconds)
        self._refuse(verdict.folder, problem)

    def _refuse(self, folder: Path, problem: GovplanError) -> None:
        self._problem = self._problem or problem
        if self._said.get(folder) != str(problem):
            self._said[folder] = str(problem)
            self._alarm(str(problem))

    def accept(self, folder: Path) -> None:
        """Note that a release could be opened, so that the next problem with it is told again."""
        self._said.pop(folder, None)
        self._unopened.pop(folder, None)

    def _verdict(self, folder: Path) -> Verdict:
        known, now = self._known.get(folder), time.monotonic()
        doubted = folder in self._doubted and now >= self._rest_until
        problem = known.problem if known is not None else None
        # What cannot be read may be readable again without any trace; the file that was refused is tried first.
        refused = problem.file if isinstance(problem, ReleaseUnreadable) else ""
        if known is not None and known.holds() and not known.fresh and not doubted and not refused:
            return known
        verdict = examine(folder, self._goes_on, refused)
        self._known = {path: held for path, held in self._known.items() if path.exists()} | {folder: verdict}
        self._doubted.discard(folder)
        self._rest_until = time.monotonic() + _REST * (time.monotonic() - now)
        return verdict

    def _goes_on(self) -> bool:
        return self._proceed() and (self._pinned is not None or self._leads_to() == self._target)

    def _leads_to(self) -> str | None:
        try:
            return str((self._releases / CURRENT).readlink())
        except OSError:
            return None
