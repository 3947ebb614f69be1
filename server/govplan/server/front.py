"""One process that answers HTTP: the releases that are open, the layers before them, and what it shares with others."""

import asyncio
import gc
import logging
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from govplan import metrics
from govplan.config import Settings
from govplan.disk import spool_folder
from govplan.errors import GovplanError
from govplan.group import Group
from govplan.logs import BufferedHandler
from govplan.manifest import Manifest
from govplan.server.beside import Beside
from govplan.server.opened import OpenRelease
from govplan.server.runtime import Runtime
from govplan.server.serving import Served
from govplan.web.http.bodies import Bodies
from govplan.web.http.cache import Cache
from govplan.web.http.clients import Clients
from govplan.web.http.entries import Edition
from govplan.web.http.environ import Environ, Scope
from govplan.web.http.pinned import PINNED, unpin
from govplan.web.http.public import PublicAddress
from govplan.web.http.sending import Sending, SendingLimits
from govplan.web.http.threads import Threads
from govplan.web.shell import Exchange, Shell
from govplan.web.site import CURRENT, Site
from govplan.web.traffic import Traffic

# Views that render or compute: threads, how many of them use the processor at once, and how many views may wait.
# One at once: with each more, a look-up waits for the interpreter as long again, and no page is ready sooner.
_THREADS, _AT_ONCE, _QUEUE = 32, 1, 128
# Requests that may wait for an answer that another one is fetching.
_WAITING = 1000
_TURN_SECONDS = 0.001
_FIRST_SECONDS = 60.0
_TICK_SECONDS = 1.0

_LOG = BufferedHandler()


class Front:
    """An RSGI application, as granian loads it in a process of its own."""

    def __init__(self, settings: Settings, release: Path, manifest: Manifest, group: Group, *, follow: bool) -> None:
        self._settings, self._release, self._manifest = settings, release, manifest
        self._group, self._follow = group, follow

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Open the release; the loop runs and connections are taken once this returns."""
        _prepare_process()
        settings, group = self._settings, self._group
        group.join()
        # The second front would take processor time from the first one, which could answer already.
        group.await_first(_FIRST_SECONDS)
        self._loop = loop
        self._threads = Threads(size=_THREADS, at_once=_AT_ONCE, queue=_QUEUE)
        self._runtime = runtime = Runtime(settings, loop, group)
        self._served = Served(
            settings.releases, self._release, self._manifest, runtime.open, follow=True, pinned=not self._follow
        )
        self._beside = Beside(settings.releases, runtime.open)
        self._sending = Sending(SendingLimits(settings.send_seconds))
        self._sending.start()
        cache = Cache(
            self._edition,
            runtime.entries,
            waiting=_WAITING,
            spool=spool_folder(settings.spool),
            in_thread=self._threads.run,
        )
        traffic = Traffic.of(runtime.app, self._is_question, log=settings.access_log == "on")
        self._shell = Shell(
            runtime.app,
            self._entered,
            cache=cache,
            clients=Clients(
                group.accounts if group.shape.budget else None,
                settings.proxies,
                self._crowded,
                PublicAddress(settings.public_url, settings.proxies, settings.host),
            ),
            bodies=Bodies(limit=settings.body_bytes, seconds=settings.body_seconds),
            threads=self._threads,
            sending=self._sending,
            places=group.sending,
            seconds=settings.query_seconds,
            told=traffic.note,
        )
        loop.call_soon(self._begun)
        # What was made until here lives as long as the process; the collector need not look at it again.
        gc.freeze()

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        """Answer one request."""
        await self._shell.answer(scope, exchange)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Close everything; the process ends at once, whatever its threads do."""
        self._sending.close()
        self._threads.close()
        self._beside.close()
        self._served.close()
        self._runtime.close()
        self._group.leave()
        _LOG.flush()
        # Threads in native code would be torn down under their feet.
        os._exit(0)

    @asynccontextmanager
    async def _entered(self, environ: Environ) -> AsyncIterator[Site]:
        opened = await self._opened(environ)
        try:
            yield opened.site
        finally:
            opened.leave()

    async def _opened(self, environ: Environ) -> OpenRelease:
        """Return the release that a request is about, entered; where that cannot answer, the current one says why."""
        named = environ[PINNED]
        current = self._served.enter()
        environ[CURRENT] = current.manifest.id
        if named in ("", current.manifest.id):
            return current
        try:
            opened = self._beside.entered(named)
            if opened is None:
                opened = await self._threads.run(lambda: self._beside.open(named))
        except GovplanError as problem:
            unpin(environ, problem)
            return current
        except BaseException:
            current.leave()
            raise
        current.leave()
        return opened

    def _edition(self, environ: Environ) -> Edition:
        served, named = self._served.edition(), environ[PINNED]
        return served if named in ("", self._served.release()) else self._beside.edition(named)

    def _is_question(self, name: str) -> bool:
        return name in self._served.questions()

    def _crowded(self) -> bool:
        return self._runtime.waiting > 0 or self._group.waiting() > 0

    def _begun(self) -> None:
        self._group.first_answered()
        self._tick()

    def _tick(self) -> None:
        self._group.reclaim_dead()
        self._group.tell_waiting(self._runtime.waiting)
        metrics.push()
        _LOG.flush()
        self._loop.call_later(_TICK_SECONDS, self._tick)


def _prepare_process() -> None:
    """Set what holds for the whole process: its log, its turns at the interpreter, its files, its end."""
    # The log names neither threads nor lines of code, so it need not look for them ("Optimization" in its manual).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    logging.basicConfig(handlers=[_LOG], level=logging.INFO)
    # A thread that needs a moment need not wait long for another one (5 ms is what Python allows it).
    sys.setswitchinterval(_TURN_SECONDS)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    threading.Thread(target=_end_with_parent, name="govplan-parent", daemon=True).start()


def _end_with_parent() -> None:
    """Nobody would stop a server whose parent is gone; its worker processes end with it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)
