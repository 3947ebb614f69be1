"""docs/operate.md and deploy/: what they tell operators is so, and the commands do what they say."""

import configparser
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from govplan import metrics
from govplan.config import Settings, load
from govplan.manifest import Manifest
from govplan.release.pruning import found
from govplan.settings import SETTINGS
from tests.conftest import BIN, ROOT

DEPLOY = ROOT / "deploy"
TEXT = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
UNIT = DEPLOY / "govplan@.service"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BUILDERS = ("podman", "buildah", "docker")


def _section(heading: str) -> str:
    return TEXT.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


def _commands(heading: str) -> str:
    return "".join(_BLOCK.findall(_section(heading)))


def _run(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run commands as they stand, but in a folder instead of the root of this machine, without a home."""
    for path in ("/var/lib/govplan", "/var/backups", "/opt/govplan/current", "/etc/ssl/govplan"):
        commands = commands.replace(path, f"{folder}{path}")
    environ = {"PATH": os.environ["PATH"], "COLUMNS": "200", "GOVPLAN_RELEASES": f"{folder}/var/lib/govplan/releases"}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(name="machine")
def _machine(tmp_path: Path) -> Path:
    """The folders of a server, empty."""
    for path in ("var/lib/govplan", "var/backups", "opt/govplan", "etc/ssl"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "opt/govplan/current").symlink_to(BIN.parent)
    return tmp_path


def test_publish_roll_back_clean_up_restore(machine: Path, manifest: Manifest) -> None:
    """The life of releases, by the commands of the document in their order, by a user without a home."""
    releases = machine / "var/lib/govplan/releases"
    done = _run(_commands("Publish new data"), machine)
    assert 0 == done.returncode, done.stderr
    assert re.search(rf"^ *{manifest.id} .* current +yes", done.stdout, re.MULTILINE)

    older = releases / ("0" * 12)
    shutil.copytree(releases / manifest.id, older)
    older.chmod(0o755)
    os.utime(older, (10**9, 10**9))
    done = _run(_commands("Roll back").replace("ID", "0" * 12), machine)
    assert 0 == done.returncode, done.stderr
    assert "0" * 12 == (releases / "current").readlink().name
    assert 0 == _run(_commands("Roll back").replace("ID", manifest.id), machine).returncode

    done = _run(_commands("Clean up old releases").replace("--keep 3", "--keep 1"), machine)
    assert 0 == done.returncode, done.stderr
    assert re.findall(r"^(?:would remove|removed) 0{12}$", done.stdout, re.MULTILINE)
    assert [manifest.id] == [each.folder.name for each in found(releases)]

    copy, restore = _BLOCK.findall(_section("Back up and restore"))
    assert 0 == _run(copy, machine).returncode
    lost = releases.rename(machine / "lost")
    done = _run(restore, machine)
    assert 0 == done.returncode, done.stdout + done.stderr
    assert re.search(rf"^ *{manifest.id} .* current +yes", done.stdout, re.MULTILINE)
    for path in (releases, lost):
        _writable(path)


def _writable(folder: Path) -> None:
    for path, _, _ in os.walk(folder):
        Path(path).chmod(0o755)


def test_certificate(machine: Path) -> None:
    """The certificate for a first try is made."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not on this machine")
    block = next(
        block for block in _BLOCK.findall(_section("nginx: https, prefix, slow clients")) if "openssl" in block
    )
    done = _run(block, machine)

    assert 0 == done.returncode, done.stderr
    assert {"key.pem", "certificate.pem"} == {path.name for path in (machine / "etc/ssl/govplan").iterdir()}


def test_commands_can_be_read() -> None:
    """Every command is one that the shell reads, and every file that one names is there."""
    for block in _BLOCK.findall(TEXT):
        subprocess.run(["bash", "-n", "-c", block], check=True, timeout=60)
        for name in re.findall(r"(?<!\S)((?:deploy|docs)/\S+|constraints\.txt)", block):
            assert (ROOT / name).is_file(), name
    for name in re.findall(r"\]\(\.\./([^)#]+)", TEXT):
        assert (ROOT / name).exists(), name


def test_metrics() -> None:
    """Every metric that is to be watched exists, and so do the labels that are named."""
    named = set(re.findall(r"`(govplan_\w+)`", _section("What to watch")))
    families = {metric.name: metric for metric in metrics.REGISTRY.collect()}
    known = {name + ("_total" if metric.type == "counter" else "") for name, metric in families.items()}

    assert named
    assert named <= known, named - known
    text = metrics.exposition().decode()
    assert all(f"# HELP {name} " in text or f"# HELP {name.removesuffix('_total')}" in text for name in named)


