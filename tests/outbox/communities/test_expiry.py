"""The chore: whose time is over is a member no more, whatever fails for others."""

from pathlib import Path

from federation.instance import Instance
from models.communities import memberships
from models.settings import Settings
from models.store.database import Connection, Pool, connection, execute, transaction
from outbox.communities.expiry import expire_memberships
from tests.factories import HERE, make_member
from tests.fediverse import FakeFediverse
from tests.outbox.communities.sample_community import found, list_told, make_copy, put_in, state_of


async def test_the_chore_ends_what_is_over_and_tells_of_what_nobody_manages(pool: Pool, tmp_path: Path) -> None:
    async with transaction(pool) as conn:
        alice, anna = await make_member(conn), await make_member(conn, "anna")
        mona = await make_member(conn, "mona", roles=["moderator"])
        community = await found(conn, alice)
        held = await put_in(conn, anna, community)
        await execute(conn, "UPDATE membership SET expires_at = now() - interval '1 second' WHERE id = $1", held.id)
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", alice.id)
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse())

    assert [await expire_memberships(instance), await expire_memberships(instance)] == [1, 0]

    async with connection(pool) as conn:
        assert await state_of(conn, anna, community) == "expired"
        assert (await list_told(conn, anna), await list_told(conn, mona)) == (
            ["community_removed"],
            ["community_unmanaged"],
        )
        assert (await memberships.find(conn, community.actor_id, alice.id)) is not None


async def test_what_a_home_does_not_answer_may_be_asked_again_after_a_week(conn: Connection) -> None:
    alice, copy = await make_member(conn), await make_copy(conn)
    held = await put_in(conn, alice, copy, "manager")

    for days, kept in ((6, "member"), (8, None)):
        await memberships.save_awaited(conn, held.id, "member")
        await execute(conn, "UPDATE membership SET awaited_at = now() - make_interval(days => $1)", days)
        await memberships.forget_awaited(conn)
        found_ = await memberships.find(conn, copy.actor_id, alice.id)
        assert found_ is not None and found_.awaited == kept
