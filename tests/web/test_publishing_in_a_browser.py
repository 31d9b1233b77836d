"""The publish form on a phone: photos go while she types, whatever the network does, and nothing typed is lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, FilePayload, Page, Route, ViewportSize, expect

from models.listings import listing_drafts
from models.store.database import Pool, connection, fetch_all, fetch_column, fetch_value
from tests.picture_files import draw, encode
from tests.web.axe import check, needs_axe
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village
from tests.web.sent_photos import note_sent_photos

pytestmark = needs_chromium

PHONE = ViewportSize(width=390, height=844)

NOTHING_LEFT = "() => Object.keys(localStorage).length === 0"
"""What pages keep in a browser for somebody is gone."""


@pytest.fixture
async def live(pool: Pool, tmp_path: Path) -> AsyncIterator[Live]:
    """A village of its own."""
    async with serve_village(pool, tmp_path) as live:
        yield live


async def open_phone(live: Live, chromium: Browser) -> BrowserContext:
    """Alice's, logged in."""
    context = await chromium.new_context(locale="fr-FR", viewport=PHONE)
    context.set_default_timeout(8000)
    await live.log_in(context, live.village.alice)
    return context


async def open_form(live: Live, context: BrowserContext, path: str = "/publier") -> Page:
    """The form, on a page that complains of nothing."""
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    await page.goto(live.url + path)
    return page


def photo_file(name: str, *, held: int = 1) -> FilePayload:
    """A photo of two megapixels as a camera writes it, which was held in this way (EXIF)."""
    image = draw(1760, 1320)
    exif = image.getexif()
    exif[0x0112] = held
    data = encode(image, quality=95, exif=exif) + b"\0" * 600_000
    return FilePayload(name=name, mimeType="image/jpeg", buffer=data)


async def keep_now(page: Page) -> None:
    """As if she had been calm for a while."""
    async with page.expect_response("**/publier/brouillon"):
        await page.evaluate("dispatchEvent(new Event('online'))")


async def list_drafts(live: Live) -> list[tuple[str, int, int]]:
    """Title, version and photos of each draft, the newest first."""
    async with connection(live.instance.pool) as conn:
        kept = await listing_drafts.list_kept(conn, live.village.alice.id)
    return [(one.title, one.version, len(one.media_ids)) for one in kept]


@needs_axe
async def test_photos_go_while_she_types_and_the_listing_waits_for_them(live: Live, chromium: Browser) -> None:
    context = await open_phone(live, chromium)
    page = await open_form(live, context, "/aide")
    sent = await note_sent_photos(page)
    await page.goto(live.url + "/publier")
    lost: list[Route] = []

    async def lose(route: Route) -> None:
        """The first photo arrives, but nobody hears of it."""
        if not lost:
            lost.append(route)
            await route.fetch()
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await page.route("**/publier/photos", lose)
    letter = FilePayload(name="notes.jpg", mimeType="image/jpeg", buffer=b"hello")
    await page.locator("#photos").set_input_files([photo_file("a.jpg", held=6), letter, photo_file("c.jpg")])
    await page.get_by_label("Titre").fill("Perceuse bleue")
    await page.get_by_role("radio", name="Prêt").check()
    await page.get_by_role("button", name="Publier l’annonce").click()
    await (
        page.get_by_text("L’annonce part dès que les photos sont arrivées.")
        .or_(page.get_by_text("Le réseau manque : les photos partiront dès son retour."))
        .wait_for()
    )
    await page.evaluate("dispatchEvent(new Event('online'))")

    await page.get_by_text("« notes.jpg » n’est pas une photo.").wait_for()
    await page.get_by_text("Une photo n’est pas partie : l’annonce attend.").wait_for()
    kept = page.locator("#photos-liste [data-kept]")
    await expect(kept).to_have_count(2)
    await page.get_by_role("button", name="Après (photo 1)").click()
    await page.get_by_role("button", name="Tourner (photo 1)").click()
    await page.get_by_role("button", name="Ôter (photo 2)").click()
    await check(page, "publish with photos")
    await page.get_by_role("button", name="Remettre la photo").click()
    await page.get_by_role("button", name="Publier l’annonce").dblclick()
    await page.get_by_text("Votre annonce est publiée").wait_for()

    async with connection(live.instance.pool) as conn:
        shown = await fetch_all(
            conn,
            dict,
            "SELECT width, height FROM media WHERE post_id = (SELECT max(id) FROM post) ORDER BY position",
        )
        uploads = await fetch_value(conn, "SELECT count(*) FROM media WHERE upload_key IS NOT NULL")
        published = await fetch_value(conn, "SELECT count(*) FROM listing WHERE title = 'Perceuse bleue'")
    assert shown == [{"width": 1200, "height": 1600}] * 2, "the one turned by her, the other as it was held"
    assert (uploads, published) == (2, 1), "nothing is doubled: neither what was sent again, nor by the second tap"
    photos = [(size, side) for size, side in sent if side]
    assert len(photos) >= 2 and all(size < 500_000 and side <= 1600 for size, side in photos)
    await context.close()


