"""A shop that comes by, of another server: it is told the commune at once, and the address once both said yes."""

import json
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from models.errors import Invalid
from models.exchanges.agreements import Terms
from models.exchanges.agreements.reminding import list_reminders
from models.people import actors
from models.people.opening_hours import OpeningInterval, make_hours, write_hours
from models.repairs.bookings import appointment_books, visit_places
from models.repairs.bookings.slots import SlotRules
from models.repairs.shops import shops, staff
from models.repairs.shops.shops import ShopAddresses
from models.store.database import Connection, execute, fetch_column, fetch_value
from outbox.exchanges.agreements.agreements import accept, counter, request
from outbox.exchanges.agreements.endings import cancel, refuse
from outbox.threads.agreement_context import Said, remind
from tests.factories import make_local_actor, make_member, make_remote_actor
from tests.golden import START, normalize, require_golden
from tests.repair_shops import DETAILS, add_communes
from tests.server_pair import Pair, Side, make_pair

RULES = SlotRules(slot_minutes=60, notice_hours=1, ahead_days=60)
COMES = replace(DETAILS, types=["itinerant"], workshop=False, commune_codes=["59350"])
ADDRESS = "12 rue du Lin, 2e étage"


def at(hour: int, place: str = "") -> Terms:
    begins_at = START + timedelta(hours=hour)
    return Terms(begins_at=begins_at, ends_at=begins_at + timedelta(hours=1), place=place)


@pytest.fixture
async def pair(conn: Connection, second_conn: Connection) -> Pair:
    """Alice's shop of Lomme comes to Lille, which Lomme is a part of; Bob of Hénin-Carvin asks for an appointment."""
    uri = "https://lomme.test/users/alice/items/1"
    made = await make_pair(conn, second_conn, mode="service", unit_based=True, quantity=2, slots_uri=f"{uri}/slots")
    for side in (made.here, made.there):
        await execute(side.conn, "UPDATE actor SET type = 'Organization' WHERE id = $1", side.owner.id)
        await add_communes(side.conn)
    here = made.here
    await shops.create(conn, here.owner.id)
    await shops.save(conn, here.owner.id, COMES)
    week = (OpeningInterval(day=day, opens=time(9), closes=time(12)) for day in range(7))
    await actors.save_place(conn, here.owner.id, None, write_hours(make_hours(week, ())))
    await appointment_books.save(conn, here.listing.id, here.owner.id, RULES)
    await shops.save_remote(second_conn, made.there.owner.id, COMES, ShopAddresses())
    return made


async def ask(side: Side, terms: Terms, address: str = ADDRESS) -> None:
    """Bob asks, by his page."""
    asked = await request(side.conn, side.site, side.partner, side.listing, terms)
    await visit_places.save_address(side.conn, asked.id, address)


async def list_addresses(side: Side) -> list[str]:
    return await fetch_column(side.conn, "SELECT address FROM visit_address")


async def carry(pair: Pair) -> list[dict[str, Any]]:
    """Everything that waits, back and forth; what was carried."""
    carried: list[dict[str, Any]] = []
    while batch := [(pair.there, body) for body in await pair.here.list_new()] + [
        (pair.here, body) for body in await pair.there.list_new()
    ]:
        for side, body in batch:
            carried.append(body)
            await side.receive(body)
    return carried


async def test_the_shop_reads_the_commune_at_once_and_the_address_once_both_said_yes(pair: Pair) -> None:
    here = pair.here
    await ask(pair.there, at(9, "Lomme"))
    asked = await carry(pair)
    held = await here.get()
    assert (held.state, held.place) == ("requested", "Lomme") and await list_addresses(here) == []

    await accept(here.conn, here.site, here.owner, held)
    agreed = await carry(pair)

    assert "rue du Lin" not in json.dumps(asked) and pair.here.ignored == pair.there.ignored == []
    assert await list_addresses(here) == [ADDRESS]
    assert await visit_places.find_shown(here.conn, held.id, here.owner.id) == ADDRESS
    stranger = await make_member(here.conn, "carol")
    assert await visit_places.find_shown(here.conn, held.id, stranger.id) == ""
    [told] = [one for one in agreed if "rue du Lin" in json.dumps(one)]
    require_golden("declic/appointments/offer_visit", normalize([asked[0]])[0])
    require_golden("declic/appointments/update_address", normalize([told])[0])
    assert (told["to"], told.get("cc", [])) == ([here.owner.uri], [])


async def test_a_yes_of_the_partner_to_another_hour_tells_the_address_too_and_once(pair: Pair) -> None:
    here, there = pair.here, pair.there
    await ask(there, at(9, "Lomme"))
    await carry(pair)
    held = await here.get()
    await counter(here.conn, here.site, here.owner, held, replace(held.terms, **_moved(held.terms, 1)))
    await carry(pair)
    assert await list_addresses(here) == []

    await accept(there.conn, there.site, there.partner, await there.get())
    said = await carry(pair)

    assert (await here.get()).state == (await there.get()).state == "agreed"
    assert await list_addresses(here) == [ADDRESS]
    assert sum("rue du Lin" in json.dumps(one) for one in said) == 1


def _moved(terms: Terms, hours: int) -> dict[str, Any]:
    assert terms.begins_at is not None and terms.ends_at is not None
    return {
        "begins_at": terms.begins_at + timedelta(hours=hours),
        "ends_at": terms.ends_at + timedelta(hours=hours),
    }


