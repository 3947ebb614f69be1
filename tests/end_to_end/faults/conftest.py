"""A real server in a process of its own, watched for whatever it leaves behind."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from types import MappingProxyType

import psutil
import pytest

from govplan.config import Settings
from govplan.manifest import Manifest

GOVPLAN = Path(sys.executable).with_name("govplan")
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; names of headers are in lower case."""

    status: int
    type: str
    body: bytes
    headers: dict[str, str]


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address, its first process and how many fronts it is to have."""

    host: str
    port: int
    process: psutil.Popen
    wanted: int = 1

    def get(self, path: str, headers: Mapping[str, str] = MappingProxyType({}), **parameters: str) -> Reply:
        """Ask by GET."""
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        address = f"http://{self.host}:{self.port}{path}{query}"
        return self._send(urllib.request.Request(address, headers=dict(headers)))

    def post(self, query: str, **parameters: str) -> Reply:
        """Ask /sparql by POST."""
        tail = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        address = f"http://{self.host}:{self.port}/sparql{tail}"
        headers = {"Content-Type": "application/sparql-query"}
        return self._send(urllib.request.Request(address, query.encode(), headers))

    def form(self, **fields: str) -> Reply:
        """Ask /sparql by a form."""
        body = urllib.parse.urlencode(fields).encode()
        return self._send(urllib.request.Request(f"http://{self.host}:{self.port}/sparql", body))

    def _send(self, request: urllib.request.Request) -> Reply:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return Reply(answer.status, answer.headers.get_content_type(), answer.read(), _lower(answer.headers))
        except urllib.error.HTTPError as problem:
            with problem:
                return Reply(problem.code, problem.headers.get_content_type(), problem.read(), _lower(problem.headers))

    @property
    def fronts(self) -> list[psutil.Process]:
        """The processes that answer HTTP."""
        found = []
        for child in self.process.children():
            # One that ends at this moment is none any more.
            with contextlib.suppress(psutil.NoSuchProcess):
                if "spawn_main" in " ".join(child.cmdline()):
                    found.append(child)
        return found

    @property
    def front(self) -> psutil.Process:
        """The process that answers HTTP, where there is one."""
        [front] = self.fronts
        return front

    @property
    def workers(self) -> list[psutil.Process]:
        """The processes that run queries."""
        found = []
        for front in self.fronts:
            # One that ends at this moment is none any more.
            with contextlib.suppress(psutil.NoSuchProcess):
                for child in front.children():
                    with contextlib.suppress(psutil.NoSuchProcess):
                        if "govplan.engines.oxigraph.worker" in child.cmdline():
                            found.append(child)
        return found


def settled(server: Server) -> None:
    """Wait until all of a server has started: then whatever keeps a client waiting is another client."""
    spent = [-1.0]

    def at_rest() -> bool:
        times = [process.cpu_times() for process in [server.process, *server.fronts, *server.workers]]
        spent.append(sum(each.user + each.system for each in times))
        return server.wanted == len(server.fronts) and spent[-1] - spent[-2] < 0.02

    until(at_rest)


Starter = Callable[..., Server]


@pytest.fixture(name="start")
def _start(settings: Settings, manifest: Manifest, tmp_path: Path) -> Iterator[Starter]:
    """Start servers with settings of their own, by default of one front; in the end none of their processes is left."""
    with starting(settings.releases, tmp_path) as start:
        yield start


@contextlib.contextmanager
def starting(repository: Path, folder: Path) -> Iterator[Starter]:
    """Start servers from a folder, by default on the releases of a repository; in the end nothing of them is left."""
    started: list[psutil.Popen] = []

    def start(releases: Path = repository, **changed: object) -> Server:
        environ = {**os.environ, "GOVPLAN_RELEASES": str(releases), "GOVPLAN_PORT": "0"}
        wanted = changed.setdefault("fronts", 1)
        environ |= {f"GOVPLAN_{key.upper()}": str(value) for key, value in changed.items()}
        with (folder / f"log-{len(started)}").open("wb") as log:
            process = psutil.Popen(
                [str(GOVPLAN), "serve"], cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=log, text=True
            )
        started.append(process)
        line = process.stdout.readline()
        found = re.search(r"at http://([\d.]+):(\d+)/", line)
        assert found, f"the server said {line!r} and {(folder / f'log-{len(started) - 1}').read_text()}"
        return Server(found[1], int(found[2]), process, int(str(wanted)))

    yield start
    for process in started:
        family = [process, *process.children(recursive=True)] if process.is_running() else []
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        _, alive = psutil.wait_procs(family, timeout=PATIENCE)
        process.stdout.close()
        # An orphan that ended is the system's to bury, whenever it does.
        leaked = [each for each in alive if not _ended(each)]
        for each in leaked:
            each.kill()
        assert [] == leaked


def _ended(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, for a minute at most."""
    pause = threading.Event()
    for _ in range(1200):
        if holds():
            return
        pause.wait(0.05)
    raise AssertionError("it did not come to hold within a minute")
