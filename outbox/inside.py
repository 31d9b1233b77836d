"""What stays inside a community: who may share there, and how it is addressed."""

from datetime import UTC, datetime
from typing import cast

from federation.community_uris import circle_uri
from models.communities import charters, communities, insiders, memberships
from models.communities.communities import Community
from models.communities.memberships import Membership
from models.errors import Conflict, Invalid
from models.people.actors import Actor
from models.posts import Audience, Post
from models.store.database import Connection
from models.traffic.outbound import activities

PREFIX = "community:"
"""Before the name of the community inside which something stays."""


async def find_members_uri(conn: Connection, community_id: int | None) -> str | None:
    """The collection that what stays inside is addressed to; None where there is no such community any more."""
    community = None if community_id is None else await communities.find(conn, community_id)
    return None if community is None else circle_uri(community.uri, "members")


async def require_inside(
    conn: Connection, author: Actor, audience: Audience, community_id: int | None, *, again: str | None = None
) -> None:
    """Raise Invalid where the author may not share in this community; Conflict for what left it `again`.

    That is who is in it and said yes to its charter in time. What was taken back elsewhere when she left does not come
    back under its old id: others refuse it.
    """
    if audience != "community":
        return
    if author.id == community_id:
        await _require_running(conn, community_id)
        return
    community, held = await _get_membership(conn, author, community_id)
    charter = await charters.find_current(conn, community.actor_id)
    if held.public_only or not memberships.may_take_part(held, charter, datetime.now(UTC)):
        raise Invalid("community_charter_first", field="audience", name=community.name)
    if again is not None and await _was_taken_back(conn, author, again):
        raise Conflict("community_listing_taken_back", name=community.name)


async def _require_running(conn: Connection, community_id: int) -> None:
    """The community itself says it, by whoever leads it."""
    community = await communities.find(conn, community_id)
    if community is None or not community.local or community.ended_at is not None:
        raise Invalid("community_not_shared_in", field="audience")


async def _get_membership(conn: Connection, author: Actor, community_id: int | None) -> tuple[Community, Membership]:
    community = None if community_id is None else await communities.find(conn, community_id)
    if community is None or community.ended_at is not None:
        raise Invalid("community_not_shared_in", field="audience")
    held = await memberships.find(conn, community.actor_id, author.id)
    if held is None or held.state != "member":
        raise Invalid("community_not_shared_in", field="audience")
    return community, held


async def keep_insiders(conn: Connection, community_id: int | None, people: tuple[Actor, ...]) -> tuple[Actor, ...]:
    """Those of these people who read what stays inside this community: nobody else is told, whoever is named."""
    if community_id is None:
        return people
    inside = await insiders.filter_inside(conn, community_id, [one.id for one in people])
    return tuple(one for one in people if one.id in inside)


async def _was_taken_back(conn: Connection, author: Actor, uri: str) -> bool:
    return await activities.find_latest(conn, actor_id=author.id, type="Delete", object_uri=uri) is not None


async def read_audience(conn: Connection, author: Actor, text: str) -> tuple[Audience, int | None]:
    """What `community:NAME` means for this author, NAME@HOST for one elsewhere; other words are audiences themselves.

    Raises Invalid where she is in no such community.
    """
    if not text.startswith(PREFIX):
        return cast(Audience, text), None
    for shared in await insiders.list_of(conn, author.id):
        if shared.audience.lower() == text.lower():
            return "community", shared.community_id
    raise Invalid("community_not_shared_in", field="audience")


async def name_audience(conn: Connection, post: Post) -> str:
    """The same word of a post, as it is chosen again."""
    shared = await insiders.map_of_posts(conn, [post.id])
    return shared[post.id].audience if post.id in shared else post.meant_audience
