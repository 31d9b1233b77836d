"""A listing that was taken back is in no list and no reckoning, whatever is still tied to it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from models import preferences
from models.exchanges import points
from models.ids import HIGHEST_ID
from models.listings import listing_drafts, listing_expiry, own_listings
from models.listings.listings import Listing
from models.people import absences, actors
from models.people.actors import Actor
from models.personal_data import deletion_requests
from models.repairs.calls import told, watches, workshops
from models.repairs.calls.watches import RepairWatch
from models.servers.directory import own
from models.store.database import Connection, execute
from tests.factories import make_listing, make_local_actor, make_member, make_note
from tests.models.marks import GONE, Column, mark_deleted, mark_gone
from tests.points import KEPT

NOW = datetime.now(UTC)

LOMME = (50.645, 2.987)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Alice's offer, which ends soon, her bike that broke down, and Awa nearby, who repairs."""

    alice: Actor
    awa: Actor
    offer: Listing
    paused: Listing
    call: Listing


Read = Callable[[Connection, Scene], Awaitable[object]]


@pytest.fixture
async def scene(conn: Connection) -> Scene:
    alice, awa = await make_member(conn), await make_member(conn, "awa")
    stream = await make_local_actor(conn, "offres_pret", type="Group")
    await execute(conn, "UPDATE actor SET latitude = $2, longitude = $3 WHERE id = $1", awa.id, *LOMME)
    await watches.save(conn, awa.id, RepairWatch(by_mail=True, at_night=False))
    long_ago = {"published_at": NOW - timedelta(days=60)}
    offer = await make_listing(conn, alice, post=long_ago, stream_uri=stream.uri, expires_at=NOW + timedelta(days=2))
    paused = await make_listing(conn, alice, status="paused")
    call = await make_listing(conn, alice, kind="repair_call", mode="repair")
    return Scene(alice=alice, awa=awa, offer=offer, paused=paused, call=call)


async def list_ending(conn: Connection, _: Scene) -> list[int]:
    return [one.listing_id for one in await listing_expiry.list_unnotified(conn, limit=9)]


async def list_due(conn: Connection, at: Scene) -> list[int]:
    await execute(conn, "UPDATE listing SET expires_at = now() - interval '1 day' WHERE post_id = $1", at.offer.id)
    return [one.id for one in await listing_expiry.list_due(conn, limit=9)]


async def list_open(conn: Connection, at: Scene) -> bool:
    return at.offer.uri in await deletion_requests.list_open_listings(conn, at.alice.id)


async def list_shown(conn: Connection, at: Scene) -> bool:
    return at.offer.id in await own.list_open(conn, before=HIGHEST_ID, limit=9)


READS: dict[str, Read] = {
    "what ends soon": list_ending,
    "what is over": list_due,
    "what rests when its author wants to leave": list_open,
    "what comes back when she stays": lambda conn, at: deletion_requests.list_paused_listings(conn, [at.paused.id]),
    "streams that pass on an absence": lambda conn, at: absences.list_streams(conn, at.alice.id),
    "what other cooperatives are shown": list_shown,
    "calls that wait to be told": lambda conn, _: told.list_unnotified(conn),
    "whom a call is told to": lambda conn, at: told.tell(conn, at.call, None),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
async def test_it_is_there_until_it_is_taken_back(conn: Connection, scene: Scene, read: Read) -> None:
    async with conn.transaction():
        before = await read(conn, scene)
        await execute(conn, "DELETE FROM repair_call_told")

    for listing in (scene.offer, scene.paused, scene.call):
        await mark_deleted(conn, listing.post)

    assert before
    assert not await read(conn, scene)


async def test_it_is_counted_no_more(conn: Connection, scene: Scene) -> None:
    assert await own.count_open(conn) == 2

    await mark_deleted(conn, scene.offer.post)

    assert await own.count_open(conn) == 1
    assert await own_listings.count_by_state(conn, scene.alice.id) == {"open": 1, "paused": 1}


async def test_a_draft_goes_with_its_note(conn: Connection, scene: Scene) -> None:
    note = await make_note(conn, scene.alice)
    draft = await listing_drafts.create(conn, scene.alice.id, note.id, "offer")
    before = (
        await listing_drafts.find_own(conn, draft.id, scene.alice.id),
        await listing_drafts.list_own(conn, scene.alice.id),
    )

    await mark_deleted(conn, note)

    assert before[0] == draft and [one.id for one in before[1]] == [draft.id]
    assert await listing_drafts.find_own(conn, draft.id, scene.alice.id) is None
    assert await listing_drafts.list_own(conn, scene.alice.id) == []


@pytest.mark.parametrize("column", GONE)
async def test_those_of_somebody_who_is_gone_are_neither_shown_nor_told_of(
    conn: Connection, scene: Scene, column: Column
) -> None:
    place = await make_member(conn, "atelier", type="Organization")
    await actors.save_place(conn, place.id, "1 rue du Marais", {"spans": []})
    before = [await own.count_open(conn), len(await workshops.list_open_places(conn, *LOMME))]

    await mark_gone(conn, scene.alice, column)
    await mark_gone(conn, place, column)

    assert before == [2, 1]
    assert await own.count_open(conn) == 0
    assert await own.list_open(conn, before=HIGHEST_ID, limit=9) == []
    assert await list_ending(conn, scene) == []
    assert await workshops.list_open_places(conn, *LOMME) == []


async def test_points_that_moved_for_it_name_it_no_more(conn: Connection, scene: Scene) -> None:
    await preferences.save(conn, KEPT)
    assert await points.grant_deposit(conn, scene.offer)
    [before] = await points.list_movements(conn, scene.alice.id, limit=5)

    await mark_deleted(conn, scene.offer.post)

    [after] = await points.list_movements(conn, scene.alice.id, limit=5)
    assert (before.title, before.url) == (scene.offer.details.title, scene.offer.post.url)
    assert (after.title, after.url, after.amount) == (None, None, before.amount)


async def test_nobody_who_is_gone_gets_points_or_stands_among_those_who_have_some(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    november, december = datetime(2027, 11, 15, 12, tzinfo=UTC), datetime(2027, 12, 15, 12, tzinfo=UTC)
    welcomed, new = await make_member(conn), await make_member(conn, "bob")
    await execute(conn, "UPDATE account SET confirmed_at = $1", november)
    await points.grant_welcome(conn, welcomed.id, at=november)
    assert len(await points.list_members(conn)) == 2

    for member in (welcomed, new):
        await mark_gone(conn, member)

    assert await points.grant_due(conn, at=december, limit=9) == 0
    assert await points.list_members(conn) == []
