"""Drawing one chart with vl-convert, which carries Vega and its fonts. Only chart processes import it.

Nothing is fetched and no reader's script runs.
"""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

import vl_convert

VERSION = "5.20"
_SCALE = 2


def svg(chart: Mapping[str, Any]) -> str:
    """Return a chart, the fields of a `govplan.vega.port.Specification`, as SVG with title and description.

    Raises ValueError for a specification that is none.
    """
    specification = json.dumps(chart["vega_lite"], ensure_ascii=False, allow_nan=False)
    drawn = vl_convert.vegalite_to_svg(specification, vl_version=VERSION, allowed_base_urls=[])
    head, _, rest = drawn.partition(">")
    return (
        f'{head} role="img" aria-labelledby="title description">'
        f'<title id="title">{escape(chart["title"])}</title>'
        f'<desc id="description">{escape(chart["description"])}</desc>{rest}'
    )


def png(drawn: str, surface: str) -> bytes:
    """Return an SVG of this module as PNG of twice its size on a surface, for documents that know no dark side."""
    head, _, rest = drawn.partition("</desc>")
    return vl_convert.svg_to_png(f'{head}</desc><rect width="100%" height="100%" fill="{surface}"/>{rest}', _SCALE)
