"""After a restoration others say yes to what nobody here remembers: nobody is bound, and both know the same again."""

from datetime import UTC, datetime
from typing import Any

import pytest

from inbox.errors import Ignored
from inbox.handlers.accept import handle_accept
from models.people import actors
from models.people.actors import Actor
from models.relations import follows, taken_up_follows
from models.servers import trust_levels
from models.servers.trust_levels import Decision
from models.store.database import Connection, execute
from models.traffic.restoration_words import MOST_TAKEN_BACK, spend_taking_back
from outbox.relations.follows import unfollow
from tests.factories import HERE, make_follow, make_listing, make_member, make_remote_actor
from tests.inbox.handlers.activities import by
from tests.outbox.sent_activities import list_sent


@pytest.fixture
async def dora(conn: Connection) -> Actor:
    """Somebody elsewhere; Alice is ours, and this instance was restored."""
    await make_member(conn, "alice")
    await execute(conn, "INSERT INTO restoration (lost_from) VALUES ($1)", datetime.now(UTC))
    return await make_remote_actor(conn, "dora")


def follow_of(name: str, followed: Actor) -> dict[str, Any]:
    actor = f"{HERE.url}/users/{name}"
    return {"id": f"{actor}/activities/7", "type": "Follow", "actor": actor, "object": followed.uri}


async def is_following(conn: Connection, followed: Actor) -> bool:
    alice = await conn.fetchval("SELECT id FROM actor WHERE username = 'alice'")
    return await follows.is_follower(conn, follower_id=alice, followed_id=followed.id)


async def test_a_follow_that_was_lost_stands_again_where_a_friend_says_yes_to_it(conn: Connection, dora: Actor) -> None:
    await trust_levels.save_levels(conn, [Decision(host=dora.host, level="friend")])

    await handle_accept(conn, HERE, dora, by(dora, "Accept", follow_of("alice", dora)))

    assert await is_following(conn, dora)
    alice = await actors.get_local(conn, "alice")
    assert list(await taken_up_follows.map_told(conn, alice.id)) == [dora.id], "she is told"


async def test_that_somebody_ceased_to_follow_before_the_loss_says_nothing_of_what_was_lost(
    conn: Connection, dora: Actor
) -> None:
    await trust_levels.save_levels(conn, [Decision(host=dora.host, level="friend")])
    alice = await actors.get_local(conn, "alice")
    await make_follow(conn, alice, dora)
    await unfollow(conn, HERE, alice, dora)
    await execute(conn, "UPDATE activity SET created_at = now() - interval '1 day'")

    await handle_accept(conn, HERE, dora, by(dora, "Accept", follow_of("alice", dora)))

    assert await is_following(conn, dora)


async def test_anybody_elses_yes_is_answered_by_taking_it_back_once(conn: Connection, dora: Actor) -> None:
    await handle_accept(conn, HERE, dora, by(dora, "Accept", follow_of("alice", dora)))
    with pytest.raises(Ignored):
        await handle_accept(conn, HERE, dora, by(dora, "Accept", follow_of("alice", dora)))

    assert not await is_following(conn, dora)
    [undo] = [one.activity for one in await list_sent(conn)]
    assert (undo["type"], undo["object"]["type"], undo["object"]["object"]) == ("Undo", "Follow", dora.uri)


@pytest.mark.parametrize("name", ["nobody", "instance", "alice/notes"])
async def test_nothing_is_said_in_the_name_of_who_is_no_member(conn: Connection, dora: Actor, name: str) -> None:
    with pytest.raises(Ignored):
        await handle_accept(conn, HERE, dora, by(dora, "Accept", follow_of(name, dora)))

    assert await list_sent(conn) == []


async def test_without_a_loss_nothing_is_believed_to_have_been_lost(conn: Connection, dora: Actor) -> None:
    await trust_levels.save_levels(conn, [Decision(host=dora.host, level="friend")])
    await execute(conn, "DELETE FROM restoration")

    with pytest.raises(Ignored):
        await handle_accept(conn, HERE, dora, by(dora, "Accept", follow_of("alice", dora)))
    assert not await is_following(conn, dora)


async def test_whoever_ceased_to_follow_since_does_not_follow_again_whatever_a_friend_says(
    conn: Connection, dora: Actor
) -> None:
    await trust_levels.save_levels(conn, [Decision(host=dora.host, level="friend")])
    await handle_accept(conn, HERE, dora, by(dora, "Accept", follow_of("alice", dora)))
    await unfollow(conn, HERE, await actors.get_local(conn, "alice"), dora)

    for number in (7, 8):
        asked = follow_of("alice", dora) | {"id": f"{HERE.url}/users/alice/activities/{number}"}
        with pytest.raises(Ignored):
            await handle_accept(conn, HERE, dora, by(dora, "Accept", asked))

    assert not await is_following(conn, dora)


def yes_to(dora: Actor, listing: str) -> dict[str, Any]:
    return {
        "type": "Agreement",
        "id": f"{dora.uri}/agreements/1",
        "attributedTo": dora.uri,
        "stipulates": {"type": "Commitment", "satisfies": f"{listing}#primary"},
    }


OFFER = f"{HERE.url}/users/alice/activities/9"


@pytest.mark.parametrize("named", [True, False])
async def test_a_request_that_was_lost_binds_nobody_and_is_taken_back_with_the_reason(
    conn: Connection, dora: Actor, *, named: bool
) -> None:
    listing = await make_listing(conn, dora)
    result, alice = yes_to(dora, listing.uri), f"{HERE.url}/users/alice"
    asked = {"type": "Offer", "id": OFFER, "actor": alice, "object": {**result, "attributedTo": alice}}

    await handle_accept(conn, HERE, dora, by(dora, "Accept", asked if named else OFFER, result=result))

    [undo] = [one.activity for one in await list_sent(conn)]
    assert (undo["type"], undo["object"], undo["to"]) == ("Undo", OFFER, [dora.uri])
    assert "restaurée d’une sauvegarde" in undo["content"]


async def test_nobody_signs_anything_for_a_stranger_who_offers_nothing_here(conn: Connection, dora: Actor) -> None:
    theirs = await make_listing(conn, await make_remote_actor(conn, "erin"))

    for listing in (theirs.uri, "https://henin.test/nothing"):
        with pytest.raises(Ignored):
            await handle_accept(conn, HERE, dora, by(dora, "Accept", OFFER, result=yes_to(dora, listing)))

    assert await list_sent(conn) == []


async def test_nor_more_than_some_each_day(conn: Connection, dora: Actor) -> None:
    listing = await make_listing(conn, dora)
    for _ in range(MOST_TAKEN_BACK):
        await spend_taking_back(conn, dora.host)

    for yes in (
        by(dora, "Accept", OFFER, result=yes_to(dora, listing.uri)),
        by(dora, "Accept", follow_of("alice", dora)),
    ):
        with pytest.raises(Ignored):
            await handle_accept(conn, HERE, dora, yes)

    assert await list_sent(conn) == []