async def test_a_draft_open_on_two_devices_keeps_what_was_typed_on_both(live: Live, chromium: Browser) -> None:
    telephone, tablet = await open_phone(live, chromium), await open_phone(live, chromium)
    first = await open_form(live, telephone)
    await first.get_by_label("Titre").fill("Tente")
    await keep_now(first)
    (id,) = await fetch_ids(live)
    second = await open_form(live, tablet, f"/publier?brouillon={id}")

    await second.set_viewport_size({"width": 1280, "height": 800})
    await second.get_by_label("Titre").fill("Tente de la tablette")
    await expect(second.locator("#apercu-vu h3")).to_have_text("Tente de la tablette")  # beside, while she types
    await keep_now(second)
    await first.get_by_label("Titre").fill("Tente du téléphone")
    await keep_now(first)
    await first.get_by_text("Ce brouillon a aussi été changé ailleurs").wait_for()
    await second.get_by_label("Titre").fill("Tente de la tablette, encore")
    await keep_now(second)
    await first.get_by_label("Titre").fill("Tente du téléphone, encore")
    await keep_now(first)

    assert sorted(title for title, _, _ in await list_drafts(live)) == [
        "Tente de la tablette, encore",
        "Tente du téléphone, encore",
    ], "each goes on with its own"
    await first.get_by_role("radio", name="Mon quartier, au flou").check()
    await expect(first.get_by_label("Lien de la carte")).to_be_hidden()  # until she chooses to show it on a map
    await first.get_by_role("radio", name="Sur une carte, ou ma position").check()
    await expect(first.get_by_label("Lien de la carte")).to_be_visible()
    await telephone.close()
    await tablet.close()


async def test_what_was_written_offline_goes_after_one_tap(live: Live, chromium: Browser) -> None:
    context = await open_phone(live, chromium)
    page = await open_form(live, context)
    await context.set_offline(True)
    await page.get_by_label("Titre").fill("Luge")
    await page.get_by_role("radio", name="Don", exact=True).check()
    await page.locator("#photos").set_input_files(photo_file("luge.jpg"))
    await page.get_by_role("button", name="Publier l’annonce").click()
    said = page.get_by_text("l’annonce est gardée dans ce navigateur, et partira d’un geste")
    await said.wait_for()
    async with page.expect_event("requestfailed"):
        await page.evaluate("dispatchEvent(new Event('online'))")  # it is tried again, in vain
    await page.wait_for_function("document.querySelector('#brouillon [data-said]').textContent")
    await expect(said).to_be_visible()
    await context.set_offline(False)
    await keep_now(page)
    await page.locator("#photos-liste [data-kept]").wait_for()
    await page.get_by_role("button", name="Publier", exact=True).wait_for()  # she is asked, and nothing goes by itself
    await context.set_offline(True)
    await page.get_by_label("Titre").fill("Luge rouge")
    await page.get_by_role("button", name="Publier l’annonce").click()
    await said.wait_for()
    await page.close()

    await context.set_offline(False)
    later = await open_form(live, context)
    await later.get_by_text("Vous étiez hors ligne. L’annonce est prête.").wait_for()
    await later.get_by_role("button", name="Publier", exact=True).click()
    await later.get_by_text("Votre annonce est publiée").wait_for()

    assert await later.locator("h1").inner_text() == "Luge rouge"
    await expect(later.locator("img.u-photo")).to_have_count(1)
    assert await list_drafts(live) == []
    again = await open_form(live, context)
    await again.wait_for_function(NOTHING_LEFT)
    await again.route("**/publier/brouillon", lambda route: route.abort("internetdisconnected"))
    await again.get_by_label("Titre").fill("Bonnet")
    assert await again.evaluate("Object.keys(localStorage).length") == 1
    await again.goto(f"{live.url}/moi")
    await again.get_by_role("button", name="Me déconnecter").first.click()
    await again.get_by_role("link", name="Connexion").wait_for()
    await again.wait_for_function(NOTHING_LEFT)  # whoever logs out leaves nothing behind
    await context.close()


async def test_whoever_was_logged_out_meanwhile_goes_on_where_she_was(live: Live, chromium: Browser) -> None:
    context = await open_phone(live, chromium)
    page = await open_form(live, context)
    await context.clear_cookies()
    await page.get_by_label("Titre").fill("Luge")
    await page.locator("#photos").set_input_files(photo_file("luge.jpg"))
    await page.get_by_text("Votre session s’est terminée. Les photos et le texte sont gardés").wait_for()

    await live.log_in(context, live.village.alice)
    await page.get_by_role("link", name="Me reconnecter").click()
    await page.get_by_text("Une annonce que vous avez commencée n’est pas encore partie.").wait_for()
    await page.get_by_role("button", name="Reprendre").click()
    await page.locator("#photos-liste [data-kept]").wait_for()
    await page.get_by_role("radio", name="Don", exact=True).check()
    await page.get_by_role("button", name="Publier l’annonce").click()
    await page.get_by_text("Votre annonce est publiée").wait_for()

    assert await page.locator("h1").inner_text() == "Luge"
    await expect(page.locator("img.u-photo")).to_have_count(1)
    await page.wait_for_function(NOTHING_LEFT)
    await page.go_back()
    await page.get_by_label("Titre").fill("Autre chose")
    await keep_now(page)
    await expect(page.locator("#brouillon [data-said]")).to_contain_text("Brouillon gardé")
    assert [title for title, _, _ in await list_drafts(live)] == ["Autre chose"]
    await context.close()


async def fetch_ids(live: Live) -> list[int]:
    """Her drafts."""
    async with connection(live.instance.pool) as conn:
        return await fetch_column(conn, "SELECT id FROM listing_draft WHERE fields IS NOT NULL")
