"""The map of listings in a browser: marks and list show each other, by mouse and keyboard, with nobody else asked."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from models.places.geometry import blur
from models.store.database import Pool, execute, transaction
from tests import sample_village
from tests.web.axe import list_violations, needs_axe
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village

pytestmark = [needs_axe, needs_chromium]

WORKSHOP: dict[str, Any] = {
    "place_name": "Atelier des Bois Blancs",
    "latitude": 50.6329,
    "longitude": 3.0251,
    "radius": None,
}

POINTS = [(50.64361, 2.98734), (48.8566, 2.3522), (-20.8789, 55.4481), (14.6161, -61.0588), (-0.001, -0.001)]


@pytest.fixture
async def live(pool: Pool, tmp_path: Path) -> AsyncIterator[Live]:
    """A village of its own, with a saw in a place that everybody may come to."""
    async with serve_village(pool, tmp_path) as live:
        async with transaction(pool) as conn:
            site, alice = live.village.site, live.village.alice
            saw = await sample_village.publish(conn, site, alice, "Scie", "<p>Une scie.</p>", mode="gift", **WORKSHOP)
            await execute(conn, "UPDATE listing SET radius = NULL WHERE post_id = $1", saw.id)
        yield live


async def open_map(live: Live, chromium: Browser, path: str, *, wide: int) -> tuple[Page, list[str]]:
    """A visitor's page with its map drawn, and what the browser complains about or asks other hosts for."""
    context = await chromium.new_context(locale="fr-FR", viewport={"width": wide, "height": 900})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda one: None if one.url.startswith(live.url) else complaints.append(one.url))
    await page.goto(live.url + path)
    await page.locator(".map-mark").first.wait_for()
    return page, complaints


async def test_map_stands_beside_the_list_and_each_shows_the_other(live: Live, chromium: Browser) -> None:
    page, complaints = await open_map(live, chromium, "/annonces?lieu=Lomme&km=10&vue=carte", wide=1280)
    saw, line = page.get_by_role("button", name="Scie, don, Atelier des Bois Blancs"), page.locator("li.listing")

    beside = [await page.locator(one).bounding_box() for one in ("#liste", "declic-map")]
    await page.get_by_role("link", name="Scie").focus()
    shown_on_map = await saw.get_attribute("class")
    await saw.hover()

    assert beside[0] and beside[1] and beside[0]["x"] + beside[0]["width"] <= beside[1]["x"]
    assert "shown" in (shown_on_map or "") and "exact" in (shown_on_map or ""), "a pin, since its address is public"
    assert "on-map" in (await line.filter(has_text="Scie").get_attribute("class") or "")
    names = [await one.get_attribute("aria-label") or "" for one in await page.locator(".map-mark").all()]
    assert any("annonces, Lomme" in name for name in names), names
    assert await page.locator(".leaflet-pane .glow").count() >= 1, "a circle for what is known to 2 km only"
    assert not await list_violations(page, "map beside the list")
    await page.context.close()
    assert complaints == []


async def test_everything_works_by_keyboard_on_a_phone_where_the_map_replaces_the_list(
    live: Live, chromium: Browser
) -> None:
    page, complaints = await open_map(live, chromium, "/annonces?lieu=Lomme&vue=carte", wide=390)
    saw, panel = page.get_by_role("button", name="Scie, don"), page.locator(".map-panel")

    assert not await page.locator("#liste").is_visible()
    await page.get_by_role("button", name="Zoomer", exact=True).focus()
    for _ in range(4):
        await page.keyboard.press("Enter")
    marks = [await one.get_attribute("aria-label") for one in await page.locator(".map-mark").all()]
    await page.goto(live.url + "/annonces?lieu=Lomme&km=10&q=scie&vue=carte")
    await saw.focus()
    await page.keyboard.press("Enter")
    link = panel.get_by_role("link", name="Scie")
    assert await link.evaluate("link => link === document.activeElement")
    await page.keyboard.press("Escape")

    assert len(marks) > 1 and all(marks)
    assert not await panel.is_visible()
    assert await saw.evaluate("mark => mark === document.activeElement")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not await list_violations(page, "map on a phone")
    await page.get_by_role("link", name="Revenir à la liste").click()
    await page.locator("#liste").wait_for()
    await page.context.close()
    assert complaints == []


async def test_where_the_map_does_not_open_the_list_comes_back(live: Live, chromium: Browser) -> None:
    context = await chromium.new_context(locale="fr-FR", viewport={"width": 390, "height": 900})
    page = await context.new_page()
    await page.route("**/vendor/leaflet/**", lambda route: route.abort())

    await page.goto(live.url + "/annonces?vue=carte")
    await page.get_by_text("La carte n’a pas pu s’ouvrir. La liste dit la même chose.").wait_for()

    assert await page.locator("#liste").is_visible()
    assert not await page.locator("declic-map").is_visible()
    await context.close()


async def test_after_moving_the_list_can_be_asked_for_what_is_shown(live: Live, chromium: Browser) -> None:
    page, complaints = await open_map(live, chromium, "/annonces?lieu=Lomme&km=10&vue=carte&apres=x", wide=1280)
    again = page.get_by_role("link", name="Chercher dans cette zone")

    assert not await again.is_visible()
    await page.locator(".map-canvas").focus()
    for _ in range(3):
        await page.keyboard.press("ArrowDown")
    await again.click()
    await page.get_by_role("link", name="Zone de la carte").wait_for()

    assert "bounds=" in page.url and "km=" not in page.url and "apres=" not in page.url and "vue=carte" in page.url
    await page.context.close()
    assert complaints == []


async def test_a_tap_picks_the_cell_of_a_place_and_never_the_place(live: Live, chromium: Browser) -> None:
    page, _ = await open_map(live, chromium, "/annonces?lieu=Lomme&km=10&vue=carte", wide=390)
    await page.evaluate(
        """() => {
            const drawn = document.querySelector("declic-map");
            const small = drawn.cloneNode(false);
            delete small.dataset.points;
            small.dataset.words = JSON.stringify({ map: "Carte", picked: "Lieu choisi" });
            small.dataset.pick = "north east";
            small.dataset.zoom = "14";
            for (const id of ["north", "east"]) {
                document.body.prepend(Object.assign(document.createElement("input"), { type: "hidden", id }));
            }
            document.body.prepend(small);
        }"""
    )
    canvas = page.locator("declic-map[data-pick] .map-canvas")
    await canvas.focus()

    await page.keyboard.press("Enter")

    (module,) = await page.eval_on_selector_all("script[src*='/map.']", "all => all.map(one => one.src)")
    blurred = await page.evaluate(
        "async ([module, points]) => { const { blur } = await import(module); return points.map((p) => blur(...p)) }",
        [module, POINTS],
    )
    picked = [float(await page.locator(f"#{field}").input_value()) for field in ("north", "east")]
    assert [tuple(one) for one in blurred] == [blur(*point) for point in POINTS], "as the server does it"
    assert picked == [*blur(50.6453, 2.9871)] == [*blur(*picked)]
    assert await page.locator("declic-map[data-pick] .glow").count() == 1
    assert await page.locator("declic-map[data-pick] [role=status]").inner_text() == "Lieu choisi"
    await page.context.close()
