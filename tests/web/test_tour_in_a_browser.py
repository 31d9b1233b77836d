"""The tour of a day without any network: kept for that day on that device, and taken away by whoever logs in or out."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from models.exchanges.agreements import Terms
from models.moments import PARIS
from models.people.actors import Actor
from models.store.database import Pool, execute, transaction
from tests.factories import make_agreement, make_listing, make_member
from tests.web.axe import list_violations, needs_axe
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village

pytestmark = [needs_axe, needs_chromium]

KEYS = """
async () => {
  if (!(await caches.has("declic-tours"))) return [];
  const keys = await (await caches.open("declic-tours")).keys();
  return keys.map((one) => new URL(one.url)).map((url) => url.pathname + url.search);
}
"""

PLACE = "4 rue du Puits, 59160 Lomme"


@pytest.fixture
async def live(pool: Pool, tmp_path: Path) -> AsyncIterator[Live]:
    """A village of its own; service workers want a name that counts as safe."""
    async with serve_village(pool, tmp_path, name="localhost") as live:
        yield live


async def make_repairer(live: Live) -> Actor:
    """Kim repairs alone, and has one stop on each of these days."""
    today = datetime.now(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
    async with transaction(live.instance.pool) as conn:
        kim = await make_member(conn, "kim", name="Kim", host=live.instance.site.host)
        for days, title in ((0, "Pneu de ce jour"), (1, "Frein de demain"), (5, "Roue de plus tard")):
            call = await make_listing(conn, live.village.alice, kind="repair_call", mode="repair", title=title)
            begins_at = today + timedelta(days=days, hours=1)
            terms = Terms(begins_at=begins_at, ends_at=begins_at + timedelta(hours=1), place=PLACE)
            await make_agreement(conn, call, kim, terms=terms, state="agreed")
    return kim


async def wait_for_kept(page: Page, count: int) -> None:
    """Until the browser keeps so many pages."""
    for _ in range(100):
        if len(await page.evaluate(KEYS)) == count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"not {count}: {await page.evaluate(KEYS)}")


async def open_kept(live: Live, context: BrowserContext) -> Page:
    """The tour of today, once the browser keeps it."""
    page = await context.new_page()
    await page.goto(live.url + "/tournee")
    await wait_for_kept(page, 1)
    return page


async def test_it_is_read_without_network_that_day_and_says_when_it_was_kept(live: Live, chromium: Browser) -> None:
    context = await chromium.new_context(locale="fr-FR", viewport={"width": 390, "height": 800})
    await live.log_in(context, await make_repairer(live))
    page = await open_kept(live, context)
    assert not await page.get_by_text("Pas de réseau").is_visible()
    assert await page.get_by_role("link", name="Y aller").is_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not await list_violations(page, "tour")
    await page.locator("declic-map .map-mark").wait_for()
    today = datetime.now(PARIS).date()
    for days in (1, 5):
        await page.goto(f"{live.url}/tournee?jour={today + timedelta(days=days)}")

    await context.set_offline(True)
    await page.goto(live.url + "/tournee")
    assert await page.get_by_text("Pas de réseau. Voici la tournée enregistrée à").is_visible()
    assert await page.get_by_text("Pneu de ce jour").is_visible()
    assert await page.get_by_role("textbox").input_value() == PLACE
    assert await page.locator("form:visible button", has_text="Plus t").count() == 0
    assert not await list_violations(page, "tour without network")
    await page.goto(f"{live.url}/tournee?jour={today + timedelta(days=1)}")
    assert await page.get_by_text("Frein de demain").is_visible()
    with pytest.raises(Exception, match="net::ERR_FAILED"):
        await page.goto(f"{live.url}/tournee?jour={today + timedelta(days=5)}")
    await context.set_offline(False)
    await page.goto(live.url + "/tournee")
    assert sorted(await page.evaluate(KEYS)) == [f"/tournee?jour={today}", f"/tournee?jour={today + timedelta(days=1)}"]
    await context.close()


async def test_a_day_that_is_over_is_not_read_any_more(live: Live, chromium: Browser) -> None:
    context = await chromium.new_context(locale="fr-FR")
    await live.log_in(context, await make_repairer(live))
    page = await open_kept(live, context)
    await page.evaluate(
        """
        async () => {
          const cache = await caches.open("declic-tours");
          const [key] = await cache.keys();
          const kept = await cache.match(key, { ignoreVary: true });
          const headers = new Headers(kept.headers);
          headers.set("Declic-Keep", headers.get("Declic-Keep").replace(/ \\d+ /, ` ${Date.now() - 1} `));
          await cache.put(key.url, new Response(await kept.text(), { headers }));
        }
        """
    )

    await context.set_offline(True)
    with pytest.raises(Exception, match="net::ERR_FAILED"):
        await page.goto(live.url + "/tournee")
    await context.set_offline(False)
    await page.goto(live.url + "/aide")
    assert await page.evaluate(KEYS) == []
    await context.close()


async def test_it_is_gone_as_soon_as_somebody_logs_in_or_out_or_may_not_read_it(live: Live, chromium: Browser) -> None:
    context = await chromium.new_context(locale="fr-FR")
    kim = await make_repairer(live)
    await live.log_in(context, kim)
    page = await open_kept(live, context)
    await page.goto(live.url + "/connexion?encore=1")
    await page.get_by_label("Nom de membre").or_(page.locator("input[name=login]")).first.fill("alice")
    await page.locator("input[name=password]").first.fill("not the password")
    await page.locator("main form[action='/connexion'] button").first.click()
    await wait_for_kept(page, 0)

    await page.goto(live.url + "/tournee")
    assert len(await page.evaluate(KEYS)) == 1
    await live.log_in(context, live.village.alice)
    await page.goto(live.url + "/tournee")
    assert await page.get_by_text("Pneu de ce jour").count() == 0
    await context.set_offline(True)
    await page.goto(live.url + "/tournee")
    assert await page.get_by_text("Pneu de ce jour").count() == 0, "another's day is hers alone"
    await context.set_offline(False)

    async with transaction(live.instance.pool) as conn:
        await execute(conn, "DELETE FROM session")
    await page.goto(live.url + "/tournee")
    await wait_for_kept(page, 0)
    await context.close()
