"""`python -m bench`: install the peers, measure, print the ratios, write RESULTS.md."""

import fcntl
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.markdown import Markdown

from bench.contestants import install
from bench.datasets import FOLDER
from bench.load import missing
from bench.report import report
from bench.run import FULL, QUICK, run
from bench.servers import ServerFailed
from bench.workloads import cells

OUT = Console(soft_wrap=True, highlight=False)
ERR = Console(stderr=True, soft_wrap=True, highlight=False)
RESULTS = Path(__file__).with_name("RESULTS.md")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="A first impression in some four minutes; RESULTS.md stays as it is.")
@click.option(
    "--only", multiple=True, metavar="PATTERN", help="Measure only these cells, as plan/lookup/*/16; RESULTS.md stays."
)
@click.option("--attack/--no-attack", default=None, help="With or without bombs; default: with, unless --only.")
@click.option("--list", "listing", is_flag=True, help="Name the cells and end.")
def main(quick: bool, only: tuple[str, ...], attack: bool | None, listing: bool) -> None:
    """Measure govplan beside its peers on the same data and queries, and print how many times as fast it is."""
    chosen = cells(quick=quick, only=only)
    if listing:
        for cell in chosen:
            OUT.print(cell.name)
        return
    if why := missing():
        ERR.print(f"error: {why}", style="bold red")
        sys.exit(3)
    if only and not chosen and not attack:
        ERR.print("error: no cell has such a name; --list names them", style="bold red")
        sys.exit(2)
    plan = QUICK if quick else FULL
    if not (attack if attack is not None else not only):
        plan = replace(plan, attack=0)
    # So that the servers are ended, too, when the bench is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ERR.status("installing the peers") as status:

        def tell(step: str) -> None:
            status.update(step)
            if not ERR.is_terminal:
                ERR.print(step)

        try:
            with _alone():
                install()
                results = run(chosen, plan, tell)
        except ServerFailed as problem:
            ERR.print(f"error: {problem}", style="bold red", markup=False)
            sys.exit(3)
    results.write(FOLDER / "results.json")
    text = report(results)
    if not quick and not only and plan.attack and not results.skipped:
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
