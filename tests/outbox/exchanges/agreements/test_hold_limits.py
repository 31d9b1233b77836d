"""Nobody keeps a calendar full of requests: so many days one person, one server and strangers may hold at a time."""

from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Conflict, Invalid
from models.exchanges.agreements import Terms
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, execute
from outbox.exchanges.agreements.agreements import accept, counter, request
from outbox.exchanges.agreements.hold_limits import HELD_BY_DOMAIN, HELD_BY_STRANGERS, HELD_EACH
from tests.factories import HERE, make_listing, make_member, make_remote_actor

START = (datetime.now(UTC) + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
COOP = "https://henin.test/users/coop"
GUEST = (
    "INSERT INTO guest (id, listing_id, actor_id, email, name, language, confirmed_at)"
    " VALUES (7, $2, $1, 'g@example.org', 'Gus', 'fr', now())"
)


def days(first: int, last: int) -> Terms:
    """From one day until before another."""
    return Terms(begins_at=START + timedelta(days=first), ends_at=START + timedelta(days=last))


async def offer(conn: Connection) -> tuple[Actor, Listing]:
    """Alice lends a tent."""
    alice = await make_member(conn)
    return alice, await make_listing(conn, alice)


async def make_asking(conn: Connection, kind: str, listing: Listing) -> Actor:
    """Somebody of this kind, who may ask."""
    if kind == "member":
        return await make_member(conn, "bob")
    if kind == "neighbour":
        await know(conn, "henin.test")
        return await make_remote_actor(conn, territory_uri=COOP)
    guest = await make_remote_actor(conn, "guest-1", "")
    await execute(conn, GUEST, guest.id, listing.id)
    return await actors.get(conn, guest.id)


async def know(conn: Connection, *hosts: str) -> None:
    """These servers are known for long."""
    for host in hosts:
        await execute(
            conn,
            "INSERT INTO server (host, first_seen_at) VALUES ($1, now() - interval '1 year')"
            " ON CONFLICT (host) DO UPDATE SET first_seen_at = excluded.first_seen_at",
            host,
        )


@pytest.mark.parametrize("kind", ["member", "guest", "neighbour"])
async def test_one_person_holds_two_months_of_a_calendar_at_most(conn: Connection, kind: str) -> None:
    _, listing = await offer(conn)
    asking = await make_asking(conn, kind, listing)

    with pytest.raises(Invalid, match="hold_too_long") as refused:
        await request(conn, HERE, asking, listing, days(0, 63))
    first = await request(conn, HERE, asking, listing, days(0, 40))
    with pytest.raises(Conflict, match="too_many_days_held"):
        await request(conn, HERE, asking, listing, days(50, 73))
    await request(conn, HERE, asking, listing, days(50, 72))

    assert refused.value.field == "ends_at" and first.state == "requested"
    assert timedelta(days=62) == HELD_EACH


async def test_other_terms_hold_no_more_than_a_request(conn: Connection) -> None:
    alice, listing = await offer(conn)
    bob = await make_member(conn, "bob")
    asked = await request(conn, HERE, bob, listing, days(0, 1))
    asked = await counter(conn, HERE, alice, asked, days(1, 2))

    with pytest.raises(Invalid, match="hold_too_long"):
        await counter(conn, HERE, bob, asked, days(0, 70))

    assert (await counter(conn, HERE, bob, asked, days(0, 62))).ends_at == days(0, 62).ends_at


async def test_what_the_owner_wants_and_what_is_settled_is_not_limited(conn: Connection) -> None:
    alice, listing = await offer(conn)
    bob = await make_member(conn, "bob")
    asked = await request(conn, HERE, bob, listing, days(0, 60))

    longer = await counter(conn, HERE, alice, asked, days(0, 200))
    await accept(conn, HERE, bob, longer)

    assert (await request(conn, HERE, bob, listing, days(200, 260))).state == "requested"


async def test_people_of_one_domain_hold_four_months_whatever_the_names_of_their_servers(conn: Connection) -> None:
    _, listing = await offer(conn)
    names = [f"{name}.essaim.test" for name in "abc"]
    await know(conn, *names, "arras.test")
    people = [await make_remote_actor(conn, "bob", host, territory_uri=COOP) for host in names]
    await request(conn, HERE, people[0], listing, days(0, 62))
    await request(conn, HERE, people[1], listing, days(62, 123))

    with pytest.raises(Conflict, match="too_many_days_held_by_server"):
        await request(conn, HERE, people[2], listing, days(123, 125))

    other = await make_remote_actor(conn, "dora", "arras.test", territory_uri=COOP)
    await request(conn, HERE, other, listing, days(123, 125))
    await request(conn, HERE, people[2], listing, days(125, 126))
    assert timedelta(days=124) == HELD_BY_DOMAIN


async def test_b57_strangers_hold_three_weeks(conn: Connection) -> None:
    _, listing = await offer(conn)
    eve, mallory = [await make_remote_actor(conn, name, "new.test") for name in ("eve", "mallory")]
    await request(conn, HERE, eve, listing, days(0, 20))

    with pytest.raises(Conflict, match="too_many_days_held_by_server"):
        await request(conn, HERE, mallory, listing, days(20, 22))

    await know(conn, "new.test")
    await request(conn, HERE, mallory, listing, days(20, 22))
    assert timedelta(days=21) == HELD_BY_STRANGERS
