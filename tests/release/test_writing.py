"""Writing releases: durable before they have their name, one after the other, and nothing is left of what was ended."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from govplan.config import Settings, load
from govplan.errors import ReleaseNotWritten
from govplan.manifest import GraphEntry, Manifest
from govplan.release.build import write
from govplan.release.repository import publish
from govplan.release.verification import verify
from govplan.release.writing import BUILDING, locked, locked_if_free
from tests.conftest import ROOT
from tests.repository import as_nobody

ABOUT: Mapping[str, str] = {"version": "1", "date": "2026-01-01"}
GRAPHS = (GraphEntry("http://x/g", "g.ttl", 3),)
DATASET = b"".join(b"<http://x/%d> <http://x/p> <http://x/o> <http://x/g> .\n" % n for n in range(3))
# A build of a release as another process does it: it says each step, and is ended wherever the test wants.
PROGRAM = """
import sys
from pathlib import Path
from govplan.config import load
from govplan.manifest import GraphEntry
from govplan.release.build import write

def fill(work):
    for name in ("dumps", "more"):
        (work / name).mkdir()
        (work / name / "a").write_bytes(b"a" * 100_000)
        print("filled", name, flush=True)

settings = load(Path(sys.argv[1]), environ={}, overrides={"releases": sys.argv[2]})
dataset = sys.stdin.buffer.read()
about = {"version": "1", "date": "2026-01-01"}
write(settings, dataset, about, (GraphEntry("http://x/g", "g.ttl", 3),), fill, lambda step: print(step, flush=True))
print("done", flush=True)
"""


@pytest.fixture(name="writing")
def _writing(tmp_path: Path) -> Settings:
    """The settings of this repository with an empty folder of releases."""
    return load(ROOT, environ={}, overrides={"releases": tmp_path / "releases"})


def _fill(work: Path) -> None:
    (work / "dumps").mkdir()
    (work / "dumps" / "a").write_bytes(b"a" * 100_000)


def _write(settings: Settings, dataset: bytes = DATASET) -> Manifest:
    return write(settings, dataset, ABOUT, GRAPHS, _fill)


def _building(settings: Settings) -> list[str]:
    return [path.name for path in settings.releases.iterdir() if path.name.startswith(".building-")]


@contextlib.contextmanager
def _other_build(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", PROGRAM, str(ROOT), str(settings.releases)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.write(DATASET)
        process.stdin.close()
        process.stdin = None
        yield process
        process.kill()


def _until(process: subprocess.Popen[bytes], step: bytes) -> None:
    assert process.stdout
    assert any(line.startswith(step) for line in process.stdout)


@pytest.mark.parametrize("step", [b"loading the store", b"filled dumps", b"filled more"])
def test_build_that_is_killed(writing: Settings, step: bytes) -> None:
    """What a killed build leaves is gone with the next one, and the release is whole; what was current stays so."""
    before = _write(writing, DATASET.replace(b"http://x/o", b"http://x/before"))
    publish(writing.releases, before.id)
    for _ in range(2):
        with _other_build(writing) as process:
            _until(process, step)
            process.send_signal(signal.SIGKILL)
            process.wait(20)
        assert 1 == len(_building(writing))
        assert before == verify(writing.releases / "current")
    manifest = _write(writing)
    assert [] == _building(writing)
    assert manifest == verify(writing.releases / manifest.id)
    assert before == verify(writing.releases / "current")


def test_build_that_is_killed_while_it_is_sealed(writing: Settings) -> None:
    """The last steps are no exception: whole under its name, or not there at all."""
    with _other_build(writing) as process:
        _until(process, b"filled more")
        while not list(writing.releases.glob(".building-*/manifest.json")) and process.poll() is None:
            pass
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    manifest = _write(writing)
    assert [] == _building(writing)
    assert manifest == verify(writing.releases / manifest.id)


def test_running_build_is_not_swept(writing: Settings) -> None:
    """Whoever builds while another one builds waits for it, says so, and takes what it built."""
    said, waits = [], threading.Event()

    def progress(words: str) -> None:
        said.append(words)
        waits.set()

    with _other_build(writing) as process, ThreadPoolExecutor() as pool:
        _until(process, b"loading the store")
        process.send_signal(signal.SIGSTOP)
        mine = pool.submit(write, writing, DATASET, ABOUT, GRAPHS, _fill, progress)
        assert waits.wait(20)
        assert 1 == len(_building(writing))
        process.send_signal(signal.SIGCONT)
        manifest = mine.result(60)
    assert "waiting for another build to end" == said[0]
    assert any("built before" in words for words in said)
    assert {"dumps/a", "more/a"} < {entry.path for entry in manifest.files}


def test_waiting_build_goes_on_when_the_other_is_killed(writing: Settings) -> None:
    """A build that is killed holds nobody up, and what it left is gone."""
    waits = threading.Event()
    with _other_build(writing) as process, ThreadPoolExecutor() as pool:
        _until(process, b"filled dumps")
        process.send_signal(signal.SIGSTOP)
        mine = pool.submit(write, writing, DATASET, ABOUT, GRAPHS, _fill, lambda _: waits.set())
        assert waits.wait(20)
        process.send_signal(signal.SIGKILL)
        manifest = mine.result(60)
    assert [] == _building(writing)
    assert manifest == verify(writing.releases / manifest.id)


def test_damaged_release_is_written_anew(writing: Settings) -> None:
    """A build of the same content replaces what is damaged, so that the advice of the error works."""
    first = _write(writing)
    victim = writing.releases / first.id / "dumps" / "a"
    victim.chmod(0o644)
    victim.write_bytes(b"b")
    assert first.id == _write(writing).id
    assert first.id == verify(writing.releases / first.id).id
    assert [] == _building(writing)


@pytest.mark.parametrize(
    "spoil", [lambda path: path.write_text(""), lambda path: path.symlink_to("nowhere"), Path.mkdir]
)
def test_what_is_no_release_gives_way(writing: Settings, spoil: object) -> None:
    """Whatever has the name of the release and is none gives way to it."""
    first = _write(writing)
    (writing.releases / first.id).rename(writing.releases / "copy")
    assert callable(spoil)
    spoil(writing.releases / first.id)
    _write(writing)
    assert first.id == verify(writing.releases / first.id).id


def test_release_whose_store_cannot_be_opened_is_written_anew(writing: Settings) -> None:
    """A release that is as its manifest says and that the engine cannot open is written anew, too."""
    first = _write(writing)
    release = writing.releases / first.id
    release.joinpath("store").chmod(0o755)
    current = release / "store" / "CURRENT"
    current.chmod(0o644)
    current.write_bytes(b"x" * current.stat().st_size)
    text = (release / "manifest.json").read_text()
    [was] = [entry.sha256 for entry in first.files if entry.path == "store/CURRENT"]
    (release / "manifest.json").chmod(0o644)
    is_now = subprocess.run(["sha256sum", str(current)], capture_output=True, text=True, check=True).stdout.split()[0]
    (release / "manifest.json").write_text(text.replace(was, is_now))
    assert first.id == verify(release).id
    _write(writing)
    assert was in (release / "manifest.json").read_text()


def test_interrupted_replacement(writing: Settings) -> None:
    """A build that was ended between setting a damaged release aside and putting the new one there is no loss."""
    first = _write(writing)
    (writing.releases / first.id).rename(writing.releases / ".building-x-replaced")
    assert first.id == _write(writing).id
    assert [] == _building(writing)


def test_durable_before_it_has_its_name(writing: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file and folder is written to the disk before the release has its name, and the name after that."""
    writing.releases.mkdir()
    seen: list[tuple[Path, bool]] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        seen.append((path, any(each.name[0] != "." for each in writing.releases.iterdir())))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    manifest = _write(writing)
    release = writing.releases / manifest.id
    named = [path for path, there in seen if there]
    before = {
        path.relative_to(writing.releases).as_posix().partition("/")[2]
        for path, there in seen
        if not there and path.is_relative_to(writing.releases) and path != writing.releases
    }
    assert {path.relative_to(release).as_posix() for path in release.rglob("*")} | {""} == before
    assert [writing.releases] == named


def test_nothing_is_left_when_the_disk_refuses(writing: Settings) -> None:
    """A fill that fails leaves neither a release nor a folder behind."""

    def fill(work: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(ReleaseNotWritten, match="No space left"):
        write(writing, DATASET, ABOUT, GRAPHS, fill)
    assert [BUILDING] == [path.name for path in writing.releases.iterdir()]


def test_lock_of_another_user() -> None:
    """Whoever may write to the folder may hold its locks, whoever made them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        (folder / BUILDING).touch()
        (folder / BUILDING).chmod(0o444)
        with as_nobody(), locked(folder, BUILDING, print), locked_if_free(folder, BUILDING) as free:
            assert not free
        with locked_if_free(folder, BUILDING) as free:
            assert free
