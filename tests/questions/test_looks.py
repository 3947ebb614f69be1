"""Colours of charts stand out from the page and from each other, for every eye."""

import itertools

import pytest

from govplan.questions.looks import DARK, LIGHT, Look

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
SIGHT = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
both = pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])


def _linear(colour: str) -> list[float]:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    light = sorted(sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), _linear(x), strict=True)) for x in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def _lab(rgb: list[float]) -> list[float]:
    red, green, blue = (min(1.0, max(0.0, part)) for part in rgb)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]


def _distance(one: str, other: str, sight: str) -> float:
    seen = [
        _lab([sum(w * c for w, c in zip(line, _linear(colour), strict=True)) for line in SIGHT[sight]])
        for colour in (one, other)
    ]
    return float(sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5)


@both
def test_text(look: Look) -> None:
    """Text has a contrast of 4.5 to 1 (WCAG 1.4.3), also on the cells of a heatmap up to where its colour changes."""
    assert _contrast(look.ink, look.surface) >= 4.5
    assert _contrast(look.soft, look.surface) >= 4.5
    assert _contrast(look.on_low, look.ramp[0]) >= 4.5
    assert _contrast(look.on_high, look.ramp[1]) >= 4.5


@both
def test_marks(look: Look) -> None:
    """Marks have a contrast of 3 to 1 with the page (WCAG 1.4.11)."""
    assert [] == [colour for colour in look.many if _contrast(colour, look.surface) < 3]


@both
@pytest.mark.parametrize("sight", SIGHT)
def test_told_apart(look: Look, sight: str) -> None:
    """Any two colours that stand beside each other differ clearly, for people who see other colours too."""
    near = [pair for pair in itertools.combinations(look.many, 2) if _distance(*pair, sight) < 12]

    assert [] == near
