"""Coming in, being let in or not, leaving: people here and elsewhere, by the same verbs."""

from datetime import UTC, datetime, timedelta

import pytest

from models.communities import communities, decisions, memberships
from models.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from models.people import actors
from models.store.database import Connection, execute
from outbox.communities.approvals import approve, refuse
from outbox.communities.expiry import expire
from outbox.communities.joining import JoinRequest, accept_charter, join
from outbox.communities.leaving import leave, remove
from outbox.communities.news import tell_team_of_unmanaged
from tests.factories import HERE, make_member, make_remote_actor
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


async def test_an_open_community_takes_whoever_says_yes_to_its_charter(conn: Connection) -> None:
    alice, anna, bob = await make_member(conn), await make_member(conn, "anna"), await make_neighbour(conn)
    community = await found(conn, alice)

    here = await come_in(conn, anna, community)
    there = await come_in(conn, bob, community, uri="https://henin.test/join/1")

    assert (here.state, here.accepted_version, there.state) == ("member", 1, "member")
    [sent] = await list_sent(conn)
    assert (sent.type, sent.activity["actor"], sent.activity["object"]["id"]) == (
        "Accept",
        community.uri,
        "https://henin.test/join/1",
    )
    assert sent.activity["object"]["charterVersion"] == 1
    assert [one.kind for one in await decisions.list_decisions(conn, community.actor_id)][:2] == ["joined", "joined"]


@pytest.mark.parametrize(
    ("version", "refusal", "code"),
    [(None, Invalid, "charter_missing"), (1, Conflict, "charter_outdated"), (3, Invalid, "charter_unknown")],
)
async def test_only_the_version_that_stands_opens(
    conn: Connection, version: int | None, refusal: type[Refusal], code: str
) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    community = await renew(conn, alice, await found(conn, alice))

    with pytest.raises(refusal) as refused:
        await join(conn, HERE, anna, community, JoinRequest(version=version))

    assert refused.value.code == code
    assert await state_of(conn, anna, community) is None


async def test_who_asks_waits_for_a_manager_who_is_told(conn: Connection) -> None:
    alice, anna, bob = await make_member(conn), await make_member(conn, "anna"), await make_neighbour(conn)
    community = await found(conn, alice, access="on_request")

    await come_in(conn, anna, community)
    await come_in(conn, anna, community)
    await come_in(conn, bob, community, uri="https://henin.test/join/1")

    assert [await state_of(conn, one, community) for one in (anna, bob)] == ["asked", "asked"]
    assert await list_told(conn, alice) == ["community_asked"]
    assert await list_sent(conn) == []
    await approve(conn, HERE, alice, community, anna)
    await refuse(conn, HERE, alice, community, bob, "Nous sommes déjà trop.")
    assert [await state_of(conn, one, community) for one in (anna, bob)] == ["member", "refused"]
    assert await list_told(conn, anna) == ["community_accepted"]
    [sent] = await list_sent(conn)
    assert (sent.type, sent.activity["object"]) == ("Reject", "https://henin.test/join/1")
    assert "Nous sommes déjà trop." in sent.activity["content"]
    with pytest.raises(Conflict, match="community_refused_lately"):
        await come_in(conn, bob, community)


async def test_a_collective_lets_people_in_together(conn: Connection) -> None:
    alice, anna, ines = [await make_member(conn, name) for name in ("alice", "anna", "ines")]
    bob = await make_neighbour(conn)
    community = await found(conn, alice, access="on_request", approvals_needed=2)
    await put_in(conn, anna, community)
    await come_in(conn, bob, community, uri="https://henin.test/join/1")

    await approve(conn, HERE, anna, community, bob)
    await approve(conn, HERE, anna, community, bob)
    assert await state_of(conn, bob, community) == "asked"
    with pytest.raises(Forbidden, match="not_a_member"):
        await approve(conn, HERE, ines, community, bob)
    await approve(conn, HERE, alice, community, bob)

    assert await state_of(conn, bob, community) == "member"
    assert await list_told(conn, anna) == ["community_asked"]
    about = await decisions.list_decisions(conn, community.actor_id, subject_id=bob.id)
    assert [one.kind for one in about] == ["joined", "approved", "approved", "asked"]
    assert {one.version for one in about} == {1}


