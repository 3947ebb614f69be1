"""Chart processes: pictures, limits, and that whatever becomes of a process harms nobody but its own chart."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psutil
import pytest

from govplan.errors import ChartImpossible, ChartLost, GovplanError, Overloaded, QueryTimedOut
from govplan.vega import process as module
from govplan.vega.drawers import REQUEST_BYTES, DrawerLimits, ProcessDrawer
from govplan.vega.port import Specification
from govplan.vega.process import Died, Process
from tests.end_to_end.faults.conftest import until

MEMORY = DrawerLimits(1).memory_bytes
Drawers = Callable[..., ProcessDrawer]


def _bars(count: int = 3, label: str = "Bar", **more: Any) -> Specification:
    values = [{"x": float(number), "y": f"{label} {number}"} for number in range(count)]
    encoding = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "nominal"}}
    vega_lite = {"data": {"values": values}, "mark": "bar", "encoding": encoding, **more}
    return Specification(vega_lite, "Bars & <bars>", "Some bars.", "#ffffff")


# Longer than a test would wait: a pattern that backtracks without end.
_PATTERN = f"test(regexp('^(a+)+$'), '{'a' * 60}b')"
ENDLESS = _bars(transform=[{"calculate": _PATTERN, "as": "y"}])


@pytest.fixture(name="drawers")
def _drawers() -> Iterator[Drawers]:
    """Make drawers that are closed in the end, and see that none of their processes is left."""
    made: list[ProcessDrawer] = []

    def make(seconds: float = 60.0, **limits: Any) -> ProcessDrawer:
        made.append(ProcessDrawer(DrawerLimits(seconds, **limits)))
        return made[-1]

    yield make
    for drawer in made:
        pid = drawer.pid
        drawer.close()
        assert drawer.pid is None
        assert pid is None or not psutil.pid_exists(pid)


def test_svg_and_png(drawers: Drawers) -> None:
    """One process draws both formats, in the same bytes each time."""
    drawer = drawers()
    assert drawer.pid is None
    drawn = drawer.draw(_bars(), "svg")
    pid = drawer.pid
    root = ElementTree.fromstring(drawn)

    assert "Bars & <bars>" == root.findtext("{http://www.w3.org/2000/svg}title")
    assert drawer.draw(_bars(), "png").startswith(b"\x89PNG")
    assert drawn == drawer.draw(_bars(), "svg")
    assert pid == drawer.pid


def test_same_bytes_from_another_process(drawers: Drawers) -> None:
    """A picture depends on nothing but its specification."""
    first, second = drawers(), drawers()

    assert first.draw(_bars(), "svg") == second.draw(_bars(), "svg")
    assert first.draw(_bars(), "png") == second.draw(_bars(), "png")


def test_nothing_of_vega_here(drawers: Drawers) -> None:
    """Whoever has charts drawn has not loaded what draws them."""
    code = (
        "import sys\n"
        "from govplan.vega.drawers import DrawerLimits, ProcessDrawer\n"
        "from tests.vega.test_drawers import _bars\n"
        "drawer = ProcessDrawer(DrawerLimits(60))\n"
        "assert drawer.draw(_bars(), 'svg')\n"
        "assert 'vl_convert' not in sys.modules\n"
        "assert 'vl_convert' not in open('/proc/self/maps').read()\n"
        "print(drawer.pid)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, check=True)

    assert not psutil.pid_exists(int(done.stdout))


def test_fence(drawers: Drawers) -> None:
    """A chart process has bounds on its memory and files, dumps no core, and the filter of system calls."""
    drawer = drawers()
    drawer.draw(_bars(), "svg")
    process = psutil.Process(drawer.pid)
    seccomp = next(
        line.split()[1] for line in Path(f"/proc/{drawer.pid}/status").read_text().splitlines() if "Seccomp:" in line
    )

    assert process.rlimit(psutil.RLIMIT_DATA)[0] == MEMORY
    assert (0, 0) == process.rlimit(psutil.RLIMIT_CORE)
    assert process.rlimit(psutil.RLIMIT_FSIZE)[0] < 1 << 30
    assert "2" == seccomp


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/x.json", "http://localhost:{port}/x.csv"])
def test_fetches_nothing(drawers: Drawers, url: str) -> None:
    """A specification that names data elsewhere reaches nobody."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.setblocking(False)
        address = url.format(port=server.getsockname()[1])
        with contextlib.suppress(ChartImpossible):
            drawers().draw(_bars(data={"url": address}), "svg")

        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("vega_lite", [{}, {"mark": "nonsense"}, {"data": 5}, {"mark": None, "encoding": []}])
def test_specification_that_is_none(drawers: Drawers, vega_lite: dict[str, Any]) -> None:
    """What Vega does not take is a chart that is impossible, and the process goes on."""
    drawer = drawers()
    drawer.draw(_bars(), "svg")
    pid = drawer.pid

    with pytest.raises(ChartImpossible):
        drawer.draw(Specification(vega_lite, "", "", "#ffffff"), "svg")
    assert drawer.draw(_bars(), "svg")
    assert pid == drawer.pid


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), "\ud800"])
def test_what_json_has_no_word_for(drawers: Drawers, value: object) -> None:
    """Numbers and characters that cannot be written are refused before a process hears of them."""
    drawer = drawers()

    with pytest.raises(ChartImpossible):
        drawer.draw(_bars(description=value), "svg")
    assert drawer.pid is None


