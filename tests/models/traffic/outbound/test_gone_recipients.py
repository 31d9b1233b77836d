"""Nothing is sent to somebody who is gone or kept out, nor any more of what was taken back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from models.exchanges import exchanges
from models.people import actors
from models.people.actors import Actor
from models.personal_data import account_erasure
from models.posts import Post
from models.posts.polls import polls, votes
from models.posts.polls.polls import NewPoll
from models.relations import reactions
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic.outbound import activities, deliveries, forgotten_traffic, marketplaces, personal_inboxes, requeue
from tests.factories import (
    make_activity,
    make_follow,
    make_listing,
    make_local_actor,
    make_member,
    make_note,
    make_remote_actor,
)
from tests.models.marks import GONE, Column, mark_deleted, mark_gone

NOW = datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Alice, her post, and Bob, who follows her, likes the post, answered and voted; behind his inbox is another."""

    alice: Actor
    bob: Actor
    post: Post
    answer: Post
    delete: int


Read = Callable[[Connection, Scene], Awaitable[object]]


@pytest.fixture
async def scene(conn: Connection) -> Scene:
    alice, bob = await make_member(conn), await make_remote_actor(conn, shared_inbox=None)
    await make_follow(conn, bob, alice)
    post = await make_note(conn, alice)
    answer = await make_note(conn, bob, in_reply_to_uri=post.uri)
    delete = await make_activity(conn, alice, type="Delete", object_uri=post.uri)
    return Scene(alice=alice, bob=bob, post=post, answer=answer, delete=delete)


async def to_followers(conn: Connection, at: Scene) -> object:
    return await deliveries.schedule(
        conn, activity_id=at.delete, actor_id=at.alice.id, named_ids=[], followed_ids=[at.alice.id]
    )


async def to_holders(conn: Connection, at: Scene) -> object:
    return await deliveries.schedule_to_recipients_of(
        conn, activity_id=at.delete, actor_id=at.alice.id, object_uri=at.post.uri
    )


async def to_all_who_know_her(conn: Connection, at: Scene) -> object:
    await execute(conn, "DELETE FROM follow")
    return await account_erasure.schedule_deletes(conn, activity_id=at.delete, actor_id=at.alice.id)


async def to_voters(conn: Connection, at: Scene) -> list[int]:
    poll = NewPoll(
        options=("Oui", "Non"), votes=(0, 0), multiple=False, voters=0, ends_at=NOW + timedelta(days=1), closed_at=None
    )
    await polls.save_own(conn, at.post.id, poll)
    await votes.save(conn, at.post.id, at.bob.id, {0: f"{at.bob.uri}/votes/1"})
    return await votes.list_remote_voters(conn, at.post.id)


SENT: dict[str, Read] = {
    "followers": to_followers,
    "who holds it": to_holders,
    "who knows her": to_all_who_know_her,
    "who voted": to_voters,
}


@pytest.mark.parametrize("column", GONE)
@pytest.mark.parametrize("send", SENT.values(), ids=SENT)
async def test_who_is_gone_gets_nothing(conn: Connection, scene: Scene, send: Read, column: Column) -> None:
    await mark_gone(conn, scene.bob, column)
    assert not await send(conn, scene)


@pytest.mark.parametrize("send", SENT.values(), ids=SENT)
async def test_who_is_there_gets_it(conn: Connection, scene: Scene, send: Read) -> None:
    assert await send(conn, scene)


@pytest.mark.parametrize("send", [to_holders, to_all_who_know_her])
async def test_who_only_wrote_an_answer_and_took_it_back_holds_nothing(
    conn: Connection, scene: Scene, send: Read
) -> None:
    await mark_deleted(conn, scene.answer)
    assert not await send(conn, scene)


async def test_who_knows_only_others_does_not_hear_that_she_goes_or_takes_a_post_back(
    conn: Connection, scene: Scene
) -> None:
    carol, post = await make_member(conn, "carol"), await make_note(conn, await make_member(conn, "dora"))
    names = ("answers", "likes", "shares", "holds", "follows", "followed", "asks", "asked")
    answering, liking, sharing, holding, following, followed, asking, asked = [
        await make_remote_actor(conn, "mallory", f"{name}.test") for name in names
    ]
    await make_follow(conn, following, carol)
    await make_follow(conn, carol, followed)
    for owner, partner in ((carol, asking), (asked, carol)):
        listing = await make_listing(conn, owner)
        await exchanges.open(conn, listing_id=listing.id, owner_id=owner.id, partner_id=partner.id)
    await make_note(conn, answering, in_reply_to_uri=post.uri)
    await reactions.favourite(conn, uri=f"{liking.uri}/1", actor_id=liking.id, post_id=post.id)
    await reactions.share(conn, uri=f"{sharing.uri}/1", actor_id=sharing.id, post_id=post.id)
    create = await make_activity(conn, carol, object_uri=post.uri)
    await deliveries.schedule(conn, activity_id=create, actor_id=carol.id, named_ids=[holding.id], followed_ids=[])
    await execute(conn, "UPDATE delivery SET state = 'done', attempts = 1")

    await account_erasure.schedule_deletes(conn, activity_id=scene.delete, actor_id=scene.alice.id)
    gone = await fetch_column(conn, "DELETE FROM delivery WHERE activity_id = $1 RETURNING host", scene.delete)
    await to_holders(conn, scene)
    deleted = await fetch_column(conn, "SELECT host FROM delivery WHERE activity_id = $1", scene.delete)

    assert (gone, deleted) == ([scene.bob.host], [scene.bob.host])


