"""Who is measured: govplan, its peers, and the floors; how each is installed, loaded and started."""

import functools
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from bench.datasets import FOLDER, ROOT, Dataset
from bench.servers import Server, ServerFailed, free_port
from govplan.settings import SETTINGS

VENV = FOLDER / "venv"
# What govplan sets itself by default; Oxigraph gets the same when it is attacked.
DEADLINE = next(int(setting.default) for setting in SETTINGS if setting.key == "query_seconds")
_NQUADS = "application/n-quads"


class Contestant:
    """A server that answers queries; `path` is where, `takes` the largest dataset it is given, in statements."""

    name = ""
    path = "/"
    takes = 10**9
    why_not = ""

    def missing(self) -> str:
        """Say why it cannot run on this machine, or nothing."""
        return ""

    def install(self) -> None:
        """Install what it needs that is not there yet. Raises ServerFailed."""

    def version(self) -> str:
        """The version that runs."""
        raise NotImplementedError

    def load(self, dataset: Dataset) -> float | None:
        """Prepare its own copy of the data; return the seconds, None if it loads at its start."""
        return None

    def command(self, dataset: Dataset, port: int) -> list[str]:
        """The command that starts it."""
        raise NotImplementedError

    def dump(self, dataset: Dataset) -> tuple[str, str] | None:
        """Request target and Accept of the whole dataset as N-Quads, None if it offers none."""
        return None

    def start(self, dataset: Dataset) -> Server:
        """Start it on a free port and wait for its first answer. Raises ServerFailed."""
        port = free_port()
        log = FOLDER / "logs" / f"{self.name}-{dataset.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        return Server(self.name, self.command(dataset, port), port, self.path, log, environ())


def serving(program: str, dataset: Dataset, releases: Path, port: int) -> list[str]:
    """The command of a govplan that serves what is current among some releases of a dataset's project."""
    place = ["--project", str(dataset.settings.root), "--releases", str(releases)]
    return [program, *place, "serve", "--host", "127.0.0.1", "--port", str(port)]


class Govplan(Contestant):
    """govplan as `govplan serve` runs it, with its defaults."""

    name = "govplan"
    path = "/sparql"

    def version(self) -> str:
        commit = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
        ).stdout.strip()
        return f"{version('govplan')} ({commit})" if commit else version("govplan")

    def load(self, dataset: Dataset) -> float | None:
        return dataset.seconds

    def command(self, dataset: Dataset, port: int) -> list[str]:
        program = str(Path(sys.executable).with_name("govplan"))
        return serving(program, dataset, dataset.settings.releases, port)

    def dump(self, dataset: Dataset) -> tuple[str, str] | None:
        return f"/dumps/{dataset.dump}", _NQUADS


@dataclass
class Oxigraph(Contestant):
    """Oxigraph's own server on its own copy; without a time limit, which would cost it a thread per request."""

    timeout: int = 0
    name = "oxigraph"
    path = "/query"

    def install(self) -> None:
        install_peers()

    def version(self) -> str:
        return printed(str(VENV / "bin" / "oxigraph"), "--version").split()[-1]

    def load(self, dataset: Dataset) -> float | None:
        folder = self._folder(dataset)
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        begin = time.perf_counter()
        printed(str(VENV / "bin" / "oxigraph"), "load", "--location", str(folder), "--file", str(dataset.nquads))
        printed(str(VENV / "bin" / "oxigraph"), "optimize", "--location", str(folder))
        return time.perf_counter() - begin

    def command(self, dataset: Dataset, port: int) -> list[str]:
        limit = ["--timeout-s", str(self.timeout)] if self.timeout else []
        where = ["--location", str(self._folder(dataset)), "--bind", f"127.0.0.1:{port}"]
        return [str(VENV / "bin" / "oxigraph"), "serve-read-only", *where, "--union-default-graph", *limit]

    def dump(self, dataset: Dataset) -> tuple[str, str] | None:
        return "/store", _NQUADS

    def _folder(self, dataset: Dataset) -> Path:
        return FOLDER / "oxigraph" / dataset.name


class RdflibEndpoint(Contestant):
    """rdflib-endpoint as its own command runs it: everything in memory, parsed at each start."""

    name = "rdflib-endpoint"
    takes = 100_000
    why_not = "it parses some 10,000 statements a second at each start"

    def install(self) -> None:
        install_peers()

    def version(self) -> str:
        code = "from importlib.metadata import version; print(version('rdflib-endpoint'))"
        return printed(str(VENV / "bin" / "python"), "-c", code).strip()

    def command(self, dataset: Dataset, port: int) -> list[str]:
        command = [str(VENV / "bin" / "rdflib-endpoint"), "serve", str(dataset.nquads)]
        return [*command, "--host", "127.0.0.1", "--port", str(port)]


class Floor(Contestant):
    """The HTTP server under govplan with one fixed answer: what no answer over HTTP can undercut there."""

    name = "static 200"

    def version(self) -> str:
        return f"granian {version('granian')}"

    def command(self, dataset: Dataset, port: int) -> list[str]:
        granian = [sys.executable, "-m", "granian", "--interface", "rsgi", "--log-level", "error"]
        return [*granian, "--host", "127.0.0.1", "--port", str(port), "bench.floor:static"]


def environ() -> dict[str, str]:
    """Nothing of the shell it runs in: with PYTHONDONTWRITEBYTECODE each start would compile the sources again."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("GOVPLAN_", "PYTHON"))}


@functools.cache
def install_peers() -> None:
    """Install the peers into an environment of their own, in the versions that govplan itself is tested with."""
    pip(VENV, ROOT / "constraints.txt", "--requirement", str(ROOT / "bench" / "peers.txt"))


def pip(folder: Path, constraints: Path, *what: str) -> None:
    """Install something into a virtual environment, which is made if there is none. Raises ServerFailed."""
    if not (folder / "bin" / "pip").exists():
        printed(sys.executable, "-m", "venv", str(folder))
    printed(str(folder / "bin" / "pip"), "install", "--quiet", "--constraint", str(constraints), *what)


def printed(*command: str) -> str:
    """Run a command and return what it printed. Raises ServerFailed with the end of its complaint."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ())
    if done.returncode:
        raise ServerFailed(f"{' '.join(command)}: {done.stderr.strip()[-500:]}")
    return done.stdout
