"""govplan as it was at an earlier commit, so that every run shows on its own machine what has changed since."""

import json
import shutil
import subprocess
import time
from pathlib import Path

from bench.contestants import Govplan, pip, printed, serving
from bench.datasets import FOLDER, ROOT, Dataset, remove

REVISION = "85e1c14"
_EDITOR = ".editor"  # where a build keeps the query editor that it took once


class GovplanBefore(Govplan):
    """A wheel of an earlier commit, with the packages that commit was tested with, on a release that it built itself.

    The release is of the present project, so that all are asked the same of the same data.
    """

    name = "govplan before"
    takes = 100_000
    why_not = "it builds the plan alone"

    def __init__(self, revision: str = REVISION) -> None:
        self.revision = revision

    def missing(self) -> str:
        return "" if self._commit() else f"{self.revision} is no commit of this repository"

    def install(self) -> None:
        place = self._place()
        if (place / "installed").exists():
            return
        remove(place)
        source = place / "source"
        source.mkdir(parents=True)
        archive = place / "source.tar"
        printed("git", "-C", str(ROOT), "archive", "--output", str(archive), self._commit())
        shutil.unpack_archive(archive, source, filter="data")
        if (ROOT / _EDITOR).is_dir():
            shutil.copytree(ROOT / _EDITOR, source / _EDITOR)
        pip(place / "venv", source / "constraints.txt", str(source))
        shutil.rmtree(source)
        archive.unlink()
        (place / "installed").touch()

    def version(self) -> str:
        return f"{printed(self._program(), '--version').split()[-1]} ({self._commit()[:7]})"

    def load(self, dataset: Dataset) -> float | None:
        """Build the release, unless the one on disk is of the same data."""
        stamp = self._place() / "built.json"
        known = json.loads(stamp.read_text(encoding="utf-8")) if stamp.is_file() else {}
        if known.get("release") != dataset.manifest.id:
            place = ["--project", str(dataset.settings.root), "--releases", str(self._releases())]
            remove(self._releases())
            begin = time.perf_counter()
            printed(self._program(), *place, "build")
            known = {"release": dataset.manifest.id, "seconds": time.perf_counter() - begin}
            stamp.write_text(json.dumps(known), encoding="utf-8")
        return float(known["seconds"])

    def command(self, dataset: Dataset, port: int) -> list[str]:
        return serving(self._program(), dataset, self._releases(), port)

    def _commit(self) -> str:
        """The full name of the commit; nothing if the repository does not have it, or is none."""
        found = subprocess.run(
            ["git", "-C", str(ROOT), "rev-parse", "--verify", "--quiet", f"{self.revision}^{{commit}}"],
            capture_output=True,
            text=True,
            check=False,
        )
        return found.stdout.strip()

    def _place(self) -> Path:
        return FOLDER / "before" / self._commit()[:12]

    def _program(self) -> str:
        return str(self._place() / "venv" / "bin" / "govplan")

    def _releases(self) -> Path:
        return self._place() / "releases"
