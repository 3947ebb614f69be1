"""Servers under test: which processes belong to one, and that all of them end with it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bench.before import GovplanBefore
from bench.servers import Server, free_port, tree

# A process that starts a child, which starts one in a session of its own and one that loses its parent; all say so.
_FAMILY = """
import os, subprocess, sys
def say(): print(os.getpid(), flush=True)
say()
if os.fork() == 0:
    say()
    if os.fork() == 0:
        os.setsid()
        say()
        sys.stdin.read()
        os._exit(0)
    if os.fork() == 0:
        if os.fork() == 0:
            say()
            sys.stdin.read()
        os._exit(0)
    sys.stdin.read()
    os._exit(0)
sys.stdin.read()
"""
# A server whose only child has 50 MB and a session of its own, and would outlive it.
_SERVER = """
import http.server, os, signal, sys
ready, held = os.pipe()
if os.fork() == 0:
    os.setsid()
    memory = bytearray(50_000_000)
    os.write(held, b"1")
    while True:
        signal.pause()
os.read(ready, 1)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.fixture(name="family")
def _family() -> Iterator[list[int]]:
    with subprocess.Popen(
        [sys.executable, "-c", _FAMILY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        yield [int(process.stdout.readline()) for _ in range(4)]


def test_tree(family: list[int]) -> None:
    """Children of children belong to a server, also in a session of their own or without their parent."""
    [first] = [process for process in family if os.getsid(process) == process and process in _children()]

    assert set(family) == set(family) & set(tree(first))


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


@pytest.mark.parametrize("politely", [True, False])
def test_memory_and_end(tmp_path: Path, politely: bool) -> None:
    """The memory of all processes counts, and none of them is left when the server was stopped."""
    port = free_port()
    command = [sys.executable, "-c", _SERVER, str(port)]
    server = Server("any", command, port, "/", tmp_path / "log", dict(os.environ))
    [root] = _children()
    [child] = [psutil.Process(process) for process in tree(root) if process != root]
    try:
        assert server.memory() > 50_000_000
    finally:
        server.stop(politely=politely)

    assert not server.alive
    assert [] == psutil.wait_procs([child], timeout=30)[1]


def test_no_such_commit() -> None:
    """An earlier govplan that the repository does not have is absent, and the page says why."""
    assert "nothing-like-it is no commit of this repository" == GovplanBefore("nothing-like-it").missing()
