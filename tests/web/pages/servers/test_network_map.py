"""The network as a drawing: what is on it, what it leaves out, and that it leads to the list."""

import re
from collections.abc import Awaitable, Callable

from federation.instance import Instance
from models.people.actors import Actor
from models.store.database import Connection, execute, transaction
from tests.factories import make_remote_actor
from tests.sample_territory import set_territory
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.pages.servers.network_map import HEIGHT, WIDTH, MapTerritory, draw_map

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

LOMME = MapTerritory(name="Lomme", latitude=50.6453, longitude=2.9871)


def pin(name: str, latitude: float, longitude: float, listings: int = 1) -> MapTerritory:
    """A territory elsewhere."""
    return MapTerritory(name=name, latitude=latitude, longitude=longitude, listings=listings, anchor=f"coop-{name}")


HENIN, DUNKERQUE = pin("Hénin-Carvin", 50.42, 2.95), pin("Dunkerque", 51.03, 2.38)


async def test_north_is_up_and_everybody_is_inside(conn: Connection) -> None:
    found = await draw_map(conn, LOMME, [HENIN, DUNKERQUE])

    assert found is not None
    own, henin, dunkerque = (mark for mark, _ in found.marks)
    assert own.own and not henin.own
    assert dunkerque.y < own.y < henin.y and dunkerque.x < henin.x < own.x
    assert all(17 <= mark.x <= WIDTH - 17 and 17 <= mark.y <= HEIGHT - 17 for mark, _ in found.marks)


async def test_territories_that_lie_together_share_a_mark(conn: Connection) -> None:
    found = await draw_map(conn, LOMME, [DUNKERQUE, HENIN, pin("Hénin", 50.421, 2.951, listings=4)])

    assert found is not None
    assert [(mark.listings, [one.name for one in mark.pins]) for mark, _ in found.marks[2:]] == [
        (5, ["Hénin-Carvin", "Hénin"])
    ]
    assert [label.words for _, label in found.marks if label] == ["Lomme", "Dunkerque", "Hénin-Carvin +1"]


async def test_who_is_beyond_the_map_is_counted(conn: Connection) -> None:
    found = await draw_map(conn, LOMME, [HENIN, pin("Saint-Denis", -20.88, 55.45)])

    assert found is not None
    assert (found.beyond, len(found.marks)) == (1, 2)


async def test_without_anybody_to_show_there_is_no_map(conn: Connection) -> None:
    assert await draw_map(conn, LOMME, []) is None


async def test_single_territory_shows_its_surroundings(conn: Connection) -> None:
    await set_territory(conn)

    found = await draw_map(conn, None, [pin("Lomme", LOMME.latitude, LOMME.longitude)])

    assert found is not None
    assert (found.marks[0][0].x, found.marks[0][0].y) == (WIDTH / 2, HEIGHT / 2)
    assert (found.scale, [town.words for town in found.towns]) == (10_000, ["Lille", "Carvin"])
    assert re.fullmatch(r"(M\d+ \d+h0){2,}", "".join(found.dots))


async def test_no_name_covers_another_and_none_is_cut_off(conn: Connection) -> None:
    crowd = [pin(f"Territoire {n}", 50.5 + n % 6 / 20, 2.8 + n // 6 / 15) for n in range(36)]

    found = await draw_map(conn, LOMME, crowd)

    assert found is not None
    boxes = [
        (label.x - len(label.words) * 4, label.y - 14, label.x + len(label.words) * 4, label.y + 4)
        for _, label in found.marks
        if label is not None
    ]
    assert len(boxes) >= 5
    assert all(left >= 0 and right <= WIDTH and bottom <= HEIGHT for left, _, right, bottom in boxes)
    assert not any(
        a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1] for n, a in enumerate(boxes) for b in boxes[n + 1 :]
    )


async def test_page_draws_the_map_itself_and_leads_to_the_list(
    open_browser: OpenBrowser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            "UPDATE actor SET latitude = 50.42, longitude = 2.95 WHERE id = ANY($1)",
            [lomme.henin.id, lomme.coop.id],
        )
        await execute(conn, "UPDATE actor SET latitude = 50.6453, longitude = 2.9871 WHERE id = $1", lomme.coop.id)
    browser = await open_browser(lomme.alice)

    page = await browser.get("/reseau")

    (link,) = page.html.xpath("//svg[@class='map']//a/@href")
    assert link == "#coop-henin.test"
    assert page.html.get_element_by_id(link[1:]).tag == "li"
    assert not page.html.xpath("//svg[@class='map']//image")


async def test_map_follows_the_search(open_browser: OpenBrowser, lomme: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET latitude = 50.42, longitude = 2.95 WHERE id = $1", lomme.henin.id)
        far = await make_remote_actor(conn, "coop", "lens.test", type="Organization", name="La Gaillette")
        await execute(conn, "UPDATE actor SET latitude = 50.43, longitude = 2.83 WHERE id = $1", far.id)
        await execute(conn, "INSERT INTO server (host, level) VALUES ('lens.test', 'friend')")
    browser = await open_browser(lomme.alice)

    page = await browser.get("/reseau?q=gaillette")

    assert page.html.xpath("//svg[@class='map']//a/@href") == ["#coop-lens.test"]
