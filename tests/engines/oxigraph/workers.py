"""Single workers and what they are asked."""

import asyncio
import contextlib
from dataclasses import replace
from pathlib import Path

from govplan.engines.oxigraph import frames
from govplan.engines.oxigraph.process import Worker
from govplan.sparql.limits import UNLIMITED
from govplan.sparql.scan import scan


def _request(query: str) -> frames.Frame:
    head = {
        "media_type": "text/csv",
        "default_graphs": [],
        "named_graphs": [],
        "seconds": 60.0,
        "max_rows": None,
        "partial_link": None,
        "row_cap": None,
        "found": scan(query, UNLIMITED),
    }
    return frames.Frame(frames.REQUEST, head, query.encode())


# Runs until it is ended.
BOMB = _request("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
ONE = _request("SELECT (1 AS ?x) {}")
SAID = b"x\r\n1\r\n"
# More than the socket between front and worker holds, in either direction.
LONG_TEXT = replace(ONE, body=ONE.body + b" " * 5_000_000)
LONG_ANSWER = _request('SELECT (REPLACE("' + "x" * 5000 + '", "x", "' + "y" * 200 + '") AS ?x) {}')


def attached(worker: Worker) -> asyncio.Future[Worker]:
    """Let the running loop read what a worker says; return what becomes the worker if it goes while nobody asks it."""
    loop = asyncio.get_running_loop()
    closed: asyncio.Future[Worker] = loop.create_future()
    worker.attach(loop, closed.set_result)
    return closed


def open_below(folder: Path) -> list[str]:
    """Return the files of a folder that this process has open, nameless ones too."""
    names = []
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            names.append(str(entry.readlink()))
    return [name for name in names if name.startswith(f"{folder}/")]
