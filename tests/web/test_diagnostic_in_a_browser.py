"""The diagnostic by keyboard alone on a narrow screen, then without any network, and taken off the device again."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from models.store.database import Pool
from tests.web.axe import list_violations, needs_axe
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village

pytestmark = [needs_axe, needs_chromium]

WAY = (
    "Non, et le vélo roule",
    "Les freins",
    "Des patins, qui serrent la jante",
    "Il frotte quand je roule",
    "Tout le temps",
)


@pytest.fixture
async def live(pool: Pool, tmp_path: Path) -> AsyncIterator[Live]:
    """A village of its own."""
    async with serve_village(pool, tmp_path) as live:
        yield live


async def press_answer(page: Page, words: str) -> int:
    """Reach the answer by the tab key and press it; how many keys that took."""
    before = page.url
    for count in range(1, 40):
        await page.keyboard.press("Tab")
        if words in await page.evaluate("document.activeElement.closest('a')?.textContent ?? ''"):
            await page.keyboard.press("Enter")
            await page.wait_for_url(lambda url: url != before)
            await page.wait_for_load_state()
            return count + 1
    raise AssertionError(f"no way to « {words} »")


async def test_it_is_answered_by_keyboard_then_opens_without_network_until_it_is_forgotten(
    live: Live, chromium: Browser
) -> None:
    context = await chromium.new_context(locale="fr-FR", viewport={"width": 320, "height": 640})
    page = await context.new_page()
    started = time.monotonic()
    await page.goto(live.url + "/")
    keys = await press_answer(page, "Mon vélo est en panne")
    for words in WAY:
        keys += await press_answer(page, words)
    assert await page.locator("h1").inner_text() == "Recentrer un frein à patins"
    assert keys < 90 and time.monotonic() - started < 60, "two minutes are for thinking"
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    assert not await list_violations(page, "a sheet at 320 pixels")

    await page.evaluate("navigator.serviceWorker.ready")
    await page.wait_for_function("caches.keys().then((names) => names.length === 1)")
    await page.wait_for_function(
        "caches.keys().then(([n]) => caches.open(n)).then((c) => c.match('/diagnostic/entier')).then(Boolean)"
    )
    await context.set_offline(True)
    await page.goto(live.url + "/diagnostic?suite=quoi-que-ce-soit")
    seen = page.locator(".whole > section:visible h2")
    assert await seen.all_inner_texts() == ["Avant tout : voyez-vous l’un de ces signes ?"]
    await page.get_by_role("link", name="Les freins ne freinent plus").click()
    assert await seen.all_inner_texts() == ["Ne roulez plus, même au pas"]
    assert await page.evaluate("getComputedStyle(document.querySelector('.whole')).display") == "block"
    assert not await list_violations(page, "without network")
    kept = await page.evaluate(
        "caches.keys().then(([n]) => caches.open(n)).then((c) => c.keys()).then((all) => all.map((one) => one.url))"
    )
    assert len(kept) == 12 and all("/static/" in one or one.endswith("/diagnostic/entier") for one in kept)

    await context.set_offline(False)
    await page.goto(live.url + "/diagnostic")
    await page.get_by_role("button", name="Ne plus les garder").click()
    await page.get_by_role("button", name="Les garder pour quand le réseau manque").wait_for()
    assert await page.evaluate("caches.keys()") == []
    assert await page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    await context.close()
