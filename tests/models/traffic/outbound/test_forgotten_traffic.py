"""By night goes what we sent that nobody asks for any more; what a post, a follow or an agreement hangs on stays."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from models.people.actors import Actor
from models.posts import Post
from models.store import sweep_positions
from models.store.database import Connection, Pool, execute, fetch_column, fetch_value, transaction
from models.traffic import forwarded_activities
from models.traffic.outbound import deliveries, forgotten_traffic, requeue
from models.traffic.outbound.forgotten_traffic import forget_activities, forget_deliveries, forget_passed_on
from tests.factories import make_activity, make_member, make_note, make_remote_actor
from tests.lock_waits import await_lock

FOLLOW = '{"type":"Accept","object":{"type":"Follow","id":"https://henin.test/1"}}'
AGREEMENT = '{"type":"Accept","object":{"type":"Offer","id":"https://henin.test/1"}}'
PASSED_ON = ("Announce", "Create", "Delete", "Update")

UNDONE_LIKE = '{"type":"Undo","object":{"type":"Like","id":"https://lomme.test/1"}}'
UNDONE_FOLLOW = '{"type":"Undo","object":{"type":"Follow","id":"https://lomme.test/1"}}'


async def say(
    conn: Connection, by: Actor, type: str, about: str | None = None, *, body: str = "{}", years: int = 2
) -> int:
    """Something that was said so long ago."""
    id = await make_activity(conn, by, type=type, object_uri=about)
    said = "UPDATE activity SET body = $2, created_at = now() - make_interval(years => $3) WHERE id = $1"
    await execute(conn, said, id, body, years)
    return id


async def list_kept(conn: Connection) -> set[int]:
    """What is still there once the night is over."""
    await forget_activities(conn)
    return await list_all(conn)


async def list_all(conn: Connection) -> set[int]:
    return set(await fetch_column(conn, "SELECT id FROM activity"))


async def send_away(conn: Connection, by: Actor, activity_id: int) -> None:
    """It is on its way to Bob."""
    bob = await make_remote_actor(conn)
    await deliveries.schedule(conn, activity_id=activity_id, actor_id=by.id, named_ids=[bob.id], followed_ids=[])


async def like(conn: Connection, by: Actor, post: Post, activity_id: int) -> None:
    """What was liked by this stands."""
    await execute(
        conn,
        "INSERT INTO favourite (id, uri, actor_id, post_id) SELECT 1, uri, $2, $3 FROM activity WHERE id = $1",
        activity_id,
        by.id,
        post.id,
    )


async def test_an_answer_to_who_follows_goes_after_a_year_and_one_about_an_agreement_never(conn: Connection) -> None:
    alice = await make_member(conn)
    for type in ("Accept", "Reject"):
        await say(conn, alice, type, body=FOLLOW.replace("Accept", type))
    young = await say(conn, alice, "Accept", body=FOLLOW, years=0)
    agreed = await say(conn, alice, "Accept", body=AGREEMENT)
    named = await say(conn, alice, "Accept", "https://henin.test/1", body=FOLLOW)

    assert await list_kept(conn) == {young, agreed, named}


async def test_of_changes_the_last_one_of_each_stays(conn: Connection) -> None:
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    note = await make_note(conn, alice)
    created = await say(conn, alice, "Create", note.uri)
    await say(conn, alice, "Update", note.uri)
    other = await say(conn, carol, "Update", note.uri)
    last = await say(conn, alice, "Update", note.uri)
    profile = await say(conn, alice, "Update", alice.uri)

    assert await list_kept(conn) == {created, other, last, profile}


async def test_a_like_goes_with_its_end_only_once_it_was_taken_back(conn: Connection) -> None:
    alice, note = await make_member(conn), await make_note(conn, await make_remote_actor(conn, "carol", "c.test"))
    stands = await say(conn, alice, "Like", note.uri)
    await like(conn, alice, note, stands)
    await say(conn, alice, "Like", note.uri)
    await say(conn, alice, "Undo", "https://lomme.test/1", body=UNDONE_LIKE)
    unfollowed = await say(conn, alice, "Undo", "https://lomme.test/1", body=UNDONE_FOLLOW)

    assert await list_kept(conn) == {stands, unfollowed}


async def test_a_like_stays_as_long_as_it_leads_to_its_end_that_did_not_arrive(conn: Connection) -> None:
    alice, note = await make_member(conn), await make_note(conn, await make_remote_actor(conn, "carol", "c.test"))
    liked = await say(conn, alice, "Like", note.uri)
    uri: str = await fetch_value(conn, "SELECT uri FROM activity WHERE id = $1", liked)
    undone = await say(conn, alice, "Undo", uri, body=UNDONE_LIKE)
    await send_away(conn, alice, undone)
    await execute(conn, "UPDATE delivery SET state = 'failed', finished_at = now()")

    assert await list_kept(conn) == {liked, undone}
    await execute(conn, "DELETE FROM delivery")
    assert await list_kept(conn) == set()


async def test_what_somebody_asks_to_send_again_during_a_step_stays(pool: Pool) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn)
        await send_away(conn, alice, await say(conn, alice, "Accept", body=FOLLOW))
        await execute(conn, "UPDATE delivery SET state = 'failed', finished_at = now() - interval '61 days'")
        host = await fetch_value(conn, "SELECT host FROM delivery")

    async def forget() -> int:
        async with transaction(pool) as conn:
            return await forget_deliveries(conn)

    async with transaction(pool) as conn:
        asked = await requeue.catch_up(conn, host, since=datetime(2020, 1, 1, tzinfo=UTC), at=datetime.now(UTC))
        step = asyncio.create_task(forget())
        await await_lock(pool)

    assert asked == 1
    assert await step == 0
    async with transaction(pool) as conn:
        assert await fetch_column(conn, "SELECT state FROM delivery") == ["waiting"]


async def test_what_a_delivery_is_known_of_stays_until_that_is_forgotten(conn: Connection) -> None:
    alice = await make_member(conn)
    answer = await say(conn, alice, "Accept", body=FOLLOW)
    await send_away(conn, alice, answer)
    while_it_waits = await list_kept(conn)
    await execute(conn, "UPDATE delivery SET state = 'done', finished_at = now() - interval '61 days'")

    assert while_it_waits == {answer}
    assert await forget_deliveries(conn) == 1
    assert await list_kept(conn) == set()


@pytest.mark.parametrize("type", ["Announce", "Block", "Create", "Delete", "Flag", "Follow", "Offer", "QuoteRequest"])
async def test_by_what_else_was_said_it_is_known_for_ever(conn: Connection, type: str) -> None:
    said = await say(conn, await make_member(conn), type, "https://lomme.test/1", body=FOLLOW)

    assert await list_kept(conn) == {said}


async def pass_on(conn: Connection, by: Actor, type: str, *, days: int) -> int:
    """What somebody elsewhere said, and this actor passed on, so many days ago."""
    place = by.uri if type == "Announce" else "https://henin.test/users/bob"
    id = await forwarded_activities.save(
        conn, uri=f"{place}/activities/{uuid4()}", type=type, passed_on_by=by.id, body="{}"
    )
    assert id is not None
    await execute(conn, "UPDATE activity SET created_at = now() - make_interval(days => $2) WHERE id = $1", id, days)
    return id


async def test_what_others_said_and_we_passed_on_is_no_change_of_ours(conn: Connection) -> None:
    alice = await make_member(conn)
    passed_on = {await pass_on(conn, alice, type, days=800) for type in PASSED_ON for _ in range(2)}

    assert await list_kept(conn) == passed_on


@pytest.mark.parametrize("type", PASSED_ON)
async def test_what_we_passed_on_goes_with_its_words_once_it_is_not_under_way_any_more(
    conn: Connection, type: str
) -> None:
    alice = await make_member(conn)
    _, under_way, young = [await pass_on(conn, alice, type, days=days) for days in (61, 61, 59)]
    about = [None, "https://lomme.test/1"] if type != "Announce" else ["https://lomme.test/1"]
    own = {await say(conn, alice, type, one) for one in about}
    await send_away(conn, alice, under_way)

    assert await forget_passed_on(conn) == 1
    assert await list_all(conn) == {under_way, young, *own}
    await execute(conn, "DELETE FROM delivery")
    assert await forget_passed_on(conn) == 1
    assert await list_all(conn) == {young, *own}


async def test_large_tables_are_looked_through_in_steps(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = await make_member(conn)
    for _ in range(5):
        await send_away(conn, alice, await say(conn, alice, "Accept", body=FOLLOW))
    await execute(conn, "UPDATE delivery SET state = 'done', finished_at = now() - interval '61 days'")
    monkeypatch.setattr(forgotten_traffic, "LOOKED_AT", 2)

    delivered = [await forget_deliveries(conn) for _ in range(3)]
    said = [await forget_activities(conn) for _ in range(3)]

    assert delivered == said == [2, 2, 1]
    assert await sweep_positions.find(conn, "delivery") is await sweep_positions.find(conn, "activity") is None
