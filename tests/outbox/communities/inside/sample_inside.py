"""Things that stay inside a community, and who finds them."""

from typing import Any

from models import posts
from models.communities.communities import Community
from models.listings.listings import Listing
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection
from outbox.listings import listings
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from tests.factories import HERE
from tests.outbox.listings.test_listings import make_draft


async def share_listing(conn: Connection, author: Actor, community: Community, **changes: Any) -> Listing:
    """She lends something to those who are in it."""
    inside = {"audience": "community", "community_id": community.actor_id}
    return await listings.publish(conn, HERE, author, make_draft(**(inside | changes)))


async def share_note(conn: Connection, author: Actor, community: Community, text: str = "Entre nous") -> Post:
    """She says something to those who are in it."""
    draft = NoteDraft(text=text, audience="community", community_id=community.actor_id)
    return await notes.publish(conn, HERE, author, draft)


async def list_readers(conn: Connection, post: Post, *people: Actor | None) -> list[str | None]:
    """Which of these read it, by name; None for anybody."""
    return [
        one.username if one is not None else None
        for one in people
        if await posts.filter_visible(conn, [post.id], one.id if one is not None else None)
    ]
