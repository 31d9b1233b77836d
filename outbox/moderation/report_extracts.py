"""How reported posts read when they were reported: kept beside the report, whatever becomes of them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from federation.texts.html_cleaner import to_text
from models.listings import listings
from models.listings.listings import Listing
from models.moderation.reports import EXTRACT_LIMIT, EXTRACTS
from models.people import actors
from models.posts import Post
from models.store.database import Connection


async def take_extracts(
    conn: Connection, posts: Sequence[Post], *, around: Sequence[Post] = ()
) -> list[dict[str, Any]]:
    """The beginning of each living post, without markup, with the title of the listing that it is or stands below.

    With `around`, messages before and after those that are reported, all stand in the order in which they were written;
    each of `around` says who wrote it.
    """
    by = await _name_writers(conn, around, {post.id for post in posts})
    living = [post for post in _order(posts, around) if post.deleted_at is None][:EXTRACTS]
    below = [id for post in living for id in (post.id, post.root_id) if id]
    titled = await listings.list_by_posts(conn, below)
    return [_take_extract(post, _find_listing(post, titled), by.get(post.id, "")) for post in living]


def _order(posts: Sequence[Post], around: Sequence[Post]) -> Sequence[Post]:
    """As they were written, where something stands around them."""
    together = {post.id: post for post in (*posts, *around)}
    return sorted(together.values(), key=lambda post: post.id) if around else posts


def _find_listing(post: Post, titled: Mapping[int, Listing]) -> Listing | None:
    """The listing that a post is or stands below."""
    return titled.get(post.id) or titled.get(post.root_id or 0)


async def _name_writers(conn: Connection, around: Sequence[Post], named: Collection[int]) -> dict[int, str]:
    """Who wrote each of these that is not reported itself."""
    writers = await actors.map_by_ids(conn, [post.author_id for post in around])
    return {post.id: writers[post.author_id].display_name for post in around if post.id not in named}


def _take_extract(post: Post, listing: Listing | None, by: str) -> dict[str, Any]:
    extract = {
        "uri": post.uri,
        "title": listing.details.title if listing else "",
        "text": "\n".join(filter(None, (post.warning, to_text(post.content))))[:EXTRACT_LIMIT],
    }
    return extract | {"by": by} if by else extract
