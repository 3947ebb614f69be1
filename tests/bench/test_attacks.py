"""The attackers and the canaries: what they send, and what they say of the answers of a server."""

import asyncio
import json
import subprocess
import sys
import threading
from typing import Any

import pytest

from bench.attackers import verdict_of
from bench.bombs import ATTACKS, LONG_TEXTS, ORDER, Burst, Request, Slow, Slowly, reconciliation, wide_page
from bench.canaries import EVERY, Answers, ask, every, request
from bench.slow import Client, hold
from govplan.settings import SETTINGS
from tests.bench.conftest import Answering, whole
from tests.conftest import ROOT
from tests.loops import run

DEFAULTS = {setting.key: setting.default for setting in SETTINGS}
JSON = whole(b'{"boolean": true}')


def _asked(leaves: float = 0.0) -> Request:
    return Request("POST", "/sparql", {"Content-Type": "application/sparql-query"}, b"ASK {}", leaves)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (JSON, "whole answer"),
        (whole(b"<p>any", kind="text/html"), "whole answer"),
        (whole(b"{}", 503), "error 503"),
        (whole(b'{"boolean": tr'), "200 but broken"),
        (JSON[:-1], "cut off"),
        (b"", "cut off"),
    ],
)
def test_verdicts(answering: Answering, answer: bytes, verdict: str) -> None:
    """A request of an attack got a whole answer, an error, or neither."""
    with answering(lambda _: answer) as port:
        assert verdict == verdict_of(_asked(), port, 30.0)


@pytest.mark.parametrize(("leaves", "verdict"), [(0.0, "no answer"), (0.01, "left")])
def test_verdicts_without_an_answer(answering: Answering, leaves: float, verdict: str) -> None:
    """A client that leaves does not blame the server; one that stays to the limit does."""
    over = threading.Event()
    with answering(lambda _: JSON if over.wait(30) else b"") as port:
        assert verdict == verdict_of(_asked(leaves), port, 0.02)
        over.set()


def test_nobody_there(answering: Answering) -> None:
    """A server that has ended is told from one that does not answer."""
    with answering(lambda _: JSON) as port:
        pass
    assert "no connection" == verdict_of(_asked(), port, 5.0)


def _until_it_ends(client: Client) -> str:
    for _ in range(200_000):
        if verdict := client.step():
            client.close()
            return verdict
    raise AssertionError("the connection does not end")


@pytest.mark.parametrize(
    ("answer", "verdict"), [(JSON, "whole answer"), (whole(b"{}", 408), "error 408"), (JSON[:-1], "cut off")]
)
@pytest.mark.parametrize("reads", [0, 10])
def test_slow_clients(answering: Answering, answer: bytes, verdict: str, reads: int) -> None:
    """A client that sends byte by byte says how it ended; so does one that only reads when the server has closed."""
    head = b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"
    with answering(lambda _: answer) as port:
        found = _until_it_ends(Client(("127.0.0.1", port), "127.0.0.2", Slowly(head, b"12345", reads)))

    assert verdict == found


@pytest.mark.parametrize(("limit", "last"), [(-1.0, "held"), (1000.0, "left")])
def test_slow_clients_come_again(answering: Answering, limit: float, last: str) -> None:
    """Who was sent away comes again; who is still there at the end was held, or leaves before its time is up."""
    third, over = threading.Event(), threading.Event()

    def answer(number: int) -> bytes:
        if number < 2:
            return whole(b"{}", 503)
        third.set()
        over.wait(30)
        return b""

    attack = Slow("any", 1, 3, lambda number, dump: Slowly(f"GET {dump} HTTP/1.1\r\n\r\n".encode(), reads=4096))
    begun: list[str] = []
    with answering(answer) as port:
        found = hold(
            attack,
            ("127.0.0.1", port),
            "127.0.0.2",
            "/dump",
            limit,
            lambda _: third.wait(0.001),
            lambda: begun.append("begun"),
        )
        over.set()

    assert ["error 503", "error 503", last] == [verdict for verdict, _ in found]
    assert ["begun"] == begun


def test_slow_clients_are_bounded(answering: Answering) -> None:
    """No more come than the attack allows."""
    asked: list[int] = []
    attack = Slow("any", 2, 3, lambda number, dump: Slowly(b"GET / HTTP/1.1\r\n\r\n", reads=4096))
    beats = iter(range(300))
    pause = threading.Event()

    def answer(number: int) -> bytes:
        asked.append(number)
        return whole(b"{}", 503)

    with answering(answer) as port:
        hold(
            attack,
            ("127.0.0.1", port),
            "127.0.0.2",
            "/",
            1.0,
            lambda _: pause.wait(0.001) or next(beats, None) is None,
            lambda: None,
        )

    assert len(asked) <= 3


