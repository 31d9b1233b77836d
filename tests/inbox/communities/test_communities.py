"""Communities across servers: who elsewhere may do what in one of ours, and what a home may say of our people."""

import json
from typing import Any

import pytest

from inbox.errors import Ignored
from inbox.processing.dispatch import apply
from models.communities import members, memberships
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, execute, fetch_value
from outbox.communities.approvals import approve
from outbox.communities.invitations import accept_invitation, decline, invite
from outbox.communities.leaving import leave
from tests.factories import HERE, make_member, make_remote_actor
from tests.inbox.handlers.activities import by
from tests.outbox.communities.sample_community import (
    come_in,
    found,
    list_told,
    make_copy,
    make_neighbour,
    put_in,
    renew,
    state_of,
)
from tests.outbox.sent_activities import list_sent


async def receive(conn: Connection, sender: Actor, type: str, object: Any, **changes: Any) -> str | None:
    """What somebody elsewhere sent takes effect; why not, if it does not."""
    try:
        await apply(conn, HERE, sender, by(sender, type, object, **changes))
    except Ignored as ignored:
        return str(ignored)
    return None


async def test_a_join_is_answered_by_accept_and_again(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    community = await found(conn, alice)

    for _ in range(2):
        assert await receive(conn, bob, "Join", community.uri, charterVersion=1) is None

    assert await state_of(conn, bob, community) == "member"
    assert [(one.type, one.activity["object"]["charterVersion"]) for one in await list_sent(conn)] == [
        ("Accept", 1),
        ("Accept", 1),
    ]
    assert await list_told(conn, alice) == []


@pytest.mark.parametrize("version", [None, 1, 7])
async def test_a_join_by_another_version_is_answered_with_the_reason(conn: Connection, version: int | None) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    community = await renew(conn, alice, await found(conn, alice))

    assert await receive(conn, bob, "Join", community.uri, charterVersion=version) is None

    [sent] = [one for one in await list_sent(conn) if one.type == "Reject"]
    assert sent.hosts == ["henin.test"]
    assert "charte" in sent.activity["content"]
    assert await state_of(conn, bob, community) is None


async def test_a_hidden_community_answers_a_join_like_a_missing_one(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    community = await found(conn, alice, access="invitation", hidden=True)

    hidden = await receive(conn, bob, "Join", community.uri, charterVersion=1)
    missing = await receive(conn, bob, "Join", f"{HERE.url}/users/nobody", charterVersion=1)
    person = await receive(conn, bob, "Join", alice.uri, charterVersion=1)

    assert hidden == missing == person == "joins_nobody"
    assert await list_sent(conn) == []


async def test_who_is_blocked_or_suspended_is_not_let_in(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    community = await found(conn, alice)
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", bob.id)

    await receive(conn, await actors.get(conn, bob.id), "Join", community.uri, charterVersion=1)

    assert [one.type for one in await list_sent(conn)] == ["Reject"]
    assert await state_of(conn, bob, community) is None


FORGED = [
    ("Add", "members"),
    ("Add", "managers"),
    ("Add", "requests"),
    ("Remove", "members"),
    ("Remove", "requests"),
    ("Remove", "managers"),
]


@pytest.mark.parametrize(("type", "circle"), FORGED)
@pytest.mark.parametrize("who", ["stranger", "member", "moderator"])
async def test_nobody_decides_in_a_community_of_ours_who_may_not(
    conn: Connection, type: str, circle: str, who: str
) -> None:
    alice, anna, bob = await make_member(conn), await make_member(conn, "anna"), await make_neighbour(conn)
    community = await found(conn, alice, access="on_request")
    if who != "stranger":
        await put_in(conn, bob, community, who)
    if circle in ("members", "requests") and type == "Add":
        await come_in(conn, anna, community)
    object, before = (alice.uri, "member") if type == "Remove" else (anna.uri, await state_of(conn, anna, community))

    refused = await receive(conn, bob, type, object, target=f"{community.uri}/{circle}")

    assert refused == "membership_not_allowed"
    assert await state_of(conn, alice if type == "Remove" else anna, community) == before
    assert await members.list_manager_ids(conn, community.actor_id) == [alice.id]


async def test_a_manager_elsewhere_decides_by_the_verbs_of_the_home(conn: Connection) -> None:
    alice, anna, bob = await make_member(conn), await make_member(conn, "anna"), await make_neighbour(conn)
    carl = await make_neighbour(conn, "carl")
    community = await found(conn, alice, access="on_request")
    await put_in(conn, bob, community, "manager")
    await come_in(conn, anna, community)
    [asked] = await list_sent(conn)
    assert (asked.type, asked.activity["object"], asked.activity["to"]) == ("Add", anna.uri, [bob.uri])
    assert asked.activity["target"] == f"{community.uri}/requests"

    members = f"{community.uri}/members"
    assert await receive(conn, bob, "Add", anna.uri, target=members) is None
    assert await receive(conn, bob, "Add", anna.uri, target=f"{community.uri}/moderators") is None
    assert await receive(conn, bob, "Invite", community.uri, target=carl.uri) is None
    held = await memberships.find(conn, community.actor_id, anna.id)
    assert held is not None
    assert (held.state, held.role) == ("member", "moderator")
    assert await receive(conn, bob, "Remove", anna.uri, target=members, content="<p>Assez.</p>") is None
    assert await receive(conn, bob, "Remove", alice.uri, target=members, content="Dehors") == "membership_not_allowed"

    assert await state_of(conn, anna, community) == "removed"
    assert await list_told(conn, anna) == ["community_removed", "community_role", "community_accepted"]
    [sent] = [one for one in await list_sent(conn) if one.type == "Invite"]
    assert (sent.activity["actor"], sent.activity["attributedTo"]) == (community.uri, bob.uri)


async def test_an_invitation_is_for_whom_it_names_alone(conn: Connection) -> None:
    alice, bob, carl = await make_member(conn), await make_neighbour(conn), await make_neighbour(conn, "carl")
    community = await found(conn, alice, access="invitation", hidden=True)
    await invite(conn, HERE, alice, community, bob)
    [sent] = await list_sent(conn)

    assert await receive(conn, carl, "Accept", sent.activity["id"], charterVersion=1) is not None
    assert await receive(conn, bob, "Accept", sent.activity["id"], charterVersion=2) is None
    assert [await state_of(conn, one, community) for one in (bob, carl)] == ["invited", None]
    assert await receive(conn, bob, "Accept", sent.activity, charterVersion=1) is None

    assert await state_of(conn, bob, community) == "member"
    assert [one.type for one in await list_sent(conn)] == ["Invite", "Reject", "Add"]
    assert await receive(conn, bob, "Reject", sent.activity["id"]) is not None


async def test_an_invitation_may_be_declined(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    community = await found(conn, alice, access="invitation")
    await invite(conn, HERE, alice, community, bob)
    [sent] = await list_sent(conn)

    assert await receive(conn, bob, "Reject", sent.activity["id"]) is None

    assert await state_of(conn, bob, community) == "declined"


async def test_who_leaves_is_out_and_who_was_never_in_changes_nothing(conn: Connection) -> None:
    alice, bob, carl = await make_member(conn), await make_neighbour(conn), await make_neighbour(conn, "carl")
    community = await found(conn, alice)
    await put_in(conn, bob, community)

    assert await receive(conn, bob, "Leave", community.uri) is None
    assert await receive(conn, carl, "Leave", community.uri) == "membership_not_allowed"
    assert await receive(conn, carl, "Leave", f"{HERE.url}/users/nobody") == "joins_nobody"

    assert [await state_of(conn, one, community) for one in (bob, carl)] == ["left", None]


async def test_one_of_ours_is_in_where_the_home_says_so(conn: Connection) -> None:
    alice, eve = await make_member(conn), await make_neighbour(conn, "eve")
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await come_in(conn, alice, copy)
    [join] = await list_sent(conn)

    assert await receive(conn, eve, "Accept", join.activity) == "membership_not_asked"
    assert await receive(conn, group, "Accept", f"{group.uri}/nothing") is not None
    assert await state_of(conn, alice, copy) == "asked"
    assert await receive(conn, group, "Accept", join.activity) is None

    assert await state_of(conn, alice, copy) == "member"
    assert await list_told(conn, alice) == ["community_accepted"]
    assert await receive(conn, eve, "Remove", alice.uri, target=f"{group.uri}/members") == "not_own_collection"
    assert await receive(conn, group, "Remove", alice.uri, target=f"{group.uri}/members", content="Non") is None
    assert await state_of(conn, alice, copy) == "removed"
    assert await receive(conn, group, "Add", alice.uri, target=f"{group.uri}/members") == "membership_not_asked"


async def test_one_of_ours_is_told_that_she_is_not_let_in(conn: Connection) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await come_in(conn, alice, copy)
    [join] = await list_sent(conn)

    assert await receive(conn, group, "Reject", join.activity, content="<p>Plus de place.</p>") is None

    assert await state_of(conn, alice, copy) == "refused"
    assert await list_told(conn, alice) == ["community_refused"]


async def test_an_acceptance_after_leaving_changes_nothing(conn: Connection) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await come_in(conn, alice, copy)
    [join] = await list_sent(conn)
    await leave(conn, HERE, alice, copy)

    assert await receive(conn, group, "Accept", join.activity) == "membership_not_asked"

    assert await state_of(conn, alice, copy) == "left"


async def test_one_of_ours_is_invited_from_elsewhere_and_comes_in(conn: Connection) -> None:
    alice, eve = await make_member(conn), await make_neighbour(conn, "eve")
    copy = await make_copy(conn, access="invitation", hidden=True)
    group = await actors.get(conn, copy.actor_id)

    assert await receive(conn, eve, "Invite", copy.uri, target=alice.uri) == "joins_nobody"
    assert await receive(conn, group, "Invite", copy.uri, target=alice.uri, attributedTo=eve.uri) is None
    assert await list_told(conn, alice) == ["community_invited"]
    assert await receive(conn, group, "Add", alice.uri, target=f"{group.uri}/members") == "membership_not_asked"

    held = await accept_invitation(conn, HERE, alice, copy, 1)
    assert (held.state, held.awaited) == ("invited", "charter")
    [sent] = await list_sent(conn)
    assert (sent.type, sent.activity["charterVersion"]) == ("Accept", 1)
    assert await receive(conn, group, "Add", alice.uri, target=f"{group.uri}/members") is None
    assert await state_of(conn, alice, copy) == "member"


async def test_one_of_ours_declines(conn: Connection) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn, access="invitation")
    group = await actors.get(conn, copy.actor_id)
    await receive(conn, group, "Invite", copy.uri, target=alice.uri)

    await decline(conn, HERE, alice, copy)

    [sent] = await list_sent(conn)
    assert (sent.type, await state_of(conn, alice, copy)) == ("Reject", "declined")


async def test_a_manager_of_ours_asks_the_home_to_let_somebody_in(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await put_in(conn, alice, copy, "manager")
    assert await receive(conn, group, "Add", bob.uri, target=f"{group.uri}/requests") is None
    assert await list_told(conn, alice) == ["community_asked"]

    waiting = await approve(conn, HERE, alice, copy, bob)

    assert (waiting.state, waiting.awaited) == ("asked", "approve")
    [sent] = await list_sent(conn)
    assert (sent.type, sent.activity["target"], sent.activity["to"]) == ("Add", f"{group.uri}/members", [group.uri])
    assert await receive(conn, group, "Remove", bob.uri, target=f"{group.uri}/requests") is None
    assert await state_of(conn, bob, copy) is None


def _answer(body: dict[str, Any], text: str) -> dict[str, Any]:
    note = body["object"]
    return {
        "id": f"https://social.test/notes/{abs(hash(text))}",
        "type": "Note",
        "attributedTo": "https://social.test/users/masto",
        "to": [note["attributedTo"]],
        "content": f"<p>{text}</p>",
        "inReplyTo": note["id"],
        "tag": [{"type": "Mention", "href": note["attributedTo"], "name": "@remorques@lomme.test"}],
    }


@pytest.mark.parametrize(("access", "state"), [("open", "member"), ("on_request", "asked")])
async def test_who_follows_from_elsewhere_says_yes_in_words(conn: Connection, access: str, state: str) -> None:
    alice, masto = await make_member(conn), await make_remote_actor(conn, "masto", "social.test")
    community = await found(conn, alice, access=access)
    for _ in range(2):
        assert await receive(conn, masto, "Follow", community.uri) is None
    [question] = [one.activity for one in await list_sent(conn) if one.type == "Create"]

    assert await receive(conn, masto, "Create", _answer(question, "Comment ça marche ?")) is None
    assert await state_of(conn, masto, community) == "invited"
    assert await receive(conn, masto, "Create", _answer(question, "Oui, merci !")) is None

    assert await state_of(conn, masto, community) == state
    held = await memberships.find(conn, community.actor_id, masto.id)
    assert held is not None
    assert (held.public_only, held.accepted_version) == (True, 1)
    assert await members.list_inside_ids(conn, community.actor_id) == []
    assert len([one for one in await list_sent(conn) if one.type == "Create"]) == 3
    assert json.dumps((await list_sent(conn))[-1].activity).count("Remorques en commun")


async def test_a_no_in_words_is_the_end_of_it(conn: Connection) -> None:
    alice, masto = await make_member(conn), await make_remote_actor(conn, "masto", "social.test")
    community = await found(conn, alice)
    await receive(conn, masto, "Follow", community.uri)
    [question] = [one.activity for one in await list_sent(conn) if one.type == "Create"]

    await receive(conn, masto, "Create", _answer(question, "non merci"))
    await receive(conn, masto, "Follow", community.uri)

    assert await state_of(conn, masto, community) == "declined"
    assert len([one for one in await list_sent(conn) if one.type == "Create"]) == 2


async def test_neighbours_and_hidden_communities_ask_nothing_in_words(conn: Connection) -> None:
    alice, bob, masto = (
        await make_member(conn),
        await make_neighbour(conn),
        await make_remote_actor(conn, "masto", "social.test"),
    )
    shown, closed = await found(conn, alice), await make_copy(conn)

    await receive(conn, bob, "Follow", shown.uri)
    await execute(conn, "UPDATE community SET access = 'invitation' WHERE actor_id = $1", shown.actor_id)
    await receive(conn, masto, "Follow", shown.uri)

    assert closed.host == "henin.test"
    assert [one.type for one in await list_sent(conn)] == ["Accept", "Accept"]


async def test_a_community_of_ours_may_be_reported_from_elsewhere(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    community = await found(conn, alice)

    assert await receive(conn, bob, "Flag", [community.uri], content="On y vend des choses interdites.") is None

    assert await fetch_value(conn, "SELECT target_id FROM report") == community.actor_id
