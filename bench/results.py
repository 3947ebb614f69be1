"""What a run found, as plain data."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.attack import Attack
from bench.floor import InProcess
from bench.load import Measured

IN_PROCESS = InProcess.name


@dataclass(slots=True)
class Results:
    """Everything that was measured.

    `cells`: name of the cell → contestant → one Measured a round. `absent`: contestant → why it did not run at all.
    `unfit`: dataset/workload → contestant → why it was left out.
    `skipped`: what the run had no time for. `figures`: dataset → contestant → load, start (s), memory (bytes).
    """

    about: dict[str, str]
    versions: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    datasets: dict[str, dict[str, float]] = field(default_factory=dict)
    what: dict[str, str] = field(default_factory=dict)
    cells: dict[str, dict[str, list[Measured]]] = field(default_factory=dict)
    unfit: dict[str, dict[str, str]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    figures: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    attacks: dict[str, dict[str, Attack]] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write them as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
