"""What is changed in pySHACL to judge faster changes no verdict."""

import subprocess
import sys

import pyoxigraph as ox
import pytest

from govplan.release.validate import validate
from tests.conftest import ROOT
from tests.content.test_shapes import CASES, _cases, _parsed

pytestmark = pytest.mark.slow
# The same call as below, in a process in which pySHACL stays as it is.
_PLAIN = """
import sys
import pyoxigraph as ox
from govplan.release import shacl
shacl.arrange = lambda: None
from govplan.release.validate import validate
dataset, shapes = (list(ox.parse(path=path, format=ox.RdfFormat.N_QUADS)) for path in sys.argv[1:])
sys.stdout.buffer.write(validate(dataset, shapes).turtle.encode())
"""


def test_same_verdicts(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The statements of all failing cases together break the same shapes, at the same values, with plain pySHACL."""
    dataset = {quad for path in (CASES / "base.trig", *_cases("invalid")) for quad in _parsed(path)}
    shapes = {quad for path in (ROOT / "shapes").glob("*.ttl") for quad in _parsed(path)}
    folder = tmp_path_factory.mktemp("shacl")
    paths = []
    for name, quads in (("dataset", dataset), ("shapes", shapes)):
        paths.append(folder / f"{name}.nq")
        paths[-1].write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")
    plain = subprocess.run([sys.executable, "-c", _PLAIN, *map(str, paths)], check=True, capture_output=True)

    assert validate(dataset, shapes).turtle.encode() == plain.stdout
