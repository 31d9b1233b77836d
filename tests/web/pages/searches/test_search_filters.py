"""The filters of the search page: one box, places, days, chips, orders, and addresses that mean one search."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote, urlencode

import lxml.html
import pytest

from federation.instance import Instance
from models.listings import unavailabilities
from models.listings.unavailabilities import Range, midnight
from models.moments import PARIS
from models.store.database import fetch_column, transaction
from tests.sample_village import Village
from tests.today import today
from tests.web.pages.conftest import Browser, Page
from web.pages.searches.wanted_days import WantedDays, find_weekend

TENT = "Tente 4 places, facile à monter"
CALL = "Roue arrière voilée, je suis à pied"
SEWING = "Machine à coudre et boîte à fils"
DRILL = "Perceuse à percussion, mèches comprises"
BIKE = "Vélo de ville avec panier"
PLANTS = "Plants de tomates cornues"
WANTED = "Cherche diable et sangles"


def titles(page: Page) -> set[str]:
    """The listings that stand on the page."""
    return {link.text_content() for link in page.html.xpath("//ul[@class='listings']//a")}


def read(link: lxml.html.HtmlElement) -> str:
    return " ".join(link.text_content().split())


def chips(page: Page) -> dict[str, str]:
    """What can be taken away, and where that leads."""
    return {
        read(link).removesuffix(", retirer"): link.get("href")
        for link in page.html.xpath("//a[span[contains(., 'retirer')]]")
    }


def said(page: Page, name: str) -> str:
    """What stands at a field that is wrong."""
    return " ".join(str(page.html.xpath(f"string(//*[@id='{name}-erreur'])")).split())


def day(number: int) -> str:
    """So many days from today, as a browser sends it."""
    return (today() + timedelta(days=number)).isoformat()


async def test_each_filter_is_a_chip_that_can_be_removed(visitor: Browser) -> None:
    page = await visitor.get("/annonces?genre=offer&genre=request&mode=loan&q=&photo=0")

    assert chips(page) == {
        "Offre (4)": "/annonces?genre=request&mode=loan",
        "Demande (1)": "/annonces?genre=offer&mode=loan",
        "Prêt (5)": "/annonces?genre=offer&genre=request",
    }
    assert page.html.xpath("//a[@href='/annonces' and .='Tout effacer']")


async def test_chips_of_everything_lead_to_the_rest(visitor: Browser) -> None:
    coop = quote("https://henin.test/users/coop", safe="")
    page = await visitor.get(f"/annonces?partenaire=1&coop={coop}&cat=couture&q=machine&photo=1&km=25&lieu=carvin")

    rest = f"q=machine&lieu=Carvin+%2862220%29&km=25&cat=couture&coop={coop}&photo=1&partenaire=1"
    assert chips(page) == {
        "« machine »": f"/annonces?{rest.removeprefix('q=machine&')}",
        "À 25 km de Carvin": f"/annonces?q=machine&cat=couture&coop={coop}&photo=1&partenaire=1",
        "Couture": f"/annonces?{rest.replace('&cat=couture', '')}",
        "Hénin-Carvin": f"/annonces?{rest.replace('&coop=' + coop, '')}",
        "Avec photo": f"/annonces?{rest.replace('&photo=1', '')}",
        "Dans un lieu partenaire": f"/annonces?{rest.replace('&partenaire=1', '')}",
    }
    assert read(page.html.xpath("//summary")[0]) == "Filtrer (5)"


async def test_no_filter_has_no_chip_and_no_number(visitor: Browser) -> None:
    page = await visitor.get("/annonces")

    assert chips(page) == {}
    assert read(page.html.xpath("//summary")[0]) == "Filtrer"
    assert "Tout effacer" not in page.words()
    assert "Offre (5)" in page.words()
    assert "Prêt (5)" in page.words()


async def test_same_search_has_the_same_address(visitor: Browser) -> None:
    for query in (
        "km=25&lieu=lomme&q=tente&mode=gift&mode=loan",
        "mode=loan&mode=gift&q=+tente++&lieu=59160&km=25&cat=&coop=&du=&au=&tri=mieux",
        "q=tente&mode=gift&mode=loan&mode=gift&lieu=Lomme%20(59160)&km=25&page=1&utm_source=x",
    ):
        page = await visitor.get(f"/annonces?{query}&photo=1")

        assert chips(page)["Avec photo"] == "/annonces?q=tente&lieu=Lomme+%2859160%29&km=25&mode=loan&mode=gift"


async def test_without_a_place_the_radius_is_around_the_reader_and_the_address_says_where(visitor: Browser) -> None:
    page = await visitor.get("/annonces?km=5&photo=1")

    assert "À 5 km de Lomme" in chips(page)
    assert chips(page)["Avec photo"] == "/annonces?lieu=Lomme+%2859160%29&km=5"


@pytest.mark.parametrize(
    ("query", "found", "chip"),
    [
        ("lieu=Lomme&km=commune", {TENT, CALL, DRILL, PLANTS, WANTED}, "Lomme seulement"),
        ("lieu=Carvin&km=epci", {SEWING}, "CA d'Hénin-Carvin"),
        ("coop=miens&genre=offer", {TENT, DRILL, BIKE, PLANTS, SEWING}, "La Remise et ses voisines"),
    ],
)
async def test_communes_federations_and_territories(visitor: Browser, query: str, found: set[str], chip: str) -> None:
    page = await visitor.get(f"/annonces?{query}")

    assert titles(page) == found
    assert chip in chips(page)
    assert "nous avons cherché" not in page.words()


async def test_nothing_in_a_commune_is_looked_for_around_it(visitor: Browser) -> None:
    page = await visitor.get("/annonces?q=machine&lieu=Lomme&km=commune")

    assert titles(page) == {SEWING}
    assert "Rien à Lomme : nous avons cherché jusqu’à 50 km." in page.words()


async def test_narrower_categories_can_be_chosen(visitor: Browser) -> None:
    page = await visitor.get("/annonces?cat=camping")

    assert titles(page) == {TENT}
    assert page.html.xpath("string(//select[@id='cat']/optgroup/option[@selected])") == "— Camping et randonnée"
    assert len(page.html.xpath("//select[@id='cat']//option")) > 60


async def test_what_is_kept_by_its_owner_is_not_free_that_day(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    first = midnight(today() + timedelta(days=20))
    async with transaction(instance.pool) as conn:
        await unavailabilities.add(conn, lomme.drill.id, first, first + timedelta(days=2))

    taken = await visitor.get(f"/annonces?mode=loan&genre=offer&du={day(20)}&au={day(21)}")
    touching = await visitor.get(f"/annonces?mode=loan&genre=offer&du={day(18)}&au={day(20)}")
    free = await visitor.get(f"/annonces?mode=loan&genre=offer&du={day(19)}")

    assert DRILL not in titles(taken) | titles(touching)
    assert DRILL in titles(free)
    assert BIKE in titles(taken)


async def test_a_calendar_that_is_not_known_here_is_said_and_asked_for_by_members_alone(
    visitor: Browser, alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await conn.execute(
            "UPDATE listing SET calendar_uri = 'https://henin.test/c' WHERE post_id = $1", lomme.sewing.id
        )

    def unknown(page: Page) -> set[str]:
        return {read(li.find(".//a")) for li in page.html.xpath("//li[.//em[.='Calendrier non connu']]")}

    async def jobs() -> list[str]:
        async with transaction(instance.pool) as conn:
            return await fetch_column(conn, "SELECT entrypoint FROM pgqueuer WHERE entrypoint = 'calendar'")

    assert unknown(await visitor.get("/annonces?quand=week-end")) == {SEWING}
    assert await jobs() == []
    assert unknown(await visitor.get("/annonces")) == set()
    await alice.get("/annonces?quand=week-end")
    assert await jobs() == ["calendar"]

    at = midnight(today() + timedelta(days=300))
    async with transaction(instance.pool) as conn:
        await unavailabilities.save_copy(conn, lomme.sewing.id, [Range(begins_at=at, ends_at=at + timedelta(1))], "x")
    known = await visitor.get("/annonces?quand=week-end")
    assert unknown(known) == set()
    assert SEWING in titles(known)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        (date(2027, 5, 10), 15, 16),  # Monday
        (date(2027, 5, 14), 15, 16),  # Friday
        (date(2027, 5, 15), 15, 16),
        (date(2027, 5, 16), 16, 16),
    ],
)
def test_this_weekend_is_the_coming_one_and_what_is_left_of_it(asked: date, first: int, last: int) -> None:
    weekend = find_weekend(asked)

    assert (weekend.first.day, weekend.last.day) == (first, last)


def test_of_a_day_that_has_begun_what_is_left_counts() -> None:
    days = WantedDays(first=date(2027, 5, 15), last=date(2027, 5, 16))
    evening = datetime(2027, 5, 15, 18, 30, 12, tzinfo=PARIS)

    assert days.find_moments(evening) == (evening.replace(second=0), datetime(2027, 5, 16, 22, tzinfo=UTC))
    assert days.find_moments(evening - timedelta(days=3))[0] == datetime(2027, 5, 14, 22, tzinfo=UTC)


async def test_weekend_is_one_tap_and_its_address_stays_right_next_week(visitor: Browser) -> None:
    page = await visitor.get("/annonces?mode=loan")
    (shortcut,) = page.html.xpath("//a[contains(., 'Libre ce')]/@href")

    asked = await visitor.get(shortcut)

    assert shortcut == "/annonces?mode=loan&quand=week-end"
    assert chips(asked)["Libre ce week-end"] == "/annonces?mode=loan"
    assert not asked.html.xpath("//a[contains(@href, 'quand=week-end') and contains(., 'Libre')][@class='button']")


async def test_what_makes_no_sense_is_said_where_it_was_typed(visitor: Browser) -> None:
    for query, field, sentence in (
        (f"du={day(5)}&au={day(3)}", "au", "Le dernier jour est avant le premier."),
        ("du=2020-01-01&au=2020-01-02", "au", "Ces jours sont passés."),
        ("du=2020-01-01", "du", "Ces jours sont passés."),
        (f"du={day(1)}&au={day(400)}", "au", "Les calendriers ne vont pas plus loin qu’un an."),
        ("du=9999-01-01", "du", "Écrivez une date, par exemple 2027-05-09."),
        ("au=2026-02-30", "au", "Écrivez une date, par exemple 2027-05-09."),
        ("du=demain", "du", "Écrivez une date, par exemple 2027-05-09."),
        ("q=" + "tente " * 60, "q", "C’est trop long : 359 caractères pour 200 au plus."),
    ):
        page = await visitor.get(f"/annonces?{query}")

        assert page.status == 200
        assert said(page, field) == sentence
        typed = dict(pair.split("=", 1) for pair in query.split("&"))
        assert page.html.xpath(f"//input[@id='{field}']/@value") == [typed[field]]
        assert bool(page.html.xpath("//details[@id='filtres' and @open]")) == (field in ("du", "au"))


async def test_hostile_and_unknown_values_are_left_out(visitor: Browser) -> None:
    for query in (
        *("km=7", "km=-5", "km=99999999999999999999", "cat=nowhere", "tri=x", "quand=x", "photo="),
        *("coop=javascript:alert(1)", "genre=offer%00", "mode=repair", "q=%00%01%02", "apres=x", "tri=mieux"),
        "du=%00&au=%F0%9F%92%A9",
        "lieu=" + "a" * 3000,
    ):
        page = await visitor.get(f"/annonces?{query}")

        assert page.status == 200
        assert chips(page) == {}
    repeated = await visitor.get("/annonces?" + urlencode([("genre", "offer")] * 400))
    assert list(chips(repeated)) == ["Offre (5)"]


async def test_orders_are_offered_where_they_make_sense(visitor: Browser) -> None:
    def offered(page: Page) -> dict[str, str]:
        return {read(link): link.get("href") for link in page.html.xpath("//nav[contains(@class, 'sorting')]/a")}

    assert offered(await visitor.get("/annonces")) == {
        "Le plus proche": "/annonces?tri=proche",
        "Le plus récent": "/annonces",
        "Se termine bientôt": "/annonces?tri=fin",
    }
    near = offered(await visitor.get("/annonces?lieu=Lomme"))
    assert near["Le plus proche"] == "/annonces?lieu=Lomme+%2859160%29"
    assert near["Le plus récent"] == "/annonces?lieu=Lomme+%2859160%29&tri=recent"
    words = offered(await visitor.get("/annonces?q=a&tri=fin"))
    assert words == {} or words["Au mieux"] == "/annonces?q=a"


async def test_nothing_found_leads_to_saying_what_is_wanted_and_to_hearing_of_it(
    visitor: Browser, alice: Browser
) -> None:
    address = "/annonces?q=introuvable&lieu=Lomme&km=5&mode=loan"
    parameters = "q=introuvable&lieu=Lomme+%2859160%29&km=5&mode=loan"

    page, member = await visitor.get(address), await alice.get(address)

    wanted = "/publier?genre=request&titre=introuvable&lieu=Lomme+%2859160%29"
    assert page.html.xpath(f"//a[@href='{wanted}']")
    assert member.html.xpath(f"//a[@href='{wanted}']")
    for one in (page, member):  # whoever has no account reads there how to get one, and of the feed
        assert one.html.xpath("//main//a[starts-with(@href, '/alertes')]/@href") == [f"/alertes/nouvelle?{parameters}"]


async def test_end_of_the_list_says_how_to_follow_the_search(visitor: Browser, alice: Browser) -> None:
    page, member = await visitor.get("/annonces?q=tente"), await alice.get("/annonces?q=tente")

    assert page.html.xpath("//section[@aria-labelledby='suivre']//a[.='Atom']")
    for one in (page, member):
        assert one.html.xpath("//section[@aria-labelledby='suivre']//a[@href='/alertes/nouvelle?q=tente']")


async def test_first_page_has_the_same_box(visitor: Browser) -> None:
    page = await visitor.get("/")

    (form,) = page.html.xpath("//main//form[@role='search']")
    assert (form.get("action"), form.get("method")) == ("/annonces", None)
    assert [field.get("name") for field in form.xpath(".//input")] == ["q", "lieu", "km"]
    found = await visitor.get("/annonces?q=tente&lieu=&km=25")
    assert titles(found) == {TENT}
