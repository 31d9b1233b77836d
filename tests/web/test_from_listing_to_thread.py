"""From a listing to the thread on a small telephone, without JavaScript; every page of the way through axe-core."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from models.people.actors import Actor
from models.store.database import Pool, transaction
from outbox.posts import notes
from tests import sample_threads
from tests.points import give, switch_on
from tests.web.axe import check, needs_axe
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village

pytestmark = needs_chromium


@pytest.fixture
async def live(pool: Pool, tmp_path: Path) -> AsyncIterator[Live]:
    """The village."""
    async with serve_village(pool, tmp_path) as live:
        yield live


async def take_telephone(live: Live, chromium: Browser, actor: Actor | None, *, script: bool = False) -> Page:
    """The smallest telephone, in somebody's hand."""
    context = await chromium.new_context(
        locale="fr-FR", java_script_enabled=script, viewport=ViewportSize(width=320, height=640)
    )
    if actor is not None:
        await live.log_in(context, actor)
    return await context.new_page()


async def require_narrow(page: Page) -> None:
    """Nothing sticks out; measured by how far the page can be moved, since it runs no script."""
    box = await page.locator("main").bounding_box()
    assert box is not None and box["width"] <= 320
    for image in await page.locator("main :is(a, button, input, textarea, table, img):visible").all():
        inner = await image.bounding_box()
        assert inner is None or inner["x"] + inner["width"] <= 321, await image.inner_text()


async def test_dates_are_asked_for_from_the_listing_without_script(live: Live, chromium: Browser) -> None:
    page = await take_telephone(live, chromium, live.village.hocine)
    await page.goto(live.village.tent.post.url)
    await require_narrow(page)
    await page.get_by_role("link", name="Demander des dates").click()
    await page.get_by_role("heading", name="À partir de quel jour ?").wait_for()
    await page.get_by_role("link", name="Mois suivant").click()
    month = page.locator(".month table").nth(1)
    await require_narrow(page)
    await month.get_by_role("link").nth(3).click()
    await page.get_by_role("heading", name="Jusqu’à quel jour ?").wait_for()
    await page.locator(".month table").first.get_by_role("link").nth(5).click()
    await require_narrow(page)
    await page.get_by_label("Un mot pour Maryse").fill("Bonjour, pour un week-end à Wissant.")
    await page.get_by_role("button", name="Envoyer ma demande").click()

    await page.get_by_text("Votre demande est partie.").wait_for()
    await require_narrow(page)
    thread = page.url.partition("?")[0]
    assert "/echanges/" in thread
    assert await page.get_by_text("Bonjour, pour un week-end à Wissant.").count() == 1
    await page.get_by_role("link", name="Tente 4 places, facile à monter").click()
    await page.get_by_role("heading", name="Votre échange avec Maryse").wait_for()
    await require_narrow(page)
    await page.get_by_role("link", name="Ouvrir notre échange").click()
    assert page.url == thread
    await page.context.close()


async def test_a_private_word_opens_the_thread_and_a_question_stays(live: Live, chromium: Browser) -> None:
    page = await take_telephone(live, chromium, live.village.hocine)
    await page.goto(live.village.tent.post.url)
    await page.get_by_role("link", name="Poser une question à tous").click()
    await page.get_by_label("Votre message").fill("Quelle hauteur au milieu ?")
    await page.get_by_role("button", name="Envoyer").click()
    await page.get_by_text("Quelle hauteur au milieu ?").wait_for()
    assert page.url.startswith(live.village.tent.post.url)

    await page.get_by_role("link", name="Écrire à Maryse").click()
    await page.get_by_label("Votre message").fill("Je suis au 12, rue des Tisserands.")
    await page.get_by_role("button", name="Envoyer").click()
    await page.get_by_text("Votre message est parti.").wait_for()
    assert "/echanges/" in page.url
    await page.get_by_role("link", name="Demander des dates").wait_for()

    owner = await take_telephone(live, chromium, live.village.alice)
    await owner.goto(live.village.tent.post.url)
    await require_narrow(owner)
    await owner.get_by_role("link", name="Hocine").first.click()
    await owner.get_by_role("link", name="Proposer des dates").click()
    await owner.get_by_role("heading", name="Ou écrivez les jours").wait_for()
    await require_narrow(owner)
    await page.context.close()
    await owner.context.close()


@needs_axe
async def test_every_page_of_the_way_has_no_violation(live: Live, chromium: Browser) -> None:
    village = live.village
    async with transaction(live.instance.pool) as conn:
        await sample_threads.build(conn, village)
        await switch_on(conn)
        await conn.execute("UPDATE account SET confirmed_at = now()")
        await conn.execute("UPDATE listing SET points = 5 WHERE post_id = $1", village.tent.id)
        await conn.execute("UPDATE listing SET status = 'paused' WHERE post_id = $1", village.drill.id)
        await give(conn, village.admin, 3)
        await notes.reply(conn, village.site, village.hocine, village.tent.post, "Elle est libre ?", audience="direct")
        thread = await sample_threads.find_thread(conn, village.tent, village.hocine)
    days = "du=2027-05-03&au=2027-05-05"
    ways = {
        "listing to its author": (village.alice, village.tent.post.url),
        "listing with a thread": (village.hocine, village.tent.post.url),
        "listing to ask for": (village.admin, village.tent.post.url),
        "listing that rests": (village.admin, village.drill.post.url),
        "asking": (village.admin, f"{live.url}/annonces/d/{village.tent.id}/demander?{days}"),
        "asking for what rests": (village.admin, f"{live.url}/annonces/d/{village.drill.id}/demander"),
        "proposing": (village.alice, f"{live.url}/echanges/{thread.id}/proposer?{days}"),
        "a thread to propose in": (village.alice, f"{live.url}/echanges/{thread.id}"),
        "my exchanges": (village.alice, f"{live.url}/echanges"),
    }

    for name, (actor, url) in ways.items():
        page = await take_telephone(live, chromium, actor, script=True)
        answer = await page.goto(url)
        assert answer is not None and answer.status == 200, name
        await check(page, name)
        await page.context.close()
