"""Whatever happens to a release that is served, one look after it was mended it is served again, read anew."""

import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest

from govplan.errors import ReleaseDamaged, ReleaseMissing, StoreUnavailable
from govplan.release.repository import publish
from govplan.server.serving import Served
from tests.repository import Repository, answer, as_nobody, kept

Trouble = Callable[[Path], AbstractContextManager[None]]


@pytest.fixture(name="repository")
def _repository() -> Iterator[Repository]:
    # The folders of pytest are closed to other users.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Repository(Path(folder) / "releases")


@contextmanager
def _moved(release: Path) -> Iterator[None]:
    spare = release.with_name(f".moved-{release.name}")
    release.rename(spare)
    yield
    spare.rename(release)


@contextmanager
def _replaced_by_a_file(release: Path) -> Iterator[None]:
    with _moved(release):
        release.write_text("")
        yield
        release.unlink()


@contextmanager
def _replaced_by_a_link_to_itself(release: Path) -> Iterator[None]:
    with _moved(release):
        release.symlink_to(release)
        yield
        release.unlink()


def _file(name: str, spoil: Callable[[Path], object]) -> Trouble:
    @contextmanager
    def trouble(release: Path) -> Iterator[None]:
        with kept(release / name):
            spoil(release / name)
            yield

    return trouble


def _in_place(name: str) -> Trouble:
    """The same file with the same length and times, another content for a while."""

    @contextmanager
    def trouble(release: Path) -> Iterator[None]:
        path, times = release / name, (release / name).stat()
        content = path.read_bytes()
        path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        yield
        path.write_bytes(content)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    return trouble


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _locked(name: str) -> Trouble:
    @contextmanager
    def trouble(release: Path) -> Iterator[None]:
        mode = (release / name).stat().st_mode
        (release / name).chmod(0)
        yield
        (release / name).chmod(mode)

    return trouble


def _two(one: Trouble, other: Trouble) -> Trouble:
    @contextmanager
    def trouble(release: Path) -> Iterator[None]:
        with one(release), other(release):
            yield

    return trouble


