"""A member comes from elsewhere, or leaves: aliases, and the Move (AX18, AC7)."""

import json
from pathlib import Path
from typing import Any

import pytest

from federation.discovery.fetches import get_actor
from federation.errors import ResolveFailed
from federation.instance import Instance
from models.errors import Conflict, Invalid
from models.listings.listings import ListingDraft
from models.people import actors
from models.people.actors import Actor
from models.relations import follows
from models.relations.blocking import blocks
from models.servers import trust_levels
from models.settings import Settings
from models.store.database import Pool, connection, transaction
from outbox.listings import listings
from outbox.people import account_moves
from outbox.people.profiles import describe_actor
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.fediverse import FakeFediverse, Person


@pytest.fixture
def fediverse() -> FakeFediverse:
    """Everybody else."""
    return FakeFediverse()


@pytest.fixture
def instance(pool: Pool, fediverse: FakeFediverse, tmp_path: Path) -> Instance:
    """Our server."""
    settings = Settings(url=HERE.url, data=tmp_path)
    return Instance(site=HERE, settings=settings, pool=pool, transport=fediverse)


@pytest.fixture
async def alice(pool: Pool) -> Actor:
    """Alice, whom Bob follows from henin.test."""
    async with transaction(pool) as conn:
        alice = await make_member(conn)
        await make_follow(conn, await make_remote_actor(conn), alice)
    return alice


def _new_home(fediverse: FakeFediverse, alice: Actor, **changes: Any) -> Person:
    """Where Alice goes, which says so unless `changes` say otherwise."""
    known: dict[str, Any] = {"alsoKnownAs": [alice.uri]} | changes
    return fediverse.add_person("alice", "arras.test", **known)


async def _sent(pool: Pool) -> list[dict[str, Any]]:
    return [json.loads(row["body"]) for row in await pool.fetch("SELECT body FROM activity ORDER BY id")]


async def _move(instance: Instance, alice: Actor, target: Actor) -> Actor:
    async with transaction(instance.pool) as conn:
        await account_moves.move(conn, HERE, alice, target)
    async with connection(instance.pool) as conn:
        return await actors.get(conn, alice.id)


async def test_ax18_who_leaves_tells_her_followers_and_says_so(
    instance: Instance, fediverse: FakeFediverse, alice: Actor
) -> None:
    new = _new_home(fediverse, alice)
    target = await account_moves.find_target(instance, alice, "@alice@arras.test")

    left = await _move(instance, alice, target)

    move, update = await _sent(instance.pool)
    assert (move["type"], move["actor"], move["object"], move["target"]) == ("Move", alice.uri, alice.uri, new.uri)
    assert move["to"] == [alice.followers_uri]
    assert (update["type"], update["object"]["movedTo"]) == ("Update", new.uri)
    assert left.moved_to == new.uri
    assert await instance.pool.fetchval("SELECT count(*) FROM delivery WHERE host = 'henin.test'") == 2


async def test_ac07_the_document_shows_where_she_went(
    instance: Instance, fediverse: FakeFediverse, alice: Actor
) -> None:
    new = _new_home(fediverse, alice)

    left = await _move(instance, alice, await account_moves.find_target(instance, alice, new.uri))

    async with connection(instance.pool) as conn:
        assert (await describe_actor(conn, HERE, alice)).moved_to is None
        assert (await describe_actor(conn, HERE, left)).moved_to == new.uri


@pytest.mark.parametrize(
    "changes",
    [
        {"alsoKnownAs": []},
        {"alsoKnownAs": ["https://lomme.test/users/anna"]},
        {"movedTo": "https://lens.test/users/alice"},
        {"type": "Application"},
    ],
)
async def test_ax18_nobody_leaves_for_an_account_that_is_not_ready(
    instance: Instance, fediverse: FakeFediverse, alice: Actor, changes: dict[str, Any]
) -> None:
    new = _new_home(fediverse, alice, **changes)

    with pytest.raises(Invalid):
        await account_moves.find_target(instance, alice, new.uri)


async def test_ax18_what_the_new_server_says_now_counts_and_not_what_we_knew(
    instance: Instance, fediverse: FakeFediverse, alice: Actor
) -> None:
    new = _new_home(fediverse, alice, alsoKnownAs=[])
    with pytest.raises(Invalid):
        await account_moves.find_target(instance, alice, new.uri)
    fediverse.documents[new.uri] = new.document | {"alsoKnownAs": [alice.uri]}

    assert (await account_moves.find_target(instance, alice, new.uri)).uri == new.uri


async def test_ax18_a_server_that_did_not_answer_a_moment_ago_is_asked_again(
    instance: Instance, fediverse: FakeFediverse, alice: Actor, pool: Pool
) -> None:
    new = _new_home(fediverse, alice)
    await get_actor(instance, new.uri)
    await pool.execute(
        "INSERT INTO failed_fetch (uri, error, retry, until) VALUES ($1, 'TIMED_OUT', true, now() + interval '1 hour')",
        new.uri,
    )

    assert (await account_moves.find_target(instance, alice, new.uri)).uri == new.uri


