"""What the small script adds, and that everything works in a browser without it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from models.store.database import Pool
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village

PHOTO = Path(__file__).parents[1] / "samples" / "perceuse.jpg"

pytestmark = needs_chromium


@pytest.fixture
async def live(pool: Pool, tmp_path: Path) -> AsyncIterator[Live]:
    """A village of its own."""
    async with serve_village(pool, tmp_path) as live:
        yield live


async def open_page(live: Live, chromium: Browser, path: str, *, script: bool) -> tuple[Page, list[str]]:
    """Alice's page, with or without JavaScript, and what the browser complains about."""
    context = await chromium.new_context(locale="fr-FR", java_script_enabled=script)
    await live.log_in(context, live.village.alice)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(live.url + path)
    return page, complaints


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_member_publishes_an_offer_with_a_photo(live: Live, chromium: Browser, script: bool) -> None:
    page, complaints = await open_page(live, chromium, "/publier", script=script)

    await page.get_by_label("Titre").fill("Perceuse bleue")
    await page.get_by_label("En deux phrases").fill("Elle traverse la brique.")
    await page.locator("#photos").set_input_files(PHOTO)
    if not script:
        await page.get_by_role("button", name="Envoyer ces photos").click()
    await page.get_by_label("Que voit-on sur la photo ?").fill("Une perceuse, vue de côté")
    await page.get_by_role("radio", name="Prêt").check()
    await page.get_by_role("button", name="Publier l’annonce").click()
    await page.get_by_text("Votre annonce est publiée").wait_for()

    assert await page.locator("h1").inner_text() == "Perceuse bleue"
    photo = page.get_by_role("img", name="Une perceuse, vue de côté")
    assert await photo.is_visible()
    if script:
        assert await photo.evaluate("image => image.naturalWidth") > 0
        assert (await photo.evaluate("image => image.currentSrc")).endswith(".webp")
    await page.context.close()
    assert complaints == []


async def test_chosen_photos_are_drawn_at_once_and_sent_while_she_types(live: Live, chromium: Browser) -> None:
    page, complaints = await open_page(live, chromium, "/publier", script=True)

    await page.locator("#photos").set_input_files([PHOTO, PHOTO])
    await page.wait_for_function(
        "() => document.querySelectorAll('#photos-liste canvas')[1].getContext('2d').getImageData(80, 60, 1, 1).data[3]"
    )
    await page.get_by_text("Les photos sont arrivées.").wait_for()

    assert await page.locator("#photos-liste canvas").nth(1).is_visible()
    assert not await page.get_by_text("Envoyer ces photos").is_visible(), "nothing is to be pressed for it"
    assert await page.locator("#photos-liste input[name=media]").count() == 2
    assert await page.get_by_label("Que voit-on sur la photo ?").count() == 2
    await page.context.close()
    assert complaints == []


async def test_form_shows_only_what_goes_with_the_answers(live: Live, chromium: Browser) -> None:
    page, _ = await open_page(live, chromium, "/publier", script=False)

    await page.get_by_role("radio", name="Prêt").check()
    assert await page.get_by_label("Durée la plus longue").is_visible()
    assert not await page.get_by_label("Prix, en euros").is_visible()
    assert not await page.get_by_label("Quel vélo ?").is_visible()
    await page.get_by_role("radio", name="Mon vélo est en panne").check()
    assert await page.get_by_label("Quel vélo ?").is_visible()
    assert not await page.get_by_label("Durée la plus longue").is_visible()

    await page.get_by_role("radio", name="Je propose").check()
    await page.get_by_label("Titre").fill("Râteau")
    await page.get_by_label("Titre").press("Enter")
    await page.get_by_text("Voilà ce que les autres verront").wait_for()
    assert not await page.get_by_text("Vos photos sont gardées").count()
    await page.context.close()


async def test_towns_are_proposed_while_typing(live: Live, chromium: Browser) -> None:
    page, complaints = await open_page(live, chromium, "/annonces", script=True)

    await page.locator("#lieu").press_sequentially("henin")
    await page.wait_for_function("() => document.querySelector('#lieu-liste')?.options.length")

    assert await page.locator("#lieu-liste option").first.get_attribute("value") == "Hénin-Beaumont (62110)"
    await page.context.close()
    assert complaints == []


async def test_search_is_one_tap_away_on_a_phone_without_script(live: Live, chromium: Browser) -> None:
    page, _ = await open_page(live, chromium, "/", script=False)
    await page.set_viewport_size({"width": 390, "height": 800})

    box = page.get_by_role("searchbox", name="Que cherchez-vous ?")
    await box.click()
    await page.keyboard.type("tente")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Tente 4 places").wait_for()
    assert await box.input_value() == "tente"
    box_bottom = await box.evaluate("field => field.getBoundingClientRect().bottom")
    assert box_bottom < 500  # well within the first screen

    assert not await page.get_by_role("textbox", name="Où ?").is_visible()
    assert not await page.get_by_role("checkbox", name="Prêt").is_visible()
    await page.get_by_text("Changer de lieu").click()
    assert await page.get_by_role("textbox", name="Où ?").is_visible()
    await page.get_by_text("Filtrer (", exact=False).click()
    await page.get_by_role("checkbox", name="Don", exact=False).check()
    await page.get_by_role("button", name="Voir les annonces").click()
    await page.get_by_role("link", name="Don (").wait_for()
    assert not await page.get_by_role("checkbox", name="Don", exact=False).is_visible()
    await page.context.close()


async def test_on_a_wide_screen_filters_are_one_line_above_the_list(live: Live, chromium: Browser) -> None:
    page, _ = await open_page(live, chromium, "/annonces", script=False)
    await page.set_viewport_size({"width": 1280, "height": 800})

    height = await page.locator("#recherche").evaluate("form => form.getBoundingClientRect().height")

    assert height <= 150
    assert await page.get_by_role("textbox", name="Où ?").is_visible()
    await page.context.close()


async def test_buttons_that_need_the_script_stay_away_without_it(live: Live, chromium: Browser) -> None:
    path = live.village.tent.post.url.removeprefix(live.url)
    without, _ = await open_page(live, chromium, path, script=False)
    within, _ = await open_page(live, chromium, path, script=True)

    assert not await without.get_by_role("button", name="Affiche").is_visible()
    assert await within.get_by_role("button", name="Affiche").is_visible()
    await without.context.close()
    await within.context.close()


async def test_error_summary_takes_the_focus_and_leads_to_the_field(live: Live, chromium: Browser) -> None:
    page, _ = await open_page(live, chromium, "/publier", script=True)

    await page.get_by_role("button", name="Publier l’annonce").click()
    await page.locator("#erreurs").wait_for()
    assert await page.evaluate("document.activeElement.id") == "erreurs"
    await page.get_by_role("link", name="Donnez un titre").click()

    assert await page.evaluate("document.activeElement.id") == "title"
    await page.context.close()
