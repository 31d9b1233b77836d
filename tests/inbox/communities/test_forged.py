"""Forged, repeated and crossing messages about who is in a community: nobody gets in, or pays, by them."""

from typing import Any

import pytest

from models.communities import charters, members, memberships
from models.communities.charters import NewCharter
from models.communities.memberships import Change
from models.people import actors
from models.store.database import Connection, execute
from outbox.communities.approvals import approve
from outbox.communities.invitations import accept_invitation, decline, invite
from outbox.communities.joining import JoinRequest, join
from outbox.communities.leaving import leave
from outbox.communities.roles import set_role
from tests.factories import HERE, make_member
from tests.inbox.communities.test_communities import receive
from tests.outbox.communities.sample_community import (
    CHARTER,
    come_in,
    found,
    list_told,
    make_copy,
    make_neighbour,
    put_in,
    state_of,
)
from tests.outbox.sent_activities import list_sent


@pytest.mark.parametrize("before", [None, "left", "removed", "declined"])
async def test_a_home_makes_nobody_of_ours_ask(conn: Connection, before: Any) -> None:
    alice, zoe = await make_member(conn), await make_member(conn, "zoe")
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await put_in(conn, zoe, copy, "manager")
    if before is not None:
        await memberships.save(conn, copy.actor_id, alice.id, Change(state=before))

    asked = await receive(conn, group, "Add", alice.uri, target=f"{group.uri}/requests")
    added = await receive(conn, group, "Add", alice.uri, target=f"{group.uri}/members")

    assert (asked, added) == ("membership_not_asked", "membership_not_asked")
    assert await state_of(conn, alice, copy) == before
    assert await list_told(conn, alice) == []


async def test_a_manager_here_learns_that_somebody_of_the_same_server_asks(conn: Connection) -> None:
    alice, zoe = await make_member(conn), await make_member(conn, "zoe")
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await put_in(conn, zoe, copy, "manager")
    await come_in(conn, alice, copy)

    assert await receive(conn, group, "Add", alice.uri, target=f"{group.uri}/requests") is None

    assert await list_told(conn, zoe) == ["community_asked"]
    assert await state_of(conn, alice, copy) == "asked"


async def test_requests_are_kept_only_where_somebody_decides_about_them(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await put_in(conn, alice, copy)

    assert await receive(conn, group, "Add", bob.uri, target=f"{group.uri}/requests") == "membership_not_allowed"

    assert await state_of(conn, bob, copy) is None


async def test_who_was_put_out_does_not_come_in_by_asking_and_leaving(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    community = await found(conn, alice)
    await put_in(conn, bob, community)
    members_uri = f"{community.uri}/members"
    carl = await make_neighbour(conn, "carl")
    await put_in(conn, carl, community, "moderator")
    assert await receive(conn, carl, "Remove", bob.uri, target=members_uri, content="Assez.") is None

    for _ in range(2):
        assert await receive(conn, bob, "Join", community.uri, charterVersion=1) is None
        assert await state_of(conn, bob, community) == "asked"
        assert await receive(conn, bob, "Leave", community.uri) is None
    await receive(conn, bob, "Join", community.uri, charterVersion=1)
    assert await state_of(conn, bob, community) == "asked"
    await approve(conn, HERE, alice, community, bob)
    await receive(conn, bob, "Leave", community.uri)
    await receive(conn, bob, "Join", community.uri, charterVersion=1)

    assert await state_of(conn, bob, community) == "member", "a manager said yes since"


@pytest.mark.parametrize("way", ["embedded", "named"])
async def test_a_home_says_for_nobody_to_which_charter_she_said_yes(conn: Connection, way: str) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await come_in(conn, alice, copy)
    [sent] = await list_sent(conn)
    object = sent.activity["id"] if way == "named" else sent.activity | {"charterVersion": 9}

    assert await receive(conn, group, "Accept", object) is None

    held = await memberships.find(conn, copy.actor_id, alice.id)
    assert held is not None and (held.state, held.accepted_version) == ("member", 1)


@pytest.mark.parametrize("way", ["embedded", "named"])
async def test_a_yes_to_a_new_charter_counts_as_what_it_was_said_to(conn: Connection, way: str) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await put_in(conn, alice, copy)
    await charters.save_remote(conn, copy.actor_id, NewCharter(version=2, text=CHARTER + "\n3."))
    await come_in(conn, alice, copy)
    [sent] = await list_sent(conn)
    await charters.save_remote(conn, copy.actor_id, NewCharter(version=3, text=CHARTER + "\n4."))

    answered = sent.activity["id"] if way == "named" else sent.activity | {"charterVersion": 3}
    assert await receive(conn, group, "Accept", answered) is None

    held = await memberships.find(conn, copy.actor_id, alice.id)
    assert held is not None and (held.accepted_version, held.awaited) == (2, None)


async def test_an_invited_person_is_in_by_the_version_that_she_read(conn: Connection) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn, access="invitation")
    group = await actors.get(conn, copy.actor_id)
    await receive(conn, group, "Invite", copy.uri, target=alice.uri)
    await accept_invitation(conn, HERE, alice, copy, 1)
    await charters.save_remote(conn, copy.actor_id, NewCharter(version=2, text=CHARTER + "\n3."))

    assert await receive(conn, group, "Add", alice.uri, target=f"{group.uri}/members") is None

    held = await memberships.find(conn, copy.actor_id, alice.id)
    assert held is not None and (held.state, held.accepted_version) == ("member", 1)


async def test_an_invitation_that_crosses_a_request_does_not_lose_its_answer(conn: Connection) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await come_in(conn, alice, copy)
    [sent] = await list_sent(conn)

    assert await receive(conn, group, "Invite", copy.uri, target=alice.uri) == "membership_not_allowed"
    assert await receive(conn, group, "Accept", sent.activity) is None

    assert await state_of(conn, alice, copy) == "member"


async def test_an_invitation_is_told_once_and_not_again_after_a_no(conn: Connection) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn, access="invitation")
    group = await actors.get(conn, copy.actor_id)

    for _ in range(2):
        assert await receive(conn, group, "Invite", copy.uri, target=alice.uri) is None
        assert await list_told(conn, alice) == ["community_invited"]
        await execute(conn, "DELETE FROM notification")
        assert await receive(conn, group, "Invite", copy.uri, target=alice.uri) is None
        assert await list_told(conn, alice) == [], "she knows"
        await decline(conn, HERE, alice, copy)
        assert await receive(conn, group, "Invite", copy.uri, target=alice.uri) == "membership_not_allowed"
        assert await state_of(conn, alice, copy) == "declined"
        await execute(conn, "UPDATE membership SET since = since - interval '2 days'")


