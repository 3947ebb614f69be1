"""The composition root: the only module that names concrete adapters."""

import functools
import multiprocessing
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from govplan.config import Settings
from govplan.errors import AddressUnusable
from govplan.manifest import Manifest
from govplan.questions import load_questions
from govplan.store import Store
from govplan.store.embedded import EmbeddedStore
from govplan.web import create_app

THREADS = 8
ANNOUNCE_TRIES = 300
ANNOUNCE_PAUSE = 0.1
ANNOUNCE_SECONDS = 30.0


def open_store(release: Path, settings: Settings) -> Store:
    """Open the store of a verified release."""
    return EmbeddedStore(release, settings.prefixes)


def open_app(settings: Settings, release: Path, manifest: Manifest) -> Callable[..., Any]:
    """Return the WSGI application that serves a verified release."""
    questions = load_questions(settings)
    return create_app(settings, manifest, release, open_store(release, settings), questions)


def app_loader(settings: Settings, release: Path, manifest: Manifest) -> Callable[[], Callable[..., Any]]:
    """Return a loader of the application that a server's worker process can be handed."""
    return functools.partial(open_app, settings, release, manifest)


def serve(settings: Settings, release: Path, manifest: Manifest, ready: Callable[[str], None]) -> None:
    """Serve a verified release until a signal; `ready` is told the address once the application answers.

    Raises AddressUnusable if the address is taken or not of this machine.
    """
    port = _free_port(settings.host, settings.port)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{port}"
    # A fork would copy the locks that other threads hold at that moment, and the worker would hang on them.
    multiprocessing.set_start_method("spawn", force=True)
    server = Server(
        "govplan",
        address=settings.host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
    )
    # The socket listens before the application is loaded, so one patient request is answered at the right moment.
    threading.Thread(target=_announce, args=(address, ready), daemon=True).start()
    server.serve(target_loader=app_loader(settings, release, manifest), wrap_loader=False)


def _announce(address: str, ready: Callable[[str], None]) -> None:
    pause = threading.Event()
    for _ in range(ANNOUNCE_TRIES):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=ANNOUNCE_SECONDS):
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
