"""The composition root: the only module that names concrete adapters."""

import atexit
import functools
import gc
import logging
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from govplan.config import Settings
from govplan.errors import AddressUnusable
from govplan.manifest import Manifest
from govplan.questions import load_questions
from govplan.serving import Opened, Served, Wsgi
from govplan.store.embedded.limits import PoolLimits
from govplan.store.embedded.pool import EmbeddedStore
from govplan.store.turns import PLACES as LONG_PLACES
from govplan.web import create_app, in_front
from govplan.web.bodies import PLACES as BODY_PLACES
from govplan.web.codebook_files import codebook_files

# Threads beyond those that run a query, wait for one or read a body: for pages, health and metrics.
THREADS = 8
ANNOUNCE_TRIES = 300
ANNOUNCE_PAUSE = 0.1
ANNOUNCE_SECONDS = 30.0
_QUIET_SECONDS = 1
_TURN_SECONDS = 0.001
# Threads that may wait for an answer that another thread is fetching.
_WAITING = 32


def pool_limits(settings: Settings) -> PoolLimits:
    """Return what the worker processes of these settings may use."""
    return PoolLimits(
        workers=settings.workers or max(2, os.cpu_count() or 2),
        seconds=settings.query_seconds,
        fast_seconds=settings.fast_seconds,
        memory_bytes=settings.memory_bytes,
        answer_bytes=settings.answer_bytes,
        spool=settings.spool or tempfile.gettempdir(),
        queue=settings.queue,
        queue_seconds=settings.queue_seconds,
    )


def open_store(release: Path, settings: Settings, suspect: Callable[[], None] = lambda: None) -> EmbeddedStore:
    """Open the store of a verified release; `suspect` is called when a worker dies without a reason."""
    return EmbeddedStore(release, settings.prefixes, pool_limits(settings), suspect)


def open_release(settings: Settings, release: Path, manifest: Manifest, suspect: Callable[[], None]) -> Opened:
    """Open a verified release for serving."""
    questions = load_questions(settings)
    store = open_store(release, settings, suspect)
    app = create_app(settings, manifest, release, store, questions)
    return Opened(release, manifest, app, store.condemn, store.close)


def codebook(settings: Settings, release: Path, manifest: Manifest, language: str) -> dict[str, bytes]:
    """Return the codebook of a verified release in a language of the project: file name → content."""
    with closing(open_store(release, settings)) as store:
        app = create_app(settings, manifest, release, store, load_questions(settings))
        return codebook_files(app, language)


def open_app(settings: Settings, release: Path, manifest: Manifest, *, follow: bool) -> Served:
    """Return the WSGI application that serves a verified release, and with `follow` whatever becomes current."""
    return Served(settings.releases, release, manifest, functools.partial(open_release, settings), follow=follow)


def load_in_server(settings: Settings, release: Path, manifest: Manifest, *, follow: bool) -> Wsgi:
    """Return the application in a server's own process: with its log, and ending with the process that started it."""
    # The log names neither threads nor lines of code, so it need not look for them ("Optimization" in its manual).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.INFO)
    # A thread that needs a moment need not wait long for one that reads a long query (5 ms is what Python allows it).
    sys.setswitchinterval(_TURN_SECONDS)
    threading.Thread(target=_end_with_parent, name="govplan-parent", daemon=True).start()
    served = open_app(settings, release, manifest, follow=follow)
    atexit.register(served.close)
    # What was made until here lives as long as the process; the collector need not look at it again.
    gc.freeze()
    return in_front(served, served.release, settings, waiting=_WAITING)


def serve(
    settings: Settings, release: Path, manifest: Manifest, ready: Callable[[str], None], *, follow: bool = True
) -> None:
    """Serve a verified release until a signal; `ready` is told the address once the application answers.

    Raises AddressUnusable if the address is taken or not of this machine.
    """
    port = _free_port(settings.host, settings.port)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{port}"
    # A fork would copy the locks that other threads hold at that moment, and the worker would hang on them.
    multiprocessing.set_start_method("spawn", force=True)
    limits = pool_limits(settings)
    server = Server(
        "govplan",
        address=settings.host,
        port=port,
        interface=Interfaces.WSGI,
        # HTTP/1 alone: the time limit for headers does not hold for HTTP/2.
        http=HTTPModes.http1,
        websockets=False,
        blocking_threads=_most_queries(limits) + BODY_PLACES + _WAITING + THREADS,
        http1_settings=HTTP1Settings(header_read_timeout=int(settings.header_seconds * 1000)),
        # One that never reads its answer to the end would keep the server for ever.
        workers_kill_timeout=settings.drain_seconds,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        respawn_interval=_QUIET_SECONDS,
    )
    # The socket listens before the application is loaded, so one patient request is answered at the right moment.
    threading.Thread(target=_announce, args=(address, ready), daemon=True).start()
    loader = functools.partial(load_in_server, settings, release, manifest, follow=follow)
    server.serve(target_loader=loader, wrap_loader=False)


def _most_queries(limits: PoolLimits) -> int:
    """Return how many queries hold a thread at most: being read, running in either lane, stopped, waiting for one."""
    return LONG_PLACES + limits.fast + 2 * limits.workers + limits.queue + limits.queue // 2


def _end_with_parent() -> None:
    """Nobody would stop a server whose parent is gone; its worker processes end with it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)


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