def test_too_much_text(drawers: Drawers) -> None:
    """A chart of too many bytes is refused before a process hears of it."""
    drawer = drawers()

    with pytest.raises(ChartImpossible):
        drawer.draw(_bars(label="x" * REQUEST_BYTES), "svg")
    assert drawer.pid is None


@pytest.mark.parametrize("character", ["\uffff", "\x00", "\x0b", "\x1f"])
def test_what_ends_the_process(drawers: Drawers, character: str) -> None:
    """A chart that ends its process is impossible; the next one is drawn by another process."""
    drawer = drawers()
    with contextlib.suppress(ChartImpossible):
        drawer.draw(_bars(label=character), "svg")

    assert drawer.draw(_bars(), "svg")


def test_deadline(drawers: Drawers) -> None:
    """A chart that takes too long is ended with the error of a query, and the next one is drawn."""
    drawer = drawers()
    drawer.draw(_bars(), "svg")
    pid = drawer.pid

    with pytest.raises(QueryTimedOut, match=r"after 0\.5 seconds"):
        drawer.draw(ENDLESS, "svg", seconds=0.5)
    assert pid is not None
    assert not psutil.pid_exists(pid)
    assert drawer.draw(_bars(), "svg")


def test_deadline_of_the_kernel() -> None:
    """A process whose front is gone ends at its deadline, even in the middle of a chart."""
    minute = time.monotonic() + 60
    process = Process(MEMORY, 9, minute)
    asked = {"chart": asdict(ENDLESS), "kind": "svg", "seconds": 0.5}
    with pytest.raises(Died):
        process.draw(json.dumps(asked).encode(), minute)


def test_queue(drawers: Drawers) -> None:
    """While one chart is drawn so many wait; one more is told to come back, and who waits too long that it is late."""
    drawer = drawers(queue=1)
    ended: list[str] = []

    def ask() -> None:
        try:
            drawer.draw(_bars(), "svg", seconds=1)
        except GovplanError as problem:
            ended.append(type(problem).__name__)

    with drawer._turn:
        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        until(lambda: drawer._there == 2)
        for _ in range(4):
            ask()
        for thread in threads:
            thread.join()

    assert ["Overloaded"] * 4 + ["QueryTimedOut"] * 2 == ended
    assert drawer.draw(_bars(), "svg")


def test_killed_at_rest(drawers: Drawers) -> None:
    """A process that somebody ends while it waits is replaced without anybody noticing."""
    drawer = drawers()
    drawer.draw(_bars(), "svg")
    pid = drawer.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: not _runs(pid))

    assert drawer.draw(_bars(), "svg")
    assert pid != drawer.pid


def test_killed_at_work(drawers: Drawers) -> None:
    """A process that somebody ends while it draws costs that chart one clear error."""
    drawer = drawers()
    drawer.draw(_bars(), "svg")
    pid = drawer.pid
    assert pid is not None
    threading.Timer(0.5, os.kill, (pid, signal.SIGKILL)).start()

    with pytest.raises(ChartLost):
        drawer.draw(ENDLESS, "svg")
    assert drawer.draw(_bars(), "svg")


def test_idle(drawers: Drawers) -> None:
    """A process ends after a while without a chart; the next chart starts one."""
    drawer = drawers(idle_seconds=0.2)
    drawer.draw(_bars(), "svg")
    until(lambda: drawer.pid is None)

    assert drawer.draw(_bars(), "svg")


def test_no_memory(drawers: Drawers) -> None:
    """Where a process cannot start, a chart may come later, and the reason is said."""
    drawer = drawers(memory_bytes=1 << 20)

    with pytest.raises(Overloaded, match="did not start"):
        drawer.draw(_bars(), "svg")
    assert drawer.pid is None


def test_no_time(drawers: Drawers) -> None:
    """Where a process is not ready in time, neither is it left behind."""
    drawer = drawers()

    with pytest.raises(Overloaded, match="in time"):
        drawer.draw(_bars(), "svg", seconds=0.01)
    assert drawer.pid is None
    assert drawer.draw(_bars(), "svg")


def test_worn(drawers: Drawers) -> None:
    """After so many charts another process goes on."""
    drawer = drawers(charts=2)
    drawer.draw(_bars(), "svg")
    pid = drawer.pid
    drawer.draw(_bars(), "png")

    assert pid is not None
    assert drawer.pid is None
    assert drawer.draw(_bars(), "svg")
    assert pid != drawer.pid


def test_dies_unseen() -> None:
    """A process that has ended says so when it is asked."""
    minute = time.monotonic() + 60
    process = Process(MEMORY, 9, minute)
    os.kill(process.pid, signal.SIGKILL)
    until(lambda: not _runs(process.pid))

    with pytest.raises(Died) as caught:
        process.draw(b"{}" * 1_000_000, minute)
    assert caught.value.killed


def test_picture_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that sends more than is taken is ended, although it is alive."""
    minute = time.monotonic() + 60
    process = Process(MEMORY, 9, minute)
    monkeypatch.setattr(module, "PICTURE_BYTES", 100)
    asked = {"chart": asdict(_bars()), "kind": "svg", "seconds": 60}

    with pytest.raises(Died):
        process.draw(json.dumps(asked).encode(), minute)
    assert not process.alive


def test_ends_with_its_drawer() -> None:
    """A drawer that nobody refers to any more takes its process with it."""
    drawer = ProcessDrawer(DrawerLimits(60))
    drawer.draw(_bars(), "svg")
    pid = drawer.pid
    assert pid is not None
    del drawer

    until(lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    # A process of many threads is a zombie while the last of them still end.
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except ChildProcessError:
        return False
