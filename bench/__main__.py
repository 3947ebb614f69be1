"""`python -m bench`: install the peers, measure, print the ratios, write RESULTS.md."""

import fcntl
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.markdown import Markdown

from bench.before import REVISION
from bench.datasets import FOLDER
from bench.load import missing
from bench.plan import FULL, QUICK
from bench.report import report
from bench.run import every_contestant, run
from bench.servers import ServerFailed
from bench.workloads import attacks, cells

OUT = Console(soft_wrap=True, highlight=False)
ERR = Console(stderr=True, soft_wrap=True, highlight=False)
RESULTS = Path(__file__).with_name("RESULTS.md")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="A first impression in some five minutes; RESULTS.md stays as it is.")
@click.option(
    "--only",
    multiple=True,
    metavar="PATTERN",
    help="Measure only what has such a name: 'plan/lookup/*/16', 'attack/*', attack/order; RESULTS.md stays.",
)
@click.option(
    "--contestant", "names", multiple=True, metavar="NAME", help="Measure only these servers; RESULTS.md stays."
)
@click.option(
    "--before",
    default=REVISION,
    show_default=True,
    metavar="REV",
    help="The commit that is measured as 'govplan before'; an empty one leaves it out.",
)
@click.option("--list", "listing", is_flag=True, help="Name the cells and the attacks, and end.")
def main(quick: bool, only: tuple[str, ...], names: tuple[str, ...], before: str, listing: bool) -> None:
    """Measure govplan beside its peers on the same data and queries, and print how many times as fast it is."""
    chosen, against = cells(quick=quick, only=only), attacks(quick=quick, only=only)
    if listing:
        for name in [*(cell.name for cell in chosen), *(f"attack/{name}" for name in against)]:
            OUT.print(name)
        return
    if why := missing():
        ERR.print(f"error: {why}", style="bold red")
        sys.exit(3)
    if not chosen and not against:
        ERR.print("error: nothing has such a name; --list gives them", style="bold red")
        sys.exit(2)
    everyone = every_contestant(before)
    if unknown := set(names) - {contestant.name for contestant in everyone}:
        ERR.print(f"error: nobody is called {', '.join(sorted(unknown))}", style="bold red", markup=False)
        sys.exit(2)
    contestants = [contestant for contestant in everyone if not names or contestant.name in names]
    plan = QUICK if quick else FULL
    # So that the servers are ended, too, when the bench is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ERR.status("beginning") as status:

        def tell(step: str) -> None:
            status.update(step)
            if not ERR.is_terminal:
                ERR.print(step)

        try:
            with _alone():
                results = run(chosen, against, contestants, plan, tell)
        except ServerFailed as problem:
            ERR.print(f"error: {problem}", style="bold red", markup=False)
            sys.exit(3)
    results.write(FOLDER / "results.json")
    text = report(results, whole=not only and not names)
    if not quick and not only and not names and not results.skipped:
        RESULTS.write_text(text, encoding="utf-8")
    OUT.print(Markdown(text) if OUT.is_terminal else text, markup=False)


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other runs away. Raises ServerFailed if there is one: two would only measure each other."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise ServerFailed("another bench is running here; wait for its end") from problem
        yield


if __name__ == "__main__":
    main()
