"""Virtuoso, where the machine has it: its own database, loaded by its own bulk loader, without its row limit."""

import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

from bench.contestants import Contestant
from bench.datasets import FOLDER, Dataset
from bench.servers import ServerFailed, free_port

_SERVER, _CLIENT = "virtuoso-t", "isql-vt"
_BUFFERS = 170_000  # of 8 KiB: what its manual advises for 2 GiB of memory
_TRIES = 600
_CONFIGURATION = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa

[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx

[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 80
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
DirsAllowed = {data}

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 70
MaxClientConnections = 70
KeepAliveTimeout = 60
MaxKeepAlives = 70

[SPARQL]
ResultSetMaxRows = 100000000
MaxQueryCostEstimationTime = 0
MaxQueryExecutionTime = 0
"""


class Virtuoso(Contestant):
    """Virtuoso with enough buffers for every dataset here."""

    name = "virtuoso"
    path = "/sparql"
    takes = 2_000_000
    why_not = "loading it would take longer than the rest of the run"

    def missing(self) -> str:
        absent = [command for command in (_SERVER, _CLIENT) if shutil.which(command) is None]
        return f"{absent[0]} is not installed (Debian: virtuoso-opensource-7-bin)" if absent else ""

    def version(self) -> str:
        printed = subprocess.run([_SERVER, "-?"], capture_output=True, text=True, check=False)
        found = re.search(r"Version (\S+)", printed.stdout + printed.stderr)
        return found[1] if found else "unknown"

    def load(self, dataset: Dataset) -> float | None:
        folder = self._folder(dataset)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        sql = free_port()
        begin = time.perf_counter()
        server = subprocess.Popen(
            self._configured(dataset, sql, free_port()),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self._wait(sql, server)
            self._sql(sql, f"ld_dir('{dataset.release}', 'dataset.nq', 'urn:unused')")
            self._sql(sql, "rdf_loader_run()")
            self._sql(sql, "checkpoint")
            self._sql(sql, "shutdown")
            server.wait(60)
        finally:
            if server.poll() is None:
                server.kill()
                server.wait()
        return time.perf_counter() - begin

    def command(self, dataset: Dataset, port: int) -> list[str]:
        return self._configured(dataset, free_port(), port)

    def _configured(self, dataset: Dataset, sql: int, http: int) -> list[str]:
        folder = self._folder(dataset)
        file = folder / "virtuoso.ini"
        text = _CONFIGURATION.format(
            folder=folder, sql=sql, http=http, data=dataset.release, buffers=_BUFFERS, dirty=_BUFFERS * 3 // 4
        )
        file.write_text(text, encoding="utf-8")
        return [_SERVER, "+foreground", "+configfile", str(file)]

    def _wait(self, sql: int, server: subprocess.Popen[bytes]) -> None:
        pause = threading.Event()
        for _ in range(_TRIES):
            if server.poll() is not None:
                raise ServerFailed(f"virtuoso ended with {server.returncode} while loading")
            if self._client(sql, "status()").returncode == 0:
                return
            pause.wait(0.1)
        raise ServerFailed("virtuoso could not be reached while loading")

    def _sql(self, port: int, statement: str) -> None:
        done = self._client(port, statement)
        if done.returncode and statement != "shutdown":
            raise ServerFailed(f"virtuoso refused {statement}: {done.stderr.strip()[-300:]}")

    def _client(self, port: int, statement: str) -> subprocess.CompletedProcess[str]:
        command = [_CLIENT, f"127.0.0.1:{port}", "dba", "dba", "ERRORS=STDERR", f"exec={statement};"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def _folder(self, dataset: Dataset) -> Path:
        return FOLDER / "virtuoso" / dataset.name
