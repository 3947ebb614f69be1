"""What portals for open data will read of a project, on a terminal."""

from rich.table import Table
from rich.text import Text

from govplan.cli.output import OUT
from govplan.release.harvest import Harvest


def print_harvest(found: Harvest) -> None:
    """Print the record, what each metadata profile lacks and where to say it, and the points of data.europa.eu."""
    for name, value in found.records[0].record:
        OUT.print(Text(f"{name + ':':<22}"), Text(value or "–"))
    for each in found.records:
        OUT.print(Text(f"profile {each.profile}: {'nothing is missing' if not each.lacks else ''}", style="bold"))
        for lack in each.lacks:
            OUT.print(Text(f"  {lack.property} of {lack.kind} <{lack.iri}>: state {lack.mend}"))
    table = Table("data.europa.eu asks for", "points", "of")
    for points in (*found.points, *found.by_the_portal):
        judged = str(points.earned) if points in found.points else "?"
        table.add_row(points.name, judged, str(points.most))
    earned, most = (sum(getattr(each, name) for each in found.points) for name in ("earned", "most"))
    open_points = sum(each.most for each in found.by_the_portal)
    table.add_row("together", f"{earned} to {earned + open_points}", str(most + open_points))
    OUT.print(table)
