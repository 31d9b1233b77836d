"""Who runs a place opens its appointments, sees who comes and notes who walks in; whoever asks chooses a time."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta

import pytest

from federation.instance import Instance
from models.moments import PARIS
from models.people import actors
from models.people.actors import Actor
from models.people.opening_hours import OpeningInterval, make_hours, write_hours
from models.people.team import place_keepers
from models.repairs.bookings import appointment_books, slot_copies
from models.repairs.bookings.slots import Slot
from models.store.database import connection, fetch_value, transaction
from tests.factories import make_listing, make_member
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HOME = "/coop/lieux/atelier/rendez-vous"
RULES = {
    "title": "Rendez-vous à l’atelier",
    "text": "Venez avec le vélo.",
    "capacity": "1",
    "slot_minutes": "60",
    "notice_hours": "1",
    "ahead_days": "20",
}


@pytest.fixture
async def atelier(instance: Instance, lomme: Village) -> Actor:
    """Open every day from nine to noon."""
    async with transaction(instance.pool) as conn:
        place = await make_member(
            conn,
            "atelier",
            type="Organization",
            name="L’atelier",
            uri="http://lomme.test/users/atelier",
            url="http://lomme.test/@atelier",
        )
        week = (OpeningInterval(day=day, opens=time(9), closes=time(12)) for day in range(7))
        await actors.save_place(conn, place.id, "3 rue du Four", write_hours(make_hours(week, ())))
    return place


@pytest.fixture
async def keeper(open_browser: OpenBrowser, instance: Instance, atelier: Actor) -> Browser:
    """Kim, who runs it."""
    async with transaction(instance.pool) as conn:
        kim = await make_member(conn, "kim", roles=["keeper"], name="Kim")
        await place_keepers.add(conn, atelier.id, kim.id)
    return await open_browser(kim)


async def find_book(instance: Instance, atelier: Actor) -> int:
    async with connection(instance.pool) as conn:
        book = await appointment_books.find_of_actor(conn, atelier.id)
    assert book is not None
    return book.listing_id


def read_hidden(page: Page) -> dict[str, str]:
    """The time that the form holds without showing fields for it."""
    inputs = page.html.xpath("//fieldset[@id='jours']//input[@type='hidden']")
    return {one.get("name"): one.get("value") for one in inputs}


async def test_the_book_is_opened_asked_for_read_and_closed(
    keeper: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance, atelier: Actor
) -> None:
    opened = await keeper.send(HOME, RULES, form_on=HOME)
    assert opened.location == f"{HOME}?fait=opened"
    listing_id = await find_book(instance, atelier)
    alice = await open_browser(lomme.alice)
    asking = f"/annonces/d/{listing_id}/demander"

    picked = await alice.get(asking)
    [first, *_] = picked.html.xpath("//a[contains(@href, '&de=')]/@href")
    form = await alice.get(first)
    assert "à quelle heure" not in form.words().lower() and "Choisir une autre heure" in form.words()
    answer = await alice.send(asking, read_hidden(form) | {"message": "Le pneu est à plat."}, form_on=first)

    assert answer.location is not None and answer.location.startswith("/echanges/")
    async with connection(instance.pool) as conn:
        asked_at = await fetch_value(conn, "SELECT begins_at FROM agreement WHERE listing_id = $1", listing_id)
    assert asked_at.astimezone(PARIS).strftime("du=%Y-%m-%d&de=%H") in first
    week = await keeper.get(f"{HOME}?semaine={asked_at.astimezone(PARIS).date()}")
    assert "Maryse" in week.words() and "attend une réponse" in week.words()
    assert first not in (await alice.get(asking)).html.xpath("//a/@href")
    closed = await keeper.send(f"{HOME}/fermer", {}, form_on=HOME)
    assert closed.location == f"{HOME}?fait=closed"
    assert "ne prend plus de rendez-vous" in (await keeper.get(HOME)).words()


async def test_a_time_that_is_none_is_refused_and_what_was_typed_stays(
    keeper: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance, atelier: Actor
) -> None:
    await keeper.send(HOME, RULES, form_on=HOME)
    asking = f"/annonces/d/{await find_book(instance, atelier)}/demander"
    alice = await open_browser(lomme.alice)
    [first, *_] = (await alice.get(asking)).html.xpath("//a[contains(@href, '&de=')]/@href")

    wrong = read_hidden(await alice.get(first)) | {"first_hour": "03:00", "last_hour": "04:00", "message": "Freins"}
    answer = await alice.send(asking, wrong, form_on=first)

    assert answer.status == 422 and "une heure de la liste" in answer.words()
    assert "Freins" in answer.words()


async def test_who_walks_in_is_noted_once_and_taken_out_again(
    keeper: Browser, instance: Instance, atelier: Actor
) -> None:
    await keeper.send(HOME, RULES, form_on=HOME)
    day = (datetime.now(UTC).astimezone(PARIS) + timedelta(days=1)).date()
    who = {"day": day.isoformat(), "hour": "10:00", "name": "Mme Petit", "phone": "06 11 22 33 44", "note": "Chaîne"}

    noted = await keeper.send(f"{HOME}/passage", who, form_on=HOME)
    full = await keeper.send(f"{HOME}/passage", who | {"name": "M. Grand"}, form_on=HOME)

    assert noted.location == f"{HOME}?semaine={day}&fait=noted"
    assert full.status == 422 and "C’est complet" in full.words()
    assert full.html.xpath("string(//input[@name='name']/@value)") == "M. Grand"
    page = await keeper.get(noted.location)
    assert "Mme Petit" in page.words() and "06 11 22 33 44" in page.words()
    [struck] = page.html.xpath("//form[contains(@action, '/passage/')]/@action")
    assert (await keeper.send(struck, {}, form_on=noted.location)).location == f"{HOME}?fait=struck"
    assert "Mme Petit" not in (await keeper.get(noted.location)).words()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"slot_minutes": "5"}, "de 15 à 480 minutes"),
        ({"capacity": "11"}, "de 1 à 10 personnes"),
        ({"ahead_days": "x"}, "nombre entier"),
        ({"title": ""}, "Donnez un titre"),
    ],
)
async def test_rules_that_cannot_be_come_back_with_what_was_typed(
    keeper: Browser, wrong: dict[str, str], sentence: str
) -> None:
    answer = await keeper.send(HOME, RULES | wrong, form_on=HOME)

    assert answer.status == 422 and sentence in answer.words()
    assert "Venez avec le vélo." in answer.words()


async def test_the_place_itself_has_its_page_and_nobody_else(
    open_browser: OpenBrowser, atelier: Actor, lomme: Village
) -> None:
    own = await (await open_browser(atelier)).get("/mes-rendez-vous")
    member, visitor = await open_browser(lomme.alice), await open_browser(None)

    assert own.status == 200
    assert (await member.get("/mes-rendez-vous")).status == 404
    assert (await member.get(HOME)).status in (403, 404)
    assert (await visitor.get("/mes-rendez-vous")).status in (303, 401, 403)


async def test_times_of_a_shop_elsewhere_are_those_that_it_told_with_their_age(
    open_browser: OpenBrowser, lomme: Village, instance: Instance
) -> None:
    begins_at = (datetime.now(UTC) + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    async with transaction(instance.pool) as conn:
        listing = await make_listing(
            conn,
            lomme.bob,
            post={"local": False},
            mode="service",
            slots_uri="https://henin.test/slots",
            unit_based=True,
        )
    alice = await open_browser(lomme.alice)
    before = await alice.get(f"/annonces/d/{listing.id}/demander")
    async with transaction(instance.pool) as conn:
        slot = Slot(begins_at=begins_at, ends_at=begins_at + timedelta(hours=1), left=2)
        await slot_copies.save(conn, listing.id, [slot], "")
        asked = await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'slots'")

    after = await alice.get(f"/annonces/d/{listing.id}/demander")

    assert "On vient de demander" in before.words() and asked == 1
    assert "D’après ce que le lieu a dit" in after.words() and "2 places" in after.words()