async def test_who_was_put_out_comes_back_by_a_managers_yes_alone(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    community = await found(conn, alice)
    await come_in(conn, anna, community)

    await remove(conn, HERE, alice, community, anna, "Remorque jamais rendue.")

    assert await list_told(conn, anna) == ["community_removed"]
    assert (await come_in(conn, anna, community)).state == "asked"
    assert (await come_in(conn, anna, community)).state == "asked"


async def test_a_hidden_community_is_missing_to_who_was_not_invited(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    community = await found(conn, alice, access="on_request", hidden=True)

    with pytest.raises(NotFound):
        await come_in(conn, anna, community)
    with pytest.raises(NotFound):
        await communities.get_for(conn, community.actor_id, anna.id)

    assert await actors.find_published(conn, community.username) is None
    assert await actors.find_by_handle(conn, community.username, HERE.host) is None
    assert (await communities.get_for(conn, community.actor_id, alice.id)).name == "Remorques en commun"
    assert await communities.list_known(conn, anna.id) == []
    assert [one.actor_id for one in await communities.list_own(conn, alice.id)] == [community.actor_id]


async def test_the_last_manager_names_another_one_or_is_the_last_of_all(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    community = await found(conn, alice)
    await come_in(conn, anna, community)

    with pytest.raises(Conflict, match="last_manager"):
        await leave(conn, HERE, alice, community)
    await leave(conn, HERE, anna, community)
    await leave(conn, HERE, alice, community)

    ended = await communities.find(conn, community.actor_id)
    assert ended is not None
    assert ended.ended_at is not None
    with pytest.raises(Conflict, match="community_ended"):
        await come_in(conn, anna, community)
    with pytest.raises(Invalid, match="not_a_member"):
        await leave(conn, HERE, anna, community)


async def test_the_team_is_told_once_of_a_community_that_nobody_manages(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    moderator = await make_member(conn, "mona", roles=["moderator"])
    community = await found(conn, alice)
    await come_in(conn, anna, community)
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", alice.id)

    assert [await tell_team_of_unmanaged(conn), await tell_team_of_unmanaged(conn)] == [1, 0]

    assert await list_told(conn, moderator) == ["community_unmanaged"]


async def test_members_whose_time_is_over_are_told(conn: Connection) -> None:
    alice, anna, bob = await make_member(conn), await make_member(conn, "anna"), await make_neighbour(conn)
    community = await found(conn, alice)
    held = [await put_in(conn, one, community) for one in (anna, bob)]
    for one in held:
        await memberships.save_end(conn, one.id, datetime.now(UTC) + timedelta(days=30))

    assert await memberships.list_expired(conn, datetime.now(UTC)) == []
    for ended in await memberships.list_expired(conn, datetime.now(UTC) + timedelta(days=31)):
        await expire(HERE, conn, ended)

    assert [await state_of(conn, one, community) for one in (anna, bob)] == ["expired", "expired"]
    assert await list_told(conn, anna) == ["community_removed"]
    [sent] = await list_sent(conn)
    assert (sent.type, sent.activity["target"]) == ("Remove", f"{community.uri}/members")


async def test_a_member_of_ours_asks_the_home_of_a_community_elsewhere_once(conn: Connection) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn)

    asked = await come_in(conn, alice, copy)
    await come_in(conn, alice, copy)

    [sent] = await list_sent(conn)
    assert (sent.type, sent.hosts, sent.activity["charterVersion"]) == ("Join", ["henin.test"], 1)
    assert (asked.state, asked.uri) == ("asked", sent.activity["id"])
    left = await leave(conn, HERE, alice, copy)
    assert (left.state, [one.type for one in await list_sent(conn)]) == ("left", ["Join", "Leave"])


async def test_a_yes_to_a_new_version_is_given_again(conn: Connection) -> None:
    alice, anna, bob = await make_member(conn), await make_member(conn, "anna"), await make_neighbour(conn)
    stranger = await make_remote_actor(conn, "masto", "social.test")
    community = await found(conn, alice)
    await come_in(conn, anna, community)
    for one in (bob, stranger):
        await put_in(conn, one, community)

    community = await renew(conn, alice, community)

    assert await list_told(conn, anna) == ["community_charter"]
    update, question = await list_sent(conn)
    assert (update.type, update.activity["object"]["charter"]["charterVersion"]) == ("Update", 2)
    assert (question.type, question.hosts, "oui" in question.activity["object"]["content"]) == (
        "Create",
        ["social.test"],
        True,
    )
    assert (await accept_charter(conn, HERE, anna, community, 2)).accepted_version == 2
    with pytest.raises(Conflict, match="charter_outdated"):
        await accept_charter(conn, HERE, anna, community, 1)
    with pytest.raises(Conflict, match="charter_published_meanwhile"):
        await renew(conn, alice, community, 2)


async def test_many_at_the_door_close_it_for_a_while(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, bob, carl = await make_member(conn), await make_neighbour(conn), await make_neighbour(conn, "carl")
    community = await found(conn, alice, access="on_request")
    monkeypatch.setattr("outbox.communities.limits.MOST_ASKING_OF_HOST", 1)
    await come_in(conn, bob, community, uri="https://henin.test/join/1")

    with pytest.raises(Conflict, match="community_full"):
        await come_in(conn, carl, community, uri="https://henin.test/join/2")
