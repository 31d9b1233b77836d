"""Like and share, and take both back."""

from datetime import UTC, datetime

from federation.documents.parse import parse_activity
from federation.vocabulary.activities.activities import Announce, Like
from models import posts
from models.errors import Forbidden, NotFound
from models.news import notifications
from models.people import accounts, actors
from models.people.actors import Actor
from models.posts import PUBLIC, Post
from models.relations import reactions
from models.relations.reactions import Favourite, Share
from models.settings import Site
from models.store.database import Connection
from models.traffic.outbound import activities
from outbox.builders.activities.announce import build_announce
from outbox.builders.activities.like import build_like
from outbox.builders.activities.undo import build_undo
from outbox.traffic.send import Recipients, send


async def favourite(conn: Connection, site: Site, actor: Actor, post: Post) -> Favourite:
    """Like a post that the actor may read; its author is told. Again changes nothing. Raises NotFound."""
    await _require_visible(conn, actor, post)
    await accounts.lock_account(conn, actor.id)
    held = await reactions.find_favourite(conn, actor_id=actor.id, post_id=post.id)
    if held is not None:
        return held
    author = await actors.get(conn, post.author_id)
    like = build_like(site, actor, post.uri, author.uri)
    saved = await reactions.favourite(conn, uri=like.id, actor_id=actor.id, post_id=post.id)
    assert saved is not None
    if post.kind == "notice":
        return saved  # whoever passes for its author knows nothing of it
    if author.local:
        await notifications.notify(conn, recipient_id=author.id, type="favourite", actor_id=actor.id, post_id=post.id)
    else:
        await send(conn, actor, like, Recipients(named_ids=(author.id,)), about=post.uri)
    return saved


async def unfavourite(conn: Connection, site: Site, actor: Actor, post: Post) -> bool:
    """Take a like back. False when there was none."""
    await accounts.lock_account(conn, actor.id)
    held = await reactions.find_favourite(conn, actor_id=actor.id, post_id=post.id)
    if held is None:
        return False
    author = await actors.get(conn, post.author_id)
    if not author.local and post.kind != "notice":
        like = Like(id=held.uri or "", actor=actor.uri, object=post.uri, to=(author.uri,))
        await send(conn, actor, build_undo(site, actor, like), Recipients(named_ids=(author.id,)), about=like.id)
    return await reactions.unfavourite(conn, actor_id=actor.id, post_id=post.id)


async def share(conn: Connection, site: Site, actor: Actor, post: Post, *, unlisted: bool = False) -> Share:
    """Show a public post to the actor's followers. Again changes nothing. Raises NotFound, and Forbidden for others."""
    await _require_visible(conn, actor, post)
    if post.audience not in PUBLIC:
        raise Forbidden("reblog_not_public")
    await accounts.lock_account(conn, actor.id)
    held = await reactions.find_share(conn, actor_id=actor.id, post_id=post.id)
    if held is not None:
        return held
    author = await actors.get(conn, post.author_id)
    announce = build_announce(site, actor, post.uri, author.uri, datetime.now(UTC), unlisted=unlisted)
    saved = await reactions.share(conn, uri=announce.id, actor_id=actor.id, post_id=post.id)
    assert saved is not None
    if author.local:
        await notifications.notify(conn, recipient_id=author.id, type="reblog", actor_id=actor.id, post_id=post.id)
    await send(conn, actor, announce, Recipients(named_ids=(author.id,), followed_ids=(actor.id,)), about=post.uri)
    return saved


async def unshare(conn: Connection, site: Site, actor: Actor, post: Post) -> bool:
    """Take a share back. False when there was none."""
    await accounts.lock_account(conn, actor.id)
    held = await reactions.find_share(conn, actor_id=actor.id, post_id=post.id)
    if held is None:
        return False
    kept = await activities.find_by_uri(conn, held.uri) if held.uri else None
    announce = None if kept is None else parse_activity(kept.body.encode())
    if isinstance(announce, Announce):
        author = await actors.get(conn, post.author_id)
        recipients = Recipients(named_ids=(author.id,), followed_ids=(actor.id,))
        await send(conn, actor, build_undo(site, actor, announce), recipients, about=announce.id)
    return await reactions.unshare(conn, actor_id=actor.id, post_id=post.id)


async def _require_visible(conn: Connection, actor: Actor, post: Post) -> None:
    if post.id not in await posts.filter_visible(conn, [post.id], actor.id):
        raise NotFound
