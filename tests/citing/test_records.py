"""The file of requests that are too long for a key."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from govplan.citing import records
from govplan.citing.keys import Cited
from govplan.citing.records import FILE, Record, Records, records_of
from govplan.config import load
from govplan.errors import CitationsUnwritable, CitationUnknown, Overloaded
from govplan.filelocks import FileLock
from tests.conftest import ROOT

CITED = Cited.of_query("ASK { ?s ?p 'é' }")
RECORD = Record(CITED.digest, CITED.written(), "ask{?s ?p 'é'}", "0123456789ab", "", "ab" * 32, 1000)
MOST = 100_000


def _others(count: int, made: int = 1000) -> list[Record]:
    return [replace(RECORD, digest=f"{number:043}", made=made) for number in range(count)]


def test_found_again(tmp_path: Path) -> None:
    """A record is found by its hash, by every process, and is written once."""
    folder = tmp_path / "made"
    for _ in range(2):
        Records(folder, MOST).add(RECORD)
    found = Records(folder, MOST)
    assert RECORD == found.find(CITED.digest)
    assert CITED == found.find(CITED.digest).cited
    assert 1 == len(list(found))


def test_found_behind_one_that_quotes_it(tmp_path: Path) -> None:
    """A record whose query holds the hash of another is not that other."""
    quoting, *_ = _others(1)
    for each in (replace(quoting, original=f"ASK {{}} # {CITED.digest}"), RECORD):
        Records(tmp_path, MOST).add(each)
    assert RECORD == Records(tmp_path, MOST).find(CITED.digest)


def test_where_they_lie(tmp_path: Path) -> None:
    """Records lie beside the releases, or where the operator places them, and are as many as are wanted."""
    own = load(ROOT, environ={"GOVPLAN_RELEASES": str(tmp_path / "releases")})
    records_of(own).add(RECORD)
    assert (tmp_path / "citations" / FILE).is_file()
    placed = load(ROOT, environ={"GOVPLAN_CITATIONS": str(tmp_path / "x"), "GOVPLAN_CITATION_BYTES": "0"})
    with pytest.raises(CitationsUnwritable):
        records_of(placed).add(RECORD)
    assert (tmp_path / "x").is_dir()


def test_unknown(tmp_path: Path) -> None:
    """What was not recorded is not there, whether or not there is a file."""
    with pytest.raises(CitationUnknown):
        Records(tmp_path / "none", MOST).find(CITED.digest)
    Records(tmp_path, MOST).add(RECORD)
    with pytest.raises(CitationUnknown):
        Records(tmp_path, MOST).find("x")


def test_torn(tmp_path: Path) -> None:
    """A line that a crash has cut spoils no other."""
    Records(tmp_path, MOST).add(RECORD)
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"digest": "x", "req')
    (other,) = _others(1)
    Records(tmp_path, MOST).add(other)
    assert [RECORD, other] == list(Records(tmp_path, MOST))


def test_full(tmp_path: Path) -> None:
    """The file never grows beyond its bound, and what is in it stays."""
    Records(tmp_path, 400).add(RECORD)
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(CitationsUnwritable, match="full"):
        Records(tmp_path, 400).add(_others(1)[0])
    assert before == (tmp_path / FILE).read_bytes()
    Records(tmp_path, 400).add(RECORD)


def test_pace(tmp_path: Path) -> None:
    """Only so many are recorded a minute, whoever sends them."""
    kept = Records(tmp_path, MOST)
    for record in _others(20):
        kept.add(record)
    with pytest.raises(Overloaded):
        kept.add(RECORD)
    kept.add(replace(RECORD, made=1061))


def test_unwritable(tmp_path: Path) -> None:
    """Where nothing can be written, the error says so and how to cite all the same."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CitationsUnwritable) as refused:
        Records(tmp_path / "file", MOST).add(RECORD)
    assert "a named question" in str(refused.value)


def test_at_once(tmp_path: Path) -> None:
    """Several writers lose nothing."""
    others = _others(20)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda record: Records(tmp_path, MOST).add(record), others))
    assert {record.digest for record in others} == {record.digest for record in Records(tmp_path, MOST)}


def test_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever cannot have the lock in good time is told to come back."""
    monkeypatch.setattr(records, "_PATIENCE", 0.0)
    lock = FileLock(tmp_path / "citations.lock")
    assert lock.acquire()
    with pytest.raises(Overloaded):
        Records(tmp_path, MOST).add(RECORD)
    lock.close()
    Records(tmp_path, MOST).add(RECORD)


def test_written_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that takes a part of a line at a time is given the rest."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
    Records(tmp_path, MOST).add(RECORD)
    assert [RECORD] == list(Records(tmp_path, MOST))
