"""Who manages, moderates, invites and puts out; nobody takes more than was given."""

import pytest

from models.communities import decisions, members, memberships
from models.communities.charters import NewCharter
from models.communities.communities import CommunitySettings
from models.errors import Conflict, Forbidden, Invalid, Refusal
from models.people import actors
from models.store.database import Connection, execute
from outbox.communities.charters import publish_charter_version
from outbox.communities.founding import edit
from outbox.communities.invitations import accept_invitation, decline, invite
from outbox.communities.leaving import remove
from outbox.communities.roles import set_role, step_down
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.outbox.communities.sample_community import (
    come_in,
    found,
    list_told,
    make_copy,
    make_neighbour,
    put_in,
    renew,
    state_of,
    write_draft,
)
from tests.outbox.sent_activities import list_sent


async def role_of(conn: Connection, person: actors.Actor, community_id: int) -> str:
    held = await memberships.find(conn, community_id, person.id)
    assert held is not None
    return held.role


async def test_a_moderator_puts_out_members_and_nobody_else(conn: Connection) -> None:
    alice, mona, mia, anna = [await make_member(conn, name) for name in ("alice", "mona", "mia", "anna")]
    community = await found(conn, alice)
    await put_in(conn, anna, community)
    for one in (mona, mia):
        await put_in(conn, one, community, "moderator")

    await remove(conn, HERE, mona, community, anna, "Trois fois en retard.")
    for who, refusal, code in (
        (mona, Invalid, "removes_herself"),
        (alice, Forbidden, "manager_not_removed"),
        (mia, Forbidden, "manager_not_removed"),
        (anna, Invalid, "not_a_member"),
    ):
        with pytest.raises(refusal, match=code):
            await remove(conn, HERE, mona, community, who, "Non")

    assert [await state_of(conn, one, community) for one in (anna, mona, alice)] == ["removed", "member", "member"]
    [line] = await decisions.list_decisions(conn, community.actor_id, subject_id=anna.id)
    assert (line.kind, line.actor_name, line.reason) == ("removed", "Mona", "Trois fois en retard.")


async def test_roles_are_given_by_managers_and_given_back_by_who_has_them(conn: Connection) -> None:
    alice, mona, bob = await make_member(conn), await make_member(conn, "mona"), await make_neighbour(conn)
    community = await found(conn, alice)
    for one in (mona, bob):
        await put_in(conn, one, community)

    with pytest.raises(Forbidden, match="managers_only"):
        await set_role(conn, HERE, mona, community, mona, "manager")
    await set_role(conn, HERE, alice, community, mona, "moderator")
    with pytest.raises(Forbidden, match="managers_only"):
        await set_role(conn, HERE, mona, community, mona, "manager")
    with pytest.raises(Conflict, match="last_manager"):
        await step_down(conn, HERE, alice, community)
    await step_down(conn, HERE, alice, community, bob)
    with pytest.raises(Forbidden, match="managers_only"):
        await set_role(conn, HERE, alice, community, bob, "member")

    assert [await role_of(conn, one, community.actor_id) for one in (alice, mona, bob)] == [
        "member",
        "moderator",
        "manager",
    ]
    assert await list_told(conn, mona) == ["community_role"]
    [sent] = await list_sent(conn)
    assert (sent.type, sent.activity["target"], sent.hosts) == ("Add", f"{community.uri}/managers", ["henin.test"])


