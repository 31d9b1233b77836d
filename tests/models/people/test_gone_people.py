"""Somebody who is gone, or kept out, is found, shown and proposed by nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from models.errors import NotFound
from models.people import absences, actors, keys, member_directory
from models.people.actors import Actor, Profile
from models.relations import follow_suggestions, followers, follows
from models.servers import neighbour_cooperatives
from models.store.database import Connection, execute, fetch_value
from models.traffic import backfills, peer_traffic
from tests.factories import make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.models.marks import GONE, Column, mark_deleted, mark_gone

NOW = datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Alice, whom all follow; Hocine here and Bob elsewhere, who know each other; and a cooperative that is a friend.

    What is asked for is asked before and after all but Alice are gone.
    """

    alice: Actor
    hocine: Actor
    bob: Actor
    coop: Actor


Read = Callable[[Connection, Scene], Awaitable[object]]


@pytest.fixture
async def scene(conn: Connection) -> Scene:
    alice, hocine = await make_member(conn), await make_member(conn, "hocine", discoverable=True)
    bob = await make_remote_actor(conn, discoverable=True)
    coop = await make_remote_actor(conn, "coop", type="Organization")
    await execute(conn, "INSERT INTO server (host, level) VALUES ('henin.test', 'friend')")
    for follower, followed in ((hocine, alice), (bob, alice), (hocine, bob), (bob, hocine)):
        await make_follow(conn, follower, followed)
    return Scene(alice=alice, hocine=hocine, bob=bob, coop=coop)


async def list_directory(conn: Connection, at: Scene) -> list[int]:
    found = await member_directory.list_directory(conn, None, active=True, offset=0, limit=9)
    return [one.id for one in found if one.id != at.alice.id]


async def search(conn: Connection, at: Scene) -> list[str]:
    return [one.username for name in ("hocine", "bob") for one in await actors.search(conn, name, limit=9)]


BOTH: dict[str, Read] = {
    "the directory": list_directory,
    "friends": lambda conn, at: actors.list_friend_cooperatives(conn),
    "the name of a server": lambda conn, at: actors.list_cooperatives(conn, ["henin.test"]),
    "search": search,
    "cooperatives that were met": lambda conn, at: neighbour_cooperatives.list_known_cooperatives(conn),
    "neighbours": lambda conn, at: neighbour_cooperatives.list_neighbours(conn, None, None),
    "whom a post is for": lambda conn, at: follows.find_local_reader(conn, at.bob.uri, []),
    "whom we missed while we were away": lambda conn, at: backfills.list_missed(conn),
}

DELETED: dict[str, Read] = {
    "by their ids": lambda conn, at: actors.list_by_uris(conn, [at.bob.uri, at.hocine.uri]),
    "by the name of one of ours": lambda conn, at: actors.find_by_handle(conn, "Hocine", at.hocine.host),
    "by a name elsewhere": lambda conn, at: actors.find_by_handle(conn, "bob", at.bob.host),
    "followers of one origin": lambda conn, at: followers.list_at_origin(conn, at.alice.id, "https://henin.test"),
    "followers of ours": lambda conn, at: followers.list_ours(conn, at.bob.id),
    "whom a server is asked about": lambda conn, at: peer_traffic.find_known_actor(conn, "henin.test"),
}


async def take_away(conn: Connection, scene: Scene, column: Column) -> None:
    for actor in (scene.hocine, scene.bob, scene.coop):
        await mark_gone(conn, actor, column)


@pytest.mark.parametrize("column", GONE)
@pytest.mark.parametrize("read", BOTH.values(), ids=BOTH)
async def test_who_is_gone_or_kept_out_stands_nowhere(
    conn: Connection, scene: Scene, read: Read, column: Column
) -> None:
    before = await read(conn, scene)

    await take_away(conn, scene, column)

    assert before
    assert not await read(conn, scene)


@pytest.mark.parametrize("column", GONE)
async def test_nobody_is_proposed_who_is_gone_or_kept_out(conn: Connection, scene: Scene, column: Column) -> None:
    friend = await make_member(conn, "friend")
    await make_follow(conn, scene.alice, friend)
    for followed in (scene.hocine, scene.bob):
        await make_follow(conn, friend, followed)
    before = await follow_suggestions.list_suggestions(conn, scene.alice.id)

    await take_away(conn, scene, column)

    assert {one.actor_id for one in before} == {scene.hocine.id, scene.bob.id}
    assert await follow_suggestions.list_suggestions(conn, scene.alice.id) == []


@pytest.mark.parametrize("read", DELETED.values(), ids=DELETED)
async def test_who_is_gone_is_not_found(conn: Connection, scene: Scene, read: Read) -> None:
    before = await read(conn, scene)

    await take_away(conn, scene, "deleted_at")

    assert before
    assert not await read(conn, scene)


async def test_a_neighbour_shows_what_stands(conn: Connection, scene: Scene) -> None:
    listing = await make_listing(conn, scene.bob, territory_uri=scene.coop.uri)
    [before] = await neighbour_cooperatives.list_neighbours(conn, None, None)

    await mark_deleted(conn, listing.post)

    [after] = await neighbour_cooperatives.list_neighbours(conn, None, None)
    assert (before.listings, after.listings) == (1, 0)


async def test_who_is_gone_goes_nowhere_and_changes_nothing(conn: Connection) -> None:
    alice = await make_member(conn)
    await absences.set_away(conn, alice.id, NOW + timedelta(days=1))
    later = NOW + timedelta(days=2)
    assert await absences.list_back(conn, at=later, limit=9) == [alice.id]

    await mark_gone(conn, alice)

    assert await absences.list_back(conn, at=later, limit=9) == []
    with pytest.raises(NotFound):
        await absences.set_away(conn, alice.id, None)
    profile = Profile(name="A", summary="", locked=False, discoverable=True, fields=[])
    with pytest.raises(NotFound):
        await actors.save_profile(conn, alice.id, profile)


async def test_who_is_gone_keeps_the_day_when_the_name_goes_to_somebody_new(conn: Connection) -> None:
    gone = await make_remote_actor(conn)
    await execute(conn, "UPDATE actor SET deleted_at = now() - interval '9 days' WHERE id = $1", gone.id)

    new = await make_remote_actor(conn, uri="https://henin.test/users/2")

    assert await fetch_value(conn, "SELECT deleted_at < now() FROM actor WHERE id = $1", gone.id)
    assert new.deleted_at is None


async def test_only_who_is_here_has_keys_to_be_renewed(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    for member in (alice, bob):
        await execute(
            conn,
            "INSERT INTO private_key (actor_id, uri, algorithm, pem) VALUES ($1, $2, 'rsa', '')",
            member.id,
            f"{member.uri}#main-key",
        )

    await mark_gone(conn, bob)

    assert await keys.list_owners(conn) == [alice.id]


async def test_tombstones_outlive_their_author_and_are_told_once(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    note, gone = await make_note(conn, bob), await make_note(conn, bob)
    await mark_deleted(conn, gone)

    await actors.delete(conn, bob.id)

    assert await fetch_value(conn, "SELECT array_agg(id) FROM post WHERE author_id = $1", bob.id) == [gone.id]
    told = await fetch_value(conn, "SELECT array_agg(object_id) FROM stream_event WHERE kind = 'delete'")
    assert told == [note.id]
