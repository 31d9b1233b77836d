"""Every way to look at a search finds the same, for whoever may see it: list, map, feeds, frame, poster and alert."""

import json
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qs, urlencode

import pytest
from lxml import etree

from federation.instance import Instance
from models.servers import trust_levels
from models.store.database import execute, fetch_column, transaction
from outbox.listings.alerts import watch
from tests.factories import make_listing, make_member, make_remote_actor
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page


def read_page(page: Page) -> set[str]:
    return {" ".join(one.text_content().split()) for one in page.html.xpath("//li[contains(@class, 'listing')]//h2")}


def read_poster(page: Page) -> set[str]:
    return {one.text_content() for one in page.html.xpath("//div[@class='poster']//li/b")}


def read_atom(page: Page) -> set[str]:
    return set(etree.fromstring(page.text.encode()).xpath("//*[local-name()='entry']/*[local-name()='title']/text()"))


def read_json(page: Page) -> set[str]:
    return {item["title"] for item in json.loads(page.text)["items"]}


def read_geojson(page: Page) -> set[str]:
    return {one["properties"]["title"] for one in json.loads(page.text)["features"]}


LIST, POINTS = "/annonces", "/annonces/points.geojson"

DOORS: Mapping[str, Callable[[Page], set[str]]] = {
    LIST: read_page,
    POINTS: read_geojson,
    "/annonces/flux.atom": read_atom,
    "/annonces/flux.json": read_json,
    "/annonces/flux.geojson": read_geojson,
    "/embed/annonces?nombre=24": read_page,
    "/annonces/affiche": read_poster,
}


async def look(browser: Browser, door: str, query: str) -> set[str]:
    page = await browser.get(f"{door}{'&' if '?' in door else '?'}{query}")
    assert page.status == 200, (door, query)
    return {title.replace("\u202f", " ") for title in DOORS[door](page)}


async def find_by_alert(instance: Instance, browser: Browser, query: str) -> set[str]:
    """What is found by the alert that is kept on this search, held against everything that is open."""
    typed = {name: values[0] for name, values in parse_qs(query).items()}
    fields = {"search": query, "place": typed.get("lieu", ""), "within": typed.get("km", ""), "rhythm": "daily"}
    made = await browser.send("/alertes/nouvelle", fields, form_on="/alertes")
    assert made.status == 303, made.words()
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            "INSERT INTO unmatched_listing (post_id, edited) SELECT post_id, false FROM listing ON CONFLICT DO NOTHING",
        )
    await watch(instance)
    async with transaction(instance.pool) as conn:
        id = int(made.location.partition("?")[0].rpartition("/")[2])
        found = await fetch_column(
            conn, "SELECT title FROM alert_find JOIN listing ON post_id = listing_id WHERE alert_id = $1", id
        )
        await execute(conn, "DELETE FROM search_alert WHERE id = $1", id)
    return {title.replace("\u202f", " ") for title in found}


TENT, SEWING = "Tente 4 places, facile à monter", "Machine à coudre et boîte à fils"
GIFT, BIKE = "Plants de tomates cornues", "Vélo de ville avec panier"

EVERYWHERE: list[tuple[str, set[str]]] = [
    ("q=tentes", {TENT}),
    ("genre=offer&mode=gift", {GIFT}),
    ("genre=offer&lieu=Lambersart&km=2", {BIKE}),
    ("lieu=Lambersart&km=commune", {BIKE}),
    ("lieu=Carvin&km=epci", {SEWING}),
    ("coop=https%3A//henin.test/users/coop", {SEWING}),
    ("cat=camping&photo=", {TENT}),
]

NOT_FOR_ALERTS: list[tuple[str, set[str]]] = [
    ("bounds=50.4,2.8,50.55,3.0", {SEWING}),
    ("du=2027-05-03&au=2027-05-04&cat=camping", {TENT}),
]


