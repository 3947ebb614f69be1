"""`python -m bench.attackers`: one attack, in a process of its own, from an address of its own.

It reads a job, one JSON object in a line: `attack`, `port`, `path` (of queries), `dump` (target of the whole dataset),
`limit` (seconds in which an honest answer comes), `peace` (seconds before it begins), `seconds` (when it stops at the
latest), `brief` (whether it leaves at the end, or waits for the answers that are under way).
It writes a line when it has begun, stops when its input ends, and then writes the verdicts with their numbers and the
seconds of the slowest answer.
"""

import http.client
import json
import os
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass

from bench.bombs import ATTACKS, Burst, Request
from bench.slow import Found, hold

# All of 127.0.0.0/8 is this machine, so that the attacker is another client than those beside it.
ADDRESS = "127.0.0.2"
_TOO_MUCH = 100_000_000
_RETRY = 0.5


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done, as above."""

    attack: str
    port: int
    path: str
    dump: str
    limit: float
    peace: float
    seconds: float
    brief: bool


class _Clock:
    """Says when it is time to stop: at the end of the job, or of the input."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._told = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        sys.stdin.read()
        self._told.set()

    def wait(self, seconds: float) -> bool:
        """Wait so long at most; return whether it is time to stop."""
        return self._told.wait(max(min(seconds, self._end - time.monotonic()), 0.0)) or time.monotonic() >= self._end


def main() -> None:
    """Do the job."""
    job = Job(**json.loads(sys.stdin.readline()))
    clock = _Clock(job.seconds)
    clock.wait(job.peace)
    attack = ATTACKS[job.attack]
    if isinstance(attack, Burst):
        found = burst(attack, job, clock)
    else:
        found = hold(attack, ("127.0.0.1", job.port), ADDRESS, job.dump, job.limit, clock.wait, _begun)
    answered = [took for verdict, took in found if verdict != "left"]
    _say({"verdicts": Counter(verdict for verdict, _ in found), "slowest": max(answered, default=0.0)})
    # The threads of those who wait for an answer are not waited for.
    os._exit(0)


def _begun() -> None:
    _say("begun")


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def burst(attack: Burst, job: Job, clock: _Clock) -> Found:
    """Send the requests of an attack from a thread for each client; return each verdict with its seconds."""
    found: Found = []
    numbers = iter(range(attack.most))
    lock = threading.Lock()

    def send() -> None:
        while not clock.wait(attack.pause):
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            request = attack.request(number, job.path)
            begin = time.perf_counter()
            verdict = verdict_of(request, job.port, job.limit)
            found.append((verdict, time.perf_counter() - begin))
            if verdict == "no connection":
                clock.wait(_RETRY)

    threads = [threading.Thread(target=send, daemon=True) for _ in range(attack.clients)]
    for thread in threads:
        thread.start()
    _begun()
    clock.wait(job.seconds)
    end = time.monotonic() + (0.0 if job.brief else job.limit + _RETRY)
    for thread in threads:
        thread.join(max(end - time.monotonic(), 0.0))
    return list(found)


def verdict_of(request: Request, port: int, limit: float) -> str:
    """Say in two words what a request got: an honest answer comes within `limit` seconds, whole or an error."""
    patience = request.leaves or limit
    end = time.monotonic() + patience
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience, source_address=(ADDRESS, 0))
    begun = False
    try:
        connection.request(request.method, request.target, body=request.body, headers=dict(request.headers))
        response = connection.getresponse()
        begun = True
        body = _whole(connection, response, end)
    except TimeoutError:
        return "left" if request.leaves else "no end" if begun else "no answer"
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
    if "json" in response.headers.get("Content-Type", ""):
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


if __name__ == "__main__":
    main()
