"""What decisions do: hidden and told once, given back whole, and never for whoever was not let in yet."""

import asyncio
import re
from datetime import timedelta

import pytest

from models import posts
from models.moderation import decision_deadlines
from models.moderation.sanctions import find_hiding
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection, Pool, connection, execute, fetch_value, transaction
from outbox.listings.listings import close, edit, publish, withdraw
from outbox.moderation import sanctions
from outbox.moderation.withholding import tell_untold
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from tests.eventually import eventually
from tests.factories import HERE, make_follow, make_listing, make_member, make_remote_actor
from tests.outbox.listings.test_listings import make_draft
from tests.outbox.people.test_account_deletion import instance_on
from tests.outbox.sent_activities import Sent, list_sent, make_streams, mark_delivered
from tests.rulings import rule

WAITS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'
"""


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    alice = await make_member(conn)
    await make_follow(conn, await make_remote_actor(conn), alice)
    return alice


async def publish_tent(conn: Connection, alice: Actor) -> Post:
    """It has arrived everywhere."""
    tent = (await publish(conn, HERE, alice, make_draft())).post
    await mark_delivered(conn)
    return tent


async def list_new(conn: Connection, before: int) -> list[Sent]:
    return (await list_sent(conn))[before:]


async def get(conn: Connection, post: Post) -> Post:
    [found] = await posts.list_by_ids(conn, [post.id])
    return found


async def test_a_hidden_listing_is_for_its_author_and_the_team_alone(conn: Connection, alice: Actor) -> None:
    bob, moderator = await make_member(conn, "bob"), await make_member(conn, "mona", roles=["moderator"])
    tent = await publish_tent(conn, alice)

    await rule(conn, alice, "hide", posts=(tent.id,))

    for reader, sees in ((None, False), (bob.id, False), (alice.id, True), (moderator.id, True)):
        assert (tent.id in await posts.filter_visible(conn, [tent.id], reader)) is sees
    she = await actors.get(conn, alice.id)
    assert (she.limited_at, she.suspended_at, she.excluded_at) == (None, None, None)
    hiding = await find_hiding(conn, tent.id)
    assert hiding is not None and hiding.words == "Ces annonces trompent vos voisins."


async def test_a_hidden_listing_goes_out_once_as_paused_with_nothing_of_it(conn: Connection, alice: Actor) -> None:
    tent = await publish_tent(conn, alice)
    before = len(await list_sent(conn))

    await rule(conn, alice, "hide", posts=(tent.id,))
    await sanctions.apply_decisions(conn, HERE, alice.id)

    [update] = await list_new(conn, before)
    document, words = update.activity["object"], re.findall(r"[\w.]+", str(update.activity))
    assert (update.type, update.hosts) == ("Update", ["henin.test"])
    assert document["id"] == tent.uri and "Retirée pour le moment" in document["content"]
    assert not {"Tente", "monter", "50.645", "radius"} & set(words) and "Lomme" in words
    assert document["updated"] > document["published"]


async def test_taken_back_it_goes_out_whole_and_newer(conn: Connection, alice: Actor) -> None:
    tent = await publish_tent(conn, alice)
    first = (await list_sent(conn))[-1].activity["object"]
    decision = await rule(conn, alice, "hide", posts=(tent.id,))
    hidden = (await list_sent(conn))[-1].activity["object"]

    assert await sanctions.take_back(conn, HERE, decision, by=None)

    back = (await list_sent(conn))[-1].activity["object"]
    assert back["updated"] > hidden["updated"]
    assert {key: value for key, value in back.items() if key != "updated"} == {
        key: value for key, value in first.items() if key != "updated"
    }
    assert (await get(conn, tent)).audience == "network"
    assert not await sanctions.take_back(conn, HERE, decision, by=None)


async def test_a_suspension_hides_all_and_an_ended_one_brings_it_back(
    pool: Pool, conn: Connection, alice: Actor
) -> None:
    tent = await publish_tent(conn, alice)
    note = await notes.publish(conn, HERE, alice, NoteDraft(text="Qui vient ?", audience="network", language="fr"))
    await mark_delivered(conn)
    before = len(await list_sent(conn))

    decision = await rule(conn, alice, "suspend", lasts=timedelta(days=7))

    assert (await actors.get(conn, alice.id)).limited_at is None
    told = await list_new(conn, before)
    assert [sent.type for sent in told] == ["Update"] * 3
    assert told[0].activity["object"]["suspended"] is True and told[0].activity["object"]["attachment"] == []
    assert not await posts.filter_visible(conn, [tent.id, note.id], None)
    await execute(conn, "UPDATE moderation_decision SET ends_at = now() WHERE id = $1", decision.id)
    assert [one.id for one in await decision_deadlines.claim_ended(conn)] == [decision.id]
    await sanctions.apply_decisions(conn, HERE, alice.id)
    told = await list_new(conn, before + 3)
    assert "suspended" not in told[0].activity["object"]
    assert [sent.activity["object"]["content"] for sent in told[1:]] == [tent.content, note.content]
    assert await posts.filter_visible(conn, [tent.id, note.id], None) == {tent.id, note.id}
    assert not await decision_deadlines.claim_ended(conn)


async def test_what_two_decisions_hide_stays_hidden_until_the_last_one_goes(conn: Connection, alice: Actor) -> None:
    tent = await publish_tent(conn, alice)
    hide = await rule(conn, alice, "hide", posts=(tent.id,))
    suspend = await rule(conn, alice, "suspend")
    before = len(await list_sent(conn))

    await sanctions.take_back(conn, HERE, suspend, by=None)

    assert [sent.activity["object"]["type"] for sent in await list_new(conn, before)] == ["Person"]
    assert (await get(conn, tent)).hidden_at is not None
    await sanctions.take_back(conn, HERE, hide, by=None)
    assert (await get(conn, tent)).hidden_at is None


async def test_what_its_author_changes_meanwhile_stays_here_until_it_is_shown_again(
    conn: Connection, alice: Actor
) -> None:
    tent = await publish_tent(conn, alice)
    decision = await rule(conn, alice, "hide", posts=(tent.id,))
    before = len(await list_sent(conn))

    await edit(conn, HERE, alice, tent.uri, make_draft(title="Grande tente"))
    await close(conn, HERE, alice, tent.uri, "paused")

    assert await list_new(conn, before) == []
    assert (await get(conn, tent)).audience == "author"
    await sanctions.take_back(conn, HERE, decision, by=None)
    [back] = await list_new(conn, before)
    assert "Grande tente" in str(back.activity)


async def test_what_never_left_is_told_to_nobody(conn: Connection, alice: Actor) -> None:
    draft = make_draft(audience="coop")
    kept = (await publish(conn, HERE, alice, draft)).post
    before = len(await list_sent(conn))

    await rule(conn, alice, "hide", posts=(kept.id,))

    assert await list_new(conn, before) == []
    assert (await get(conn, kept)).audience == "author"


async def test_a_held_post_is_hidden_and_stands_once_it_is_released(conn: Connection, alice: Actor) -> None:
    tent = await publish_tent(conn, alice)
    await execute(conn, "INSERT INTO held_post (post_id, reason) VALUES ($1, 'first')", tent.id)
    await sanctions.apply_decisions(conn, HERE, alice.id)
    assert not await posts.filter_visible(conn, [tent.id], None)

    await execute(conn, "DELETE FROM held_post")
    await sanctions.apply_decisions(conn, HERE, alice.id)

    assert await posts.filter_visible(conn, [tent.id], None)


async def test_whoever_waits_to_be_let_in_is_missing_and_nobody_is_told(conn: Connection, alice: Actor) -> None:
    await execute(conn, "UPDATE account SET waits_since = now() WHERE actor_id = $1", alice.id)
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", alice.id)
    before = len(await list_sent(conn))

    await rule(conn, alice, "limit")
    await rule(conn, alice, "suspend")

    assert await list_new(conn, before) == []
    assert await actors.find_published(conn, alice.username) is None


async def test_many_posts_are_told_in_parts(
    conn: Connection, pool: Pool, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sanctions, "AT_ONCE", 1)
    tents = [await publish_tent(conn, alice) for _ in range(3)]
    before = len(await list_sent(conn))

    await rule(conn, alice, "suspend")

    assert len(await list_new(conn, before)) == 2  # her actor and the first of them
    assert not await posts.filter_visible(conn, [tent.id for tent in tents], None)
    for _ in range(2):
        await tell_untold(conn, HERE, alice, limit=1)
    assert await tell_untold(conn, HERE, alice, limit=1) == 0
    assert {sent.activity["object"]["id"] for sent in await list_new(conn, before + 1)} == {tent.uri for tent in tents}


async def test_what_is_deleted_while_hidden_is_deleted_elsewhere(conn: Connection, alice: Actor) -> None:
    tent = await publish_tent(conn, alice)
    await rule(conn, alice, "hide", posts=(tent.id,))
    before = len(await list_sent(conn))

    await withdraw(conn, HERE, alice, tent.uri)

    [delete] = await list_new(conn, before)
    assert (delete.type, delete.hosts) == ("Delete", ["henin.test"])


async def test_of_two_decisions_that_go_at_once_none_leaves_anything_behind(pool: Pool) -> None:
    """One is taken back while the other one ends: whichever comes second sees what the first one did."""
    async with transaction(pool) as conn:
        alice = await make_member(conn)
        tent = (await publish(conn, HERE, alice, make_draft())).post
        suspend = await rule(conn, alice, "suspend")
        hide = await rule(conn, alice, "hide", posts=(tent.id,), lasts=timedelta(days=1))
        await execute(conn, "UPDATE moderation_decision SET ends_at = now() WHERE id = $1", hide.id)

    async def take_back() -> None:
        async with transaction(pool) as conn:
            await sanctions.take_back(conn, HERE, suspend, by=None)

    await asyncio.gather(take_back(), *(sanctions.end_decisions(instance_on(pool)) for _ in range(2)))

    async with connection(pool) as conn:
        now = await get(conn, tent)
        assert (now.hidden_at, now.audience) == (None, "network")
        assert (await actors.get(conn, alice.id)).suspended_at is None
        told = [sent.activity["object"] for sent in await list_sent(conn)]
    assert "Retirée" not in str(told[-1]) and sum("Retirée" in str(one) for one in told) == 1


async def test_the_second_waits_and_sees_what_the_first_one_did(pool: Pool) -> None:
    """The first one still holds the actor when the second one begins."""
    async with transaction(pool) as conn:
        alice = await make_member(conn)
        one, two = [await rule(conn, alice, "suspend") for _ in range(2)]

    async with transaction(pool) as conn:
        assert await sanctions.take_back(conn, HERE, one, by=None)

        async def take_back() -> None:
            async with transaction(pool) as other:
                await sanctions.take_back(other, HERE, two, by=None)

        second = asyncio.create_task(take_back())
        await eventually(lambda: pool.fetchval(WAITS))
    await second

    async with connection(pool) as conn:
        assert (await actors.get(conn, alice.id)).suspended_at is None


async def test_streams_pass_nothing_of_somebody_limited_on(conn: Connection, alice: Actor) -> None:
    streams = await make_streams(conn)
    await make_follow(conn, await make_remote_actor(conn, "carl", "stream.test"), streams["offres"])
    await rule(conn, alice, "limit")

    await publish_tent(conn, await actors.get(conn, alice.id))

    [create] = await list_sent(conn)
    assert (create.type, create.hosts) == ("Create", ["henin.test"])


async def test_somebody_elsewhere_is_hidden_left_alone_and_back_with_what_came_meanwhile(
    conn: Connection, alice: Actor
) -> None:
    bob = await make_remote_actor(conn, "leonie", "arras.test")
    await make_follow(conn, alice, bob)
    await make_follow(conn, bob, alice)
    listing = (await make_listing(conn, bob)).post
    decision = await rule(conn, bob, "suspend")

    assert not await posts.filter_visible(conn, [listing.id], alice.id)
    await publish_tent(conn, alice)
    assert (await list_sent(conn))[-1].hosts == ["henin.test"]
    await sanctions.take_back(conn, HERE, decision, by=None)
    assert await posts.filter_visible(conn, [listing.id], None)
    assert await fetch_value(conn, "SELECT state FROM backfill WHERE actor_id = $1", bob.id) == "waiting"
    assert all(sent.activity["actor"] == alice.uri for sent in await list_sent(conn)), "of others nothing is said"