def _emptied(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("")


TROUBLES = {
    "folder gone": _moved,
    "folder a file": _replaced_by_a_file,
    "folder a link to itself": _replaced_by_a_link_to_itself,
    "folder locked": _locked("."),
    "store locked": _locked("store"),
    "store gone": _file("store", shutil.rmtree),
    "store a file": _file("store", _emptied),
    "store file truncated": _file("store/000009.sst", _truncate),
    "store file changed in place": _in_place("store/000009.sst"),
    "store file gone": _file("store/000009.sst", Path.unlink),
    "dump truncated": _file("dumps/p.nq", _truncate),
    "dump locked": _locked("dumps/p.nq"),
    "dumps gone": _file("dumps", shutil.rmtree),
    "search gone": _file("search.sqlite", Path.unlink),
    "search changed in place": _in_place("search.sqlite"),
    "search a folder": _file("search.sqlite", _as_folder),
    "dataset empty": _file("dataset.nq", lambda path: path.write_bytes(b"")),
    "manifest gone": _file("manifest.json", Path.unlink),
    "manifest locked": _locked("manifest.json"),
    "manifest no JSON": _file("manifest.json", lambda path: path.write_text("{")),
    "manifest no UTF-8": _file("manifest.json", lambda path: path.write_bytes(b"\xff")),
    "manifest of another kind": _file("manifest.json", lambda path: path.write_text('["files"]')),
    "manifest too deep": _file("manifest.json", lambda path: path.write_text("[" * 100_000)),
    "manifest a folder": _file("manifest.json", _as_folder),
    "manifest of numbers": _file(
        "manifest.json", lambda path: path.write_text(path.read_text().replace('"dumps/p.nq"', "7"))
    ),
    "manifest of another place": _file(
        "manifest.json", lambda path: path.write_text(path.read_text().replace('"dumps/p.nq"', '"../../etc/passwd"'))
    ),
    "dump and search": _two(_file("dumps/p.nq", _truncate), _file("search.sqlite", Path.unlink)),
}
each_trouble = pytest.mark.parametrize("trouble", TROUBLES.values(), ids=[name.replace(" ", "-") for name in TROUBLES])


@each_trouble
def test_alone(repository: Repository, trouble: Trouble) -> None:
    """With no other release it is condemned at the next look, and served again at the one after it was mended."""
    repository.folder.mkdir()
    first = repository.add("a")
    served = repository.serve(first)
    edition = served.edition()
    with trouble(repository.path(first)), as_nobody():
        served.look()
        served.look()
        assert "condemned" == served.state().word
        assert served.state().why
        assert [first.id] == repository.condemned
    served.look()
    assert (first.id, first.id) == (served.release(), answer(served))
    assert [first.id] == repository.closed
    assert edition != served.edition()


@each_trouble
def test_beside_another(repository: Repository, trouble: Trouble) -> None:
    """While it is damaged a sound one answers, and once it is mended it answers again."""
    repository.folder.mkdir()
    other, first = repository.add("b"), repository.add("a")
    served = repository.serve(first)
    with trouble(repository.path(first)), as_nobody():
        served.look()
        assert other.id == answer(served)
    served.look()
    assert first.id == answer(served)
    assert [] == repository.condemned


@each_trouble
def test_two_damaged_and_one_sound(repository: Repository, trouble: Trouble) -> None:
    """The one that is sound answers, whichever it is, and each gives way to the better one that is mended."""
    repository.folder.mkdir()
    last, before, first = repository.add("c"), repository.add("b"), repository.add("a")
    publish(repository.folder, before.id)
    served = repository.serve(first)
    with trouble(repository.path(before)):
        with trouble(repository.path(first)), as_nobody():
            served.look()
            assert last.id == answer(served)
        served.look()
        assert first.id == answer(served)
    served.look()
    assert first.id == answer(served)


def _no_link(current: Path, release: Path) -> None:
    current.unlink()


def _a_file(current: Path, release: Path) -> None:
    current.unlink()
    current.write_text(release.name)


def _a_loop(current: Path, release: Path) -> None:
    current.unlink()
    current.symlink_to(current.name)


def _nowhere(current: Path, release: Path) -> None:
    current.unlink()
    current.symlink_to("0" * 12)


def _outside(current: Path, release: Path) -> None:
    current.unlink()
    current.symlink_to("/proc/self")


def _an_empty_folder(current: Path, release: Path) -> None:
    current.unlink()
    current.mkdir()


CURRENTS = [_no_link, _a_file, _a_loop, _nowhere, _outside, _an_empty_folder]


@pytest.mark.parametrize("spoil", CURRENTS)
def test_current_spoiled(repository: Repository, spoil: Callable[[Path, Path], None]) -> None:
    """Wherever `current` leads, what was published last goes on; a link that is right again is followed."""
    repository.folder.mkdir()
    other, first = repository.add("b"), repository.add("a")
    repository.add("c")
    served = repository.serve(first)
    current = repository.folder / "current"
    spoil(current, repository.path(first))
    served.look()
    assert first.id == answer(served)
    if current.is_dir() and not current.is_symlink():
        current.rmdir()
    publish(repository.folder, other.id)
    served.look()
    assert other.id == answer(served)


@pytest.mark.parametrize("outside", [False, True])
def test_current_as_a_copy(repository: Repository, outside: bool) -> None:
    """A sound release is served wherever `current` leads to it, be it a folder of that name or a link to elsewhere."""
    repository.folder.mkdir()
    other, first = repository.add("b"), repository.add("a")
    served = repository.serve(first)
    current = repository.folder / "current"
    current.unlink()
    if outside:
        shutil.copytree(repository.path(other), repository.folder.parent / "elsewhere")
        current.symlink_to(repository.folder.parent / "elsewhere")
    else:
        shutil.copytree(repository.path(other), current)
    served.look()
    assert other.id == answer(served)


def test_disk_gone_and_back(repository: Repository) -> None:
    """With the whole folder gone everything is condemned; once it is back, the same release is served."""
    repository.folder.mkdir()
    first = repository.add("a")
    served = repository.serve(first)
    with _moved(repository.folder):
        served.look()
        assert "condemned" == served.state().word
        assert "There is no release" in served.state().why
    served.look()
    assert first.id == answer(served)


def test_same_id_built_anew(repository: Repository) -> None:
    """A release that was deleted, built again and published is served again, as the error advises."""
    repository.folder.mkdir()
    first = repository.add("a")
    served = repository.serve(first)
    repository.damage(first)
    served.look()
    assert not served.healthy()
    shutil.rmtree(repository.path(first))
    served.look()
    repository.add("a")
    publish(repository.folder, first.id)
    served.look()
    assert first.id == answer(served)


def test_folder_replaced_under_way(repository: Repository) -> None:
    """A folder that was replaced between two looks by one of the same content is opened anew."""
    repository.folder.mkdir()
    first = repository.add("a")
    served = repository.serve(first)
    edition = served.edition()
    shutil.rmtree(repository.path(first))
    repository.add("a")
    served.look()
    assert [first.id] == repository.closed
    assert edition != served.edition()
    assert first.id == answer(served)


def test_back_to_a_newer_publication(repository: Repository) -> None:
    """After a fallback, what is published meanwhile is served, and not the one that was damaged."""
    repository.folder.mkdir()
    other, first = repository.add("b"), repository.add("a")
    served = repository.serve(first)
    with _file("dumps/p.nq", _truncate)(repository.path(first)):
        served.look()
        newer = repository.add("c")
        publish(repository.folder, newer.id)
        served.look()
        assert newer.id == answer(served)
    served.look()
    assert newer.id == answer(served)
    assert other.id in repository.closed


@pytest.mark.parametrize("problem", [StoreUnavailable("The store cannot be opened."), OSError(12, "no memory")])
def test_release_that_cannot_be_opened(
    repository: Repository, problem: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """A release that is sound and cannot be opened is not served, with one alarm, and is once it can be."""
    repository.folder.mkdir()
    first, second = repository.add("a"), repository.add("b")
    served = repository.serve(first)
    publish(repository.folder, second.id)

    def refuse(folder: Path) -> None:
        if folder.name == second.id:
            raise problem

    repository.opening = refuse
    served.look()
    served.look()
    assert first.id == answer(served)
    assert 1 == caplog.text.count("ALARM")
    repository.opening = lambda folder: None
    served.look()
    assert second.id == answer(served)


def test_nothing_can_be_opened(repository: Repository) -> None:
    """Where nothing else can be opened either, the reason is told, and the first that can be is served."""
    repository.folder.mkdir()
    first = repository.add("a")
    served = repository.serve(first)

    def refuse(folder: Path) -> None:
        raise StoreUnavailable("The store cannot be opened.")

    repository.opening = refuse
    os.utime(repository.path(first) / "dataset.nq")
    served.look()
    assert "The store cannot be opened." == served.state().why
    repository.opening = lambda folder: None
    served.look()
    assert first.id == answer(served)


def test_touched_while_it_is_opened(repository: Repository) -> None:
    """A release that changes after it was read and before it is open is read and opened once more."""
    repository.folder.mkdir()
    first, second = repository.add("a"), repository.add("b")
    served = repository.serve(first)
    publish(repository.folder, second.id)
    opened: list[str] = []

    def touch(folder: Path) -> None:
        opened.append(folder.name)
        if len(opened) == 1:
            repository.damage(second)

    repository.opening = touch
    served.look()
    assert [second.id] == opened
    assert [second.id] == repository.closed
    assert first.id == answer(served)


def test_disk_that_never_rests(repository: Repository) -> None:
    """Where a release changes each time it is opened, the one that is served goes on."""
    repository.folder.mkdir()
    first, second = repository.add("a"), repository.add("b")
    served = repository.serve(first)
    publish(repository.folder, second.id)
    times = iter(range(1, 100))
    repository.opening = lambda folder: os.utime(folder / "dataset.nq", ns=(0, next(times)))
    served.look()
    assert first.id == answer(served)
    repository.opening = lambda folder: None
    served.look()
    assert second.id == answer(served)


@pytest.mark.parametrize("seed", range(20))
def test_fronts_agree(repository: Repository, seed: int) -> None:
    """Several servers of one folder, and one that begins only now, come to the same, whatever happens on the disk."""
    chance = random.Random(seed)
    repository.folder.mkdir()
    releases = [repository.add(text) for text in "abcd"]
    fronts = [repository.serve(releases[0]) for _ in range(2)]
    link = repository.folder / "current"

    def happen() -> None:
        release = chance.choice(releases)
        file = repository.path(release) / chance.choice(["store/CURRENT", "dumps/p.nq", "manifest.json"])
        match chance.randrange(5):
            case 0:
                with suppress(FileNotFoundError):
                    file.write_bytes(b"y")
            case 1:
                shutil.rmtree(repository.path(release), ignore_errors=True)
                repository.add("abcd"[releases.index(release)])
            case 2:
                with suppress(ReleaseDamaged, ReleaseMissing):
                    publish(repository.folder, release.id)
            case 3:
                link.unlink(missing_ok=True)
            case 4:
                shutil.rmtree(repository.path(release), ignore_errors=True)

    for _ in range(30):
        happen()
        for front in chance.sample(fronts, 2):
            front.look()
        try:
            begun = Served(repository.folder, repository.path(releases[0]), releases[0], repository.open, follow=False)
            now = begun.release()
            begun.close()
        except (ReleaseDamaged, ReleaseMissing):
            now = ""
        assert {now} == {front.release() for front in fronts}
