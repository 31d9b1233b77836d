"""A member's points on her page, and prices in points on listings."""

import pytest

from federation.instance import Instance
from models.listings import listings
from models.store.database import execute, transaction
from tests.points import fill_ledger, give, switch_on
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from tests.web.pages.listings.publish.test_publish_page import changed, errors, send_form

FILLED = {"title": "Perceuse", "kind": "offer", "mode": "loan", "place": "Lomme (59160)"}


@pytest.fixture
async def ledger(instance: Instance, lomme: Village) -> Village:
    """The village keeps points."""
    async with transaction(instance.pool) as conn:
        await fill_ledger(conn, lomme)
    return lomme


async def test_without_points_there_is_no_page_and_no_word_of_them(alice: Browser, lomme: Village) -> None:
    account, form = await alice.get("/compte"), await alice.get("/publier")

    assert (await alice.get("/points")).status == 404
    assert "/points" not in account.text and 'name="points"' not in form.text


async def test_the_page_is_for_members(visitor: Browser, ledger: Village) -> None:
    page = await visitor.get("/points")

    assert page.status == 303 and page.location.startswith("/connexion?retour=")


async def test_a_member_reads_what_she_has_and_what_it_came_from(alice: Browser, ledger: Village) -> None:
    page = await alice.get("/points")
    words = page.words()

    assert "Vous avez 107 graines." in words
    assert "Vous avez promis 8 graines" in words and "99 graines au plus" in words
    for line in (
        "Bienvenue : c’est pour l’arrivée",
        "Pour l’annonce « Tente 4 places, facile à monter »",
        "De Hocine, pour « Tente 4 places, facile à monter »",
        "Inscrit par Nadia : a tenu la buvette de la fête",
        "+12 graines",
    ):
        assert line in words
    (thread,) = page.html.xpath("//a[starts-with(., 'De Hocine')]/@href")
    assert thread.startswith("/echanges/")
    assert "Tente 4 places, facile à monter, avec Hocine" in (await alice.get(thread)).words()
    assert "À l’arrivée, la coop donne 50 graines." in words and "Un compte ne descend jamais sous zéro." in words


async def test_the_page_speaks_english(alice: Browser, ledger: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE account SET language = 'en'")

    words = (await alice.get("/points", language="en")).words()

    assert "You have 107 graines." in words and "From Hocine, for “Tente 4 places, facile à monter”" in words


async def test_older_movements_are_a_page_further(alice: Browser, ledger: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        for number in range(30):
            await give(conn, ledger.alice, number + 1)

    page = await alice.get("/points")
    (older,) = page.html.xpath("//a[@rel='next']/@href")
    further = await alice.get(older)

    assert len(page.html.xpath("//section[@aria-labelledby='mouvements']//li")) == 30
    assert "Bienvenue" not in page.words() and "Bienvenue" in further.words()
    assert not further.html.xpath("//a[@rel='next']")


async def test_a_listing_has_a_price_in_points_that_is_kept_when_it_is_changed(
    alice: Browser, ledger: Village, instance: Instance
) -> None:
    page = await alice.get("/publier")
    sent = await send_form(alice, "/publier", page, [*changed(page, **FILLED, points="15"), ("act", "publish")])

    path = sent.location.partition("?")[0]
    edit = await alice.get(f"{path}/modifier")
    shown = await alice.get(path)

    assert edit.html.xpath("//input[@name='points']/@value") == ["15"]
    assert "15 graines entre membres de la coop" in shown.words() and "Prêt, sans caution" in shown.words()
    async with transaction(instance.pool) as conn:
        listing = await listings.find_by_url(conn, f"http://lomme.test{path}")
    assert listing is not None and listing.details.points == 15


@pytest.mark.parametrize(("mode", "typed", "kept"), [("swap", "15", None), ("gift", "0", None), ("service", "2", 2)])
async def test_a_price_goes_with_some_modes_only(
    alice: Browser, ledger: Village, instance: Instance, mode: str, typed: str, kept: int | None
) -> None:
    page = await alice.get("/publier")
    fields = changed(page, **(FILLED | {"mode": mode, "points": typed}))
    sent = await send_form(alice, "/publier", page, [*fields, ("act", "publish")])

    async with transaction(instance.pool) as conn:
        listing = await listings.find_by_url(conn, f"http://lomme.test{sent.location.partition('?')[0]}")
    assert listing is not None and listing.details.points == kept


@pytest.mark.parametrize("typed", ["-3", "10001", "peu", "1,5"])
async def test_a_price_is_a_number(alice: Browser, ledger: Village, typed: str) -> None:
    page = await alice.get("/publier")

    sent = await send_form(alice, "/publier", page, [*changed(page, **FILLED, points=typed), ("act", "publish")])

    assert sent.status == 422
    assert errors(sent) == {"points": "Écrivez un nombre, de 0 à 10 000."}


async def test_prices_are_shown_to_members_only(
    alice: Browser, visitor: Browser, ledger: Village, instance: Instance
) -> None:
    tent = ledger.tent.post.url.removeprefix("http://lomme.test")
    paths = (tent, "/annonces?q=tente", "/@alice")

    async def read(browser: Browser) -> list[Page]:
        return [await browser.get(path) for path in paths]

    assert all("graine" not in page.text for page in await read(visitor))
    assert ["12 graines" in page.words() for page in await read(alice)] == [True] * 3
    async with transaction(instance.pool) as conn:
        await switch_on(conn, points=False)
    assert all("graine" not in page.text for page in await read(alice))
