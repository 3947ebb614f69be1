"""`python -m bench.canaries`: two small clients in a process of their own, who ask beside an attack.

One asks `/live`, the other a query that never came before, by GET and POST in turn. Each asks at a fixed pace, whether
or not it was answered, as many readers of a site do; so a stop of the server counts for everybody whom it would meet.
It reads a job, one JSON object in a line: `port`, `path` (of queries), `queries`, `marker` (in each query, for what
never comes twice), `seconds`. It writes a line when it is ready, begins with the next line that it reads, and writes
for each client the seconds of its answers and the numbers of those refused, broken and late.
"""

import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from time import perf_counter
from urllib.parse import quote

EVERY = 0.04
PATIENCE = 5.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Answers:
    """What one client got: `times` in seconds of whatever came whole, `refused` of them without status 200."""

    times: list[float] = field(default_factory=list)
    refused: int = 0
    broken: int = 0
    late: int = 0


def main() -> None:
    """Do the job."""
    job = json.loads(sys.stdin.readline())
    queries, marker, path = job["queries"], job["marker"], job["path"]

    def lookup(number: int) -> bytes:
        query = queries[number % len(queries)].replace(marker, f"canary{number}")
        if number % 2:
            return request("POST", path, f"query={quote(query, safe='')}".encode())
        return request("GET", f"{path}?query={quote(query, safe='')}")

    # The first answers of a server take longer, and say nothing of the attack.
    asyncio.run(_asked(job["port"], lookup, [-1, -2]))
    sys.stdout.write(json.dumps("ready") + "\n")
    sys.stdout.flush()
    sys.stdin.readline()
    found = asyncio.run(_beside(job["port"], lookup, job["seconds"]))
    sys.stdout.write(json.dumps({name: asdict(answers) for name, answers in found.items()}) + "\n")


def request(method: str, target: str, form: bytes = b"") -> bytes:
    """Return one request as it is sent; its connection ends with it, as that of a reader who has just come."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += ["Accept: application/sparql-results+json, application/json"]
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"]
    return "\r\n".join([*lines, "", ""]).encode() + form


async def _asked(port: int, make: Callable[[int], bytes], numbers: list[int]) -> None:
    for number in numbers:
        await ask(port, make(number), Answers())


async def _beside(port: int, lookup: Callable[[int], bytes], seconds: float) -> dict[str, Answers]:
    live = request("GET", "/live")
    found = {"/live": Answers(), "lookup": Answers()}
    await asyncio.gather(
        every(EVERY, seconds, lambda _: ask(port, live, found["/live"])),
        every(EVERY, seconds, lambda number: ask(port, lookup(number), found["lookup"]), first=EVERY / 2),
    )
    return found


async def every(pause: float, seconds: float, do: Callable[[int], Awaitable[None]], first: float = 0.0) -> None:
    """Begin something every `pause` seconds for so long, without waiting for the last; return when all have ended."""
    loop = asyncio.get_running_loop()
    begin = loop.time() + first
    tasks = []
    for number in range(int(seconds / pause)):
        await asyncio.sleep(begin + number * pause - loop.time())
        tasks.append(asyncio.ensure_future(do(number)))
    await asyncio.gather(*tasks)


async def ask(port: int, sent: bytes, answers: Answers) -> None:
    """Send one request over a connection of its own and count what comes of it."""
    begin = perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            status = await _status(port, sent)
    except TimeoutError:
        answers.late += 1
    except (OSError, EOFError, asyncio.LimitOverrunError):
        answers.broken += 1
    else:
        answers.times.append(perf_counter() - begin)
        answers.refused += status != 200


async def _status(port: int, sent: bytes) -> int:
    """Return the status of a whole answer. Raises OSError or EOFError if it does not come whole."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if length is None:
            raise EOFError
        await reader.readexactly(int(length[1]))
        return int(head.split(None, 2)[1])
    finally:
        writer.close()


if __name__ == "__main__":
    main()
