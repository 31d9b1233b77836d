"""A community that is hidden later: those who are not in it know nothing of it any more."""

import pytest

from models.communities import communities
from models.communities.communities import CommunitySettings
from models.errors import Invalid
from models.people import actors
from models.relations import follows
from models.store.database import Connection, fetch_value
from outbox.communities.founding import CommunityDraft, edit
from outbox.communities.invitations import invite
from outbox.meetings.meetings import cancel, publish
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.inbox.communities.test_communities import receive
from tests.outbox.communities.sample_community import found, make_copy, make_neighbour, put_in
from tests.outbox.meetings.sample_meetings import make_draft
from tests.outbox.sent_activities import list_sent, make_streams

HIDDEN = CommunityDraft(
    name="Remorques en commun",
    description="On se prête nos remorques.",
    settings=CommunitySettings(access="invitation", hidden=True),
)


async def test_others_servers_forget_it_and_those_of_its_people_are_told(conn: Connection) -> None:
    alice, zoe, bob, carl = (
        await make_member(conn),
        await make_member(conn, "zoe"),
        await make_neighbour(conn),
        await make_neighbour(conn, "carl", host="arras.test"),
    )
    fan, other = await make_remote_actor(conn, "fan", "fans.test"), await make_neighbour(conn, "eve")
    community = await found(conn, alice)
    await put_in(conn, bob, community)
    await invite(conn, HERE, alice, community, carl)
    for one in (zoe, fan, bob, other):
        await make_follow(conn, one, await actors.get(conn, community.actor_id))

    hidden = await edit(conn, HERE, alice, community, HIDDEN)

    sent = [(one.type, sorted(one.hosts)) for one in await list_sent(conn)][1:]
    assert sent == [("Delete", ["fans.test"]), ("Update", ["henin.test"])]
    left = [one.id for one in (zoe, fan, bob, other) if await _follows(conn, one.id, community.actor_id)]
    assert (hidden.hidden, left) == (True, [bob.id])
    await edit(conn, HERE, alice, hidden, HIDDEN)
    assert len([one for one in await list_sent(conn) if one.type == "Delete"]) == 1


async def _follows(conn: Connection, follower_id: int, followed_id: int) -> bool:
    return await follows.is_follower(conn, follower_id=follower_id, followed_id=followed_id)


async def test_a_copy_that_was_taken_back_is_nothing_here(conn: Connection) -> None:
    alice, copy = await make_member(conn), await make_copy(conn)
    group = await actors.get(conn, copy.actor_id)
    await make_follow(conn, alice, group)

    assert await receive(conn, group, "Delete", copy.uri) is None

    assert await communities.find(conn, copy.actor_id) is None
    assert not await _follows(conn, alice.id, copy.actor_id)


async def test_its_public_meetings_would_show_it(conn: Connection) -> None:
    await make_streams(conn)
    alice = await make_member(conn)
    community = await found(conn, alice)
    group = await actors.get(conn, community.actor_id)
    public, inside = [await publish(conn, HERE, group, make_draft(audience=one)) for one in ("network", "community")]

    with pytest.raises(Invalid) as refused:
        await edit(conn, HERE, alice, community, HIDDEN)
    assert (refused.value.code, refused.value.field) == ("community_meets_publicly", "hidden")
    await cancel(conn, HERE, group, public.id)
    await edit(conn, HERE, alice, community, HIDDEN)

    gone = "SELECT deleted_at IS NOT NULL FROM post WHERE id = $1"
    assert [await fetch_value(conn, gone, one.id) for one in (public, inside)] == [True, False]
