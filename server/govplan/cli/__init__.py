"""The command `govplan`: parse, call, print, exit code.

Exit codes: 0 done, 1 the content or the query was refused, 2 the call was wrong, 3 the machine or a release stands in
the way.
"""

from govplan.cli import checking, linking, operating, publishing, verifying
from govplan.cli.group import main

__all__ = ["checking", "linking", "main", "operating", "publishing", "verifying"]
