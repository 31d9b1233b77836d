"""The network page: every filter alone and together, pages, and what happens when nothing is near."""

from urllib.parse import quote

import pytest

from federation.instance import Instance
from models.store.database import transaction
from tests import sample_village
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page


def titles(page: Page) -> set[str]:
    """The listings that stand on the page."""
    return {link.text_content() for link in page.html.xpath("//ul[@class='listings']//a")}


TENT = "Tente 4 places, facile à monter"
CALL = "Roue arrière voilée, je suis à pied"
SEWING = "Machine à coudre et boîte à fils"
DRILL = "Perceuse à percussion, mèches comprises"
BIKE = "Vélo de ville avec panier"
PLANTS = "Plants de tomates cornues"
WANTED = "Cherche diable et sangles"


async def test_page_holds_listings_from_here_and_elsewhere(visitor: Browser) -> None:
    page = await visitor.get("/annonces")

    assert titles(page) == {TENT, CALL, SEWING, DRILL, BIKE, PLANTS, WANTED}
    (plate,) = page.html.xpath("//li[.//a[contains(., 'Machine à coudre')]]//span[contains(@class, 'plate')]")
    assert plate.text_content() == "via Hénin-Carvin"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=tentes", {TENT}),
        ("q=velo", {BIKE}),
        ("genre=request", {WANTED}),
        ("genre=request&genre=repair_call", {WANTED, CALL}),
        ("genre=offer&mode=gift", {PLANTS}),
        ("cat=outillage", {DRILL, WANTED}),
        ("cat=camping", {TENT}),
        ("coop=" + quote("https://henin.test/users/coop", safe=""), {SEWING}),
        ("coop=" + quote("http://lomme.test/users/coop", safe="") + "&mode=gift", {PLANTS}),
        ("photo=1&genre=repair_call", {CALL}),
        ("photo=1&genre=request", set()),
        ("lieu=Carvin&km=10", {SEWING}),
        ("lieu=62110", {TENT, CALL, SEWING, DRILL, BIKE, PLANTS, WANTED}),
    ],
)
async def test_filter_keeps_what_fits(visitor: Browser, query: str, found: set[str]) -> None:
    page = await visitor.get(f"/annonces?{query}")

    assert titles(page) == found


async def test_nearest_comes_first_and_distances_are_told(visitor: Browser) -> None:
    page = await visitor.get("/annonces?lieu=Carvin")

    first = page.html.xpath("//ul[@class='listings']/li[1]")[0].text_content().replace("\u00a0", " ")
    assert SEWING in first
    assert "à 8 km" in first
    assert "Autour de Carvin" in page.words()


async def test_search_widens_by_itself_and_says_so(visitor: Browser) -> None:
    page = await visitor.get("/annonces?q=machine&lieu=Lomme&km=2")

    assert titles(page) == {SEWING}
    assert "Rien à moins de 2 km de Lomme : nous avons cherché jusqu’à 50 km." in page.words()


async def test_pages_follow_one_another(visitor: Browser, lomme: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        for number in range(20):
            await sample_village.publish(conn, lomme.site, lomme.alice, f"Chaise {number}", "<p>Une chaise.</p>")

    few = await visitor.get("/annonces?q=chaise&mode=loan&genre=offer")
    first = await visitor.get("/annonces?genre=offer")
    (more,) = first.html.xpath("//a[@rel='next']/@href")
    second = await visitor.get(more)

    assert len(titles(few)) == 20
    assert not few.html.xpath("//a[@rel='next']")
    assert more.startswith("/annonces?genre=offer&apres=")
    assert len(titles(first)) == 20
    assert len(titles(second)) == 5
    assert not titles(first) & titles(second)
    assert not second.html.xpath("//a[@rel='next']")
    assert second.html.xpath("//a[.='Revenir au début']/@href") == ["/annonces?genre=offer"]


async def test_what_comes_in_between_moves_no_page(visitor: Browser, lomme: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        for number in range(20):
            await sample_village.publish(conn, lomme.site, lomme.alice, f"Chaise {number}", "<p>Une chaise.</p>")
    first = await visitor.get("/annonces")
    async with transaction(instance.pool) as conn:
        await sample_village.publish(conn, lomme.site, lomme.alice, "Table", "<p>Une table.</p>")

    second = await visitor.get(first.html.xpath("//a[@rel='next']/@href")[0])

    assert len(titles(second)) == 7
    assert not titles(first) & titles(second)
    assert "Table" not in titles(second)


async def test_page_of_what_has_gone_leads_to_the_beginning(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        for number in range(20):
            await sample_village.publish(conn, lomme.site, lomme.alice, f"Chaise {number}", "<p>Une chaise.</p>")
    (more,) = (await visitor.get("/annonces?genre=offer")).html.xpath("//a[@rel='next']/@href")
    async with transaction(instance.pool) as conn:
        await conn.execute("UPDATE listing SET status = 'cancelled' WHERE title NOT LIKE 'Chaise%'")

    page = await visitor.get(more)

    assert (page.status, page.location) == (303, "/annonces?genre=offer")


async def test_unknown_town_is_said_at_its_field(visitor: Browser) -> None:
    page = await visitor.get("/annonces?lieu=Nulle-Part")

    (field,) = page.html.xpath("//input[@id='lieu']")
    assert field.get("aria-invalid") == "true"
    assert field.get("value") == "Nulle-Part"
    assert "Nous ne connaissons pas « Nulle-Part »" in page.words()


async def test_page_of_nothing_invites_to_publish(visitor: Browser) -> None:
    page = await visitor.get("/annonces?q=introuvable")

    assert page.status == 200
    assert "Rien ne correspond à cette recherche" in page.words()
    assert page.html.xpath("//section//a[@href='/publier?genre=request&titre=introuvable']")


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=99999999999", "km=x", "genre=x", "cat=%00", "q=%27%3B--", "coop=x", "lieu=%00"]
)
async def test_nonsense_in_the_address_is_left_out(visitor: Browser, query: str) -> None:
    assert (await visitor.get(f"/annonces?{query}")).status == 200


async def test_withdrawn_and_private_listings_are_not_listed(visitor: Browser) -> None:
    page = await visitor.get("/annonces")

    assert "Déjà partie" not in page.text


async def test_towns_complete_what_is_typed(visitor: Browser) -> None:
    page = await visitor.get("/lieux?q=lom")

    assert page.text == '["Lomme (59160)"]'


async def test_page_speaks_english(visitor: Browser) -> None:
    page = await visitor.get("/annonces?lieu=Carvin", language="en-GB,fr;q=0.5")

    assert "Around Carvin" in page.words()
    assert "7 listings" in page.words()


async def test_readers_of_feeds_find_the_same_search(visitor: Browser) -> None:
    asked = "?q=tente&lieu=Lomme+%2859160%29&km=5&cat=camping&genre=offer&genre=request&mode=loan&photo=1"
    for query in ("", asked, "?coop=https%3A%2F%2Fhenin.test%2Fusers%2Fcoop", "?quand=week-end"):
        page = await visitor.get(f"/annonces{query}")

        (feed,) = page.html.xpath("//link[@type='application/atom+xml']/@href")
        assert feed == f"/annonces/flux.atom{query}"
