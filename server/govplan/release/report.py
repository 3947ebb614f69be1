"""The report of the gate, as JSON for machines; the SHACL part is also Turtle."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from govplan.release.check import Gate


def report_json(gate: Gate, dump_sizes: Mapping[str, int]) -> str:
    """Return what the gate found: problems, counts per file, questions, links, and the dumps that read back."""
    report = {
        "conforms": not gate.violations,
        "problems": [asdict(problem) for problem in gate.problems],
        "files": {file.path: len(file.quads) for file in gate.content.files},
        "questions": sorted(gate.questions),
        "links": gate.links.as_json(),
        "labels": {each.kind: {"things": each.things, **each.labelled} for each in gate.coverage if each.is_shown},
        "dumps_read_back": dict(dump_sizes),
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"
