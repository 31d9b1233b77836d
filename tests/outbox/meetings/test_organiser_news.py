"""Those who organise hear once a day who registered, all of it in one message."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from federation.instance import Instance
from models.meetings.registrations import Wish
from models.people import actors
from models.people.actors import Actor
from models.people.team import place_keepers
from models.settings import Settings
from models.store.database import Connection, Pool, fetch_column, transaction
from outbox.meetings.by_hand import write_down
from outbox.meetings.meetings import publish
from outbox.meetings.organiser_news import tell_organisers
from outbox.meetings.registrations import leave, register
from tests.factories import HERE, make_member
from tests.fediverse import FakeFediverse
from tests.outbox.communities.sample_community import found, put_in
from tests.outbox.meetings.sample_meetings import make_draft
from tests.outbox.sent_activities import make_streams


async def list_told(conn: Connection, person: Actor) -> list[str]:
    return await fetch_column(
        conn,
        """
        SELECT p.source FROM post p JOIN mention m ON m.post_id = p.id
        WHERE m.actor_id = $1 AND p.audience = 'direct' AND p.source LIKE '%Qui vient%' ORDER BY p.id
        """,
        person.id,
    )


async def test_all_who_registered_are_one_message_a_day(pool: Pool, tmp_path: Path) -> None:
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse())
    now = datetime.now(UTC)
    async with transaction(pool) as conn:
        coop = (await make_streams(conn))["coop"]
        admin = await make_member(conn, "nadia", roles=["admin"])
        full = await publish(conn, HERE, coop, make_draft(capacity=3))
        people = [await make_member(conn, name) for name in ("alice", "bea", "cleo")]
        for person in people:
            await register(conn, HERE, person, full.id, Wish(people=2 if person == people[0] else 1))

    assert [await tell_organisers(instance, at=now + timedelta(minutes=one)) for one in (1, 2)] == [1, 0]

    async with transaction(pool) as conn:
        [told] = await list_told(conn, admin)
        page = f"{HERE.url}/coop/rencontres/d/{full.id}"
        assert (
            told == f"@nadia « Café réparation » : 3 personnes viennent en plus, 1 attend une place. Qui vient : {page}"
        )
        await conn.execute("UPDATE meeting_registration SET changed_at = $1, created_at = $1", now - timedelta(hours=1))
        await leave(conn, HERE, people[1], full.id)
        await conn.execute(
            "UPDATE meeting_registration SET changed_at = $1 WHERE state = 'cancelled'", now + timedelta(hours=1)
        )
    assert await tell_organisers(instance, at=now + timedelta(days=1)) == 1
    async with transaction(pool) as conn:
        assert "ne vient plus" in (await list_told(conn, admin))[-1]


async def test_of_a_place_its_keepers_are_told_and_of_a_community_who_leads_it(pool: Pool, tmp_path: Path) -> None:
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse())
    async with transaction(pool) as conn:
        await make_streams(conn)
        admin = await make_member(conn, "nadia", roles=["admin"])
        kim, alice, bea = [await make_member(conn, name) for name in ("kim", "alice", "bea")]
        await conn.execute("UPDATE account SET roles = '{keeper}' WHERE actor_id = $1", kim.id)
        place = await make_member(conn, "atelier", type="Organization")
        await place_keepers.add(conn, place.id, kim.id)
        community = await found(conn, alice)
        await put_in(conn, bea, community)
        for organiser in (place, await actors.get(conn, community.actor_id)):
            full = await publish(conn, HERE, organiser, make_draft(capacity=None))
            await register(conn, HERE, bea, full.id, Wish())
        silent = await publish(conn, HERE, place, make_draft())
        [occurrence] = await fetch_column(conn, "SELECT id FROM meeting_occurrence WHERE meeting_id = $1", silent.id)
        await write_down(conn, place, occurrence, "Odette", Wish())

    assert await tell_organisers(instance, at=datetime.now(UTC) + timedelta(minutes=1)) == 2

    async with transaction(pool) as conn:
        assert [len(await list_told(conn, one)) for one in (kim, alice, bea, admin)] == [1, 1, 0, 0]
        assert "/rencontres/organiser/d/" in (await list_told(conn, alice))[0]
