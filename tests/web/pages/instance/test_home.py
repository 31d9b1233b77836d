"""The front page: what is near, what the neighbours have under their plate, and when one may come."""

from datetime import time
from typing import Any

import pytest

from federation.instance import Instance
from models.people import actors
from models.people.actors import Actor
from models.people.opening_hours import OpeningInterval, make_hours, write_hours
from models.store.database import execute, transaction
from tests.sample_village import Village, publish
from tests.web.pages.conftest import SITE, Browser, Page
from web.rendering.assets import load_assets

SEWING = "Machine à coudre et boîte à fils"

HERE: dict[str, Any] = {"place_name": "Lomme", "postcode": "59160", "latitude": 50.64, "longitude": 2.99}


def titles_under(page: Page, heading: str) -> list[str]:
    """The small ads between this heading and the next one."""
    found = page.html.xpath("//main//h2[@id=$id]/following::ul[1]/li//h3", id=heading)
    return [title.text_content().strip() for title in found]


async def fill(instance: Instance, author: Actor) -> None:
    """So many listings of ours that none of a neighbour is among the nearest."""
    async with transaction(instance.pool) as conn:
        for number in range(4):
            await publish(conn, SITE, author, f"Escabeau {number}", "<p>Solide.</p>", **HERE)


async def test_the_neighbours_have_their_part_however_much_there_is_at_hand(
    visitor: Browser, alice: Browser, lomme: Village, instance: Instance
) -> None:
    await fill(instance, lomme.hocine)

    for reader in (visitor, alice):
        page = await reader.get("/")

        assert len(titles_under(page, "pres")) == 4 and SEWING not in titles_under(page, "pres")
        assert titles_under(page, "voisins") == [SEWING]
        (plate,) = page.html.xpath("//main//li[.//h3[contains(., 'Machine à coudre')]]//*[contains(@class, 'plate')]")
        assert "Hénin-Carvin" in plate.text_content()


async def test_what_stands_above_already_is_not_shown_twice(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE listing SET status = 'paused' WHERE post_id <> $1", lomme.sewing.id)

    page = await visitor.get("/")

    assert SEWING in titles_under(page, "pres")
    assert not page.html.xpath("//h2[@id='voisins']")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE server SET level = 'aside' WHERE host = 'henin.test'",
        "UPDATE actor SET suspended_at = now() WHERE host = 'henin.test'",
        "UPDATE listing SET status = 'paused' WHERE territory_uri LIKE '%henin.test%'",
    ],
)
async def test_a_neighbour_that_is_out_of_sight_has_no_part(
    visitor: Browser, lomme: Village, instance: Instance, change: str
) -> None:
    await fill(instance, lomme.hocine)
    async with transaction(instance.pool) as conn:
        await execute(conn, change)

    assert not (await visitor.get("/")).html.xpath("//h2[@id='voisins']")


async def test_the_hours_of_a_place_stand_in_a_table(visitor: Browser, lomme: Village, instance: Instance) -> None:
    spans = [(2, 9, 12), (2, 14, 18), (5, 10, 12)]
    week = [OpeningInterval(day=day, opens=time(opens), closes=time(closes)) for day, opens, closes in spans]
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET type = 'Organization' WHERE id = $1", lomme.hocine.id)
        await actors.save_place(conn, lomme.hocine.id, "12 rue de la Mairie", write_hours(make_hours(week, [])))

    (table,) = (await visitor.get("/")).html.xpath("//aside//table")

    cells = [[" ".join(cell.text_content().split()) for cell in row.xpath("./*")] for row in table.xpath(".//tr")]
    assert cells == [["Mercredi", "de 9 h à 12 h, de 14 h à 18 h"], ["Samedi", "de 10 h à 12 h"]]
    assert "Hocine" in table.xpath("string(./caption)")


async def test_fonts_come_at_once_under_the_names_that_style_sheets_give_them(visitor: Browser) -> None:
    page = await visitor.get("/")

    fonts = page.html.xpath("//link[@rel='preload' and @as='font' and @crossorigin]/@href")
    sheet = load_assets().files
    named = "".join(one.body.decode() for name, one in sheet.items() if name.endswith(".css"))
    assert any("bricolage-grotesque" in font for font in fonts)
    assert all(f"url({font})" in named for font in fonts), "else they are fetched twice"
