"""The attacks on the page of results."""

from collections.abc import Iterator, Mapping

from bench.attack import LIGHT_CLIENTS, Attack
from bench.bombs import ATTACKS
from bench.contestants import DEADLINE
from bench.load import Measured
from bench.markdown import number, table

_ATTACK = f"""\
Each attack comes from a process and an address of its own, to a server of its own, with a time limit of {DEADLINE} s.
Beside *runaway* and *nested* {LIGHT_CLIENTS} light clients ask for one action each, every query a new one, as fast as
they are answered. Beside the others two clients ask at a fixed pace of 25 requests a second, each request over a new
connection: one for `/live`, one for an action, every query a new one, by GET and POST in turn. Who is not answered in
five seconds has failed.
An honest end is a whole answer or an error but 500; who is slow may be cut off. *left*: the client did not wait.
Memory is the sum of PSS over all processes. *govplan before* is attacked for half of the time, in which its memory does
not come to its height."""
_HEAD = ("Attack", "Server", "Beside it: answers, median, p99 in ms", "Failed", "What it got", "Slowest")
_ROOM = ("Memory before, most, after in MB", "Afterwards", "Attackers’ CPU")


def under_attack(attacks: Mapping[str, Mapping[str, Attack]]) -> Iterator[str]:
    """Yield what the attacks are, and a table of what came of them."""
    yield _ATTACK
    yield "\n".join(f"* *{name}*: {ATTACKS[name].what}" for name in attacks)
    rows = [_row(name, who, found) for name, contestants in attacks.items() for who, found in contestants.items()]
    yield table((*_HEAD, *_ROOM), rows)
    took = sum(found.seconds for contestants in attacks.values() for found in contestants.values())
    yield f"The attacks took {took:.0f} s together."


def _row(name: str, who: str, found: Attack) -> list[str]:
    return [
        name,
        who,
        "; ".join(f"{client} {_times(one)}" for client, one in found.beside.items()),
        "; ".join(f"{one.failures:,} of {one.failures + one.answers:,}" for one in found.beside.values()),
        ", ".join(f"{count} × {verdict}" for verdict, count in sorted(found.verdicts.items())),
        f"{found.slowest:.1f} s",
        ", ".join(f"{size / 1e6:,.0f}" for size in (found.before, found.peak, found.after)),
        found.afterwards,
        f"{found.client:.1f} of {found.seconds:.0f} s",
    ]


def _times(one: Measured) -> str:
    return f"{number(one.rate)}/s, {number(one.p50)}, {number(one.p99)}" if one.answers else "no answer"
