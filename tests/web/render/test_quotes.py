"""Neutral quotes on the pages of things: one sentence for each fact, with who says it, where, and of which release."""

import html
import re

import pytest
from flask.testing import FlaskClient

from govplan.manifest import Manifest

IRI = "https://w3id.org/govplan/id/action/be-ai-convergence-034"
PAGE = "/id/action/be-ai-convergence-034.html"


def _quotes(page: str) -> list[str]:
    """Return the sentences of a page as a reader copies them."""
    found = re.findall(r'<details class="quote">(.*?)</details>', page, re.DOTALL)
    items = [item for each in found for item in re.findall(r"<li>(.*?)</li>", each, re.DOTALL)]
    return [html.unescape(re.sub(r"<[^>]+>", "", item)).strip() for item in items]


@pytest.mark.parametrize(
    ("language", "begins", "layers"),
    [
        ("nl", "Volgens ", ("Gemeld", "Codering")),
        ("fr", "Selon ", ("Rapporté", "Codage")),
        ("de", "Laut ", ("Gemeldet", "Kodierung")),
        ("en", "According to ", ("Reported", "Coding")),
    ],
)
def test_sentence(client: FlaskClient, manifest: Manifest, language: str, begins: str, layers: tuple[str, ...]) -> None:
    """Each fact of each speaker is a sentence that begins with the speaker and ends with release and IRI."""
    found = _quotes(client.get(f"{PAGE}?lang={language}").text)
    assert 10 < len(found)
    assert len(found) == len(set(found))
    for each in found:
        assert each.startswith(begins)
        assert "\n" not in each
        assert f"{manifest.id} " in each
        assert each.endswith(f"{IRI}).")
    for layer in layers:
        assert any(layer in each for each in found)


def test_nobody_else_speaks(client: FlaskClient) -> None:
    """What the editors coded is never theirs whose text they coded, and the other way round."""
    found = _quotes(client.get(f"{PAGE}?lang=en").text)
    coded = [each for each in found if "in the layer “Coding”" in each]
    reported = [each for each in found if "in the layer “Reported”" in each]
    assert coded
    assert all(each.startswith("According to The editors of govplan (Own), ") for each in coded)
    assert reported
    assert not any("The editors of govplan" in each for each in reported)
    assert all("(passage: objective 6, bullet 1, " in each for each in reported)


def test_values(client: FlaskClient) -> None:
    """Values are read as the page shows them: names, dates and numbers, and long texts cut with a mark."""
    page = client.get("/id/dataset/be-ai-convergence.html?lang=en").text
    found = _quotes(page)
    assert any(" 27 November 2026 (passage" in each for each in found)
    assert all("no passage is named" in each or "passage: " in each for each in found)