async def test_a_manager_lowers_no_other_manager(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    community = await found(conn, alice)
    await put_in(conn, anna, community, "manager")

    with pytest.raises(Forbidden, match="manager_not_lowered"):
        await set_role(conn, HERE, alice, community, anna, "member")


async def test_the_team_names_a_manager_where_nobody_manages(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    mona = await make_member(conn, "mona", roles=["moderator"])
    community = await found(conn, alice)
    await put_in(conn, anna, community)
    with pytest.raises(Forbidden):
        await set_role(conn, HERE, mona, community, anna, "manager")
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", alice.id)

    await set_role(conn, HERE, mona, community, anna, "manager")

    assert await members.list_manager_ids(conn, community.actor_id) == [anna.id]


async def test_who_is_invited_is_told_and_comes_in_or_not(conn: Connection) -> None:
    alice, anna, ines = [await make_member(conn, name) for name in ("alice", "anna", "ines")]
    community = await found(conn, alice, access="invitation", hidden=True)

    for one in (anna, ines):
        await invite(conn, HERE, alice, community, one)
    with pytest.raises(Conflict, match="charter_outdated"):
        await accept_invitation(conn, HERE, anna, await renew(conn, alice, community), 1)
    await accept_invitation(conn, HERE, anna, community, 2)
    await decline(conn, HERE, ines, community)

    assert [await state_of(conn, one, community) for one in (anna, ines)] == ["member", "declined"]
    assert await list_told(conn, ines) == ["community_invited"]
    with pytest.raises(Conflict, match="not_invited"):
        await accept_invitation(conn, HERE, ines, community, 2)


async def test_an_invitation_is_one_voice_of_several(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    community = await found(conn, alice, access="on_request", approvals_needed=2)

    await invite(conn, HERE, alice, community, anna)
    held = await accept_invitation(conn, HERE, anna, community, 1)

    assert held.state == "asked"
    [line] = await members.list_members(conn, community.actor_id, "asked")
    assert (line.approvals, line.name) == (1, "Anna")


async def test_nobody_is_invited_who_could_not_answer(conn: Connection) -> None:
    alice, masto = await make_member(conn), await make_remote_actor(conn, "masto", "social.test")
    community = await found(conn, alice)

    with pytest.raises(Invalid, match="invitation_not_understood_there"):
        await invite(conn, HERE, alice, community, masto)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"access": "open", "hidden": True}, "hidden_cannot_be_open"),
        ({"approvals_needed": 21}, "approvals_invalid"),
        ({"approvals_needed": -1}, "approvals_invalid"),
    ],
)
async def test_settings_that_do_not_go_together_are_refused(
    conn: Connection, changes: dict[str, object], code: str
) -> None:
    alice = await make_member(conn)

    with pytest.raises(Refusal, match=code):
        await found(conn, alice, **changes)


async def test_what_changes_goes_to_followers_and_members_elsewhere_once_each_server(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    community = await found(conn, alice)
    await put_in(conn, bob, community)
    await make_follow(
        conn, await make_remote_actor(conn, "masto", "social.test"), await actors.get(conn, community.actor_id)
    )

    await edit(conn, HERE, alice, community, write_draft(access="on_request", approvals_needed=3))

    [sent] = await list_sent(conn)
    assert (sent.type, sent.hosts) == ("Update", ["henin.test", "social.test"])
    assert (sent.activity["object"]["openness"], sent.activity["object"]["approvalsNeeded"]) == ("moderated", 3)
    with pytest.raises(Forbidden):
        await edit(conn, HERE, bob, community, write_draft())


async def test_a_copy_is_changed_at_its_home_alone(conn: Connection) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn)
    await put_in(conn, alice, copy, "manager")

    for change in (
        edit(conn, HERE, alice, copy, write_draft()),
        publish_charter_version(conn, HERE, alice, copy, NewCharter(version=2, text="Autre chose")),
    ):
        with pytest.raises(Forbidden, match="only_at_community_home"):
            await change


async def test_what_is_too_long_or_missing_is_refused(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    community = await found(conn, alice)
    await come_in(conn, anna, community)

    with pytest.raises(Invalid, match="community_field_missing"):
        await remove(conn, HERE, alice, community, anna, "  ")
    with pytest.raises(Invalid, match="community_field_too_long"):
        await remove(conn, HERE, alice, community, anna, "x" * 501)
    with pytest.raises(Invalid, match="charter_day_invalid"):
        await publish_charter_version(conn, HERE, alice, community, NewCharter(version=2, text="a", changes="b"))
    assert CommunitySettings(access="open").approvals_needed == 0


async def test_what_a_hidden_community_sends_is_for_its_members(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    community = await found(conn, alice, access="on_request", hidden=True)
    await put_in(conn, bob, community)

    await renew(conn, alice, community)

    [sent] = await list_sent(conn)
    assert (sent.type, sent.activity["to"], sent.activity["cc"]) == ("Update", [f"{community.uri}/members"], [])
    assert sent.activity["object"]["inbox"] == f"{HERE.url}/inbox"
    assert (sent.hosts, sent.activity["object"]["discoverable"]) == (["henin.test"], False)
