"""Meetings that a community announces: for everybody, or inside it, where nobody else finds them or comes."""

from datetime import UTC, datetime, timedelta

import pytest

from models.communities.communities import Community
from models.errors import Invalid, NotFound
from models.meetings import agenda, registrations, taken_along
from models.meetings.agenda import AgendaFilter
from models.meetings.meetings import FullMeeting
from models.meetings.registrations import Wish
from models.moderation import filters
from models.moderation.filters import ModerationRule
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, fetch_column
from outbox.communities.leaving import leave
from outbox.meetings.meetings import edit, publish
from outbox.meetings.occurrences import TimeDraft, change_time
from outbox.meetings.registrations import register
from outbox.moderation.held_posts import refuse, release
from tests.factories import HERE, make_follow, make_local_actor, make_member
from tests.outbox.communities.inside.sample_inside import list_readers
from tests.outbox.communities.sample_community import found, list_told, make_neighbour, put_in
from tests.outbox.meetings.sample_meetings import NOON, make_draft
from tests.outbox.sent_activities import list_sent, make_streams


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """She founds the community."""
    await make_streams(conn)
    return await make_member(conn)


@pytest.fixture
async def community(conn: Connection, alice: Actor) -> Community:
    return await found(conn, alice)


async def announce(
    conn: Connection, community: Community, audience: str = "community", **changes: object
) -> FullMeeting:
    group = await actors.get(conn, community.actor_id)
    return await publish(conn, HERE, group, make_draft(audience=audience, **changes))


async def list_titles(conn: Connection, reader: Actor | None) -> list[str]:
    """What stands on the agenda for this reader."""
    wanted = AgendaFilter(reader_id=reader.id if reader else None, reader_local=reader is not None)
    found_ = await agenda.list_upcoming(conn, wanted, since=datetime.now(UTC))
    return [one.meeting.listing.details.title for one in found_]


async def test_what_stays_inside_is_found_joined_and_sent_by_members_alone(
    conn: Connection, alice: Actor, community: Community
) -> None:
    zoe, bob = await make_member(conn, "zoe"), await make_neighbour(conn)
    carl = await make_neighbour(conn, "carl")
    await put_in(conn, bob, community)
    for one in (zoe, carl):
        await make_follow(conn, one, await actors.get(conn, community.actor_id))

    full = await announce(conn, community)

    assert await list_readers(conn, full.listing.post, alice, bob, zoe, carl, None) == ["alice", "bob"]
    assert [await list_titles(conn, one) for one in (alice, zoe, None)] == [["Café réparation"], [], []]
    since = datetime.now(UTC)
    for reader, times in ((alice.id, 1), (zoe.id, 0), (None, 0)):
        assert len(await agenda.list_of_community(conn, community.actor_id, reader, since=since)) == times
    [create] = await list_sent(conn)
    assert (create.type, create.activity["to"]) == ("Create", [f"{community.uri}/members"])
    assert create.hosts == [bob.host]
    await register(conn, HERE, bob, full.id, Wish())
    for stranger in (zoe, carl):
        with pytest.raises(NotFound):
            await register(conn, HERE, stranger, full.id, Wish())


async def test_who_is_in_it_no_longer_takes_along_that_she_came_and_not_what_it_is_called_now(
    conn: Connection, community: Community
) -> None:
    zoe = await make_member(conn, "zoe")
    await put_in(conn, zoe, community)
    full = await announce(conn, community)
    await register(conn, HERE, zoe, full.id, Wish())
    [own] = await taken_along.list_own(conn, zoe.id, before=None, limit=9)
    assert (own.title, own.state) == ("Café réparation", "seat")

    await leave(conn, HERE, zoe, community)

    [own] = await taken_along.list_own(conn, zoe.id, before=None, limit=9)
    assert (own.title, own.state) == ("", "cancelled")


async def test_who_leaves_the_community_gives_her_seat_to_others(
    conn: Connection, alice: Actor, community: Community
) -> None:
    zoe = await make_member(conn, "zoe")
    await put_in(conn, zoe, community)
    full = await announce(conn, community, capacity=1)
    await register(conn, HERE, zoe, full.id, Wish())
    waiting = await register(conn, HERE, alice, full.id, Wish())

    await leave(conn, HERE, zoe, community)

    now = await registrations.find(conn, waiting.id)
    assert now is not None and now.state == "seat"


