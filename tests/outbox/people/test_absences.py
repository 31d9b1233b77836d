"""Members who go away for a while, and what becomes of their offers here and elsewhere."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from federation.instance import Instance
from models import searches
from models.errors import Conflict, Invalid
from models.exchanges.agreements import Terms
from models.listings.listings import ListingDraft
from models.people import absences, actors
from models.people.actors import Actor
from models.searches import CatalogueFilter, NetworkFilter
from models.servers.directory import own
from models.settings import Settings
from models.store.database import Connection, Pool, connection, execute, transaction
from models.timelines import Page
from models.traffic.outbound.forgotten_traffic import forget_deliveries
from outbox.exchanges.agreements import agreements
from outbox.listings import listings
from outbox.people.absences import begin_absence, end_absence, end_due_absences
from tests.factories import HERE, make_follow, make_listing, make_member, make_remote_actor
from tests.fediverse import FakeFediverse
from tests.outbox.sent_activities import list_sent

LATER = timedelta(days=20)


async def find_offers(conn: Connection, reader: Actor | None = None) -> set[int]:
    """What the network page, its list by distance, the catalogue and the cooperative's collection show."""
    who: dict[str, Any] = {"reader_id": reader.id, "reader_local": True} if reader else {}
    newest = await searches.list_network(conn, NetworkFilter(**who))
    nearest = await searches.list_network(conn, NetworkFilter(latitude=50.6, longitude=3.0, order="near", **who))
    catalogue = await searches.list_catalogue(conn, CatalogueFilter(**who), Page(limit=20))
    counted = sum((await searches.count_network(conn, NetworkFilter(**who))).values())
    found = {one.id for one in newest}
    assert {one.id for one in nearest} == {one.id for one in catalogue} == found and counted == len(found)
    return found


async def test_offers_of_who_is_away_rest_and_what_she_looks_for_stays(conn: Connection) -> None:
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    tent = await make_listing(conn, alice, mode="loan", post={"local": True})
    wanted = await make_listing(conn, alice, kind="request", mode="loan", post={"local": True})

    await begin_absence(conn, HERE, alice, datetime.now(UTC) + LATER)

    assert await find_offers(conn) == await find_offers(conn, carol) == {wanted.id}
    assert await find_offers(conn, alice) == {tent.id, wanted.id}
    assert await own.list_open(conn, before=2**63 - 1, limit=9) == [wanted.id] and await own.count_open(conn) == 1
    await end_absence(conn, HERE, await actors.get(conn, alice.id))
    assert await find_offers(conn) == {tent.id, wanted.id}


async def test_offers_of_who_is_away_elsewhere_rest_here_until_that_moment(conn: Connection) -> None:
    gone = await make_remote_actor(conn, away_until=datetime.now(UTC) + LATER)
    back = await make_remote_actor(conn, "dora", away_until=datetime.now(UTC) - timedelta(minutes=1))
    await make_listing(conn, gone, mode="loan")
    shown = await make_listing(conn, back, mode="loan")

    assert await find_offers(conn) == {shown.id}
    assert await absences.is_away(conn, gone.id) == gone.away_until
    assert await absences.is_away(conn, back.id) is None


async def test_followers_are_told_of_going_and_of_coming_back(conn: Connection) -> None:
    alice = await make_member(conn)
    await make_follow(conn, await make_remote_actor(conn), alice)
    until = datetime(2027, 8, 2, 22, tzinfo=UTC)

    await begin_absence(conn, HERE, alice, until)
    await end_absence(conn, HERE, await actors.get(conn, alice.id))

    told, back = [sent.activity["object"] for sent in await list_sent(conn)]
    assert told["awayUntil"] == "2027-08-02T22:00:00Z"
    assert told["attachment"][0] == {"type": "PropertyValue", "name": "Absence", "value": "De retour le 3 août 2027"}
    assert "awayUntil" not in back and back["attachment"] == []


@pytest.mark.parametrize("ahead", [timedelta(days=-1), timedelta(0), timedelta(days=400)])
async def test_an_absence_ends_after_now_and_within_a_year(conn: Connection, ahead: timedelta) -> None:
    alice = await make_member(conn)

    with pytest.raises(Invalid):
        await begin_absence(conn, HERE, alice, datetime.now(UTC) + ahead)


async def test_requests_for_offers_are_refused_meanwhile_and_answers_to_requests_are_not(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    tent = await make_listing(conn, alice, mode="gift")
    wanted = await make_listing(conn, alice, kind="request", mode="gift")
    await begin_absence(conn, HERE, alice, datetime.now(UTC) + LATER)

    with pytest.raises(Conflict, match="owner_away"):
        await agreements.request(conn, HERE, bob, tent, Terms(quantity=Decimal(1)))
    asked = await agreements.request(conn, HERE, bob, wanted, Terms(quantity=Decimal(1)))

    assert asked.state == "requested"


async def test_whose_day_has_come_is_back_and_others_are_told(pool: Pool, tmp_path: Path) -> None:
    async with transaction(pool) as conn:
        alice, carol = await make_member(conn), await make_member(conn, "carol")
        await make_follow(conn, await make_remote_actor(conn), alice)
        await absences.set_away(conn, carol.id, datetime.now(UTC) + LATER)
        await execute(conn, "UPDATE actor SET away_until = now() - interval '1 second' WHERE id = $1", alice.id)
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse())

    assert [await end_due_absences(instance), await end_due_absences(instance)] == [1, 0]

    async with connection(pool) as conn:
        assert (await actors.get(conn, alice.id)).away_until is None
        assert (await actors.get(conn, carol.id)).away_until is not None
        [told] = await list_sent(conn)
    assert told.type == "Update" and told.activity["object"]["id"] == alice.uri


async def test_a_pause_reaches_who_holds_an_old_copy_and_follows_nobody_any_more(conn: Connection) -> None:
    alice = await make_member(conn)
    bob = await make_remote_actor(conn)
    await make_follow(conn, bob, alice)
    tent = await listings.publish(conn, HERE, alice, ListingDraft(kind="offer", mode="loan", title="Tente"))
    await execute(conn, "UPDATE delivery SET state = 'done', attempts = 1, finished_at = now() - interval '99 days'")
    await execute(conn, "DELETE FROM follow")
    await forget_deliveries(conn)

    await listings.pause(conn, HERE, alice, tent.uri)

    told = (await list_sent(conn))[-1]
    assert (told.type, told.activity["object"]["proposalStatus"], told.hosts) == ("Update", "Paused", ["henin.test"])