async def test_both_sides_and_the_people_of_the_shop_are_reminded_the_day_before(pair: Pair) -> None:
    here, there = pair.here, pair.there
    await make_local_actor(here.conn, "coop", type="Organization")
    kim = await make_member(here.conn, "kim")
    await staff.save(here.conn, here.owner.id, kim.id, "employee")
    await ask(there, at(9, "Lomme"))
    await carry(pair)
    held = await accept(here.conn, here.site, here.owner, await here.get())
    await carry(pair)
    assert held.begins_at is not None

    for side in (here, there):
        await execute(side.conn, "UPDATE agreement SET agreed_at = now() - interval '2 hours'")
        due = await list_reminders(side.conn, at=held.begins_at - timedelta(hours=23), limit=10)
        assert [one.kind for one in due] == ["begins_soon"]
        for one in due:
            await remind(side.conn, side.site, one.agreement_id, one.kind)

    words = "SELECT source FROM post WHERE source LIKE '%Rappel%'"
    told = await fetch_column(here.conn, words)
    assert [one.partition(" ")[0] for one in told if "@kim" in one] == ["@kim"]
    assert all("rue du Lin" not in one for one in told)
    reads = "SELECT count(*) FROM exchange_event WHERE kind = 'begins_soon'"
    assert (await fetch_value(here.conn, reads), await fetch_value(there.conn, reads)) == (1, 1)


@pytest.mark.parametrize("agreed", [True, False])
async def test_what_comes_to_nothing_leaves_no_address_on_either_side(pair: Pair, agreed: bool) -> None:
    here = pair.here
    await ask(pair.there, at(9, "Lille"))
    await carry(pair)
    held = await here.get()
    if agreed:
        held = await accept(here.conn, here.site, here.owner, held)
        await carry(pair)

    end = cancel if agreed else refuse
    await end(here.conn, here.site, here.owner, held, Said(text="Désolée."))
    await carry(pair)

    assert await list_addresses(here) == await list_addresses(pair.there) == []


@pytest.mark.parametrize(
    ("place", "words"), [("", "dites dans quelle commune"), ("Carvin", "seulement à : Lille, Lomme")]
)
async def test_no_commune_or_another_one_is_refused_at_once_naming_those_that_are_reached(
    pair: Pair, place: str, words: str
) -> None:
    await ask(pair.there, at(9, place))

    said = await carry(pair)

    assert [one["type"] for one in said] == ["Offer", "Reject"] and words in said[1]["content"]
    assert (await pair.there.get()).state == "refused" and await list_addresses(pair.there) == []


async def test_a_shop_that_has_a_workshop_too_takes_both(pair: Pair) -> None:
    here = pair.here
    await shops.save(here.conn, here.owner.id, replace(COMES, workshop=True))
    await ask(pair.there, at(9), "")
    await ask(pair.there, at(10, "lille"))
    await carry(pair)

    states = await fetch_column(here.conn, "SELECT state || ' ' || place FROM agreement ORDER BY id")
    assert states == ["requested ", "requested lille"]
    with pytest.raises(Invalid, match="visit_commune_outside"):
        visit_places.require_reached(await visit_places.find_area(here.conn, here.listing), "devant la mairie")


@pytest.mark.parametrize("forged", ["early", "stranger", "late", "workshop", "stays"])
async def test_an_address_that_nobody_waits_for_is_not_kept(pair: Pair, forged: str) -> None:
    here = pair.here
    await shops.save(here.conn, here.owner.id, replace(COMES, workshop=True))
    await ask(pair.there, at(9, "" if forged == "workshop" else "Lomme"), "")
    await carry(pair)
    held = await here.get()
    if forged != "early":
        held = await accept(here.conn, here.site, here.owner, held)
    if forged == "late":
        await cancel(here.conn, here.site, here.owner, held)
    if forged == "stays":
        await shops.save(here.conn, here.owner.id, replace(COMES, workshop=True, commune_codes=[]))
    sender = pair.there.partner.uri
    if forged == "stranger":
        sender = (await make_remote_actor(here.conn, "mallory", "evil.test")).uri
    document = {
        "type": "Agreement",
        "id": f"{held.request_uri if forged != 'stranger' else sender}#agreement",
        "attributedTo": sender,
        "context": here.listing.uri,
        "request": held.request_uri,
        "stipulates": {
            "type": "Commitment",
            "location": {"type": "Place", "address": {"type": "PostalAddress", "streetAddress": "1 rue du Piège"}},
        },
    }

    await here.receive({"id": f"{sender}/activities/x", "type": "Update", "actor": sender, "to": [here.owner.uri],
        "object": document})  # fmt: skip

    assert here.ignored[-1] in ("address_not_awaited", "agreement_unknown") and await list_addresses(here) == []


async def test_addresses_of_what_was_done_a_month_ago_are_forgotten(pair: Pair) -> None:
    there = pair.there
    await ask(there, at(9, "Lomme"))
    await execute(there.conn, "UPDATE agreement SET state = 'done', ended_at = now() - interval '29 days'")

    kept = await visit_places.forget_over(there.conn)
    await execute(there.conn, "UPDATE agreement SET ended_at = now() - interval '31 days'")
    gone = await visit_places.forget_over(there.conn)

    assert (kept, gone, await fetch_value(there.conn, "SELECT count(*) FROM visit_address")) == (0, 1, 0)
