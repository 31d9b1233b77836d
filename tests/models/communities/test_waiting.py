"""In how many of her communities something waits for somebody."""

from models.communities import memberships, waiting
from models.communities.memberships import Change
from models.store.database import Connection
from tests.factories import make_member
from tests.outbox.communities.sample_community import found, put_in, renew


async def test_invitations_charters_and_people_at_the_door_wait(conn: Connection) -> None:
    alice, zoe, max = [await make_member(conn, name) for name in ("alice", "zoe", "max")]
    community = await found(conn, alice, access="on_request", approvals_needed=2)

    async def count() -> list[int]:
        return [await waiting.count(conn, one.id) for one in (alice, zoe, max)]

    assert await count() == [0, 0, 0]
    await memberships.save(conn, community.actor_id, zoe.id, Change(state="invited"))
    assert await count() == [0, 1, 0]
    await put_in(conn, zoe, community)
    assert await count() == [0, 0, 0]
    asked = await memberships.save(conn, community.actor_id, max.id, Change(state="asked"))
    assert await count() == [1, 1, 0]
    await memberships.approve(conn, asked.id, zoe.id)
    assert await count() == [1, 0, 0]
    await renew(conn, alice, community)
    assert await count() == [1, 1, 0]
