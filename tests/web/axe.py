"""axe-core in a page of ours: what breaks WCAG 2.2 A or AA."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Page

from tests.web.looks import LOOKS, NARROWEST, Look, choose_looks, take_picture
from tests.web.page_checks import list_flaws

AXE = Path(__file__).parents[1] / "peers" / "node_modules" / "axe-core" / "axe.min.js"

needs_axe = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm ci in tests/peers)")

ADDRESS = "/axe.min.js"
"""Where a village that is looked at serves it: a browser keeps it, and what it made of it, from page to page."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

AT_NIGHT = ["color-contrast", "link-in-text-block", "target-size"]
"""The rules that the colour scheme can change; the others see the same page."""

RUN = """async (rules) => {
  const {violations} = await axe.run({runOnly: rules, resultTypes: ['violations']});
  return violations.map((one) => `${one.id}: ${one.nodes[0].html}: ${one.nodes[0].failureSummary}`);
}"""


async def send_axe(_: web.Request) -> web.StreamResponse:
    """The script itself."""
    return web.FileResponse(AXE, headers={"Cache-Control": "max-age=3600, immutable"})


async def list_violations(page: Page, name: str, looks: Sequence[Look] = ()) -> list[str]:
    """What axe finds in a page of a village in these looks, or in the one that is drawn from its name."""
    await page.add_script_tag(url=ADDRESS)
    found: list[str] = []
    looks = looks or choose_looks(name)
    for look in looks:
        await look.take(page)
        rules = AT_NIGHT if look.scheme == "dark" and looks == LOOKS else RULES
        found += [f"{look} {one}" for one in await page.evaluate(RUN, rules)]
        await take_picture(page, f"{name} {look}")
    return found


async def check(page: Page, name: str) -> None:
    """No violation, nothing that axe does not see; nothing sticks out at 320 pixels."""
    found = await list_violations(page, name) + await list_flaws(page)
    await page.set_viewport_size(NARROWEST)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320, name
    assert not found, name
