"""Colours of pictures, by day and by night: each stands out from the page and from the others, for every eye.

Tested in tests/questions/test_looks.py: contrast of WCAG 2.2 (1.4.3, 1.4.11) and distance as people with protanopia,
deuteranopia and tritanopia see it. Pictures are transparent; the surfaces are those of govplan.css.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What vl-convert carries comes first, so that a picture is set with the widths it was measured with.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"


@dataclass(frozen=True, slots=True)
class Look:
    """One set of colours: text, lines, the page behind, colours to tell apart, and a ramp from little to much."""

    name: str
    ink: str
    soft: str
    line: str
    surface: str
    many: tuple[str, ...]
    ramp: tuple[str, str]
    on_low: str
    on_high: str

    def config(self) -> dict[str, Any]:
        """Return the `config` of a Vega-Lite specification."""
        text = {"labelColor": self.ink, "titleColor": self.soft, "labelFontSize": 13, "titleFontSize": 13}
        return {
            "aria": False,
            "font": FONT,
            "lineBreak": "\n",
            "view": {"stroke": None},
            "axis": {
                **text,
                "titleFontWeight": "normal",
                "gridColor": self.line,
                "domainColor": self.line,
                "tickColor": self.line,
                "labelLimit": 400,
                "labelLineHeight": 16,
                "titlePadding": 10,
            },
            "axisBand": {"grid": False, "ticks": False, "labelPadding": 8},
            "legend": {**text, "titleFontWeight": "normal", "labelLimit": 600, "symbolStrokeWidth": 0},
        }


LIGHT = Look(
    name="light",
    ink="#1c2429",
    soft="#55606a",
    line="#dcd8ce",
    surface="#fbfaf7",
    many=("#12506B", "#D55E00", "#7A7A7A", "#6A51A3", "#3E8E41", "#2B0A1F"),
    ramp=("#E6F0F3", "#12506B"),
    on_low="#1c2429",
    on_high="#ffffff",
)
DARK = Look(
    name="dark",
    ink="#e8eaec",
    soft="#a9b4bc",
    line="#35414a",
    surface="#14191d",
    many=("#86C7E0", "#E69F00", "#B57EDC", "#F5F0A0", "#C0504D", "#5F8F6B"),
    ramp=("#1D3440", "#86C7E0"),
    on_low="#e8eaec",
    on_high="#0b1c24",
)
LOOKS: Mapping[str, Look] = {look.name: look for look in (LIGHT, DARK)}
