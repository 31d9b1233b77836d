"""A day's stops in order, with what is needed to get there; for the people of the shop and for nobody else."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

import icalendar
import pytest

from federation.instance import Instance
from models.exchanges.agreements import Terms
from models.moments import PARIS
from models.people import actors
from models.people.actors import Actor
from models.repairs.bookings import appointment_books
from models.repairs.bookings.appointment_books import WalkIn
from models.repairs.bookings.slots import SlotRules
from models.repairs.shops import staff
from models.repairs.shops.staff import StaffRole
from models.repairs.tours import orders
from models.store.database import Connection, connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_agreement, make_listing, make_member
from tests.repair_shops import DETAILS, make_shop
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from web.pages.repairs.tours.tour_page import KEEP

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HOME = "/ateliers/ines/gerer/tournee"
DAY = (datetime.now(PARIS) + timedelta(days=9)).date()
HERE = f"{HOME}?jour={DAY}"
REPAIR = {"interventions": ["flat-tyre"], "bike_type": "cargo", "rideable": False}


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(DAY, time(hour, minute), PARIS)


def terms(hour: int | None, place: str = "", **changes: object) -> Terms:
    """Of an hour, or of the whole day."""
    begins_at = at(hour or 0)
    ends_at = begins_at + (timedelta(hours=1) if hour else timedelta(days=1))
    known = Terms(begins_at=begins_at, ends_at=ends_at, place=place)
    return replace(known, **changes)  # type: ignore[arg-type] # fields by name


@pytest.fixture
async def ines(instance: Instance, lomme: Village) -> Actor:
    """She comes by; Kim manages, Léo helps. Two appointments, one who rang up, and what is no stop of the day."""
    roles: dict[str, StaffRole] = {"kim": "manager", "leo": "volunteer"}
    async with transaction(instance.pool) as conn:
        shop = await make_shop(
            conn, "ines", name="Inès", details=replace(DETAILS, workshop=False, commune_codes=["59355"])
        )
        for name, role in roles.items():
            await staff.save(conn, shop.id, (await make_member(conn, name, name=name.title())).id, role)
        listing = await make_listing(conn, shop, mode="service", category="velo-reparation", title="Rendez-vous")
        rules = SlotRules(slot_minutes=60, notice_hours=1, ahead_days=20)
        await appointment_books.save(conn, listing.id, shop.id, rules)
        agreed = terms(14, "4 rue du Puits, 59160 Lomme", note="La chaîne saute")
        await make_agreement(conn, listing, lomme.alice, terms=agreed, state="agreed")
        await make_agreement(conn, listing, lomme.hocine, terms=terms(9, "8 place Verte, 59160 Lomme"), state="agreed")
        for walk_in in (WalkIn(begins_at=at(11), ends_at=at(12), name="Mme Petit", phone="06 11 22 33 44"),):
            await appointment_books.add_walk_in(conn, listing.id, walk_in)
        secret = await make_listing(conn, lomme.alice, kind="repair_call", mode="repair", title="Ne pas montrer")
        await make_agreement(conn, secret, lomme.hocine, terms=terms(10), state="agreed")
        other = await make_listing(conn, shop, mode="service", category="velo-reparation", title="Autre")
        await make_agreement(conn, other, lomme.alice, terms=terms(10, "Adresse qui attend"), state="requested")
    return shop


async def open_for(instance: Instance, open_browser: OpenBrowser, name: str) -> Browser:
    async with connection(instance.pool) as conn:
        return await open_browser(await actors.get_local(conn, name))


def read_names(page: Page) -> list[str]:
    """Whom the stops are with, in their order: the first name alone."""
    heads = [
        " ".join(one.text_content().split()) for one in page.html.xpath("//section[@aria-labelledby='arrets']/ol/li/h3")
    ]
    assert [head.split()[0] for head in heads] == [str(number) for number in range(1, len(heads) + 1)]
    return [head.split(", ")[-1].removeprefix(f"{number} ") for number, head in enumerate(heads, 1)]


async def test_stops_stand_by_hour_with_place_way_telephone_and_agenda(
    open_browser: OpenBrowser, instance: Instance, ines: Actor
) -> None:
    volunteer = await open_for(instance, open_browser, "leo")

    page = await volunteer.get(HERE)

    assert page.status == 200 and page.headers["Cache-Control"] == "private, no-store"
    assert read_names(page) == ["Hocine", "Mme Petit", "Maryse"]
    assert "1 9 h, Hocine" in page.words() and "La chaîne saute" in page.words()
    assert "4 rue du Puits, 59160 Lomme" in page.html.xpath("//input[@readonly]/@value")
    ways = page.html.xpath("//a[starts-with(@href, 'geo:')]/@href")
    assert any(one.endswith("?q=4%20rue%20du%20Puits%2C%2059160%20Lomme") for one in ways)
    assert page.html.xpath("//a[starts-with(@href, 'tel:')]/@href") == ["tel:0611223344"]
    assert f"/ateliers/ines/gerer/rendez-vous?semaine={DAY}#semaine" in page.html.xpath("//a/@href")
    assert "Ne pas montrer" not in page.text and "Adresse qui attend" not in page.text
    assert "/ateliers/ines/gerer/passages" not in page.html.xpath("//a/@href"), "they are for who manages it"
    assert KEEP not in page.headers, "a day that is not near is kept nowhere"
    assert "se lit aussi sans réseau" not in page.words()


async def test_the_order_is_put_by_hand_kept_and_given_up(
    open_browser: OpenBrowser, instance: Instance, ines: Actor, lomme: Village
) -> None:
    manager = await open_for(instance, open_browser, "kim")
    keys = (await manager.get(HERE)).html.xpath("//form[contains(@action, '/ordre')]//input[@name='stop']/@value")
    order = f"{HOME}/ordre?jour={DAY}"

    moved = await manager.send(order, {"act": "earlier", "stop": keys[-1]}, form_on=HERE)
    after = await manager.get(HERE)
    async with transaction(instance.pool) as conn:
        listing_id = await fetch_value(conn, "SELECT listing_id FROM appointment_book WHERE actor_id = $1", ines.id)
        late = WalkIn(begins_at=at(8), ends_at=at(9), name="M. Tôt")
        await appointment_books.add_walk_in(conn, listing_id, late)
    added = await manager.get(HERE)
    reset = await manager.send(order, {"act": "reset"}, form_on=HERE)
    at_last = await manager.get(HERE)

    assert moved.location == f"{HERE}&fait=moved" and reset.location == f"{HERE}&fait=reset"
    assert read_names(after) == ["Hocine", "Maryse", "Mme Petit"]
    assert "/ateliers/ines/gerer/passages" in after.html.xpath("//a/@href")
    assert read_names(added) == ["Hocine", "Maryse", "Mme Petit", "M. Tôt"] and "que vous avez choisi" in added.words()
    assert read_names(at_last) == ["M. Tôt", "Hocine", "Mme Petit", "Maryse"]
    assert "que vous avez choisi" not in at_last.words()


async def test_who_has_no_account_was_there_or_not_and_that_can_be_changed(
    open_browser: OpenBrowser, instance: Instance, ines: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(
            conn, "UPDATE walk_in SET begins_at = now() - interval '9 min', ends_at = now() + interval '9 min'"
        )
        walk_in_id = await fetch_value(conn, "SELECT id FROM walk_in")
        day = await fetch_value(conn, "SELECT (now() AT TIME ZONE 'Europe/Paris')::date")
    volunteer = await open_for(instance, open_browser, "leo")
    here, came = f"{HOME}?jour={day}", f"{HOME}/passage?jour={day}"

    said = [
        (await volunteer.send(came, {"act": act, "stop": str(walk_in_id)}, form_on=here)).location
        for act in ("missed", "came")
    ]
    page = await volunteer.get(here)
    unsaid = await volunteer.send(came, {"act": "unsaid", "stop": str(walk_in_id)}, form_on=here)

    assert said == [f"{here}&fait=missed", f"{here}&fait=came"] and unsaid.location == f"{here}&fait=unsaid"
    assert "se lit aussi sans réseau" in page.words()
    assert "Fait" in page.words() and page.headers[KEEP].startswith(f"{day} ")
    assert (await volunteer.send(came, {"act": "came", "stop": "1"}, form_on=here)).status == 404


async def test_others_find_nothing_at_any_of_its_addresses(
    open_browser: OpenBrowser, instance: Instance, ines: Actor, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        rayon = await make_shop(conn)
        await staff.save(conn, rayon.id, lomme.alice.id, "manager")
    elsewhere, member, visitor = (
        await open_browser(lomme.alice),
        await open_browser(lomme.hocine),
        await open_browser(None),
    )
    walk_in = {"act": "came", "stop": "1"}

    for path in (HERE, f"{HOME}.ics?jour={DAY}"):
        assert [(await one.get(path)).status for one in (elsewhere, member)] == [404, 404]
        assert (await visitor.get(path)).status in (303, 401, 403)
    assert (await elsewhere.send(f"{HOME}/ordre?jour={DAY}", {"act": "reset"})).status == 404
    assert (await elsewhere.send(f"{HOME}/passage?jour={DAY}", walk_in)).status == 404
    own = await elsewhere.get(f"/ateliers/rayon/gerer/tournee?jour={DAY}")
    assert own.status == 200 and "Mme Petit" not in own.text and "rue du Puits" not in own.text


async def test_who_repairs_alone_has_her_calls_with_what_was_said_in_the_thread(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        kim = await make_member(conn, "kim", name="Kim")
        made = []
        for number, hour in enumerate((None, 16)):
            call = await make_listing(
                conn, lomme.alice, kind="repair_call", mode="repair", title=f"Pneu {number}", repair=REPAIR
            )
            made.append(await make_agreement(conn, call, kim, terms=terms(hour), state="agreed"))
        await say_phone(conn, made[1].exchange_id, lomme.alice)
        mine = await make_listing(conn, kim, kind="repair_call", mode="repair", title="Mon propre vélo")
        await make_agreement(conn, mine, lomme.hocine, terms=terms(10), state="agreed")
    browser = await open_browser(kim)

    page = await browser.get(f"/tournee?jour={DAY}")
    file = await browser.get(f"/tournee.ics?jour={DAY}")

    assert read_names(page) == ["Maryse", "Maryse"]
    assert "Pneu 0" in page.words() and "Pneu 1" in page.words() and "ne roule pas" in page.words()
    assert "Mon propre vélo" not in page.text and "Sans heure fixe" in page.words()
    assert page.html.xpath("//a[starts-with(@href, 'tel:')]/@href") == ["tel:0622334455"]
    assert f"/echanges/{made[1].exchange_id}" in page.html.xpath("//a/@href")
    assert page.html.xpath("string(//declic-map/@data-stops)").count('"number"') == 2
    events = icalendar.Calendar.from_ical(file.text).walk("VEVENT")
    assert {str(one["uid"]) for one in events} == {one.request_uri for one in made}
    assert {str(one["summary"])[:2] for one in events} == {"1.", "2."}
    assert file.headers["Cache-Control"] == "private, no-store"


async def say_phone(conn: Connection, exchange_id: int, author: Actor) -> None:
    """She writes her number into the thread."""
    await execute(
        conn,
        """
        INSERT INTO exchange_event (id, exchange_id, actor_id, kind, details)
        VALUES (77, $1, $2, 'said', '{"text": "Appelez le 06 22 33 44 55 en bas."}')
        """,
        exchange_id,
        author.id,
    )


async def test_what_is_done_said_or_called_off_in_its_hour_says_so(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    late = at(17)
    async with transaction(instance.pool) as conn:
        kim = await make_member(conn, "kim", name="Kim")
        changes: list[dict[str, object]] = [
            {"state": "done"},
            {"state": "agreed", "partner_reported_at": late},
            {"state": "cancelled", "agreed_at": at(1), "ended_at": late},
            {"state": "cancelled", "agreed_at": at(1), "ended_at": at(2)},
            {"state": "refused"},
        ]
        for number, change in enumerate(changes):
            call = await make_listing(conn, lomme.alice, kind="repair_call", mode="repair", title=f"Panne {number}")
            await make_agreement(conn, call, kim, terms=terms(9 + number), **change)

    page = await (await open_browser(kim)).get(f"/tournee?jour={DAY}")

    assert len(read_names(page)) == 3
    words = page.words()
    assert "doit le confirmer" in words and "Pas là, ou annulé" in words
    assert "Panne 3" not in words and "Panne 4" not in words


async def test_a_workshop_has_only_what_was_agreed_elsewhere(
    open_browser: OpenBrowser, instance: Instance, ines: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE repair_shop SET workshop = true WHERE actor_id = $1", ines.id)
        await execute(conn, "UPDATE agreement SET place = '' WHERE place LIKE '8 place%'")
    page = await (await open_for(instance, open_browser, "kim")).get(HERE)

    assert read_names(page) == ["Maryse"], "nor who walked in: she came to the workshop"


async def test_stops_of_the_shop_stand_on_the_calendars_of_its_people_and_of_nobody_else(
    open_browser: OpenBrowser, instance: Instance, ines: Actor, lomme: Village
) -> None:
    found = {}
    for name in ("leo", "hocine"):
        browser = await open_for(instance, open_browser, name) if name == "leo" else await open_browser(lomme.hocine)
        await browser.send("/compte/agenda", {"act": "open"}, form_on="/compte/agenda")
        address = (await browser.get("/compte/agenda")).html.xpath("string(//input[contains(@value, '.ics')]/@value)")
        feed = await browser.get(address[address.index("/agenda/") :])
        found[name] = [str(one["summary"]) for one in icalendar.Calendar.from_ical(feed.text).walk("VEVENT")]

    assert "Réparer le vélo de Mme Petit" in found["leo"] and len(found["leo"]) == 3
    assert not any("Mme Petit" in one for one in found["hocine"])


async def test_orders_of_days_that_are_over_are_forgotten_and_hers_are_taken_along(
    instance: Instance, ines: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        today = datetime.now(PARIS).date()
        for day in (today - timedelta(days=3), today):
            await orders.save(conn, ines.id, day, ["a1"])
        before = await orders.list_own(conn, ines.id)
        forgotten = await orders.forget_over(conn)
        left = await fetch_column(conn, "SELECT day FROM tour_order")

    assert [list(one.stops) for one in before] == [["a1"], ["a1"]]
    assert forgotten == 1 and left == [today]


async def test_who_rings_up_is_noted_with_the_place_to_go_to(
    open_browser: OpenBrowser, instance: Instance, ines: Actor
) -> None:
    volunteer = await open_for(instance, open_browser, "leo")
    book = HOME.replace("tournee", "rendez-vous")
    who = {"day": DAY.isoformat(), "hour": "18:00", "name": "M. Loin", "place": "12 rue du Bac, 59160 Lomme"}

    noted = await volunteer.send(f"{book}/passage", who, form_on=book)
    wrong = await volunteer.send(f"{book}/passage", who | {"place": "x" * 201}, form_on=book)
    page = await volunteer.get(HERE)
    agenda = await volunteer.get(f"{book}?semaine={DAY}")

    assert "12 rue du Bac, 59160 Lomme" in agenda.words() and "chez la personne, à 12 rue" not in agenda.words()
    assert noted.status == 303 and wrong.status == 422
    assert read_names(page)[-1] == "M. Loin"
    assert "12 rue du Bac, 59160 Lomme" in page.html.xpath("//input[@readonly]/@value")


async def test_what_is_agreed_without_a_day_stands_on_today_alone(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        kim = await make_member(conn, "kim", name="Kim")
        call = await make_listing(conn, lomme.alice, kind="repair_call", mode="repair", title="Tout de suite")
        held = await make_agreement(conn, call, kim, state="agreed")
    browser = await open_browser(kim)

    today, later = await browser.get("/tournee"), await browser.get(f"/tournee?jour={DAY}")

    assert "Tout de suite" in today.words() and "Sans heure fixe" in today.words()
    assert "Tout de suite" not in later.words() and "Aucun arrêt" in later.words()
    [noting] = today.html.xpath("//a[contains(@href, '/resultat')]/@href")
    assert noting == f"/echanges/{held.exchange_id}/resultat?accord={held.id}"
    assert (await browser.get(noting)).status == 200 and not later.html.xpath("//a[contains(@href, '/resultat')]")
    assert today.headers[KEEP].endswith(f" {kim.id}")
    for wrong in ("nie", "2026-99-99", "0001-01-01"):
        assert (await browser.get(f"/tournee?jour={wrong}")).status == 200


async def test_the_address_that_was_told_once_both_agreed_stands_before_its_commune(
    open_browser: OpenBrowser, instance: Instance, ines: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE agreement SET place = 'Lomme' WHERE state = 'agreed'")
        await execute(
            conn,
            """
            INSERT INTO visit_address (agreement_id, address)
            SELECT id, '17 allée des Tilleuls' FROM agreement WHERE place = 'Lomme' OR state = 'requested'
            """,
        )
        await execute(conn, "UPDATE agreement SET begins_at = now(), ends_at = NULL WHERE note = 'La chaîne saute'")
    volunteer = await open_for(instance, open_browser, "leo")

    page, today = await volunteer.get(HERE), await volunteer.get(HOME)

    assert "17 allée des Tilleuls, Lomme" in page.html.xpath("//input[@readonly]/@value")
    assert "Adresse qui attend" not in page.text and not page.html.xpath("//a[contains(@href, '/resultat')]")
    [noting] = today.html.xpath("//a[contains(@href, '/resultat')]/@href")
    assert (await volunteer.get(noting)).status == 200