async def test_ax18_nobody_leaves_for_herself_or_for_nobody(instance: Instance, alice: Actor) -> None:
    with pytest.raises(Invalid):
        await account_moves.find_target(instance, alice, alice.uri)
    with pytest.raises(ResolveFailed):
        await account_moves.find_target(instance, alice, "@nobody@arras.test")


async def test_ax18_nobody_leaves_for_a_server_set_aside(
    instance: Instance, fediverse: FakeFediverse, alice: Actor
) -> None:
    new = _new_home(fediverse, alice)
    await account_moves.find_target(instance, alice, new.uri)
    async with transaction(instance.pool) as conn:
        await trust_levels.save_level(conn, "arras.test", "aside")

    with pytest.raises(Invalid):
        await account_moves.find_target(instance, alice, new.uri)


async def test_ax18_nobody_leaves_twice_within_a_week(
    instance: Instance, fediverse: FakeFediverse, alice: Actor
) -> None:
    target = await account_moves.find_target(instance, alice, _new_home(fediverse, alice).uri)
    left = await _move(instance, alice, target)

    with pytest.raises(Conflict):
        await _move(instance, left, target)
    await instance.pool.execute("UPDATE actor SET moved_at = now() - interval '8 days'")
    await _move(instance, left, target)


async def test_ax18_an_account_that_left_is_quiet(instance: Instance, fediverse: FakeFediverse, alice: Actor) -> None:
    left = await _move(
        instance, alice, await account_moves.find_target(instance, alice, _new_home(fediverse, alice).uri)
    )

    with pytest.raises(Invalid):
        async with transaction(instance.pool) as conn:
            await notes.publish(conn, HERE, left, NoteDraft(text="Bonjour", audience="network"))
    with pytest.raises(Invalid):
        async with transaction(instance.pool) as conn:
            await listings.publish(conn, HERE, left, ListingDraft(kind="offer", mode="gift", title="Tente"))


async def test_ax18_our_people_follow_along_and_are_told_but_nobody_kept_apart(
    instance: Instance, fediverse: FakeFediverse, alice: Actor
) -> None:
    new = _new_home(fediverse, alice)
    target = await account_moves.find_target(instance, alice, new.uri)
    async with transaction(instance.pool) as conn:
        anna, paul = await make_member(conn, "anna"), await make_member(conn, "paul")
        for one in (anna, paul):
            await make_follow(conn, one, alice)
        await blocks.save(conn, uri="https://lomme.test/b/1", actor_id=paul.id, target_id=target.id)

    await _move(instance, alice, target)

    async with connection(instance.pool) as conn:
        assert [one.followed_id for one in await follows.list_asked(conn, anna.id)] == [target.id]
        assert await follows.list_asked(conn, paul.id) == []
    told = await instance.pool.fetch("SELECT recipient_id, type, actor_id FROM notification")
    assert [tuple(row) for row in told] == [(anna.id, "move", target.id)]


async def test_ax18_who_comes_back_speaks_again(instance: Instance, fediverse: FakeFediverse, alice: Actor) -> None:
    left = await _move(
        instance, alice, await account_moves.find_target(instance, alice, _new_home(fediverse, alice).uri)
    )

    async with transaction(instance.pool) as conn:
        await account_moves.undo_move(conn, HERE, left)

    async with transaction(instance.pool) as conn:
        back = await actors.get(conn, alice.id)
        await notes.publish(conn, HERE, back, NoteDraft(text="Me revoilà", audience="network"))
    assert back.moved_to is None
    assert "movedTo" not in (await _sent(instance.pool))[2]["object"]


async def test_ac07_aliases_are_shown_and_taken_back(instance: Instance, alice: Actor, pool: Pool) -> None:
    async with transaction(pool) as conn:
        other = await make_remote_actor(conn, "alice", "arras.test")
        await account_moves.add_alias(conn, HERE, alice, other)
    async with transaction(pool) as conn:
        known = await actors.get(conn, alice.id)
        await account_moves.add_alias(conn, HERE, known, other)
        await account_moves.remove_alias(conn, HERE, known, other.uri)

    first, second = await _sent(pool)
    assert first["object"]["alsoKnownAs"] == [other.uri]
    assert not second["object"].get("alsoKnownAs")


async def test_ac07_nobody_is_her_own_alias_and_ten_are_enough(instance: Instance, alice: Actor, pool: Pool) -> None:
    async with transaction(pool) as conn:
        with pytest.raises(Invalid):
            await account_moves.add_alias(conn, HERE, alice, alice)
        for number in range(11):
            other = await make_remote_actor(conn, f"a{number}", "arras.test")
            me = await actors.get(conn, alice.id)
            if number < 10:
                await account_moves.add_alias(conn, HERE, me, other)
            else:
                with pytest.raises(Invalid):
                    await account_moves.add_alias(conn, HERE, me, other)
