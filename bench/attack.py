"""One client sends bombs while sixteen others ask small questions: who still answers, and are the answers honest?"""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle

from bench.contestants import DEADLINE
from bench.load import Measured, wrk
from bench.servers import JSON, Server

LIGHT_CLIENTS = 16
BOMB_CONNECTIONS = 4
GRACE = 0.5
_HEAD_START = 1.0  # seconds of peace, in which the light clients connect
_TOO_MUCH = 100_000_000
_HEADERS = {"Accept": JSON, "Content-Type": "application/sparql-query"}
_CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
_DOUBLED = "\n".join(f"BIND(REPLACE(?t{i}, 'a', 'aaaaaaaaaa') AS ?t{i + 1})" for i in range(12))
# Runs too long or takes too much memory; every engine survives the parsing.
RUNAWAY = {
    "count of a cross product": f"SELECT (COUNT(*) AS ?n) WHERE {{ {_CROSS} }}",
    "cross product as rows": f"SELECT * WHERE {{ {_CROSS} }}",
    "sorted cross product": f"SELECT ?a WHERE {{ {_CROSS} }} ORDER BY ?c ?f ?i LIMIT 1",
    "distinct cross product": f"SELECT DISTINCT * WHERE {{ {_CROSS} }}",
    "text that doubles": f"SELECT ?t12 WHERE {{ BIND('a' AS ?t0) {_DOUBLED} }}",
    "path between all pairs": "SELECT (COUNT(*) AS ?n) WHERE { ?x (!<urn:a>|^!<urn:a>)* ?y . ?y ?p ?z . ?z ?q ?w }",
    "regular expression": "SELECT ?c WHERE { ?a ?b ?c FILTER(REGEX(STR(?c), '((((a{0,50}){0,50}){0,50}){0,50})')) }",
    "joined text": f"SELECT (GROUP_CONCAT(STR(?c)) AS ?t) WHERE {{ {_CROSS} }}",
}
# Breaks the parser or the planner: the stack, or minutes before the first row.
NESTED = {
    "functions 3,000 deep": f"SELECT * WHERE {{ BIND({'STR(' * 3000}1{')' * 3000} AS ?x) }}",
    "groups 3,000 deep": f"SELECT * WHERE {'{' * 3000}{'}' * 3000}",
    "lists 200 deep": f"SELECT * WHERE {{ ?s ?p {'(' * 200}1{')' * 200} }}",
    "300 optionals": f"SELECT * WHERE {{ {' '.join(f'OPTIONAL {{ ?s ?p{i} ?o{i} }}' for i in range(300))} }}",
    "1,000 patterns": f"SELECT * WHERE {{ {' . '.join(f'?v{i} ?p ?v{i + 1}' for i in range(1000))} }}",
}
PACKS = {"runaway": RUNAWAY, "nested": NESTED}


@dataclass(slots=True)
class Attack:
    """What came of one attack: figures of the light clients, verdict → number of bombs, the slowest answer in s."""

    light: Measured
    verdicts: dict[str, int] = field(default_factory=dict)
    slowest: float = 0.0
    peak: int = 0
    afterwards: str = ""


def attack(server: Server, pack: str, light: Sequence[str], seconds: float) -> Attack:
    """Send the bombs of a pack in turn while light clients ask `light`, each query a new one."""
    stop, lock = threading.Event(), threading.Lock()
    found: list[tuple[str, float]] = []
    bombs = cycle(PACKS[pack].values())

    def throw() -> None:
        stop.wait(_HEAD_START)
        while not stop.is_set():
            with lock:
                bomb = next(bombs)
            begin = time.perf_counter()
            verdict = _verdict(server, bomb)
            found.append((verdict, time.perf_counter() - begin))
            if verdict == "no connection":
                stop.wait(0.5)

    threads = [threading.Thread(target=throw, daemon=True) for _ in range(BOMB_CONNECTIONS)]
    for thread in threads:
        thread.start()
    measured = wrk(server, light, LIGHT_CLIENTS, seconds, fresh=True)
    stop.set()
    for thread in threads:
        thread.join()
    slowest = max((took for _, took in found), default=0.0)
    return Attack(measured, dict(Counter(verdict for verdict, _ in found)), slowest, server.peak, _afterwards(server))


def _afterwards(server: Server) -> str:
    if server.ended or not server.alive:
        return server.ended or "dead"
    begin = time.perf_counter()
    try:
        status, _ = server.get(server.target("ASK {}"), timeout=DEADLINE)
    except OSError:
        return "no answer"
    return f"{status} after {1000 * (time.perf_counter() - begin):.0f} ms"


def _verdict(server: Server, bomb: str) -> str:
    """Say in two words what a bomb got: an honest answer comes within the time limit and is whole or an error."""
    end = time.monotonic() + DEADLINE + GRACE
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE + GRACE)
    begun = False
    try:
        connection.request("POST", server.path, body=bomb.encode(), headers=_HEADERS)
        response = connection.getresponse()
        begun = True
        body = _whole(connection, response, end)
    except TimeoutError:
        return "no end" if begun else "no answer"
    except ConnectionRefusedError:
        return "no connection"
    except (OSError, http.client.HTTPException):
        return "cut off"
    finally:
        connection.close()
    if body is None:
        return f"over {_TOO_MUCH // 10**6} MB"
    if response.status >= 400:
        return f"error {response.status}"
    try:
        json.loads(body)
    except ValueError:
        return f"{response.status} but broken"
    return "whole answer"


def _whole(connection: http.client.HTTPConnection, response: http.client.HTTPResponse, end: float) -> bytes | None:
    """Return the whole body, None if it is too much. Raises TimeoutError at `end`, HTTPException if it is cut off."""
    body = bytearray()
    while len(body) <= _TOO_MUCH:
        if connection.sock is not None:
            connection.sock.settimeout(max(end - time.monotonic(), 0.001))
        piece = response.read1(1 << 20)
        if not piece:
            if response.length:
                raise http.client.IncompleteRead(bytes(body), response.length)
            return bytes(body)
        body += piece
        if time.monotonic() > end:
            raise TimeoutError
    return None
