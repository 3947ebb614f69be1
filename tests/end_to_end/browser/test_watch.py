"""The tests in a browser see what must never happen: a page that is wrong on purpose is noticed."""

from playwright.sync_api import Browser

from tests.end_to_end.browser.conftest import Checker, Watch

WRONG = """<!doctype html><html lang="en"><title>x</title><p style="color:#ccc;background:#fff">pale</p>
<img alt="none" src="/static/none.png"><script>
console.error("oh"); fetch("http://other.invalid/").catch(() => {}); setTimeout(() => { throw new Error("broken") })
</script></html>"""


def test_wrong_page(browser: Browser, address: str, axe: Checker) -> None:
    """A complaint, an error, a missing picture, another host and pale words are each noticed."""
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        watch = Watch(page, address)
        page.route("**/wrong", lambda route: route.fulfill(body=WRONG, content_type="text/html"))
        page.goto("/wrong", wait_until="networkidle")
        found = axe(page)

    seen = "\n".join(watch.seen)
    for text in ("console error: oh", "page error: broken", "none.png", "another host: http://other.invalid/"):
        assert text in seen
    assert ["color-contrast"] == [line.partition(":")[0] for line in found]


def test_missing_page(browser: Browser, address: str) -> None:
    """That a page is not there is no complaint of the page."""
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        watch = Watch(page, address)
        answer = page.goto("/id/action/none.html")

    assert answer is not None
    assert (404, []) == (answer.status, watch.seen)
