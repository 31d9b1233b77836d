"""Take a post of ours back: what has not left stays here, and whoever may hold a copy is told (HT11, OB1)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from models import posts
from models.errors import NotFound
from models.moderation import held_posts
from models.people import accounts, actors
from models.people.actors import Actor
from models.posts import Post
from models.posts.polls import votes
from models.posts.quotes import quotes
from models.settings import Site
from models.store.database import Connection
from models.traffic.outbound import deliveries
from outbox.builders.activities.delete import build_delete
from outbox.traffic.audience import find_recipients
from outbox.traffic.send import send


async def delete_post(
    conn: Connection, site: Site, author: Actor, post: Post, *, stream_uri: str | None = None, also: Sequence[int] = ()
) -> None:
    """Make the post a tombstone and send its Delete; `stream_uri` is the Group that passed it on.

    `also` are row ids of those who had to do with it in yet another way.

    Whoever quotes it, or voted in its poll, is told too: they looked at it by themselves.

    Raises NotFound where it was taken back at the same moment.
    """
    await accounts.lock_account(conn, author.id)
    if not await posts.list_by_ids(conn, [post.id]):
        raise NotFound
    await deliveries.cancel(conn, post.uri)
    if post.meant_audience != "coop":
        stream = await actors.find_by_uri(conn, stream_uri) if stream_uri else None
        quoting = {quote.quoting_actor_id for quote in await quotes.list_accepted(conn, post.id)}
        looking = {*also, *quoting, *await votes.list_remote_voters(conn, post.id)}
        recipients = replace(
            find_recipients(post.meant_audience, author, stream=stream), named_ids=tuple(sorted(looking))
        )
        delete = build_delete(site, author, post, datetime.now(UTC))
        await send(conn, author, delete, replace(recipients, holders_of=post.uri), about=post.uri)
    await held_posts.forget(conn, post_id=post.id)
    await posts.delete(conn, post.id)
