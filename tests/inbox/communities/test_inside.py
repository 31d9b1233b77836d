"""What stays inside a community, as other servers send it: kept for members, refused from anybody else, passed on."""

from typing import Any

import pytest

from models import posts
from models.communities import memberships
from models.communities.communities import Community
from models.communities.memberships import Change
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection
from outbox.communities.leaving import leave
from tests.factories import HERE, make_follow, make_member
from tests.inbox.communities.test_communities import receive
from tests.inbox.handlers.activities import note_by
from tests.outbox.communities.inside.sample_inside import list_readers
from tests.outbox.communities.sample_community import found, make_copy, make_neighbour, put_in


async def share(
    conn: Connection, author: Actor, community: Community, **changes: Any
) -> tuple[str | None, Post | None]:
    """A note that this person elsewhere shares inside; why it is not kept, or the post."""
    to = [f"{community.uri}/members"]
    note = note_by(author, to=to, content="<p>Entre nous</p>") | changes
    why = await receive(conn, author, "Create", note, to=note["to"])
    return why, await posts.find_by_uri(conn, note["id"])


async def test_what_a_member_shares_is_for_members_alone(conn: Connection) -> None:
    alice, zoe, bob = await make_member(conn), await make_member(conn, "zoe"), await make_neighbour(conn)
    community = await found(conn, alice)
    await put_in(conn, bob, community)
    await make_follow(conn, zoe, bob)

    why, post = await share(conn, bob, community)

    assert why is None and post is not None
    assert (post.audience, post.community_id) == ("community", community.actor_id)
    assert await list_readers(conn, post, alice, bob, zoe, None) == ["alice", "bob"]


@pytest.mark.parametrize("state", [None, "asked", "removed", "left"])
async def test_of_who_is_no_member_nothing_is_kept(conn: Connection, state: Any) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    community = await found(conn, alice)
    if state is not None:
        await memberships.save(conn, community.actor_id, bob.id, Change(state=state, accepted_version=1))

    assert await share(conn, bob, community) == ("not_inside", None)


async def test_of_a_community_elsewhere_its_home_says_who_is_in_it(conn: Connection) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn)
    eve = await make_neighbour(conn, "eve", host="evil.test")
    neighbour = await make_neighbour(conn, "carl", host=copy.host)

    assert await share(conn, neighbour, copy) == ("nobody_inside", None)
    await put_in(conn, alice, copy)
    assert await share(conn, eve, copy) == ("not_passed_on_by_home", None)
    why, post = await share(conn, neighbour, copy)

    assert why is None and post is not None and await list_readers(conn, post, alice, eve, None) == ["alice"]
    await leave(conn, HERE, alice, copy)
    assert await posts.find_by_uri(conn, post.uri) is None, "nobody of this server may read it any more"


async def test_what_is_for_everybody_too_is_for_everybody(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    community = await found(conn, alice)
    await put_in(conn, bob, community)
    await make_follow(conn, alice, bob)
    public = ["https://www.w3.org/ns/activitystreams#Public", f"{community.uri}/members"]

    _, post = await share(conn, bob, community, to=public)

    assert post is not None and post.audience == "network"