async def test_no_home_invites_in_the_name_of_somebody_of_ours(conn: Connection) -> None:
    alice, zoe = await make_member(conn), await make_member(conn, "zoe")
    copy = await make_copy(conn, access="invitation")
    group = await actors.get(conn, copy.actor_id)

    await receive(conn, group, "Invite", copy.uri, target=alice.uri, attributedTo=zoe.uri)

    held = await memberships.find(conn, copy.actor_id, alice.id)
    assert held is not None and held.invited_by == group.id


async def test_streams_and_guests_are_invited_nowhere(conn: Connection) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn, access="invitation")
    group, ours = await actors.get(conn, copy.actor_id), await found(conn, alice)

    assert await receive(conn, group, "Invite", copy.uri, target=ours.uri) == "asks_nobody"


async def test_what_is_told_twice_is_no_news(conn: Connection) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await come_in(conn, alice, copy)
    target = f"{group.uri}/members"

    assert await receive(conn, group, "Add", alice.uri, target=target) is None
    await execute(conn, "DELETE FROM notification")
    assert await receive(conn, group, "Add", alice.uri, target=target) == "membership_not_allowed"

    assert await list_told(conn, alice) == []


async def test_members_are_told_of_a_charter_once_whatever_else_changes(conn: Connection) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await put_in(conn, alice, copy)

    for version in (2, 3):
        await charters.save_remote(conn, copy.actor_id, NewCharter(version=version, text=f"{CHARTER}\n{version}."))
        await receive(conn, group, "Update", group.uri)
        assert await list_told(conn, alice) == ["community_charter"]
        await execute(conn, "DELETE FROM notification")
        await receive(conn, group, "Update", group.uri)
        assert await list_told(conn, alice) == []


async def test_a_role_is_taken_by_the_circle_that_it_is_of(conn: Connection) -> None:
    alice, bob, carl = await make_member(conn), await make_neighbour(conn), await make_neighbour(conn, "carl")
    community = await found(conn, alice)
    await put_in(conn, bob, community, "manager")
    await put_in(conn, carl, community, "moderator")

    gone = await receive(conn, bob, "Remove", carl.uri, target=f"{community.uri}/managers")
    assert gone == "membership_not_allowed"

    held = await memberships.find(conn, community.actor_id, carl.id)
    assert held is not None and held.role == "moderator"
    assert await receive(conn, bob, "Remove", carl.uri, target=f"{community.uri}/moderators") is None


async def test_a_former_manager_and_one_whose_time_is_over_decide_nothing(conn: Connection) -> None:
    alice, anna, bob, carl = (
        await make_member(conn),
        await make_member(conn, "anna"),
        await make_neighbour(conn),
        await make_neighbour(conn, "carl"),
    )
    community = await found(conn, alice, access="on_request")
    for one in (bob, carl):
        await put_in(conn, one, community, "manager")
    await come_in(conn, anna, community)
    await set_role(conn, HERE, bob, community, bob, "member")
    await execute(conn, "UPDATE membership SET expires_at = now() - interval '1 minute' WHERE actor_id = $1", carl.id)

    for one in (bob, carl):
        for type, circle in (("Add", "members"), ("Remove", "requests"), ("Add", "managers")):
            refused = await receive(conn, one, type, anna.uri, target=f"{community.uri}/{circle}", content="Non")
            assert refused == "membership_not_allowed", (one.username, type, circle)

    assert await state_of(conn, anna, community) == "asked"
    assert await members.list_manager_ids(conn, community.actor_id) == [alice.id]


async def test_leaving_counts_while_the_team_has_set_the_community_aside(conn: Connection) -> None:
    alice, anna, bob = await make_member(conn), await make_member(conn, "anna"), await make_neighbour(conn)
    community = await found(conn, alice)
    for one in (anna, bob):
        await put_in(conn, one, community)
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", community.actor_id)

    assert await receive(conn, bob, "Leave", community.uri) is None
    await leave(conn, HERE, anna, community)

    assert [await state_of(conn, one, community) for one in (anna, bob)] == ["left", "left"]


async def test_an_invitation_after_a_no_waits_a_day(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    community = await found(conn, alice, access="invitation")
    await invite(conn, HERE, alice, community, anna)
    await decline(conn, HERE, anna, community)

    with pytest.raises(Exception, match="invitation_declined_lately"):
        await invite(conn, HERE, alice, community, anna)

    await execute(conn, "UPDATE membership SET since = since - interval '2 days' WHERE actor_id = $1", anna.id)
    assert (await invite(conn, HERE, alice, community, anna)).state == "invited"
    assert (await join(conn, HERE, anna, community, JoinRequest(version=1))).state == "member"
