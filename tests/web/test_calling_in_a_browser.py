"""Somebody on foot with a telephone and no account calls for help: by thumb, without JavaScript, at 320 pixels."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from models.store.database import Pool, connection, fetch_value
from tests.web.axe import check, needs_axe
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village

pytestmark = [needs_chromium, needs_axe]

TALLEST = 1_300
"""Pixels of what a step asks at 390: the form before was 3,800 long."""


@pytest.fixture
async def live(pool: Pool, tmp_path: Path) -> AsyncIterator[Live]:
    """A village."""
    async with serve_village(pool, tmp_path) as live:
        yield live


async def measure(page: Page) -> int:
    """How far down the button is that goes on."""
    box = await page.locator("main .button.primary").first.bounding_box()
    assert box is not None
    return int(box["y"] + box["height"])


@pytest.mark.parametrize("script", [False, True])
async def test_from_the_first_question_to_the_private_link(live: Live, chromium: Browser, *, script: bool) -> None:
    context = await chromium.new_context(
        locale="fr-FR", java_script_enabled=script, viewport=ViewportSize(width=390, height=800)
    )
    page = await context.new_page()
    await page.goto(f"{live.url}/depannage")
    await page.get_by_role("link", name="Appeler", exact=True).click()

    heights = [await measure(page)]
    await page.get_by_label("Roue voilée").check()
    await page.get_by_label("Non, je suis à pied").check()
    await page.get_by_role("button", name="Continuer").click()
    heights.append(await measure(page))
    await page.get_by_label("Tout de suite, je suis à pied").check()
    await page.get_by_label("Commune", exact=True).fill("Lomme")
    await page.get_by_role("button", name="Continuer").click()
    await page.get_by_label("Par un lien privé").check()
    heights.append(await measure(page))
    if script:
        await check(page, "calling for help, last step")
    await page.get_by_role("button", name="Envoyer mon appel").click()

    await page.get_by_role("heading", name="Gardez ce lien").wait_for()
    if script:
        await check(page, "private link shown once")
    assert max(heights) < TALLEST, heights
    async with connection(live.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM repair_passer_by WHERE listing_id IS NOT NULL") == 1
    await context.close()
