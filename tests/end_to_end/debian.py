"""Programs that tests take from Debian's packages where the machine is without them."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.conftest import missing

_INSTALL = ("install", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600")
_PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin"


def program(name: str, *packages: str) -> str:
    """Return the path of a program, installed with its packages if need be; skips the test where it cannot be had."""
    # Two processes of one test run would be in each other's way.
    with (Path(tempfile.gettempdir()) / f"govplan-tests-apt-{os.getuid()}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if shutil.which(name, path=_PLACES) is None:
            _install(name, packages)
    found = shutil.which(name, path=_PLACES)
    assert found, f"{packages} brought no {name}"
    return found


def _install(name: str, packages: tuple[str, ...]) -> None:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        missing(f"no {name} to be had: only root can install it, and with apt-get")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (("update",), (*_INSTALL, *packages)):
        done = subprocess.run([apt, *words], env=environ, capture_output=True, text=True, timeout=900, check=False)
        if done.returncode:
            missing(f"no {name} to be had: {done.stderr.strip().splitlines()[-1:]}")
