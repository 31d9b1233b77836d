"""What people wrote under a listing or a note: questions to all, and messages between two."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from models import posts
from models.moderation import held_posts
from models.moderation.held_posts import HeldPost
from models.people import actors
from models.people.actors import Actor
from models.posts import PUBLIC, Post, notes
from models.posts.media import media
from models.posts.media.media import Media
from models.posts.polls import polls
from models.posts.polls.polls import Poll
from models.settings import Site
from models.store.database import Connection
from web.news.leading_mentions import load_messages
from web.pages.components.attachments import Attachment, list_attachments
from web.pages.components.listing_cards import Picture, draw_pictures
from web.pages.components.people import initial_of, is_reportable
from web.pages.components.quotes import Quoted, list_quoted
from web.pages.traffic.delivery_status import DeliveryStatus, find_delivery_status
from web.rendering.paths import profile_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One answer. `to_name` is whom it answers where that is not the post itself; `delivery` for the reader's own."""

    id: int
    uri: str
    author: str
    author_href: str
    initial: str
    own: bool
    private: bool
    to_name: str
    content: Markup
    language: str | None
    at: datetime
    pictures: list[Picture]
    files: list[Attachment]
    warning: str
    sensitive: bool
    delivery: DeliveryStatus | None
    quoted: Quoted | None = None
    poll: Poll | None = None
    held: HeldPost | None = None
    reportable: bool = False


async def list_comments(conn: Connection, site: Site, post_id: int, reader_id: int | None) -> list[Comment]:
    """Every answer below this post that the reader may see, each after what it answers."""
    below = await notes.list_descendants(conn, post_id)
    if not below:
        return []
    visible = await posts.filter_wanted(conn, below, reader_id)
    found = await load_messages(conn, visible)
    writers = await actors.map_by_ids(conn, [post.author_id for post in found.values()])
    photos = await media.list_by_posts(conn, list(found))
    own = await find_delivery_status(conn, [post.uri for post in found.values() if post.author_id == reader_id])
    quoted = await list_quoted(conn, site, list(found.values()), reader_id)
    asked = await polls.list_by_posts(conn, list(found), reader_id)
    held = await held_posts.map_own(conn, reader_id, list(found)) if own else {}
    shown = [found[id] for id in below if id in found]
    return [
        replace(
            _make_remark(
                site, post, found=found, writers=writers, photos=photos.get(post.id, []), delivery=own.get(post.uri)
            ),
            quoted=quoted.get(post.id),
            poll=asked.get(post.id),
            held=held.get(post.id),
            reportable=is_reportable(writers[post.author_id], reader_id),
        )
        for post in shown
    ]


def _make_remark(
    site: Site,
    post: Post,
    *,
    found: Mapping[int, Post],
    writers: Mapping[int, Actor],
    photos: list[Media],
    delivery: DeliveryStatus | None,
) -> Comment:
    writer = writers[post.author_id]
    answered = found.get(post.in_reply_to_id or 0)
    return Comment(
        id=post.id,
        uri=post.uri,
        author=writer.display_name,
        author_href=profile_path(writer),
        initial=initial_of(writer.display_name),
        own=delivery is not None,
        private=post.audience not in (*PUBLIC, "community"),
        to_name=writers[answered.author_id].display_name if answered and answered.author_id != writer.id else "",
        content=Markup(post.content),  # noqa: S704 - cleaned by federation/texts/html_cleaner when it was stored
        language=post.language,
        at=post.published_at,
        pictures=draw_pictures(site, photos),
        files=list_attachments(site, photos),
        warning=post.warning,
        sensitive=post.sensitive,
        delivery=delivery,
    )