async def test_the_same_parameters_find_the_same_by_every_door(
    visitor: Browser, open_browser: Callable[..., Awaitable[Browser]], instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        zoe = await make_member(conn, "zoe")
    member = await open_browser(zoe)

    for query, found in [*EVERYWHERE, *NOT_FOR_ALERTS]:
        for door in DOORS:
            assert await look(visitor, door, query) == found, (door, query)
    for query, found in EVERYWHERE:
        assert await find_by_alert(instance, member, query) == found, query


OF_POST, OF_LISTING, OF_AUTHOR = (
    "UPDATE post SET {} WHERE id = $1",
    "UPDATE listing SET {} WHERE post_id = $1",
    "UPDATE actor SET {} WHERE id = (SELECT author_id FROM post WHERE id = $1)",
)

UNSEEN = [
    (OF_POST, "deleted_at = now()", "deleted_at = NULL"),
    (OF_POST, "hidden_at = now()", "hidden_at = NULL"),
    (OF_POST, "audience = 'followers'", "audience = 'network'"),
    (OF_POST, "audience = 'unlisted'", "audience = 'network'"),
    (OF_LISTING, "status = 'expired'", "status = 'open'"),
    (OF_AUTHOR, "suspended_at = now()", "suspended_at = NULL"),
    (OF_AUTHOR, "limited_at = now()", "limited_at = NULL"),
    (OF_AUTHOR, "away_until = now() + interval '1 day'", "away_until = NULL"),
]

FOR_SOME = [
    (OF_POST, "audience = 'coop'", "audience = 'network'"),
    (OF_POST, "audience = 'territories'", "audience = 'network'"),
]


@pytest.mark.parametrize("reader", ["visitor", "member"])
async def test_what_is_not_for_a_reader_stands_at_no_door(
    open_browser: Callable[..., Awaitable[Browser]], instance: Instance, lomme: Village, reader: str
) -> None:
    hocine = await open_browser(lomme.hocine if reader == "member" else None)
    doors = [LIST, POINTS] if reader == "member" else [LIST, POINTS, "/annonces/flux.json", "/embed/annonces?nombre=24"]
    shown = lomme.tent.post.url

    for sql, change, back in UNSEEN if reader == "member" else [*UNSEEN, *FOR_SOME]:
        async with transaction(instance.pool) as conn:
            await execute(conn, sql.format(change), lomme.tent.id)
        for door in doors:
            assert TENT not in await look(hocine, door, "q=tente"), (door, change)
        assert shown not in (await hocine.get("/sitemap.xml")).text, change
        async with transaction(instance.pool) as conn:
            await execute(conn, sql.format(back), lomme.tent.id)
    for door in doors:
        assert TENT in await look(hocine, door, "q=tente"), door


async def test_what_a_member_passes_on_of_her_territories_is_the_same_for_everybody(
    open_browser: Callable[..., Awaitable[Browser]], visitor: Browser, instance: Instance, lomme: Village
) -> None:
    """She follows Hénin alone; to visitors "the neighbours" are the friends of the cooperative as well."""
    async with transaction(instance.pool) as conn:
        douai = await make_remote_actor(conn, "coop", "douai.test", type="Organization", name="Coop de Douai")
        await trust_levels.save_level(conn, douai.host, "friend")
        await make_listing(conn, douai, title="Luge de Douai", territory_uri=douai.uri)
    alice = await open_browser(lomme.alice)
    query = "genre=offer&coop=miens"
    page = await alice.get(f"/annonces?{query}")
    [passed_on] = page.html.xpath("//section[@aria-labelledby='suivre']//a[contains(@href, 'flux.json')]/@href")

    hers, theirs = read_page(page), await look(visitor, LIST, query)
    back = await visitor.get(f"/annonces?{passed_on.partition('?')[2]}")

    assert theirs - hers == {"Luge de Douai"}
    assert read_json(await visitor.get(passed_on)) == read_page(back) == hers
    assert "2 coops" in back.words()
    chosen = back.html.xpath("string(//option[@selected and contains(., 'coops')]/@value)")
    assert urlencode({"coop": chosen}) in passed_on


async def test_whoever_waits_reads_as_a_visitor_and_whoever_is_suspended_nothing(
    open_browser: Callable[..., Awaitable[Browser]], instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET audience = 'coop' WHERE id = $1", lomme.tent.id)
        await execute(conn, "UPDATE account SET waits_since = now() WHERE actor_id = $1", lomme.hocine.id)
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", lomme.admin.id)
    member, waiting, stopped = [await open_browser(one) for one in (lomme.alice, lomme.hocine, lomme.admin)]

    for door in (LIST, POINTS):
        assert await look(member, door, "q=tente") == {TENT}
        assert TENT not in await look(waiting, door, "q=tente")
        assert (await stopped.get(f"{door}?q=tente")).location == "/compte/suspension"
    for door in ("/alertes", "/alertes/nouvelle?q=tente"):
        assert (await waiting.get(door)).location == "/compte/attente"
