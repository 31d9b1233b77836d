"""What a listing that stays inside a community says of it: whose members see it, or that its author left."""

from dataclasses import dataclass

from models.communities import insiders, memberships
from models.communities.memberships import MembershipState
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class InsideMark:
    """The community; `over` says how its author stands with it where she is in it no longer, None where she is."""

    name: str
    over: MembershipState | None


async def find_inside(conn: Connection, post: Post, author: Actor) -> InsideMark | None:
    """The mark of this listing; None for one that does not stay inside."""
    inside = [post.id] if post.community_id is not None else []
    shared = (await insiders.map_of_posts(conn, inside)).get(post.id) if inside else None
    if shared is None:
        return None
    itself = author.id == shared.community_id
    if not author.local or itself or await insiders.filter_inside(conn, shared.community_id, [author.id]):
        return InsideMark(name=shared.name, over=None)
    held = await memberships.find(conn, shared.community_id, author.id)
    return InsideMark(name=shared.name, over="removed" if held is None else held.state)
