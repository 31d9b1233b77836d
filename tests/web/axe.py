"""axe-core in a page of ours: what breaks WCAG 2.2 A or AA, narrow and wide, by day and by night."""

from pathlib import Path
from typing import Literal

import pytest
from aiohttp import web
from playwright.async_api import Page

from tests.web.page_checks import list_flaws

AXE = Path(__file__).parents[1] / "peers" / "node_modules" / "axe-core" / "axe.min.js"

needs_axe = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm ci in tests/peers)")

ADDRESS = "/axe.min.js"
"""Where a village that is looked at serves it: a browser keeps it, and what it made of it, from page to page."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

AT_NIGHT = ["color-contrast", "link-in-text-block", "target-size"]
"""The rules that the colour scheme can change; the others see the same page."""

LOOKS: tuple[tuple[int, Literal["light", "dark"], list[str]], ...] = (
    (390, "light", RULES),
    (390, "dark", AT_NIGHT),
    (1280, "dark", AT_NIGHT),
    (1280, "light", RULES),
)
"""Width, scheme and rules, in the order in which the least changes."""

RUN = """async (rules) => {
  const {violations} = await axe.run({runOnly: rules, resultTypes: ['violations']});
  return violations.map((one) => `${one.id}: ${one.nodes[0].html}: ${one.nodes[0].failureSummary}`);
}"""


async def send_axe(_: web.Request) -> web.StreamResponse:
    """The script itself."""
    return web.FileResponse(AXE, headers={"Cache-Control": "max-age=3600, immutable"})


async def list_violations(page: Page) -> list[str]:
    """What axe finds in a page of a village at each width, by day and by night."""
    await page.add_script_tag(url=ADDRESS)
    found: list[str] = []
    for width, scheme, rules in LOOKS:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme=scheme)
        found += [f"{width} {scheme} {one}" for one in await page.evaluate(RUN, rules)]
    return found


async def check(page: Page, name: str) -> None:
    """No violation, nothing that axe does not see; nothing sticks out at 320 pixels."""
    found = await list_violations(page) + await list_flaws(page)
    await page.set_viewport_size({"width": 320, "height": 700})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320, name
    assert not found, name
