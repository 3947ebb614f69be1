"""The command that verifies citations."""

from dataclasses import replace
from pathlib import Path

from govplan.citing.examining import examine
from govplan.citing.keys import Cited, make_key
from govplan.citing.records import Record, Records
from govplan.manifest import Manifest
from govplan.sparql import Request, Store
from tests.cli.conftest import Command

TEXT = "SELECT ?s { ?s a <https://w3id.org/govplan/ns#Action> } ORDER BY ?s"


def _content(store: Store, text: str) -> tuple[str, str]:
    found = examine(text, "SELECT", lambda kind: store.answer(Request(text, kind)))
    return found.content, found.answer


def test_keys(govplan: Command, manifest: Manifest, store: Store) -> None:
    """A key is verified, a forged one is told, and what is no key is refused."""
    content, _ = _content(store, TEXT)
    good = str(make_key(manifest.id, content, Cited.of_query(TEXT))[0])
    forged = str(make_key(manifest.id, "ab" * 32, Cited.of_query(TEXT))[0])
    run = govplan("verify", good)
    assert 0 == run.returncode, run.stderr
    assert f"content      {good}\n" in run.stdout
    assert f"release {manifest.id}: 1 verified, 0 of them wrong\n" in run.stdout
    run = govplan("verify", good, forged)
    assert 1 == run.returncode
    assert f"differs      {forged}\n" in run.stdout
    assert 1 == govplan("verify", "x").returncode
    assert 2 == govplan("verify").returncode
    elsewhere = str(make_key("0" * 12, content, Cited.of_query(TEXT))[0])
    assert 2 == govplan("verify", good, elsewhere).returncode
    question = str(make_key(manifest.id, "", Cited.of_question("nothing", {}))[0])
    assert 2 == govplan("verify", question).returncode


def test_question(govplan: Command, manifest: Manifest) -> None:
    """A cited question is asked with its values."""
    name = "objectives-with-action-counts"
    key = str(make_key(manifest.id, "ab" * 32, Cited.of_question(name, {"lang": "nl", "plan": ""}))[0])
    assert f"differs      {key}" in govplan("verify", key).stdout


def test_all(govplan: Command, manifest: Manifest, store: Store, tmp_path: Path, address: str) -> None:
    """All records of a release are verified, and with an endpoint every question too."""
    content, answer = _content(store, Cited.of_query(TEXT).query)
    cited = Cited.of_query(TEXT)
    kept = Records(tmp_path / "cited", 100_000)
    record = Record(cited.digest, cited.written(), TEXT, manifest.id, content, answer, 0)
    kept.add(record)
    other = Cited.of_query(TEXT.replace("Action", "Plan"))
    kept.add(replace(record, digest=other.digest, request=other.written(), release="0" * 12))
    environ = {"GOVPLAN_CITATIONS": str(tmp_path / "cited")}
    run = govplan("verify", "--all", manifest.id, environ=environ)
    assert 0 == run.returncode, run.stderr
    assert f"bytes        {cited.digest}\n" in run.stdout
    assert "1 verified, 0 of them wrong" in run.stdout
    run = govplan("verify", "--all", manifest.id, "--endpoint", f"{address}/sparql", environ=environ)
    assert 0 == run.returncode, run.stdout
    assert "        actions-with-budget\n" in run.stdout
    assert "differs" not in run.stdout