def test_settings(settings: Settings) -> None:
    """The settings that the document and the files name exist, and their values can be used."""
    known = {setting.variable for setting in SETTINGS}
    files = [TEXT, *(path.read_text(encoding="utf-8") for path in DEPLOY.iterdir())]
    assert {name for text in files for name in re.findall(r"GOVPLAN_[A-Z_]+", text)} <= known
    lines = [line for line in (DEPLOY / "govplan.env").read_text().splitlines() if line and line[0] != "#"]
    loaded = load(ROOT, environ=dict(line.split("=", 1) for line in lines))
    assert ("https://data.example.gov/convergence", 1) == (loaded.public_url, loaded.proxies)
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    # What nginx is told of limits fits those that it explains.
    assert settings.query_seconds + settings.queue_seconds < _number(nginx, r"proxy_read_timeout (\d+)s")
    assert settings.body_bytes < 2**20 * _number(nginx, r"client_max_body_size (\d+)m")
    assert settings.drain_seconds < _number(UNIT.read_text(), r"TimeoutStopSec=(\d+)")


def _number(text: str, pattern: str) -> int:
    found_text = re.search(pattern, text)
    assert found_text, pattern
    return int(found_text[1])


def _unit() -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT, encoding="utf-8")
    assert ["Unit", "Service", "Install"] == parser.sections()
    return dict(parser["Service"])


def test_unit() -> None:
    """The unit starts what there is, as nobody in particular, and lets it do little."""
    service = _unit()
    words = service["ExecStart"].split()

    assert "/opt/govplan/current/bin/govplan" == words[0]
    assert ["serve", "--host", "127.0.0.1", "--port", "%i"] == words[1:]
    done = subprocess.run([BIN / "govplan", "serve", "--help"], capture_output=True, text=True, timeout=60, check=True)
    assert all(option in done.stdout for option in words if option.startswith("--"))
    assert ("govplan", "yes", "strict", "yes", "") == (
        service["User"],
        service["NoNewPrivileges"],
        service["ProtectSystem"],
        service["ProtectHome"],
        service["CapabilityBoundingSet"],
    )


def test_unit_by_systemd(tmp_path: Path) -> None:
    """systemd finds nothing wrong with the unit, and little that it could still be forbidden."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not on this machine")
    # The program is not installed here where the unit has it.
    text = UNIT.read_text(encoding="utf-8").replace("/opt/govplan/current/bin/govplan", str(BIN / "govplan"))
    copy = tmp_path / UNIT.name
    copy.write_text(text, encoding="utf-8")
    environ = {**os.environ, "SYSTEMD_LOG_TARGET": "console"}
    for words in (("verify",), ("security", "--offline=true", "--threshold=20", "--no-pager")):
        done = subprocess.run(
            [analyze, *words, str(copy)], env=environ, capture_output=True, text=True, timeout=120, check=False
        )
        assert 0 == done.returncode, done.stdout + done.stderr
        assert UNIT.name.partition("@")[0] not in done.stderr, done.stderr


def _instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def test_containerfile() -> None:
    """The image runs as a user without a home, can be reached, and begins with a command that exists."""
    found_words = _instructions()
    assert {word for word, _ in found_words} <= {
        *("FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD")
    }
    last = dict(found_words)
    assert re.fullmatch(r"[1-9]\d*", last["USER"])
    words = [word for word, _ in found_words]
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert all(re.search(r"python:3\.\d+-slim\b", rest) for word, rest in found_words if word == "FROM")
    environ = dict(pair.split("=", 1) for pair in last["ENV"].split())
    port = environ["GOVPLAN_PORT"]
    assert port == last["EXPOSE"]
    assert f":{port}/ready" in last["HEALTHCHECK"]
    assert environ["GOVPLAN_RELEASES"].startswith(last["VOLUME"])
    assert ["govplan", "serve"] == json.loads(last["ENTRYPOINT"]) + json.loads(last["CMD"])
    check = json.loads(last["HEALTHCHECK"].partition("CMD ")[2])
    compile(check[2], "HEALTHCHECK", "exec")


def test_image(tmp_path: Path) -> None:
    """Where something can build images, this one is built, and answers with its version."""
    builder = next((name for name in _BUILDERS if _can_build(name)), None)
    if builder is None:
        pytest.skip("nothing on this machine can build images")
    tag = f"govplan-test-{os.getpid()}"
    subprocess.run(
        [builder, "build", "--tag", tag, "--file", str(DEPLOY / "Containerfile"), str(ROOT)], check=True, timeout=1800
    )
    try:
        if builder != "buildah":
            done = subprocess.run(
                [builder, "run", "--rm", tag, "--version"], capture_output=True, text=True, timeout=120, check=True
            )
            assert "govplan" in done.stdout
    finally:
        subprocess.run([builder, "rmi", tag], check=True, timeout=120)


def _can_build(name: str) -> bool:
    program = shutil.which(name)
    if program is None:
        return False
    return subprocess.run([program, "info"], capture_output=True, timeout=60, check=False).returncode == 0
