"""How reported posts read when they were reported: kept beside the report, whatever becomes of them."""

from collections.abc import Sequence
from typing import Any

from federation.texts.html_cleaner import to_text
from models.listings import listings
from models.listings.listings import Listing
from models.moderation.reports import EXTRACT_LIMIT, EXTRACTS
from models.posts import Post
from models.store.database import Connection


async def take_extracts(conn: Connection, posts: Sequence[Post]) -> list[dict[str, Any]]:
    """The beginning of each living post, without markup, with the title of the listing that it is or stands below."""
    living = [post for post in posts if post.deleted_at is None][:EXTRACTS]
    titled = await listings.list_by_posts(conn, [id for post in living for id in (post.id, post.root_id) if id])
    return [_take_extract(post, titled.get(post.id) or titled.get(post.root_id or 0)) for post in living]


def _take_extract(post: Post, listing: Listing | None) -> dict[str, Any]:
    return {
        "uri": post.uri,
        "title": listing.details.title if listing else "",
        "text": "\n".join(filter(None, (post.warning, to_text(post.content))))[:EXTRACT_LIMIT],
    }
