"""Links by which people come into a community: for so many, until a day, as long as their maker manages it."""

from datetime import UTC, datetime, timedelta

import pytest

from models.communities import entry_links
from models.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from models.store.database import Connection, execute
from outbox.communities.invitations import enter_by_link, make_link, read_link, revoke_link
from outbox.communities.leaving import remove
from outbox.communities.roles import set_role, step_down
from tests.factories import HERE, make_member
from tests.outbox.communities.sample_community import found, make_neighbour, put_in, renew, state_of
from tests.outbox.sent_activities import list_sent


def in_a_week() -> datetime:
    """When a link ends."""
    return datetime.now(UTC) + timedelta(days=7)


async def test_so_many_come_in_by_the_charter_and_no_more(conn: Connection) -> None:
    alice, anna, zoe = [await make_member(conn, name) for name in ("alice", "anna", "zoe")]
    community = await found(conn, alice, access="invitation", hidden=True)
    token = await make_link(conn, HERE, alice, community, 1, in_a_week())

    assert (await read_link(conn, token)).uri == community.uri
    with pytest.raises(Invalid, match="charter_missing"):
        async with conn.transaction():
            await enter_by_link(conn, HERE, anna, token, None)
    held = await enter_by_link(conn, HERE, anna, token, 1)
    assert (held.state, held.invited_by, held.accepted_version) == ("member", alice.id, 1)
    with pytest.raises(Gone, match="entry_link_expired"):
        await enter_by_link(conn, HERE, zoe, token, 1)

    assert await state_of(conn, zoe, community) is None
    [link] = await entry_links.list_of(conn, community.actor_id)
    assert (link.used, link.holds, link.maker_name) == (1, False, "Alice")


async def test_a_link_takes_no_place_of_who_is_in_already(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    community = await found(conn, alice)
    await put_in(conn, anna, community)
    await renew(conn, alice, community)
    token = await make_link(conn, HERE, alice, community, 1, in_a_week())

    assert (await enter_by_link(conn, HERE, anna, token, 2)).accepted_version == 2

    assert (await read_link(conn, token)).version == 2


async def test_who_waits_for_more_voices_takes_one_place_however_often_she_comes(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    community = await found(conn, alice, access="on_request", approvals_needed=2)
    token = await make_link(conn, HERE, alice, community, 3, in_a_week())

    for _ in range(3):
        assert (await enter_by_link(conn, HERE, anna, token, 1)).state == "asked"

    [link] = await entry_links.list_of(conn, community.actor_id)
    assert (link.used, link.holds) == (1, True)


@pytest.mark.parametrize("end", ["revoked", "expired", "stepped down", "suspended", "unknown"])
async def test_it_opens_nothing_when_it_is_over_or_its_maker_manages_no_longer(conn: Connection, end: str) -> None:
    alice, anna, zoe = [await make_member(conn, name) for name in ("alice", "anna", "zoe")]
    community = await found(conn, alice)
    await put_in(conn, anna, community)
    await set_role(conn, HERE, alice, community, anna, "manager")
    token = await make_link(conn, HERE, anna, community, 5, in_a_week())
    [link] = await entry_links.list_of(conn, community.actor_id)

    match end:
        case "revoked":
            await revoke_link(conn, HERE, alice, community, link.id)
            with pytest.raises(NotFound):
                await revoke_link(conn, HERE, alice, community, link.id)
        case "expired":
            await execute(conn, "UPDATE community_entry_link SET expires_at = now()")
        case "stepped down":
            await step_down(conn, HERE, anna, community)
        case "suspended":
            await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", anna.id)
        case _:
            token = "unknown"

    with pytest.raises(Gone, match="entry_link_expired"):
        await enter_by_link(conn, HERE, zoe, token, 1)


async def test_who_was_put_out_asks_as_without_it(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    community = await found(conn, alice)
    await put_in(conn, anna, community)
    await remove(conn, HERE, alice, community, anna, "Remorque jamais rendue.")
    token = await make_link(conn, HERE, alice, community, 5, in_a_week())

    assert (await enter_by_link(conn, HERE, anna, token, 1)).state == "asked"


async def test_who_is_elsewhere_is_invited_by_it(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    community = await found(conn, alice, access="invitation")
    token = await make_link(conn, HERE, alice, community, 5, in_a_week())

    assert (await enter_by_link(conn, HERE, bob, token, None)).state == "invited"

    assert [(one.type, one.activity["target"]) for one in await list_sent(conn)] == [("Invite", bob.uri)]


async def test_managers_alone_make_links_within_limits(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    community = await found(conn, alice)
    await put_in(conn, anna, community, "moderator")

    with pytest.raises(Forbidden, match="managers_only"):
        await make_link(conn, HERE, anna, community, 1, in_a_week())
    for uses, end, code in (
        (0, in_a_week(), "link_uses_invalid"),
        (201, in_a_week(), "link_uses_invalid"),
        (1, datetime.now(UTC), "link_day_invalid"),
        (1, datetime.now(UTC) + timedelta(days=91), "link_day_invalid"),
    ):
        with pytest.raises(Invalid, match=code):
            await make_link(conn, HERE, alice, community, uses, end)
    for _ in range(20):
        await make_link(conn, HERE, alice, community, 1, in_a_week())
    with pytest.raises(Conflict, match="too_many_entry_links"):
        await make_link(conn, HERE, alice, community, 1, in_a_week())
