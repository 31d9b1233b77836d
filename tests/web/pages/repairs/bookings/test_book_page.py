"""The people of a shop open its appointments, answer who asks and note who walks in; whoever asks chooses a time."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from federation.instance import Instance
from models.listings import listings
from models.moments import PARIS
from models.people import actors
from models.people.actors import Actor
from models.people.opening_hours import OpeningInterval, make_hours, write_hours
from models.repairs.bookings import appointment_books, shop_calendars, slot_copies
from models.repairs.bookings.shop_calendars import BusyRange, CalendarReading
from models.repairs.bookings.slots import Slot
from models.repairs.shops import shops, staff
from models.repairs.shops.staff import StaffRole
from models.store.database import connection, execute, fetch_column, fetch_records, fetch_value, transaction
from tests.factories import make_agreement, make_listing, make_member
from tests.repair_shops import DETAILS, add_communes, make_shop
from tests.sample_village import Village
from tests.today import today
from tests.web.pages.conftest import Browser, Page

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HOME = "/ateliers/rayon/gerer/rendez-vous"
RULES = {
    "title": "Rendez-vous à l’atelier",
    "text": "Venez avec le vélo.",
    "capacity": "1",
    "slot_minutes": "60",
    "notice_hours": "1",
    "ahead_days": "20",
}


@pytest.fixture
async def rayon(instance: Instance, lomme: Village) -> Actor:
    """Open every day from nine to noon; Kim manages it, and Léo works there."""
    roles: dict[str, StaffRole] = {"kim": "manager", "leo": "volunteer"}
    async with transaction(instance.pool) as conn:
        shop = await make_shop(conn)
        week = (OpeningInterval(day=day, opens=time(9), closes=time(12)) for day in range(7))
        await actors.save_place(conn, shop.id, "3 rue du Four", write_hours(make_hours(week, ())))
        for name, role in roles.items():
            person = await make_member(conn, name, name=name.title())
            await staff.save(conn, shop.id, person.id, role)
    return shop


async def find_person(instance: Instance, name: str) -> Actor:
    async with connection(instance.pool) as conn:
        return await actors.get_local(conn, name)


@pytest.fixture
async def manager(open_browser: OpenBrowser, instance: Instance, rayon: Actor) -> Browser:
    """Kim."""
    return await open_browser(await find_person(instance, "kim"))


@pytest.fixture
async def volunteer(open_browser: OpenBrowser, instance: Instance, rayon: Actor) -> Browser:
    """Léo."""
    return await open_browser(await find_person(instance, "leo"))


async def find_book(instance: Instance, rayon: Actor) -> int:
    async with connection(instance.pool) as conn:
        book = await appointment_books.find_of_actor(conn, rayon.id)
    assert book is not None
    return book.listing_id


def read_hidden(page: Page) -> dict[str, str]:
    """The time that the form holds without showing fields for it."""
    inputs = page.html.xpath("//fieldset[@id='jours']//input[@type='hidden']")
    return {one.get("name"): one.get("value") for one in inputs}


async def test_the_book_is_opened_asked_for_read_and_closed(
    manager: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance, rayon: Actor
) -> None:
    opened = await manager.send(HOME, RULES, form_on=HOME)
    assert opened.location == f"{HOME}?fait=opened"
    listing_id = await find_book(instance, rayon)
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
    week = await manager.get(f"{HOME}?semaine={asked_at.astimezone(PARIS).date()}")
    assert "Maryse" in week.words() and "Attendent une réponse" in week.words()
    assert first not in (await alice.get(asking)).html.xpath("//a/@href")
    closed = await manager.send(f"{HOME}/fermer", {}, form_on=HOME)
    assert closed.location == f"{HOME}?fait=closed"
    assert "ne prend plus de rendez-vous" in (await manager.get(HOME)).words()


async def test_a_time_that_is_none_is_refused_and_what_was_typed_stays(
    manager: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance, rayon: Actor
) -> None:
    await manager.send(HOME, RULES, form_on=HOME)
    asking = f"/annonces/d/{await find_book(instance, rayon)}/demander"
    alice = await open_browser(lomme.alice)
    # Of a week that is to come, since 3 o'clock of today may lie behind.
    week = f"{asking}?semaine={today() + timedelta(days=7)}"
    [shown, *_] = (await alice.get(week)).html.xpath("//a[contains(@href, '&de=')]/@href")

    wrong = read_hidden(await alice.get(shown)) | {"first_hour": "03:00", "last_hour": "04:00", "message": "Freins"}
    answer = await alice.send(asking, wrong, form_on=shown)

    assert answer.status == 422 and "une heure de la liste" in answer.words()
    assert "Freins" in answer.words()


async def test_who_walks_in_is_noted_once_and_taken_out_again(
    manager: Browser, instance: Instance, rayon: Actor
) -> None:
    await manager.send(HOME, RULES, form_on=HOME)
    day = (datetime.now(UTC).astimezone(PARIS) + timedelta(days=1)).date()
    who = {"day": day.isoformat(), "hour": "10:00", "name": "Mme Petit", "phone": "06 11 22 33 44", "note": "Chaîne"}

    noted = await manager.send(f"{HOME}/passage", who, form_on=HOME)
    full = await manager.send(f"{HOME}/passage", who | {"name": "M. Grand"}, form_on=HOME)

    assert noted.location == f"{HOME}?semaine={day}&fait=noted"
    assert full.status == 422 and "C’est complet" in full.words()
    assert full.html.xpath("string(//input[@name='name']/@value)") == "M. Grand"
    page = await manager.get(noted.location)
    assert "Mme Petit" in page.words() and "06 11 22 33 44" in page.words()
    [struck] = page.html.xpath("//form[contains(@action, '/passage/')]/@action")
    assert (await manager.send(struck, {}, form_on=noted.location)).location == f"{HOME}?fait=struck"
    assert "Mme Petit" not in (await manager.get(noted.location)).words()


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
    manager: Browser, wrong: dict[str, str], sentence: str
) -> None:
    answer = await manager.send(HOME, RULES | wrong, form_on=HOME)

    assert answer.status == 422 and sentence in answer.words()
    assert "Venez avec le vélo." in answer.words()


async def test_a_volunteer_answers_in_the_name_of_the_shop_and_is_told_of_what_comes(
    manager: Browser, volunteer: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance, rayon: Actor
) -> None:
    await manager.send(HOME, RULES, form_on=HOME)
    asking = f"/annonces/d/{await find_book(instance, rayon)}/demander"
    alice = await open_browser(lomme.alice)
    for message in ("Freins", "Chaîne"):
        [first, *_] = (await alice.get(asking)).html.xpath("//a[contains(@href, '&de=')]/@href")
        await alice.send(asking, read_hidden(await alice.get(first)) | {"message": message}, form_on=first)
    page = await volunteer.get(HOME)
    accept, more = read_answers(page)

    agreed = await volunteer.send(f"{HOME}/reponse", accept | {"act": "accept"}, form_on=HOME)
    day = (datetime.now(UTC).astimezone(PARIS) + timedelta(days=3)).date()
    wrong = await volunteer.send(f"{HOME}/autre-heure", more | {"day": day.isoformat(), "hour": "x"}, form_on=HOME)
    other = more | {"day": day.isoformat(), "hour": "10:30"}
    countered = await volunteer.send(f"{HOME}/autre-heure", other, form_on=HOME)
    late = await volunteer.send(f"{HOME}/reponse", more | {"act": "accept"}, form_on=HOME)

    assert agreed.location == f"{HOME}?fait=accept" and countered.location == f"{HOME}?fait=counter"
    assert wrong.status == 422 and wrong.html.xpath("string(//input[@name='day']/@value)") == day.isoformat()
    assert late.status == 422
    async with connection(instance.pool) as conn:
        states = await fetch_column(conn, "SELECT state FROM agreement ORDER BY id")
        told = await fetch_column(conn, "SELECT source FROM post WHERE source LIKE '@leo%rendez-vous%'")
    assert states == ["agreed", "countered"]
    assert len(told) == 2 and all(HOME in one and "Maryse" in one for one in told)
    assert "Comment on prend rendez-vous" not in page.words()
    assert (await volunteer.send(HOME, RULES, form_on=HOME)).status == 404


def read_answers(page: Page) -> list[dict[str, str]]:
    """What the buttons of each who waits send."""
    found = {
        form.xpath("string(.//input[@name='agreement']/@value)"): form.xpath("string(.//input[@name='offer']/@value)")
        for form in page.html.xpath("//form[contains(@action, '/reponse')][.//input[@name='offer']]")
    }
    return [{"agreement": agreement, "offer": offer} for agreement, offer in found.items()]


async def test_who_did_not_come_and_what_was_done_is_said_once_it_was_time(
    manager: Browser, lomme: Village, instance: Instance, rayon: Actor
) -> None:
    await manager.send(HOME, RULES, form_on=HOME)
    listing_id = await find_book(instance, rayon)
    past = datetime.now(UTC) - timedelta(hours=3)
    async with transaction(instance.pool) as conn:
        listing = await listings.find_by_post(conn, listing_id)
        assert listing is not None
        for person in (lomme.alice, lomme.hocine):
            await make_agreement(
                conn, listing, person, state="agreed", begins_at=past, ends_at=past + timedelta(hours=1)
            )
    first, second = read_answers(await manager.get(f"{HOME}?semaine={past.astimezone(PARIS).date()}"))

    done = await manager.send(f"{HOME}/reponse", first | {"act": "done"}, form_on=HOME)
    absent = await manager.send(f"{HOME}/reponse", second | {"act": "missed"}, form_on=HOME)

    assert (done.location, absent.location) == (f"{HOME}?fait=done", f"{HOME}?fait=missed")
    async with connection(instance.pool) as conn:
        said = await fetch_records(conn, "SELECT state, reason FROM agreement ORDER BY state")
    assert [(one["state"], one["reason"]) for one in said] == [
        ("cancelled", "Rendez-vous manqué\u00a0: personne n’était là à l’heure dite."),
        ("done", ""),
    ]
    async with connection(instance.pool) as conn:  # she is told, and nobody else
        told = await fetch_records(conn, "SELECT to_uris, cc_uris FROM post WHERE content LIKE '%Rendez-vous manqué%'")
        public = await fetch_column(
            conn, "SELECT count(*) FROM post WHERE audience IN ('public', 'network') AND content LIKE '%Absent%'"
        )
        missing = await fetch_value(conn, "SELECT partner_id FROM agreement WHERE state = 'cancelled'")
        her = await actors.get(conn, missing)
    assert [[*one["to_uris"], *one["cc_uris"]] for one in told] == [[her.uri]] and public == [0]


async def test_another_hour_is_asked_for_beside_one_that_is_agreed(
    manager: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance, rayon: Actor
) -> None:
    await manager.send(HOME, RULES, form_on=HOME)
    asking = f"/annonces/d/{await find_book(instance, rayon)}/demander"
    alice = await open_browser(lomme.alice)
    [first, *_] = (await alice.get(asking)).html.xpath("//a[contains(@href, '&de=')]/@href")
    asked = await alice.send(asking, read_hidden(await alice.get(first)) | {"message": "Freins"}, form_on=first)
    [accept] = read_answers(await manager.get(HOME))
    await manager.send(f"{HOME}/reponse", accept | {"act": "accept"}, form_on=HOME)

    thread = await alice.get(asked.location)
    [other] = thread.html.xpath("//a[contains(., 'Demander une autre')]/@href")
    [second, *_] = (await alice.get(other)).html.xpath("//a[contains(@href, '&de=')]/@href")
    again = await alice.send(asking, read_hidden(await alice.get(second)) | {"message": "Plus tard"}, form_on=second)

    assert again.location.partition("?")[0] == asked.location.partition("?")[0]
    async with connection(instance.pool) as conn:
        states = await fetch_column(conn, "SELECT state FROM agreement ORDER BY id")
    assert states == ["agreed", "requested"]


async def test_who_has_the_shop_come_says_the_commune_and_an_address_that_is_read_once_it_is_agreed(
    manager: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance, rayon: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "DELETE FROM commune WHERE code IN ('59350', '59355')")
        await add_communes(conn)
        await shops.save(conn, rayon.id, replace(DETAILS, commune_codes=["59355"]))
    await manager.send(HOME, RULES, form_on=HOME)
    asking = f"/annonces/d/{await find_book(instance, rayon)}/demander"
    alice = await open_browser(lomme.alice)
    [first, *_] = (await alice.get(asking)).html.xpath("//a[contains(@href, '&de=')]/@href")
    form = await alice.get(first)
    away = read_hidden(form) | {"message": "Freins", "visit": "away", "place": "Lomme", "address": "12 rue du Lin"}

    outside = await alice.send(asking, away | {"place": "Carvin"}, form_on=first)
    nowhere = await alice.send(asking, away | {"address": ""}, form_on=first)
    asked = await alice.send(asking, away, form_on=first)

    assert "Chez moi ou ailleurs" in form.words()
    assert outside.status == 422 and "se déplace : Lomme" in outside.words() and "12 rue du Lin" in outside.text
    assert nowhere.status == 422 and "Écrivez l’adresse" in nowhere.words()
    before, hers = await manager.get(HOME), await alice.get(asked.location)
    assert "chez la personne, à Lomme" in before.words() and "rue du Lin" not in before.text
    assert "12 rue du Lin" in hers.words() and "lira une fois d’accord" in hers.words()
    [accept] = read_answers(before)
    await manager.send(f"{HOME}/reponse", accept | {"act": "accept"}, form_on=HOME)
    day = first.partition("du=")[2][:10]
    assert "12 rue du Lin, Lomme" in (await manager.get(f"{HOME}?semaine={day}")).words()
    async with connection(instance.pool) as conn:
        told = await fetch_column(conn, "SELECT source FROM post WHERE source LIKE '%rue du Lin%'")
        said = await fetch_column(conn, "SELECT details::text FROM exchange_event WHERE details::text LIKE '%rue du%'")
    assert told == said == []


async def test_the_address_of_the_calendar_kept_elsewhere_is_taken_once_and_never_shown_again(
    manager: Browser, volunteer: Browser, instance: Instance, rayon: Actor
) -> None:
    await manager.send(HOME, RULES, form_on=HOME)
    secret = "https://agenda.test/private-0123/basic.ics"

    wrong = await manager.send(f"{HOME}/agenda", {"address": "http://agenda.test/a.ics"}, form_on=HOME)
    linked = await manager.send(f"{HOME}/agenda", {"address": secret}, form_on=HOME)
    async with transaction(instance.pool) as conn:
        due = await shop_calendars.find_due(conn, rayon.id)
        assert due is not None and "private" not in repr(due)
        busy = BusyRange(begins_at=datetime.now(UTC), ends_at=datetime.now(UTC) + timedelta(hours=1))
        await shop_calendars.save_reading(conn, due, CalendarReading(ranges=[busy], unread=2))
        await shop_calendars.note_failure(conn, due, "login_page")
        queued = await fetch_column(conn, "SELECT payload FROM pgqueuer WHERE entrypoint = 'shop_calendar'")
    failing, hers = await manager.get(HOME), await volunteer.get(HOME)

    assert wrong.status == 422 and "commence par https" in wrong.words()
    assert linked.location == f"{HOME}?fait=following" and len(queued) == 1 and b"private" not in queued[0]
    assert "L’adresse mène à une page web" in failing.words() and "agenda.test" in failing.words()
    assert "L’adresse mène à une page web" in hers.words() and "Changer d’agenda" not in hers.words()
    assert "une plage prise à venir" in failing.words() and "2 entrées n’ont pas pu être lues" in failing.words()
    assert "private-0123" not in failing.text + hers.text
    assert (await volunteer.send(f"{HOME}/agenda", {"address": secret}, form_on=HOME)).status == 404
    left = await manager.send(f"{HOME}/agenda/retirer", {}, form_on=HOME)
    assert left.location == f"{HOME}?fait=left" and "Relier un agenda" in (await manager.get(HOME)).words()


async def test_others_agreements_and_others_shops_are_missing(
    manager: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance, rayon: Actor
) -> None:
    await manager.send(HOME, RULES, form_on=HOME)
    async with transaction(instance.pool) as conn:
        foreign = await make_agreement(conn, lomme.drill, lomme.alice)
    member, visitor = await open_browser(lomme.alice), await open_browser(None)
    data = {"agreement": str(foreign.id), "offer": foreign.offer_uri, "act": "accept"}

    assert (await manager.send(f"{HOME}/reponse", data, form_on=HOME)).status == 404
    assert (await member.get(HOME)).status == 404
    assert (await visitor.get(HOME)).status in (303, 401, 403)


async def test_the_page_of_a_shop_leads_to_its_appointments_while_it_takes_any(
    manager: Browser, instance: Instance, rayon: Actor
) -> None:
    before = await manager.get("/ateliers/rayon")
    await manager.send(HOME, RULES, form_on=HOME)
    asking = f"/annonces/d/{await find_book(instance, rayon)}/demander"

    during = await manager.get("/ateliers/rayon")
    await manager.send(f"{HOME}/fermer", {}, form_on=HOME)
    after = await manager.get("/ateliers/rayon")

    assert [asking in page.html.xpath("//a/@href") for page in (during, after)] == [True, False]
    assert "/ateliers/rayon/gerer/rendez-vous" in before.html.xpath("//a/@href")


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
