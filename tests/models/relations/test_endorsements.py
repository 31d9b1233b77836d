"""People whom a member shows on her profile."""

import pytest

from models.errors import Invalid
from models.relations import endorsements
from models.store.database import Connection, execute
from tests.factories import make_follow, make_member, make_remote_actor


async def test_a_hundred_people_may_be_shown_and_no_more(conn: Connection) -> None:
    alice = await make_member(conn)
    people = [await make_remote_actor(conn, f"bob{number}") for number in range(101)]
    for person in people:
        await make_follow(conn, alice, person)
    for person in people[:100]:
        await endorsements.save(conn, actor_id=alice.id, target_id=person.id)

    with pytest.raises(Invalid, match="too_many_endorsements"):
        await endorsements.save(conn, actor_id=alice.id, target_id=people[100].id)
    await endorsements.save(conn, actor_id=alice.id, target_id=people[0].id)

    shown = [one.target_id for one in await endorsements.list_endorsed(conn, alice.id, limit=101)]
    assert shown == [one.id for one in reversed(people[:100])]
    assert len(await endorsements.list_endorsed(conn, alice.id, limit=7)) == 7


@pytest.mark.parametrize("state", ["pending", "rejected"])
async def test_only_whom_she_follows_can_be_shown(conn: Connection, state: str) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, alice, bob, state=state)

    with pytest.raises(Invalid, match="endorsed_not_followed"):
        await endorsements.save(conn, actor_id=alice.id, target_id=bob.id)

    assert await endorsements.list_endorsed(conn, alice.id) == []


async def test_whom_she_follows_no_more_is_shown_no_more(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, alice, bob)
    await endorsements.save(conn, actor_id=alice.id, target_id=bob.id)
    before = len(await endorsements.list_endorsed(conn, alice.id))

    await execute(conn, "DELETE FROM follow")

    assert (before, await endorsements.list_endorsed(conn, alice.id)) == (1, [])
