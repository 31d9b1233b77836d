"""Keep a post from elsewhere, whichever activity brought it, and tell those whom it concerns."""

from federation.uris import same_origin
from inbox.errors import Ignored
from inbox.resolve import Postlike, note_of
from inbox.translation import read_attachments, read_details, read_new_post
from models import actors, blocks, follows, listings, media, notes, notifications, posts, tombstones
from models.actors import Actor
from models.database import Connection
from models.posts import NewPost, Post


async def save_post(conn: Connection, author: Actor, object: Postlike, *, through_share: bool = False) -> Post:
    """Store the object or its newer version. Raises Ignored for what is not kept here (decisions.md)."""
    note = note_of(object)
    if await tombstones.is_gone(conn, note.id, author.uri):
        raise Ignored("This was deleted before it came.")
    known = await _find_actors(conn, object)
    new = read_new_post(author, object, {uri: actor.id for uri, actor in known.items()})
    details = read_details(object)
    local_ids = [actor.id for actor in known.values() if actor.local]
    if details is None and not through_share and not await _is_wanted(conn, author, new, local_ids):
        raise Ignored("Nobody here follows its author, is named in it, or is answered by it.")
    if details is None:
        post, fresh = await notes.save_remote(conn, new)
    else:
        listing, fresh = await listings.save_remote(conn, new, details)
        post = listing.post
    if post.local or post.author_id != author.id:
        raise Ignored("This object is somebody else's.")
    attachments = read_attachments(object)
    if attachments or not fresh:
        await media.save_remote(conn, post.id, attachments)
    if fresh:
        await _tell(conn, author, post, new, local_ids)
    return post


async def _find_actors(conn: Connection, object: Postlike) -> dict[str, Actor]:
    note = note_of(object)
    uris = {*note.to, *note.cc, *(mention.href for mention in note.mentions)}
    return {actor.uri: actor for actor in await actors.list_by_uris(conn, list(uris))}


async def _is_wanted(conn: Connection, author: Actor, new: NewPost, local_ids: list[int]) -> bool:
    """Every post of somebody followed here, answers to what is here, and what names somebody of ours."""
    if local_ids:
        return True
    if new.in_reply_to_uri is not None:
        parent = await posts.find_by_uri(conn, new.in_reply_to_uri)
        if parent is not None and parent.deleted_at is None:
            return True
    return await follows.is_followed_locally(conn, author.uri)


async def _tell(conn: Connection, author: Actor, post: Post, new: NewPost, local_ids: list[int]) -> None:
    """Notify people named or addressed, whoever wrote what is answered, and who asked to be told of this author."""
    told = set(local_ids)
    if post.in_reply_to_id is not None and post.audience in posts.PUBLIC:
        parents = await posts.list_by_ids(conn, [post.in_reply_to_id])
        told |= {parent.author_id for parent in parents if parent.local}
    for recipient_id in sorted(told):
        if not await blocks.between(conn, recipient_id, author.id):
            await notifications.notify(
                conn, recipient_id=recipient_id, type="mention", actor_id=author.id, post_id=post.id
            )
    if new.in_reply_to_uri is None and post.audience != "direct":
        await notifications.notify_followers(conn, author_id=author.id, post_id=post.id)


def require_own(author: Actor, uri: str) -> None:
    """Raise Ignored unless the thing with this id may be of this actor's server."""
    if not same_origin(author.uri, uri):
        raise Ignored("Only its own server says what becomes of this.")
