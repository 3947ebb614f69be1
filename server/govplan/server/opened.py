"""One release that is open, beside whatever others are: entered by requests, and closed once they have left."""

import itertools
import math
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from govplan.errors import StoreUnavailable
from govplan.manifest import Manifest
from govplan.web.http.entries import Edition

_NUMBERS = itertools.count(1)


class OpenRelease:
    """One open release; `site` is what answers from it. Every method may be called from any thread.

    Its `edition` is another one each time the same release is opened: what it answered before it was found damaged and
    repaired may be wrong.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        site: Any,
        condemn: Callable[[StoreUnavailable], None],
        end: Callable[["OpenRelease"], None],
        *,
        secondary: bool = False,
    ) -> None:
        """`condemn` lets it answer with a problem only, `end` gives back what it holds.

        One beside the current release is `secondary`.
        """
        self.folder, self.manifest, self.site, self.condemn = folder, manifest, site, condemn
        self.edition = Edition(f"{manifest.id}/{next(_NUMBERS)}", secondary)
        self._end = end
        self._changed = threading.Condition()
        self._inside = 0
        self._until = math.inf
        self._ended = False

    def enter(self) -> bool:
        """Let a request in; it stays open until that leaves, or longer. False once it is being closed."""
        with self._changed:
            if self._until < math.inf:
                return False
            self._inside += 1
            return True

    def leave(self) -> None:
        """Say that a request that entered is answered."""
        with self._changed:
            self._inside -= 1
            if self._inside == 0:
                self._changed.notify_all()

    def close_unused(self, patience: float) -> bool:
        """Close once nobody is inside, within so many seconds; False, and still open, if somebody stays that long."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._inside == 0, patience):
                return False
            self._until = time.monotonic()
            if self._ended:
                return True
            self._ended = True
        self._end(self)
        return True

    def close(self, patience: float = 0.0) -> None:
        """Let nobody in any more, and close once all have left, or after so many seconds: one may never leave.

        Whoever closes it again may shorten that.
        """
        with self._changed:
            self._until = min(self._until, time.monotonic() + patience)
            self._changed.notify_all()
            while self._inside and (left := self._until - time.monotonic()) > 0:
                self._changed.wait(left)
            if self._ended:
                return
            self._ended = True
        self._end(self)
