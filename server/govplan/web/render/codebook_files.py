"""The codebook as files that stand alone: a page without a server, and a table for programs."""

import csv
import io
from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Flask, render_template

from govplan import deadline
from govplan.readmodel.codebook import Part, codebook
from govplan.readmodel.names import Named
from govplan.web.http.language import PARAMETER, speaking
from govplan.web.site import site

COLUMNS = ("kind", "list", "iri", "code", "label", "definition", "broader", "values", "uses", "layers")


def table(parts: Sequence[Part]) -> bytes:
    """Return the codebook as CSV (RFC 4180) with `COLUMNS`; several things of one cell are parted by `; `.

    Raises QueryTimedOut where the work at hand has a deadline.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for part in parts:
        for each in deadline.checked(part.entries):
            named = each.named
            meaning = named.definition.value if named.definition else ""
            writer.writerow(
                (
                    part.kind,
                    part.named.text.value,
                    named.iri,
                    each.notation,
                    named.text.value,
                    meaning,
                    _joined(each.broader),
                    _joined(each.values),
                    each.uses,
                    _joined(each.layers),
                )
            )
    return text.getvalue().encode()


def codebook_files(app: Flask, language: str) -> dict[str, bytes]:
    """Return file name → content: the codebook of the release of `app`, in a language of its project."""
    with app.test_request_context(f"/codebook?{urlencode({PARAMETER: language})}"), speaking(language):
        parts = codebook(site(), language)
        page = render_template("codebook-file.html", shown=parts)
        return {"codebook.html": page.encode(), "codebook.csv": table(parts)}


def _joined(several: Sequence[Named]) -> str:
    return "; ".join(each.text.value for each in several)
