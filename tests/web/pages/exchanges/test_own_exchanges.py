"""The list of my exchanges, and the phone number that is kept for giving it away."""

from collections.abc import Awaitable, Callable

from federation.instance import Instance
from models.exchanges import exchanges
from models.people import phone_numbers
from models.people.actors import Actor
from models.store.database import connection, transaction
from tests.factories import make_member
from tests.sample_threads import SampleThreads
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def test_what_waits_for_me_stands_first_with_until_when(alice: Browser, made: SampleThreads) -> None:
    page = await alice.get("/echanges")

    waiting = page.html.xpath("//section[@aria-labelledby='attend']//li//a/@href")
    others = page.html.xpath("//section[@aria-labelledby='autres']//li//a/@href")
    assert waiting == [f"/echanges/{made.tent.exchange_id}", f"/echanges/{made.wanted.exchange_id}"]
    assert sorted(others) == sorted(f"/echanges/{one.exchange_id}" for one in (made.sewing, made.drill))
    words = page.words()
    assert words.count("À vous de répondre, du ") + words.count("À vous de répondre, le ") == 2
    assert "Léonie doit répondre, du " in words and "avant le " in words and "nouveau" in words
    assert page.html.xpath("//nav//a[@href='/echanges'][@aria-current='page']")


async def test_the_list_is_filtered_by_what_goes_on_and_what_is_over(alice: Browser, made: SampleThreads) -> None:
    going, over = await alice.get("/echanges?voir=en-cours"), await alice.get("/echanges?voir=finis")

    assert "Machine à coudre" in going.words() and "Perceuse" not in going.words()
    assert "Perceuse" in over.words() and "Machine à coudre" not in over.words()
    assert "Ce qui vous attend" not in over.words()


async def test_older_exchanges_are_a_page_further(alice: Browser, instance: Instance, lomme: Village) -> None:
    async with transaction(instance.pool) as conn:
        for number in range(25):
            member = await make_member(conn, f"voisin{number}", name=f"Voisin{number}")
            await exchanges.open(conn, listing_id=lomme.tent.id, owner_id=lomme.alice.id, partner_id=member.id)

    first = await alice.get("/echanges?voir=en-cours")
    (older,) = first.html.xpath("//a[@rel='next']/@href")
    second = await alice.get(older)

    assert "avec Voisin24" in first.words() and "avec Voisin4," not in first.words()
    assert "avec Voisin4," in second.words() and "avec Voisin24" not in second.words()
    assert "voir=en-cours" in older


async def test_without_any_exchange_the_page_says_how_one_begins(open_browser: OpenBrowser, lomme: Village) -> None:
    nadia = await open_browser(lomme.admin)

    assert "Répondez à une annonce" in (await nadia.get("/echanges")).words()


async def test_the_list_is_for_members(visitor: Browser) -> None:
    assert (await visitor.get("/echanges")).location.startswith("/connexion")


async def test_a_phone_number_is_kept_corrected_and_forgotten(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    wrong = await alice.send("/compte/telephone", {"phone": "appelez-moi"}, form_on="/compte/telephone")
    kept = await alice.send("/compte/telephone", {"phone": "+33 6 12 34 56 78"}, form_on="/compte/telephone")
    page = await alice.get("/compte/telephone")
    await alice.send("/compte/telephone", {"phone": ""}, form_on="/compte/telephone")

    assert wrong.status == 422 and wrong.html.xpath("string(//input[@name='phone']/@value)") == "appelez-moi"
    assert kept.location == "/compte?fait=phone"
    assert page.html.xpath("string(//input[@name='phone']/@value)") == "+33 6 12 34 56 78"
    async with connection(instance.pool) as conn:
        assert await phone_numbers.find_phone(conn, lomme.alice.id) == ""


async def test_the_address_of_an_agreement_leads_one_of_the_two_to_its_thread(
    alice: Browser, open_browser: OpenBrowser, lomme: Village, made: SampleThreads
) -> None:
    assert made.drill.uri is not None
    path = f"/echanges?accord={made.drill.uri.removeprefix(lomme.site.url)}"

    assert (await alice.get(path)).location == f"/echanges/{made.drill.exchange_id}"
    for other in (f"{path}x", "/echanges?accord=%00", "/echanges?accord=/users/alice"):
        assert (await alice.get(other)).status == 200
    nadia = await open_browser(lomme.admin)
    assert (await nadia.get(path)).status == 200