@pytest.mark.parametrize("column", GONE)
@pytest.mark.parametrize("named", [True, False], ids=["named", "followers"])
async def test_behind_a_missing_inbox_nobody_is_tried_who_is_gone(
    conn: Connection, column: Column, named: bool
) -> None:
    alice = await make_local_actor(conn)
    there, kept, gone = [await make_remote_actor(conn, name) for name in ("anne", "bob", "eve")]
    for one in (there, kept, gone):
        await make_follow(conn, one, alice)
    activity = await make_activity(conn, alice, public=not named)
    await deliveries.schedule(
        conn, activity_id=activity, actor_id=alice.id, named_ids=[there.id], followed_ids=[alice.id]
    )
    row = await fetch_value(conn, "SELECT id FROM delivery")
    await mark_gone(conn, gone, column)

    await personal_inboxes.redirect(
        conn, row, status=404, addressed=[one.uri for one in (there, kept, gone)] if named else []
    )

    found = await fetch_column(conn, "SELECT inbox FROM delivery ORDER BY inbox")
    assert found == [there.inbox, kept.inbox]


async def test_a_marketplace_that_is_gone_is_none(conn: Connection) -> None:
    ours = await make_local_actor(conn, "instance", type="Application")
    market = await make_remote_actor(conn, "market", "market.test", type="Application")
    await make_follow(conn, market, ours)
    assert [one.actor_id for one in await marketplaces.list_markets(conn)] == [market.id]
    assert await marketplaces.find_by_host(conn, "market.test") is not None

    await mark_gone(conn, market)

    assert await marketplaces.list_markets(conn) == []
    assert await marketplaces.find_by_host(conn, "market.test") is None


@pytest.mark.parametrize("gone", ["post", *GONE])
async def test_the_outbox_has_nothing_of_what_is_gone(conn: Connection, scene: Scene, gone: Column) -> None:
    await reactions.share(conn, uri=f"{scene.alice.uri}/shares/1", actor_id=scene.alice.id, post_id=scene.answer.id)
    await make_activity(conn, scene.alice, type="Announce", object_uri=scene.answer.uri)
    before = await activities.count_outbox(conn, scene.alice.id)

    await (mark_gone(conn, scene.bob, gone) if gone in GONE else mark_deleted(conn, scene.answer))

    assert before == 1
    assert await activities.count_outbox(conn, scene.alice.id) == 0
    assert await activities.list_outbox(conn, scene.alice.id, before=None, limit=9) == []


async def make_done(conn: Connection, scene: Scene, *, type: str, state: str) -> int:
    activity = await make_activity(conn, scene.alice, type=type, object_uri=scene.post.uri)
    await execute(
        conn,
        "INSERT INTO delivery (activity_id, actor_id, inbox, host, state, finished_at, created_at) "
        "VALUES ($1, $2, $3, $4, $5, now() - interval '90 days', now() - interval '1 day')",
        activity,
        scene.alice.id,
        scene.bob.inbox,
        scene.bob.host,
        state,
    )
    return activity


async def test_where_it_went_is_forgotten_once_it_was_taken_back(conn: Connection, scene: Scene) -> None:
    await make_done(conn, scene, type="Create", state="done")
    assert await forgotten_traffic.forget_deliveries(conn) == 0

    await mark_deleted(conn, scene.post)

    assert await forgotten_traffic.forget_deliveries(conn) == 1


async def test_a_creation_that_failed_is_not_sent_again_once_it_was_taken_back(conn: Connection, scene: Scene) -> None:
    await make_done(conn, scene, type="Create", state="failed")
    await make_activity(conn, scene.alice, type="Delete", object_uri=scene.post.uri)  # as marketplaces are told
    await mark_deleted(conn, scene.post)
    gone = await requeue.catch_up(conn, scene.bob.host, since=NOW - timedelta(days=7), at=NOW)
    await execute(conn, "UPDATE post SET deleted_at = NULL")

    assert gone == 0
    assert await requeue.catch_up(conn, scene.bob.host, since=NOW - timedelta(days=7), at=NOW) == 1


async def test_what_waits_for_who_is_gone_ends_where_nobody_else_is_behind_the_inbox(conn: Connection) -> None:
    alice, bob, eve = await make_local_actor(conn), await make_remote_actor(conn), await make_remote_actor(conn, "eve")
    activity = await make_activity(conn, alice)
    await execute(
        conn,
        "INSERT INTO delivery (activity_id, actor_id, inbox, personal_inbox, host) VALUES ($1, $2, $3, $4, $5)",
        activity,
        alice.id,
        bob.shared_inbox,
        bob.inbox,
        bob.host,
    )
    await mark_gone(conn, eve)

    await actors.delete(conn, bob.id)

    assert await fetch_value(conn, "SELECT state FROM delivery") == "cancelled"
