"""Following: here and elsewhere, asked, accepted, refused and taken back."""

import pytest

from models.errors import Forbidden, Invalid, NotFound
from models.news import notifications
from models.news.notifications import NotificationPage
from models.people import actors
from models.people.actors import Actor
from models.relations import follows
from models.relations.blocking import blocks
from models.store.database import Connection, execute
from outbox.relations.follows import accept, follow, reject, unfollow
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.outbox.sent_activities import list_sent


async def state_of(conn: Connection, follower: Actor, followed: Actor) -> str | None:
    """Asked, accepted, refused, or nothing."""
    found = await follows.find(conn, follower_id=follower.id, followed_id=followed.id)
    return None if found is None else found.state


async def told(conn: Connection, reader: Actor) -> list[str]:
    """What the reader is told of."""
    return [one.type for one in await notifications.list_notifications(conn, reader.id, NotificationPage())]


async def test_following_somebody_elsewhere_asks_her(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)

    asked = await follow(conn, HERE, alice, bob)

    [sent] = await list_sent(conn)
    assert (sent.type, sent.hosts) == ("Follow", ["henin.test"])
    assert (sent.activity["actor"], sent.activity["object"]) == (alice.uri, bob.uri)
    assert (asked.state, asked.uri) == ("pending", sent.activity["id"])


async def test_following_somebody_here_is_accepted_at_once(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")

    made = await follow(conn, HERE, alice, anna)

    assert made.state == "accepted"
    assert await list_sent(conn) == []
    assert await told(conn, anna) == ["follow"]


async def test_a_locked_account_here_is_asked_first(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna", locked=True)

    await follow(conn, HERE, alice, anna)
    assert await state_of(conn, alice, anna) == "pending"
    assert await told(conn, anna) == ["follow_request"]

    accepted = await accept(conn, HERE, anna, alice)
    assert accepted.state == "accepted"


async def test_following_twice_asks_once(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, alice, bob)

    again = await follow(conn, HERE, alice, bob)

    assert again.state == "accepted"
    assert await list_sent(conn) == []


async def test_somebody_who_refused_may_be_asked_again(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, alice, bob, state="rejected")

    await follow(conn, HERE, alice, bob)

    assert await state_of(conn, alice, bob) == "pending"


async def test_nobody_follows_herself_or_a_servers_own_actor(conn: Connection) -> None:
    alice = await make_member(conn)
    instance = await make_remote_actor(conn, "instance", type="Application")

    for other in (alice, instance):
        with pytest.raises(Invalid):
            await follow(conn, HERE, alice, other)


async def test_a_block_either_way_forbids_it(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await blocks.save(conn, uri="https://henin.test/blocks/1", actor_id=bob.id, target_id=alice.id)

    with pytest.raises(Forbidden):
        await follow(conn, HERE, alice, bob)


async def test_unfollowing_undoes_the_very_follow_that_was_sent(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    asked = await follow(conn, HERE, alice, bob)

    assert await unfollow(conn, HERE, alice, bob)
    assert not await unfollow(conn, HERE, alice, bob)

    sent = (await list_sent(conn))[-1]
    assert (sent.type, sent.hosts) == ("Undo", ["henin.test"])
    assert sent.activity["object"]["id"] == asked.uri
    assert sent.activity["object"]["type"] == "Follow"
    assert await state_of(conn, alice, bob) is None


async def test_saying_yes_embeds_the_follow(conn: Connection) -> None:
    alice, bob = await make_member(conn, locked=True), await make_remote_actor(conn)
    asked = await make_follow(conn, bob, alice, state="pending")

    await accept(conn, HERE, alice, bob)

    [sent] = await list_sent(conn)
    assert (sent.type, sent.hosts) == ("Accept", ["henin.test"])
    assert sent.activity["object"] == {"id": asked.uri, "type": "Follow", "actor": bob.uri, "object": alice.uri}
    assert await state_of(conn, bob, alice) == "accepted"


async def test_saying_no_ends_it_also_after_a_yes(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, bob, alice)

    await reject(conn, HERE, alice, bob)

    [sent] = await list_sent(conn)
    assert (sent.type, sent.activity["object"]["actor"]) == ("Reject", bob.uri)
    assert await state_of(conn, bob, alice) is None


async def test_a_refusal_here_is_seen_by_whoever_asked(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna", locked=True)
    await follow(conn, HERE, alice, anna)

    await reject(conn, HERE, anna, alice)

    assert await state_of(conn, alice, anna) == "rejected"
    assert await told(conn, anna) == []


async def test_only_who_asked_can_be_answered(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)

    with pytest.raises(NotFound):
        await accept(conn, HERE, alice, bob)
    with pytest.raises(NotFound):
        await reject(conn, HERE, alice, bob)


async def test_somebody_deleted_cannot_be_followed(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await execute(conn, "UPDATE actor SET deleted_at = now() WHERE id = $1", bob.id)

    with pytest.raises(Invalid):
        await follow(conn, HERE, alice, await actors.get(conn, bob.id))


@pytest.mark.parametrize(("seconds", "asked"), [(55, 1), (65, 2)])
async def test_who_has_not_answered_within_a_minute_may_be_asked_again(
    conn: Connection, seconds: int, asked: int
) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await follow(conn, HERE, alice, bob)
    await execute(conn, "UPDATE activity SET created_at = now() - make_interval(secs => $1)", seconds)

    await follow(conn, HERE, alice, bob)

    assert len(await list_sent(conn)) == asked
    assert await state_of(conn, alice, bob) == "pending"
