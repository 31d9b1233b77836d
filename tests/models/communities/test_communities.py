"""Charters that go upwards only, who gets what stays inside, and to whom a hidden community is missing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.communities import charters, communities, insiders, members, memberships
from models.communities.charters import NewCharter
from models.communities.communities import Community, CommunitySettings
from models.communities.memberships import Change
from models.errors import Conflict
from models.people import account_moves, actors
from models.people.actors import Actor
from models.servers import private_hosts
from models.store.database import Connection
from tests.factories import make_local_actor, make_member, make_remote_actor


async def make_community(conn: Connection, group: Actor, **changes: Any) -> Community:
    """This Group as a community with a first charter."""
    settings = CommunitySettings(**({"access": "on_request"} | changes))
    if group.local:
        await communities.create(conn, group.id, settings)
        await charters.publish(conn, group.id, NewCharter(version=1, text="On rend ce qu’on emprunte."))
    else:
        await communities.save_remote(conn, group.id, settings)
        await charters.save_remote(conn, group.id, NewCharter(version=3, text="La troisième."))
    found = await communities.find(conn, group.id)
    assert found is not None
    return found


async def test_a_version_is_the_next_one_or_none(conn: Connection) -> None:
    group = await make_local_actor(conn, "remorques", type="Group")
    await make_community(conn, group)

    for version in (1, 3):
        with pytest.raises(Conflict, match="charter_published_meanwhile"):
            await charters.publish(conn, group.id, NewCharter(version=version, text="Autre"))
    await charters.publish(conn, group.id, NewCharter(version=2, text="Autre"))

    assert [one.version for one in await charters.list_versions(conn, group.id)] == [2, 1]


async def test_versions_of_a_copy_go_upwards_and_are_never_changed(conn: Connection) -> None:
    group = await make_remote_actor(conn, "velos", type="Group")
    await make_community(conn, group)

    taken = [
        await charters.save_remote(conn, group.id, NewCharter(version=version, text=f"Autre {version}"))
        for version in (2, 3, 5, 4)
    ]

    assert taken == [False, False, True, False]
    assert [one.text for one in await charters.list_versions(conn, group.id)] == ["Autre 5", "La troisième."]


async def test_nothing_that_others_tell_changes_one_of_ours(conn: Connection) -> None:
    group = await make_local_actor(conn, "remorques", type="Group")
    await make_community(conn, group)

    await communities.save_remote(conn, group.id, CommunitySettings(access="open"))

    assert not await charters.save_remote(conn, group.id, NewCharter(version=9, text="Autre"))
    found = await communities.find(conn, group.id)
    assert found is not None
    assert (found.access, found.version) == ("on_request", 1)


async def test_what_stays_inside_goes_to_members_whose_servers_keep_it(conn: Connection) -> None:
    community = await make_community(conn, await make_local_actor(conn, "remorques", type="Group"))
    people = {name: await make_remote_actor(conn, name, f"{name}.test") for name in ("bob", "masto", "leaky", "asks")}
    await private_hosts.withhold(conn, "leaky.test")

    for name, person in people.items():
        change = Change(state="asked" if name == "asks" else "member", public_only=name == "masto")
        await memberships.save(conn, community.actor_id, person.id, change)

    assert await members.list_inside_ids(conn, community.actor_id) == [people["bob"].id]
    inside = [name for name, one in people.items() if await insiders.filter_inside(conn, community.actor_id, [one.id])]
    assert inside == ["bob", "leaky"]
    await actors.delete(conn, people["bob"].id)
    assert await memberships.find(conn, community.actor_id, people["bob"].id) is None


async def test_a_hidden_community_is_known_to_servers_of_its_people(conn: Connection) -> None:
    community = await make_community(conn, await make_local_actor(conn, "remorques", type="Group"), hidden=True)
    bob = await make_remote_actor(conn)
    await memberships.save(conn, community.actor_id, bob.id, Change(state="invited"))

    assert not await communities.is_hidden_from(conn, community.actor_id, "henin.test")
    assert await communities.is_hidden_from(conn, community.actor_id, "arras.test")
    await memberships.save(conn, community.actor_id, bob.id, Change(state="declined"))
    assert await communities.is_hidden_from(conn, community.actor_id, "henin.test")
    assert await actors.filter_published(conn, [community.actor_id, bob.id]) == [bob.id]
    old = await make_remote_actor(conn, "velos", "arras.test", type="Group")
    await account_moves.save_aliases(conn, community.actor_id, [old.uri])
    assert not await communities.is_hidden_from(conn, community.actor_id, "arras.test"), "it lived there, and moves"


async def test_who_did_not_say_yes_goes_on_until_the_day(conn: Connection) -> None:
    alice = await make_member(conn)
    community = await make_community(conn, await make_local_actor(conn, "remorques", type="Group"))
    held = await memberships.save(conn, community.actor_id, alice.id, Change(state="member", accepted_version=1))
    now = datetime.now(UTC)
    await charters.publish(
        conn, community.actor_id, NewCharter(version=2, text="Autre", due_at=now + timedelta(days=9))
    )
    charter = await charters.find_current(conn, community.actor_id)

    assert memberships.may_take_part(held, charter, now)
    assert not memberships.may_take_part(held, charter, now + timedelta(days=10))
    again = await memberships.save(conn, community.actor_id, alice.id, Change(state="member", accepted_version=2))
    assert memberships.may_take_part(again, charter, now + timedelta(days=10))
    earlier = await memberships.save(conn, community.actor_id, alice.id, Change(state="member", accepted_version=1))
    assert earlier.accepted_version == 2


async def test_whoever_leaves_loses_role_and_place_in_the_directory(conn: Connection) -> None:
    alice = await make_member(conn)
    community = await make_community(conn, await make_local_actor(conn, "remorques", type="Group"))
    held = await memberships.save(conn, community.actor_id, alice.id, Change(state="member", role="manager"))
    await memberships.save_shown(conn, held.id, True)
    assert [one.name for one in await members.list_shown(conn, community.actor_id)] == ["Alice"]

    left = await memberships.save(conn, community.actor_id, alice.id, Change(state="left"))
    back = await memberships.save(conn, community.actor_id, alice.id, Change(state="member"))

    assert (left.role, left.shown, back.role, back.manages) == ("member", False, "member", False)


async def test_lists_go_on_where_they_ended(conn: Connection) -> None:
    anna = await make_member(conn, "anna")
    groups = [
        await make_community(conn, await make_local_actor(conn, name, type="Group"), hidden=name == "b")
        for name in ("a", "b", "c")
    ]

    first = await communities.list_known(conn, anna.id, limit=1)
    rest = await communities.list_known(conn, anna.id, before=first[-1].actor_id)

    assert [one.username for one in (*first, *rest)] == ["c", "a"]
    await memberships.save(conn, groups[1].actor_id, anna.id, Change(state="invited"))
    assert [one.username for one in await communities.list_own(conn, anna.id)] == ["b"]
    assert [one.username for one in await communities.list_known(conn, anna.id)] == ["c", "b", "a"]
    assert [one.username for one in await communities.list_known(conn, None)] == ["c", "a"]
