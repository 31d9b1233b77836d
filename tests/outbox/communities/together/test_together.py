"""Two cooperatives and one community: who may ask, answer, keep, open anew and move, and what is sent of it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.communities import communities, decisions, holders
from models.communities.communities import Community, CommunitySettings
from models.errors import Conflict, Forbidden, Invalid, Refusal
from models.news import notifications
from models.news.notifications import NotificationPage
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, execute, fetch_column
from outbox.communities.invitations import invite
from outbox.communities.leaving import leave
from outbox.communities.together.holding import answer_holding, ask_to_hold, stop_holding
from outbox.communities.together.keeping import keep
from outbox.communities.together.moving import move, open_anew
from tests.factories import HERE, make_local_actor, make_member, make_remote_actor
from tests.golden import normalize, require_golden
from tests.inbox.communities.test_communities import receive
from tests.outbox.communities.sample_community import (
    found,
    list_told,
    make_copy,
    make_key_pairs_once,
    make_neighbour,
    put_in,
    renew,
    state_of,
)
from tests.outbox.sent_activities import list_sent

FILES = ("invite_holder", "add_kept", "reject_holder", "accept_holder", "add_kept_asked", "move")


async def make_coop(conn: Connection, host: str = "henin.test") -> Actor:
    """Another cooperative."""
    return await make_remote_actor(conn, "coop", host, type="Organization")


async def make_held_copy(conn: Connection) -> tuple[Community, Actor, Actor]:
    """A community of Hénin-Carvin that ours holds, as Mona of the team said; it and our cooperative."""
    ours = await make_local_actor(conn, "coop", type="Organization")
    mona = await make_member(conn, "mona", roles=("moderator",))
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    asked = f"{group.uri}/activities/00000000-0000-4000-8000-000000000001"
    await receive(conn, group, "Invite", copy.uri, target=ours.uri, id=asked)
    await answer_holding(conn, HERE, mona, copy, yes=True)
    return copy, ours, mona


async def hold(conn: Connection, alice: Actor, community: Community, coop: Actor) -> None:
    """Hénin-Carvin holds a community of ours."""
    asked = await ask_to_hold(conn, HERE, alice, community, coop)
    assert await receive(conn, coop, "Accept", asked.uri) is None


async def test_a_manager_asks_and_the_other_cooperative_answers(conn: Connection) -> None:
    alice, coop, other = await make_member(conn), await make_coop(conn), await make_coop(conn, "evil.test")
    community = await found(conn, alice)

    for _ in range(2):
        asked = await ask_to_hold(conn, HERE, alice, community, coop)
    assert len(await list_sent(conn)) == 1, "again changes nothing"
    assert await receive(conn, other, "Accept", asked.uri) is not None
    assert await receive(conn, await make_neighbour(conn), "Accept", asked.uri) is not None
    assert await receive(conn, coop, "Accept", asked.uri) is None

    now = await communities.find(conn, community.actor_id)
    assert now is not None and now.held_with == [coop.uri]
    assert await list_told(conn, alice) == ["community_hold_answered"]
    await receive(conn, coop, "Accept", asked.uri)
    assert len(await list_told(conn, alice)) == 1
    assert await receive(conn, coop, "Reject", asked.uri) is None
    now = await communities.find(conn, community.actor_id)
    assert now is not None and now.held_with == []
    kinds = [one.kind for one in await decisions.list_decisions(conn, community.actor_id)]
    assert kinds[:3] == ["hold_ended", "held", "hold_asked"]


async def test_nobody_else_asks_and_no_one_but_a_cooperative_is_asked(conn: Connection) -> None:
    alice, anna, bob = await make_member(conn), await make_member(conn, "anna"), await make_neighbour(conn)
    ours, coop = await make_local_actor(conn, "coop", type="Organization"), await make_coop(conn)
    community, copy = await found(conn, alice), await make_copy(conn)
    await put_in(conn, anna, community, "moderator")
    await put_in(conn, alice, copy, "manager")

    for by, where, whom, refused in (
        (anna, community, coop, Forbidden),
        (alice, copy, coop, Forbidden),
        (alice, community, bob, Invalid),
        (alice, community, ours, Invalid),
    ):
        with pytest.raises(refused):
            await ask_to_hold(conn, HERE, by, where, whom)
    with pytest.raises(Invalid, match="not_invitable"):
        await invite(conn, HERE, alice, community, coop)
    for number in range(5):
        await ask_to_hold(conn, HERE, alice, community, await make_coop(conn, f"c{number}.test"))
    with pytest.raises(Conflict, match="too_many_holders"):
        await ask_to_hold(conn, HERE, alice, community, coop)


async def test_the_team_answers_and_is_told(conn: Connection) -> None:
    alice, mona = await make_member(conn), await make_member(conn, "mona", roles=("moderator",))
    ours = await make_local_actor(conn, "coop", type="Organization")
    copy = await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)

    with pytest.raises(Conflict, match="nobody_asks_to_hold"):
        await answer_holding(conn, HERE, mona, copy, yes=True)
    assert await receive(conn, group, "Invite", copy.uri, target=ours.uri) is None
    assert await list_told(conn, mona) == ["community_hold_asked"]
    assert await receive(conn, group, "Invite", copy.uri, target=ours.uri) == "membership_not_allowed"
    with pytest.raises(Forbidden, match="team_only"):
        await answer_holding(conn, HERE, alice, copy, yes=True)
    assert (await answer_holding(conn, HERE, mona, copy, yes=True)).state == "held"
    assert await state_of(conn, ours, copy) is None, "it holds the community, and is no member"
    assert (await stop_holding(conn, HERE, mona, copy, ours)).state == "ended"


async def test_members_are_known_there_by_their_own_yes_alone(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn, "bob", host="arras.test")
    community, coop = await found(conn, alice), await make_coop(conn)
    await put_in(conn, bob, community)
    await hold(conn, alice, community, coop)
    kept = f"{community.uri}/kept"

    assert await receive(conn, await make_neighbour(conn, "eve"), "Add", bob.uri, target=kept) is not None
    assert await holders.list_kept_ids(conn, community.actor_id) == []
    await keep(conn, HERE, alice, community, yes=True)
    assert await receive(conn, bob, "Add", bob.uri, target=kept) is None
    assert await holders.list_kept_ids(conn, community.actor_id) == [alice.id, bob.id]
    await receive(conn, bob, "Leave", community.uri)

    told = [(one.type, one.activity["object"], one.hosts) for one in await list_sent(conn) if _is_kept(one.activity)]
    assert told == [
        ("Add", alice.uri, ["henin.test"]),
        ("Add", bob.uri, ["henin.test"]),
        ("Remove", bob.uri, ["henin.test"]),
    ]


def _is_kept(activity: dict[str, object]) -> bool:
    return str(activity.get("target", "")).endswith("/kept")


async def test_a_home_tells_who_agreed_where_we_hold_its_community_alone(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    copy, ours, mona = await make_held_copy(conn)
    group, kept = await actors.get(conn, copy.actor_id), f"{copy.uri}/kept"

    assert await receive(conn, group, "Add", alice.uri, target=kept) == "membership_not_allowed"
    assert await receive(conn, bob, "Add", bob.uri, target=kept) == "not_own_collection"
    assert await receive(conn, group, "Add", bob.uri, target=kept) is None
    assert await holders.list_to_ask(conn, copy.actor_id) == [bob.id]
    assert await receive(conn, group, "Remove", bob.uri, target=kept) is None
    assert await state_of(conn, bob, copy) is None
    await stop_holding(conn, HERE, mona, copy, ours)
    assert await receive(conn, group, "Add", bob.uri, target=kept) == "membership_not_allowed"


@pytest.mark.parametrize("by_home", [True, False])
async def test_who_agreed_is_forgotten_where_the_community_is_held_no_longer(conn: Connection, by_home: bool) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    copy, ours, mona = await make_held_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await put_in(conn, alice, copy)
    await receive(conn, group, "Add", bob.uri, target=f"{copy.uri}/kept")
    held = await holders.find(conn, copy.actor_id, ours.id)
    assert held is not None

    if by_home:
        assert await receive(conn, group, "Reject", held.uri) is None
    else:
        await stop_holding(conn, HERE, mona, copy, ours)

    assert (await state_of(conn, bob, copy), await state_of(conn, alice, copy)) == (None, "member")


async def test_after_a_no_nobody_asks_again_before_the_next_day(conn: Connection) -> None:
    alice, coop = await make_member(conn), await make_coop(conn)
    community = await found(conn, alice)
    asked = await ask_to_hold(conn, HERE, alice, community, coop)
    await receive(conn, coop, "Reject", asked.uri)
    with pytest.raises(Conflict, match="holding_ended_lately"):
        await ask_to_hold(conn, HERE, alice, community, coop)

    copy, ours, mona = await make_held_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    held = await holders.find(conn, copy.actor_id, ours.id)
    assert held is not None
    for number in (2, 3):
        await receive(conn, group, "Reject", held.uri)
        asks = f"{group.uri}/activities/00000000-0000-4000-8000-00000000000{number}"
        assert await receive(conn, group, "Invite", copy.uri, target=ours.uri, id=asks) == "membership_not_allowed"
    assert await list_told(conn, mona) == ["community_hold_asked"]

    await execute(conn, "UPDATE community_holder SET since = now() - interval '25 hours'")
    assert await receive(conn, group, "Invite", copy.uri, target=ours.uri, id=asks) is None
    assert (await ask_to_hold(conn, HERE, alice, community, coop)).state == "asked"


async def test_it_opens_anew_for_who_manages_it_or_for_the_team_where_its_home_is_gone(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    copy, _, mona = await make_held_copy(conn)
    keys = await make_key_pairs_once()
    await put_in(conn, alice, copy)
    for by in (alice, mona):
        with pytest.raises(Forbidden, match="managers_only"):
            await open_anew(conn, HERE, by, copy, "velos_ici", keys)
    await execute(
        conn,
        "INSERT INTO server (host, unavailable_since) VALUES ($1, $2) ON CONFLICT (host) DO UPDATE"
        " SET unavailable_since = excluded.unavailable_since",
        copy.host,
        datetime.now(UTC) - timedelta(days=15),
    )
    await put_in(conn, bob, copy)

    with pytest.raises(Forbidden, match="managers_only"):
        await open_anew(conn, HERE, alice, copy, "velos_ici", keys)
    made = await open_anew(conn, HERE, mona, copy, "velos_ici", keys)

    group = await actors.get(conn, made.actor_id)
    assert group.also_known_as == [copy.uri]
    states = [await state_of(conn, one, made) for one in (alice, bob, mona)]
    assert states == ["invited", None, "member"], "who did not agree to be known here is not asked"
    with pytest.raises(Conflict, match=r"community_ended|community_opened_already"):
        await open_anew(conn, HERE, mona, copy, "velos_encore", keys)


async def test_what_is_not_held_here_does_not_open_here(conn: Connection) -> None:
    alice, copy = await make_member(conn), await make_copy(conn)
    await put_in(conn, alice, copy, "manager")

    with pytest.raises(Forbidden, match="community_not_held_here"):
        await open_anew(conn, HERE, alice, copy, "velos_ici", await make_key_pairs_once())


async def make_target(conn: Connection, community: Community, host: str = "henin.test") -> Actor:
    """Where it was opened anew."""
    return await make_remote_actor(conn, "remorques", host, type="Group", also_known_as=[community.uri])


async def test_it_moves_by_a_manager_to_who_holds_it_and_names_it(conn: Connection) -> None:
    alice, anna, coop = await make_member(conn), await make_member(conn, "anna"), await make_coop(conn)
    community = await found(conn, alice)
    await put_in(conn, anna, community, "moderator")
    target = await make_target(conn, community)
    nameless = await make_remote_actor(conn, "autre", type="Group")
    with pytest.raises(Invalid, match="move_target_not_holder"):
        await move(conn, HERE, alice, community, target)
    await hold(conn, alice, community, coop)

    for by, where in ((anna, target), (alice, nameless)):
        with pytest.raises(Refusal):
            await move(conn, HERE, by, community, where)
    closed = await move(conn, HERE, alice, community, target)

    assert closed.ended_at is not None
    assert (await actors.get(conn, community.actor_id)).moved_to == target.uri
    assert await list_told(conn, anna) == ["community_moved"]
    assert await state_of(conn, anna, community) == "member", "nobody is moved"
    with pytest.raises(Conflict, match="community_ended"):
        await renew(conn, alice, closed)


async def test_what_is_sent_is_what_the_files_say(conn: Connection) -> None:
    alice, coop = await make_member(conn), await make_coop(conn)
    community = await found(conn, alice)
    await hold(conn, alice, community, coop)
    await keep(conn, HERE, alice, community, yes=True)
    target = await make_target(conn, community)
    sent = [one.activity for one in await list_sent(conn) if one.type != "Update"]
    await move(conn, HERE, alice, community, target)
    moved = [one.activity for one in await list_sent(conn) if one.type == "Move"]
    await stop_holding(conn, HERE, alice, community, coop)
    ended = [one.activity for one in await list_sent(conn) if one.type == "Reject"]
    before = len(await list_sent(conn))
    copy, _, _ = await make_held_copy(conn)
    await put_in(conn, alice, copy)
    await keep(conn, HERE, alice, copy, yes=True)
    elsewhere = [one.activity for one in (await list_sent(conn))[before:]]

    documents = [*sent, *ended, *elsewhere, *moved]
    assert len(documents) == len(FILES)
    for name, document in zip(FILES, documents, strict=True):
        require_golden(f"declic/together/{name}", normalize([document])[0])


def test_the_page_of_the_protocol_shows_the_move() -> None:
    page = Path("FEDERATION.md").read_text()
    blocks = [block.partition("```")[0] for block in page.split("```json\n")[1:]]
    told = json.loads(Path("tests/documents/declic/together/move.json").read_text())

    shown = [json.loads(block) for block in blocks if "\u2026" not in block]
    assert {key: value for key, value in told.items() if key != "@context"} in shown


async def test_leaving_takes_the_yes_back(conn: Connection) -> None:
    alice, anna, coop = await make_member(conn), await make_member(conn, "anna"), await make_coop(conn)
    community = await found(conn, alice)
    await put_in(conn, anna, community)
    await hold(conn, alice, community, coop)
    await keep(conn, HERE, anna, community, yes=True)

    await leave(conn, HERE, anna, community)

    assert await fetch_column(conn, "SELECT actor_id FROM membership WHERE kept") == []
    assert [one.type for one in await list_sent(conn) if _is_kept(one.activity)] == ["Add", "Remove"]


@pytest.mark.parametrize("seen", [True, False])
async def test_members_of_a_hidden_one_that_moves_learn_it_by_the_page_of_the_old_one(
    conn: Connection, seen: bool
) -> None:
    alice, copy = await make_member(conn), await make_copy(conn, access="invitation", hidden=True)
    await put_in(conn, alice, copy)
    group, target = await actors.get(conn, copy.actor_id), "https://arras.test/users/velos"
    if seen:
        there = await make_remote_actor(conn, "velos", "arras.test", type="Group", also_known_as=(group.uri,))
        await communities.save_remote(conn, there.id, CommunitySettings(access="invitation", hidden=True))
        target = there.uri

    assert await receive(conn, group, "Move", group.uri, target=target) is None

    closed = await communities.find(conn, copy.actor_id)
    assert closed is not None and closed.ended_at is not None
    assert (await actors.get(conn, group.id)).moved_to == target
    [told] = await notifications.list_notifications(conn, alice.id, NotificationPage())
    assert (told.type, told.actor_id) == ("community_moved", group.id)
    assert await receive(conn, alice, "Move", alice.uri, target="https://arras.test/users/none") is not None