class _Helper:
    """One process of the bench."""

    def __init__(self, module: str, job: dict[str, Any]) -> None:
        command = [sys.executable, "-m", f"bench.{module}"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.tell(job)

    def tell(self, what: object) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def heard(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def end(self) -> Any:
        """Return the last thing it says once its input has ended."""
        out, _ = self.process.communicate(timeout=60)
        assert 0 == self.process.returncode
        return json.loads(out) if out else None


@pytest.mark.parametrize("name", ["order", "slow-bodies"])
def test_attackers(answering: Answering, name: str) -> None:
    """The attackers say when they have begun, stop when their input ends, and then count what they got."""
    many = threading.Event()

    def answer(number: int) -> bytes:
        if number > 2:
            many.set()
        return whole(b"{}", 400)

    with answering(answer) as port:
        job = {"attack": name, "port": port, "path": "/sparql", "dump": "/", "limit": 30.0, "peace": 0.0}
        attackers = _Helper("attackers", job | {"seconds": 60.0, "brief": name == "order"})
        assert "begun" == attackers.heard()
        if name == "order":
            assert many.wait(30)
        report = attackers.end()

    if name == "order":
        assert report["verdicts"].pop("error 400") > 2
    # Bodies that come byte by byte were never whole.
    assert {"left"} >= set(report["verdicts"])


def test_canaries(answering: Answering) -> None:
    """The canaries count the answers, the refusals and the failures of each of the two."""
    replies = [JSON, whole(b"{}", 503), b"HTTP/1.1 200 Any\r\n\r\n", JSON[:-1]]
    with answering(lambda number: replies[number % 4] if number > 1 else JSON) as port:
        queries = ["ASK { <urn:AGAIN> ?p ?o }"]
        job = {"port": port, "path": "/sparql", "queries": queries, "marker": "AGAIN", "seconds": 20 * EVERY}
        canaries = _Helper("canaries", job)
        assert "ready" == canaries.heard()
        canaries.tell("begin")
        found = canaries.end()

    assert {"/live", "lookup"} == set(found)
    for answers in found.values():
        assert 20 == len(answers["times"]) + answers["broken"]
    assert 10 == sum(answers["refused"] for answers in found.values())
    assert 20 == sum(answers["broken"] for answers in found.values())


def test_canaries_wait_for_nobody() -> None:
    """The next request begins whether or not the last one was answered."""

    async def all_at_once() -> int:
        begun: list[int] = []
        last = asyncio.Event()

        async def hang(number: int) -> None:
            begun.append(number)
            if number == 4:
                last.set()
            await last.wait()

        await every(0.001, 0.005, hang)
        return len(begun)

    assert 5 == run(all_at_once())


def test_a_canary_without_a_server(answering: Answering) -> None:
    """A connection that is refused is a failure, not an end of the run."""
    with answering(lambda _: JSON) as port:
        pass
    answers = Answers()
    run(ask(port, request("GET", "/live"), answers))

    assert Answers(broken=1) == answers


def test_long_texts() -> None:
    """The longest text is as long as govplan reads by default, and shorter by little."""
    longest = max(len(text.encode()) for text in LONG_TEXTS.values())

    assert 65_000 < longest <= int(DEFAULTS["query_bytes"])


def test_reconciliation() -> None:
    """A batch holds 100 names, each of 60 parts and no longer than a name may be; most clients leave."""
    made = [reconciliation(number, "/sparql") for number in range(20)]
    names = [
        query["query"] for one in made for query in json.loads((one.body or b"").removeprefix(b"queries=")).values()
    ]

    assert 2000 == len(names) == len(set(names))
    assert 100 <= int(DEFAULTS["batch_queries"])
    assert {60} == {name.count("/") + 1 for name in names}
    assert max(map(len, names)) <= 400
    assert all(40_000 < len(one.body or b"") < 50_000 for one in made)
    assert 18 == sum(one.leaves > 0 for one in made)


def _made(attack: Burst, number: int) -> tuple[str, bytes | None]:
    one = attack.request(number, "/sparql")
    return one.target, one.body


def test_wide_pages_never_come_twice() -> None:
    """No two requests for a wide page are the same, so that no cache helps; some clients leave."""
    made = [wide_page(number, "/sparql") for number in range(30)]

    assert 30 == len({one.target for one in made})
    assert 10 == sum(one.leaves > 0 for one in made)


def test_order_comes_twice_and_anew() -> None:
    """The query that sorts everything comes again as it is, and as one that nobody has seen."""
    attack = ATTACKS["order"]
    assert isinstance(attack, Burst)
    bodies = [body for _, body in (_made(attack, number) for number in range(8))]
    everything = next(iter(ORDER.values())).encode()

    assert 4 == bodies.count(everything)
    assert 4 == len(set(bodies))


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_bounded(name: str) -> None:
    """Every attack has some clients and an end, and says in words what it is."""
    attack = ATTACKS[name]

    assert attack.clients <= 320
    assert attack.clients <= attack.most <= 5000
    assert attack.what