async def test_a_public_one_is_on_the_agenda_of_all_and_shared_by_the_cooperative(
    conn: Connection, community: Community
) -> None:
    full = await announce(conn, community, "network")

    assert await list_titles(conn, None) == ["Café réparation"]
    assert [one.type for one in await list_sent(conn)] == ["Create", "Announce"]
    assert len(await agenda.list_of_community(conn, community.actor_id, None, since=datetime.now(UTC))) == 1
    with pytest.raises(Invalid):
        await edit(conn, HERE, await actors.get(conn, community.actor_id), full.id, make_draft(audience="community"))


async def test_a_hidden_community_announces_inside_alone(conn: Connection, alice: Actor) -> None:
    hidden = await found(conn, alice, access="invitation", hidden=True)

    for audience in ("network", "coop"):
        with pytest.raises(Invalid):
            await announce(conn, hidden, audience)
    with pytest.raises(Invalid):
        await publish(conn, HERE, await actors.get_local(conn, "coop"), make_draft(audience="community"))
    assert await list_titles(conn, alice) == []


async def save_filter(conn: Connection) -> None:
    """What names a swindle waits."""
    await make_local_actor(conn, "instance", type="Application")
    rule = ModerationRule(
        name="Arnaques", patterns=("arnaque", "escroc*"), action="hold", on_local=True, on_remote=True
    )
    await filters.save(conn, rule)


async def test_what_a_filter_finds_waits_and_appears_once_it_is_released(
    conn: Connection, alice: Actor, community: Community
) -> None:
    await save_filter(conn)
    group = await actors.get(conn, community.actor_id)

    full = await publish(conn, HERE, group, make_draft(text="Une belle arnaque"), by=alice)

    assert await list_sent(conn) == [] and await list_titles(conn, None) == []
    await release(conn, HERE, full.id, None)
    assert await list_titles(conn, None) == ["Café réparation"]
    assert [one.type for one in await list_sent(conn)] == ["Create", "Announce"]
    assert await list_told(conn, alice) == ["post_released"]

    await edit(conn, HERE, group, full.id, make_draft(title="Pas d’escrocs"), by=alice)
    assert await list_titles(conn, None) == ["Café réparation"]
    await release(conn, HERE, full.id, None)
    assert await list_titles(conn, None) == ["Pas d’escrocs"]


async def test_who_leads_a_community_reads_why_the_team_refused_its_meeting(
    conn: Connection, alice: Actor, community: Community
) -> None:
    await save_filter(conn)
    group = await actors.get(conn, community.actor_id)
    full = await publish(conn, HERE, group, make_draft(text="Une belle arnaque"), by=alice)

    await refuse(conn, HERE, full.id, None, "Pas de commerce ici.")

    sql = "SELECT p.source FROM post p JOIN mention m ON m.post_id = p.id WHERE m.actor_id = $1"
    [told] = await fetch_column(conn, sql, alice.id)
    assert "« Café réparation » ne paraîtra pas" in told and "Pas de commerce ici." in told


async def test_the_hall_of_one_date_is_looked_at_as_the_meeting_is(
    conn: Connection, alice: Actor, community: Community
) -> None:
    await save_filter(conn)
    group = await actors.get(conn, community.actor_id)
    full = await publish(conn, HERE, group, make_draft(rrule="FREQ=WEEKLY;COUNT=3"), by=alice)
    [first, *_] = await agenda.list_entries(conn, full.id)
    wanted = TimeDraft(begins_at=first.occurrence.begins_at, venue="Chez les escrocs")

    with pytest.raises(Invalid) as refused:
        await change_time(conn, HERE, group, first.occurrence.id, wanted, by=alice)

    assert (refused.value.code, refused.value.field) == ("meeting_place_looked_at", "venue")


async def test_what_stays_inside_takes_no_room_on_the_agenda_of_others(
    conn: Connection, alice: Actor, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agenda, "MOST", 2)
    await announce(conn, community, rrule="FREQ=DAILY;COUNT=3")
    await announce(conn, community, "network", begins_at=NOON + timedelta(days=20), ends_at=None)

    since = datetime.now(UTC)
    for reader_id, times in ((None, 1), (alice.id, 2)):
        assert len(await agenda.list_of_community(conn, community.actor_id, reader_id, since=since, limit=9)) == times
