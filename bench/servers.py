"""Servers under test as processes of our own: started on a free port, watched for memory, ended by process group."""

import http.client
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

PATIENCE = 120.0
# A server that takes more than this is ended, so that a bomb hits the bench and not the machine.
MEMORY_LIMIT = 4 * 2**30
SAMPLE_SECONDS = 0.25
_SETTLE_SECONDS = 0.1
_SETTLE_TRIES = 50
_STOP_SECONDS = 5
JSON = "application/sparql-results+json"
_HELLO = "/?query=ASK%20%7B%7D"


class ServerFailed(Exception):
    """A server did not start or did not answer."""


class Server:
    """One running server: `port`, `start` (seconds from exec to the first answer), `peak` (bytes, all its processes).

    Memory is the sum of PSS over the process tree: pages shared by several processes count once.
    """

    def __init__(
        self, name: str, command: Sequence[str], port: int, path: str, log: Path, env: Mapping[str, str]
    ) -> None:
        self.name, self.port, self.path, self.log = name, port, path, log
        self.peak = 0
        self.ended = ""
        self._stop = threading.Event()
        begin = time.perf_counter()
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=dict(env), start_new_session=True
            )
        self._watch = threading.Thread(target=self._sample, daemon=True)
        self._watch.start()
        try:
            self._wait_for_answer(begin)
        except BaseException:
            self.stop()
            raise
        self.start = time.perf_counter() - begin

    def _wait_for_answer(self, begin: float) -> None:
        pause = threading.Event()
        while time.perf_counter() - begin < PATIENCE:
            if not self.alive:
                raise ServerFailed(f"{self.name} ended at its start: {self.last_words()}")
            try:
                status, _ = self.get(f"{self.path}{_HELLO[1:]}", timeout=PATIENCE)
            except OSError:
                pause.wait(0.005)
                continue
            if status == 200:
                return
            pause.wait(0.005)
        raise ServerFailed(f"{self.name} gave no answer in {PATIENCE:.0f} s: {self.last_words()}")

    @property
    def alive(self) -> bool:
        """Whether its first process runs."""
        return self._process.poll() is None

    def last_words(self) -> str:
        """The end of what it printed."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n")
        return " | ".join(line.strip() for line in lines[-4:] if line.strip())[-300:]

    def target(self, query: str) -> str:
        """The request target that asks a query."""
        return f"{self.path}?query={quote(query, safe='')}"

    def get(self, target: str, accept: str = JSON, timeout: float = 30.0) -> tuple[int, bytes]:
        """Return status and whole body. Raises OSError if there is none, or only a part of one."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", target, headers={"Accept": accept})
            response = connection.getresponse()
            return response.status, response.read()
        except http.client.HTTPException as problem:
            raise OSError(f"{type(problem).__name__}: {problem}") from problem
        finally:
            connection.close()

    def memory(self) -> int:
        """Return the bytes that all its processes hold now."""
        return sum(_pss(process) for process in tree(self._process.pid))

    def settle(self) -> None:
        """Wait until it rests, so that what it still works on does not slow the next one; at most some seconds."""
        pause = threading.Event()
        for _ in range(_SETTLE_TRIES):
            before = _ticks(self._process.pid)
            pause.wait(_SETTLE_SECONDS)
            if _ticks(self._process.pid) - before <= 1:
                return

    def stop(self, *, politely: bool = True) -> None:
        """End all its processes: first politely, unless it is under attack and will not listen, then surely."""
        self._stop.set()
        # Before it ends: those in a session of their own are not known as its children afterwards.
        known = tree(self._process.pid)
        if politely and self.alive:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_SECONDS)
        for process in {*known, *tree(self._process.pid)}:
            if process != self._process.pid or self.alive:
                _kill(process)
        self._process.wait()
        self._watch.join()

    def _sample(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            used = self.memory()
            self.peak = max(self.peak, used)
            if used > MEMORY_LIMIT:
                self.ended = f"ended by the bench at {used / 2**30:.1f} GiB"
                for process in tree(self._process.pid):
                    _kill(process)
                return


def _kill(process: int) -> None:
    """Kill a process of ours that may be gone by now."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def free_port() -> int:
    """Return a port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tree(root: int) -> list[int]:
    """Return the process that began a session, all processes of that session, and all that came from any of these.

    So the children of children count, wherever they moved, and those whose parent has ended.
    """
    children: dict[int, list[int]] = {}
    found = {root: None}
    for process, parent, session in _processes():
        children.setdefault(parent, []).append(process)
        if session == root:
            found[process] = None
    waiting = list(found)
    for process in waiting:
        new = [child for child in children.get(process, []) if child not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return list(found)


def _processes() -> Iterator[tuple[int, int, int]]:
    """Yield every process with its parent and its session."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            yield int(entry.name), int(fields[1]), int(fields[3])


def _stat(process: int) -> list[str]:
    """Return what proc(5) gives for a process from its state on; nothing if it ended meanwhile."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _ticks(root: int) -> int:
    """Return the processor time of a process tree so far, in clock ticks."""
    return sum(int(fields[11]) + int(fields[12]) for process in tree(root) if (fields := _stat(process)))


def _pss(process: int) -> int:
    try:
        with Path(f"/proc/{process}/smaps_rollup").open(encoding="ascii") as lines:
            return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
    except OSError:
        return 0  # it ended meanwhile
