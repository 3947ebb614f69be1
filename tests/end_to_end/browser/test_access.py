"""Every kind of page for every eye and hand: WCAG 2.2 AA by axe-core, at a desk and on a phone, in light and dark."""

from playwright.sync_api import ViewportSize

from tests.end_to_end.browser.conftest import Checker, Opener
from tests.end_to_end.browser.places import KINDS, every_kind

DESK, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)


@every_kind
def test_page(open_page: Opener, axe: Checker, kind: str) -> None:
    """A page breaks no rule in either colours at either width, and never scrolls sideways as a whole.

    At a desk everything is checked in light and the colours again in dark, on a phone everything in dark.
    """
    page = open_page(viewport=DESK, color_scheme="light", locale="de")
    page.goto(KINDS[kind])
    assert [] == axe(page)
    page.emulate_media(color_scheme="dark")
    assert [] == axe(page, colours=True)

    page.set_viewport_size(PHONE)
    assert [] == axe(page)
    assert PHONE["width"] == page.evaluate("document.documentElement.scrollWidth")
