"""How much one person may keep at a time: the last is taken, the next one refused, until there is room again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from models.access import passkeys
from models.access.passkeys import NewPasskey
from models.errors import Conflict, Invalid
from models.people.actors import Actor
from models.posts import scheduled_posts
from models.relations import endorsements, featured_tags, followed_tags, lists, pins
from models.relations.blocking import filters
from models.store.database import Connection, execute
from tests.factories import make_follow, make_member, make_note, make_remote_actor

LATER = datetime(2027, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Shelf:
    """What is kept: how many, how all but one of them come there, and how one more is taken."""

    most: int
    fill: str
    take: Callable[[Connection, Actor, int], Awaitable[object]]
    empty: str


async def follow_tag(conn: Connection, alice: Actor, number: int) -> None:
    await followed_tags.save(conn, actor_id=alice.id, tag=f"last{number}", name="Last")


async def feature_tag(conn: Connection, alice: Actor, number: int) -> None:
    await featured_tags.save(conn, actor_id=alice.id, tag=f"last{number}", name="Last")


async def make_list(conn: Connection, alice: Actor, number: int) -> None:
    await lists.create(conn, alice.id, title=f"{number}", replies_policy="list", exclusive=False)


async def schedule(conn: Connection, alice: Actor, number: int) -> None:
    await scheduled_posts.create(conn, alice.id, LATER, {}, [], None)


async def add_passkey(conn: Connection, alice: Actor, number: int) -> None:
    key = NewPasskey(credential_id=f"last{number}".encode(), public_key=b"x", sign_count=0, name="Clé")
    await passkeys.save(conn, alice.id, key)


NUMBERED = "FROM generate_series(1, $2::integer) AS n"

SHELVES = {
    "followed tags": Shelf(
        100,
        f"INSERT INTO followed_tag (id, actor_id, tag, name) SELECT n, $1, 't' || n, 't' {NUMBERED}",
        follow_tag,
        "DELETE FROM followed_tag WHERE id = 1",
    ),
    "featured tags": Shelf(
        10,
        f"INSERT INTO featured_tag (id, actor_id, tag, name) SELECT n, $1, 't' || n, 't' {NUMBERED}",
        feature_tag,
        "DELETE FROM featured_tag WHERE id = 1",
    ),
    "lists": Shelf(
        50,
        f"INSERT INTO list (id, owner_id, title) SELECT n, $1, 't' || n {NUMBERED}",
        make_list,
        "DELETE FROM list WHERE id = 1",
    ),
    "scheduled statuses": Shelf(
        300,
        "INSERT INTO scheduled_status (id, actor_id, scheduled_at, wish)"
        f" SELECT n, $1, now() + n * interval '1 day', '{{}}' {NUMBERED}",
        schedule,
        "DELETE FROM scheduled_status WHERE id = 1",
    ),
    "statuses scheduled for one day": Shelf(
        25,
        "INSERT INTO scheduled_status (id, actor_id, scheduled_at, wish)"
        f" SELECT n, $1, '2027-03-01T08:00Z', '{{}}' {NUMBERED}",
        schedule,
        "DELETE FROM scheduled_status WHERE id = 1",
    ),
    "passkeys": Shelf(
        20,
        "INSERT INTO passkey (id, actor_id, credential_id, public_key, sign_count, name)"
        f" SELECT n, $1, int4send(n), 'x', 0, 'Clé' {NUMBERED}",
        add_passkey,
        "DELETE FROM passkey WHERE id = 1",
    ),
}


@pytest.mark.parametrize("shelf", SHELVES.values(), ids=SHELVES.keys())
async def test_the_last_is_kept_and_the_next_one_refused_until_there_is_room(conn: Connection, shelf: Shelf) -> None:
    alice = await make_member(conn, "alice")
    await execute(conn, shelf.fill, alice.id, shelf.most - 1)

    await shelf.take(conn, alice, 1)
    with pytest.raises((Invalid, Conflict)):
        await shelf.take(conn, alice, 2)

    await execute(conn, shelf.empty)
    await shelf.take(conn, alice, 3)


async def test_a_list_takes_so_many_people(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_MEMBERS", 2)
    alice = await make_member(conn, "alice")
    made = await lists.create(conn, alice.id, title="Amis", replies_policy="list", exclusive=False)
    people = [await make_remote_actor(conn, name) for name in ("bob", "carl", "dora")]
    for one in people:
        await make_follow(conn, alice, one)

    await lists.add(conn, made, [people[0].id])
    with pytest.raises(Invalid):
        await lists.add(conn, made, [one.id for one in people[1:]])
    await lists.add(conn, made, [people[1].id])
    with pytest.raises(Invalid):
        await lists.add(conn, made, [people[2].id])


async def test_so_many_people_are_recommended(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endorsements, "MOST", 2)
    alice = await make_member(conn, "alice")
    people = [await make_remote_actor(conn, name) for name in ("bob", "carl", "dora")]
    for one in people:
        await make_follow(conn, alice, one)

    for one in [*people[:2], people[1]]:
        await endorsements.save(conn, actor_id=alice.id, target_id=one.id)
    with pytest.raises(Invalid):
        await endorsements.save(conn, actor_id=alice.id, target_id=people[2].id)


async def test_so_many_posts_are_filtered(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "MOST_POSTS", 2)
    alice = await make_member(conn, "alice")
    notes = [await make_note(conn, alice) for _ in range(3)]
    await execute(
        conn,
        "INSERT INTO filter (id, actor_id, title, context, action) VALUES (1, $1, 'x', '{home}', 'hide')",
        alice.id,
    )

    for note in notes[:2]:
        await filters.add_post(conn, alice.id, 1, note.id)
    with pytest.raises(Invalid):
        await filters.add_post(conn, alice.id, 1, notes[2].id)


def test_the_numbers_are_these() -> None:
    assert (lists.MOST_LISTS, lists.MOST_MEMBERS, endorsements.MOST, pins.MOST) == (50, 500, 100, 5)
    assert (filters.MOST_FILTERS, filters.MOST_KEYWORDS, filters.MOST_POSTS) == (50, 300, 300)
