"""Who leads a community of ours learns that something which stays inside is reported."""

from collections.abc import Sequence

from models.communities import communities, members
from models.communities.communities import Community
from models.news import community_news
from models.posts import Post
from models.store.database import Connection


async def _list_of(conn: Connection, named: Sequence[Post]) -> list[Community]:
    """The communities inside which these posts stay."""
    found = [await communities.find(conn, id) for id in sorted({one.community_id for one in named if one.community_id})]
    return [one for one in found if one is not None]


async def tell_leading(conn: Connection, named: Sequence[Post], *, but: Sequence[int | None]) -> None:
    """Managers and moderators here, but who reported and who is reported."""
    for community in await _list_of(conn, named):
        if community.local:
            leading = await members.list_leading(conn, community.actor_id)
            told = [one.actor_id for one in leading if one.local and one.actor_id not in but]
            await community_news.tell(conn, community.actor_id, told, "community_report")


async def is_inside_ours(conn: Connection, post: Post) -> bool:
    """Whether it stays inside a community whose home is here, whoever wrote it."""
    return any(one.local for one in await _list_of(conn, [post]))
