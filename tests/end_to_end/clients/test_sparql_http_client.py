"""sparql-http-client (npm) gets rows, words and graphs, by each of its clients and each of its operations."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.clients.conftest import environment
from tests.end_to_end.clients.test_formats import ABOUT, BASE

PLAN = BASE + ABOUT[0]
PROGRAM = """
import StreamClient from 'sparql-http-client'
import ParsingClient from 'sparql-http-client/ParsingClient.js'
import SimpleClient from 'sparql-http-client/SimpleClient.js'

const [endpointUrl, operation, plan, kind] = process.argv.slice(2)
const select = `SELECT ?plan ?type { ?plan a <${kind}> ; a ?type } ORDER BY ?type`
const construct = `CONSTRUCT WHERE { ?plan a <${kind}> }`
const triple = quad => [quad.subject.value, quad.predicate.value, quad.object.value]
const how = { operation }

const streamed = { rows: [], triples: [] }
const stream = new StreamClient({ endpointUrl })
for await (const row of stream.query.select(select, how)) streamed.rows.push([row.plan.value, row.type.value])
for await (const quad of stream.query.construct(construct, how)) streamed.triples.push(triple(quad))
streamed.word = await stream.query.ask(`ASK { <${plan}> a <${kind}> }`, how)

const parsing = new ParsingClient({ endpointUrl })
const parsed = {
  rows: (await parsing.query.select(select, how)).map(row => [row.plan.value, row.type.value]),
  triples: [...await parsing.query.construct(construct, how)].map(triple),
  word: await parsing.query.ask(`ASK { <${plan}> a <${kind}> }`, how)
}
const described = [...await parsing.query.construct(`DESCRIBE <${plan}>`, how)].length

const simple = new SimpleClient({ endpointUrl, updateUrl: endpointUrl })
const csv = await (await simple.query.select(select, { ...how, headers: { accept: 'text/csv' } })).text()
const wrong = await simple.query.select('SELECT nonsense', how)
const update = await simple.query.update('CLEAR ALL', { operation: 'postUrlencoded' })

console.log(JSON.stringify({ streamed, parsed, described, csv, wrong: wrong.status, update: update.status }))
"""


@pytest.mark.parametrize("operation", ["get", "postUrlencoded", "postDirect"])
def test_sparql_http_client(sparql_http_client: Path, anywhere: str, tmp_path: Path, operation: str) -> None:
    """Each client gets the plan and its types; what is no query, and an update, are refused."""
    kind = f"{BASE}ns#Plan"
    (tmp_path / "node_modules").symlink_to(sparql_http_client / "node_modules")
    (tmp_path / "ask.mjs").write_text(PROGRAM, encoding="utf-8")
    command = ["node", "ask.mjs", f"{anywhere}/sparql", operation, PLAN, kind]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=180, check=False
    )
    assert 0 == done.returncode, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)

    assert found["streamed"] == found["parsed"]
    assert [PLAN, kind] in found["parsed"]["rows"]
    assert [[PLAN, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", kind]] == found["parsed"]["triples"]
    assert found["parsed"]["word"] is True
    assert found["described"] > 1
    assert f"{PLAN},{kind}" in found["csv"].splitlines()
    assert (400, 400) == (found["wrong"], found["update"])
