"""Cooperatives that follow ours: room for so many, of one domain for few, and the oldest unanswered go first."""

import asyncio
from datetime import UTC, datetime

import pytest

from inbox.relations import friendships as inbox
from models.people.actors import Actor
from models.servers import friendships
from models.servers.friendships import MOST_MET_OF_DOMAIN
from models.store.database import Connection, Pool, connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_follow, make_local_actor, make_member, make_remote_actor
from tests.lock_waits import await_lock


async def follow(conn: Connection, ours: Actor, host: str) -> bool:
    """A cooperative of this host follows ours; whether the team hears of it."""
    theirs = await make_remote_actor(conn, "coop", host, type="Organization")
    await make_follow(conn, theirs, ours)
    before = await fetch_value(conn, "SELECT count(*) FROM notification")
    await inbox.process_follow(conn, theirs)
    at = "UPDATE friendship SET changed_at = now() - interval '2 days' + $2 * interval '1 minute' WHERE actor_id = $1"
    await execute(conn, at, theirs.id, await fetch_value(conn, "SELECT count(*) FROM follow"))
    return bool(await fetch_value(conn, "SELECT count(*) FROM notification") > before)


async def list_met(conn: Connection) -> list[str]:
    return await fetch_column(
        conn, "SELECT a.host FROM friendship f JOIN actor a ON a.id = f.actor_id ORDER BY f.changed_at"
    )


@pytest.fixture
async def ours(conn: Connection) -> Actor:
    """Our cooperative, with somebody who hears of its neighbours."""
    await make_member(conn, "anne", roles=["admin"])
    return await make_local_actor(conn, "coop", type="Organization")


async def test_of_one_domain_few_wait_the_newest_and_the_team_is_told_of_those_that_came_first(
    conn: Connection, ours: Actor
) -> None:
    told = [await follow(conn, ours, f"n{number}.faux.fr") for number in range(MOST_MET_OF_DOMAIN + 2)]
    told.append(await follow(conn, ours, "henin.test"))

    assert told == [True] * MOST_MET_OF_DOMAIN + [False, False, True]
    assert await list_met(conn) == ["n2.faux.fr", "n3.faux.fr", "n4.faux.fr", "henin.test"]


async def test_where_all_places_are_taken_the_oldest_goes_and_the_page_says_so(
    conn: Connection, ours: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(friendships, "MOST_MET", 3)
    told = [await follow(conn, ours, f"coop{number}.fr") for number in range(2)]
    before = await friendships.list_full(conn)

    told += [await follow(conn, ours, f"coop{number}.fr") for number in range(2, 5)]

    assert (before, await friendships.list_full(conn), all(told)) == ([], ["met"], True)
    assert await list_met(conn) == ["coop2.fr", "coop3.fr", "coop4.fr"]


async def test_who_is_known_or_was_answered_takes_nobodys_place(conn: Connection, ours: Actor) -> None:
    theirs = await make_remote_actor(conn, "coop", "henin.test", type="Organization")
    await make_follow(conn, theirs, ours)
    first = await friendships.meet(conn, theirs.id, theirs.host)
    await friendships.save(conn, theirs.id, "declined")

    assert (first, await friendships.meet(conn, theirs.id, theirs.host)) == (True, False)
    held = await friendships.find(conn, theirs.id)
    assert held is not None and held.state == "declined"


async def test_the_team_hears_of_the_first_ten_of_a_day_and_of_whoever_is_known_here(
    conn: Connection, ours: Actor
) -> None:
    strangers = [await make_remote_actor(conn, "coop", f"coop{n}.fr", type="Organization") for n in range(12)]
    told = []
    for one in strangers:
        await make_follow(conn, one, ours)
        told.append(await inbox.may_be_told(conn, one))
        await inbox.process_follow(conn, one)
    mate = await make_remote_actor(conn, "bob", "connue.test")
    await make_follow(conn, ours, mate)
    coop = await make_remote_actor(conn, "coop", "connue.test", type="Organization")

    assert told == [True] * inbox.TOLD_A_DAY + [False] * 2
    assert await fetch_value(conn, "SELECT count(*) FROM notification WHERE type = 'coop_follow'") == inbox.TOLD_A_DAY
    assert await inbox.may_be_told(conn, coop)
    await execute(conn, "UPDATE friendship SET changed_at = $1", datetime(2026, 1, 1, tzinfo=UTC))
    assert await inbox.may_be_told(conn, strangers[11])  # another day


async def test_who_takes_its_proposal_back_takes_no_more_places_than_who_only_follows(
    conn: Connection, ours: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(friendships, "MOST_MET", 4)
    await follow(conn, ours, "henin.test")
    for number in range(MOST_MET_OF_DOMAIN + 2):
        theirs = await make_remote_actor(conn, "coop", f"n{number}.faux.fr", type="Organization")
        await make_follow(conn, theirs, ours)
        await friendships.save(conn, theirs.id, "asked", theirs=f"{theirs.uri}/offer")

        assert await inbox.process_undo(conn, theirs, f"{theirs.uri}/offer")
        at = (
            "UPDATE friendship SET changed_at = now() - interval '1 day' + $2 * interval '1 minute' WHERE actor_id = $1"
        )
        await execute(conn, at, theirs.id, number)

    assert await list_met(conn) == ["henin.test", "n2.faux.fr", "n3.faux.fr", "n4.faux.fr"]
    held = await friendships.find(conn, theirs.id)
    assert held is not None and held.their_offer_uri == f"{theirs.uri}/offer"


async def test_what_the_team_decides_while_room_is_made_stays(pool: Pool) -> None:
    async with transaction(pool) as conn:
        coop = await make_local_actor(conn, "coop", type="Organization")
        theirs = [
            await make_remote_actor(conn, "coop", f"n{number}.faux.fr", type="Organization")
            for number in range(MOST_MET_OF_DOMAIN + 1)
        ]
        for one in theirs:
            await make_follow(conn, one, coop)
        for one in theirs[:-1]:
            await friendships.meet(conn, one.id, one.host)

    async def meet_last() -> None:
        async with transaction(pool) as conn:
            await friendships.meet(conn, theirs[-1].id, theirs[-1].host)

    async with transaction(pool) as conn:
        await friendships.save(conn, theirs[0].id, "proposed")
        meeting = asyncio.create_task(meet_last())
        await await_lock(pool)
    await meeting

    async with connection(pool) as conn:
        held = await friendships.find(conn, theirs[0].id)
    assert held is not None and held.state == "proposed"
