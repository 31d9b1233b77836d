"""A listing's page draws where it is, no finer than others may know it, without a script and without asking anybody."""

import re

import pytest

from federation.instance import Instance
from models.places.places import Place
from models.store.database import Connection, execute, transaction
from tests.factories import make_listing, make_remote_actor
from tests.sample_territory import set_territory
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.pages.listings.place_drawing import HEIGHT, ROOM, WIDTH, draw_place

NUMBERS = re.compile(r"-?\d+")


def make_place(latitude: float | None, longitude: float | None, radius: int | None = 500) -> Place:
    return Place(
        name="Lomme", postcode="59160", commune_code="59355", latitude=latitude, longitude=longitude, radius=radius
    )


@pytest.mark.parametrize(
    ("place", "radius"),
    [
        (make_place(50.645, 2.987), 12.5),
        (make_place(50.645, 2.987, 3_000), 75.0),
        (make_place(50.645, 2.987, 20_000), ROOM * HEIGHT),
        (make_place(50.645, 2.987, None), None),
        (make_place(-20.88, 55.45), 12.5),
        (make_place(89.99, 179.99), 12.5),
    ],
)
async def test_the_circle_is_as_wide_as_the_place_is_blurred_and_fits(
    conn: Connection, place: Place, radius: float | None
) -> None:
    await set_territory(conn)

    drawing = await draw_place(conn, place)

    assert drawing is not None and drawing.radius == radius
    assert 20 <= drawing.bar <= WIDTH / 4
    rings = [int(found) for found in NUMBERS.findall(drawing.outlines.wet + drawing.outlines.land)]
    assert all(0 <= number <= WIDTH for number in rings), "cut at the edges"


async def test_nothing_is_drawn_of_a_place_that_is_not_known(conn: Connection) -> None:
    assert await draw_place(conn, None) is None and await draw_place(conn, make_place(None, None)) is None


async def test_coasts_are_drawn_and_weigh_little(conn: Connection) -> None:
    drawing = await draw_place(conn, make_place(51.03, 2.38))  # Dunkerque

    assert drawing is not None
    drawn = drawing.outlines
    assert drawn.wet and drawn.land and drawn.wet != drawn.land
    assert sum(len(path) for path in (drawn.wet, drawn.land, drawn.lakes, drawn.rivers, drawn.borders)) < 4_000


async def test_the_page_and_the_poster_draw_it_and_say_it_without_a_script(
    visitor: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        bare = await make_listing(
            conn,
            lomme.alice,
            title="Échelle",
            mode="gift",
            post={"url": f"{lomme.site.url}/annonces/5f0c9d1e-0000-4000-8000-000000000009"},
        )

    page = await visitor.get(bare.post.url.removeprefix(lomme.site.url))
    with_photos = await visitor.get(lomme.tent.post.url.removeprefix(lomme.site.url))

    [drawn] = page.html.xpath("//main//*[name()='svg'][@role='img' and contains(@class, 'map')]")
    assert drawn.get("aria-label") == "Carte\u00a0: dans le rond, Lomme (59160), sans l’endroit exact"
    assert drawn.xpath(".//*[name()='circle']/@r") == ["12.5"] and "Lomme (59160)" in page.words()
    assert not page.html.xpath("//declic-map | //main//script")
    poster = page.html.xpath("//*[@class='poster']")[0]
    assert poster.xpath(".//*[contains(@class, 'map')]") and "Facile à monter." in poster.text_content()
    assert not with_photos.html.xpath("//*[@class='poster']//*[contains(@class, 'map')]"), "the photo stands there"


async def test_of_a_person_elsewhere_no_exact_point_is_drawn(
    visitor: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        person = await make_remote_actor(conn, "exacte")
        exact = await make_listing(conn, person, latitude=50.64512, longitude=2.98734, radius=None)
        await execute(conn, "UPDATE post SET audience = 'network' WHERE id = $1", exact.id)

    page = await visitor.get(f"/annonces/d/{exact.id}")

    assert page.html.xpath("//main//*[name()='svg'][@role='img']//*[name()='circle']/@class") == ["around"]
