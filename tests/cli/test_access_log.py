"""The access log of a real server: one setting away, on standard error."""

import os
import re
import subprocess
import urllib.request

import pytest

from govplan.config import Settings
from govplan.manifest import Manifest
from tests.cli.conftest import GOVPLAN
from tests.conftest import ROOT

PAGE = "/plan/be-ai-convergence"


@pytest.mark.parametrize("switch", ["on", "off"])
def test_access_log(settings: Settings, manifest: Manifest, switch: str) -> None:
    """Each request is a line with the network of its client, and without its query."""
    environ = {**os.environ, "GOVPLAN_RELEASES": str(settings.releases), "GOVPLAN_ACCESS_LOG": switch}
    command = [str(GOVPLAN), "serve", "--port", "0"]
    with subprocess.Popen(
        command, env={**environ, "COLUMNS": "300"}, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        try:
            address = server.stdout.readline().partition(" at ")[2].split("/ ", 1)[0]
            for _ in range(2):  # the second one is answered from memory
                with urllib.request.urlopen(f"{address}{PAGE}?lang=nl") as answer:
                    size = len(answer.read())
            with urllib.request.urlopen(f"{address}/metrics") as answer:
                counts = answer.read().decode()
        finally:
            server.terminate()
            _, log = server.communicate(timeout=60)

    logged = rf"^\S+ \S+ INFO govplan\.access 127\.0\.0\.0 GET {PAGE} 200 {size} \d+\.\d$"
    lines = re.findall(logged, log, re.MULTILINE)
    assert (2 if switch == "on" else 0) == len(lines), log
    assert "lang=nl" not in log
    assert 'govplan_http_requests_total{family="plan",status="200"} 2.0' in counts
