"""The page of listings on a phone: filters leave room for what was found, and are reached by thumb and keyboard."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from models.store.database import Pool
from tests.web.axe import list_violations, needs_axe
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village

pytestmark = [needs_axe, needs_chromium]

NARROWED = "/annonces?q=tente&lieu=Lomme&km=25&genre=offer&mode=loan"


@pytest.fixture
async def live(pool: Pool, tmp_path: Path) -> AsyncIterator[Live]:
    """A village of its own."""
    async with serve_village(pool, tmp_path) as live:
        yield live


async def test_with_three_filters_the_first_listing_is_seen_and_chips_scroll_sideways(
    live: Live, chromium: Browser
) -> None:
    context = await chromium.new_context(locale="fr-FR", viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(live.url + NARROWED)
    chips, last = page.get_by_role("list", name="Filtres actifs"), page.get_by_role("link", name="Tout effacer")
    bar, found = page.locator(".bar"), page.locator("li.listing").first

    boxes = [await one.bounding_box() for one in (found, bar)]
    tops = {box["y"] for chip in await chips.get_by_role("link").all() if (box := await chip.bounding_box())}
    away = await last.evaluate("link => link.getBoundingClientRect().left > innerWidth")
    await page.locator("#q").focus()
    while not await last.evaluate("link => link === document.activeElement"):
        await page.keyboard.press("Tab")
    reached = await last.bounding_box()

    assert boxes[0] and boxes[1] and boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"], "above the bar, whole"
    assert await chips.get_by_role("listitem").count() == 5 and max(tops) - min(tops) < 20, "one row"
    assert away and reached and reached["x"] >= 0 and reached["x"] + reached["width"] <= 390
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not await list_violations(page, "three filters on a phone")
    await context.close()
