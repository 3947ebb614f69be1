"""The composition root: it, `runtime` and `stores` alone name concrete adapters; starts the server processes."""

import functools
import multiprocessing
import os
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from govplan.config import Settings
from govplan.errors import AddressUnusable
from govplan.group import Group
from govplan.manifest import Manifest
from govplan.release.kept_questions import questions_of
from govplan.server.front import Front
from govplan.server.stores import open_store
from govplan.web import create_app
from govplan.web.http.clients import shape_of
from govplan.web.render.codebook_files import codebook_files
from govplan.web.render.difference_files import told_difference

_MOST_FRONTS = 8
_CONNECTIONS = 16384
_FILE_THREADS = 16
ANNOUNCE_TRIES = 300
ANNOUNCE_PAUSE = 0.1
ANNOUNCE_SECONDS = 30.0
_QUIET_SECONDS = 1


def codebook(settings: Settings, release: Path, manifest: Manifest, language: str) -> dict[str, bytes]:
    """Return the codebook of a verified release in a language of the project: file name → content."""
    with closing(open_store(release, settings)) as store:
        app = create_app(settings, manifest, release, store, questions_of(release, manifest))
        return codebook_files(app, language)


def difference(
    settings: Settings, before: tuple[Path, Manifest], after: tuple[Path, Manifest], language: str, *, as_json: bool
) -> str:
    """Return what changed between two verified releases, in words of a language of the project or as JSON.

    Raises AnswerTooLarge for more than can be told in words.
    """
    with closing(open_store(after[0], settings)) as store:
        app = create_app(settings, after[1], after[0], store, {})
        return told_difference(app, before, after, language, as_json=as_json)


def serve(
    settings: Settings, release: Path, manifest: Manifest, ready: Callable[[str], None], *, follow: bool = True
) -> None:
    """Serve a verified release until a signal; `ready` is told the address once the application answers.

    Raises AddressUnusable if the address is taken or not of this machine.
    """
    port = _free_port(settings.host, settings.port)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{port}"
    # A fork would copy the locks that other threads hold at that moment, and the front would hang on them.
    multiprocessing.set_start_method("spawn", force=True)
    shape = shape_of(settings, front_count(settings))
    with Group.create(shape) as group:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(group.metrics_folder)
        server = Server(
            "govplan",
            address=settings.host,
            port=port,
            interface=Interfaces.RSGI,
            workers=shape.fronts,
            # HTTP/1 alone: the time limit for headers does not hold for HTTP/2.
            http=HTTPModes.http1,
            websockets=False,
            # Connections of one front; the system's limit for open files is what bounds them.
            backpressure=_CONNECTIONS,
            runtime_blocking_threads=_FILE_THREADS,
            http1_settings=HTTP1Settings(header_read_timeout=int(settings.header_seconds * 1000)),
            # One that never reads its answer to the end would keep the server for ever.
            workers_kill_timeout=settings.drain_seconds,
            log_level=LogLevels.error,
            respawn_failed_workers=True,
            respawn_interval=_QUIET_SECONDS,
        )
        # The socket listens once the application is loaded; one patient request is answered at the right moment.
        threading.Thread(target=_announce, args=(address, ready), daemon=True).start()
        front: Any = functools.partial(Front, settings, release, manifest, group, follow=follow)
        server.serve(target_loader=front, wrap_loader=False)


def front_count(settings: Settings) -> int:
    """Return how many processes are to answer HTTP."""
    return settings.fronts or min(os.cpu_count() or 1, _MOST_FRONTS)


def _announce(address: str, ready: Callable[[str], None]) -> None:
    pause = threading.Event()
    for _ in range(ANNOUNCE_TRIES):
        try:
            with urllib.request.urlopen(f"{address}/ready", timeout=ANNOUNCE_SECONDS):
                return ready(address)
        except (urllib.error.URLError, OSError):
            pause.wait(ANNOUNCE_PAUSE)


def _free_port(host: str, port: int) -> int:
    """Return the port, or a free one for 0, having seen that it can be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    except OSError as problem:
        raise AddressUnusable(
            f"Cannot listen on {host} port {port}: {problem.strerror or problem}.",
            where="--host and --port, GOVPLAN_HOST and GOVPLAN_PORT, or [server] of govplan.toml",
            mend="stop the program that uses the port, or choose another: `govplan serve --port 8001`",
        ) from problem
