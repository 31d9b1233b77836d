"""A stream's Group passes a listing on to those who follow it, in both forms that peers know, and takes it back."""

from datetime import UTC, datetime

from federation.documents.parse import parse_activity
from federation.vocabulary.activities.activities import Announce, Create
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.relations import reactions
from models.settings import Site
from models.store.database import Connection
from models.traffic.outbound import activities
from outbox.builders.activities.announce import build_announce, build_group_announce
from outbox.builders.activities.undo import build_undo
from outbox.traffic.send import Recipients, send


async def pass_on(
    conn: Connection, site: Site, stream: Actor | None, author: Actor, post: Post, create: Create | None = None
) -> None:
    """Share a post of ours with the followers of a stream, people here included; once. Not of whoever is limited.

    `create` is the activity that published it, found again when it is not given. The followers get it as
    `Announce(Create)` for servers of groups (FEP-1b12), and as `Announce(id)` for all others.
    """
    if stream is None or post.audience != "network" or author.limited_at is not None:
        return
    at = datetime.now(UTC)
    announce = build_announce(site, stream, post.uri, author.uri, at)
    if await reactions.share(conn, uri=announce.id, actor_id=stream.id, post_id=post.id) is None:
        return
    create = create or await _find_create(conn, author, post)
    followers = Recipients(followed_ids=(stream.id,))
    if create is not None:
        await send(conn, stream, build_group_announce(site, stream, create, at), followers, about=post.uri)
    await send(conn, stream, announce, followers, about=post.uri)


async def take_back(conn: Connection, site: Site, stream_uri: str, post: Post) -> None:
    """The stream no longer passes it on: the listing became one of another kind."""
    stream = await actors.find_by_uri(conn, stream_uri)
    if stream is None or not stream.local:
        return
    share = await reactions.find_share(conn, actor_id=stream.id, post_id=post.id)
    if share is None or share.uri is None:
        return
    kept = await activities.find_by_uri(conn, share.uri)
    announce = None if kept is None else parse_activity(kept.body.encode())
    if isinstance(announce, Announce):
        await send(
            conn, stream, build_undo(site, stream, announce), Recipients(followed_ids=(stream.id,)), about=announce.id
        )
    await reactions.unshare(conn, actor_id=stream.id, post_id=post.id)


async def _find_create(conn: Connection, author: Actor, post: Post) -> Create | None:
    kept = await activities.find_create(conn, actor_id=author.id, object_uri=post.uri)
    create = None if kept is None else parse_activity(kept.body.encode())
    return create if isinstance(create, Create) else None
