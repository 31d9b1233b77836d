"""Undo: somebody takes a Follow, a Like, a share or a block back (AX4)."""

from federation.uris import same_origin
from federation.vocabulary.activities import Announce, Block, Follow, Like, Undo
from inbox.errors import Ignored
from models import actors, blocks, follows, posts, reactions, tombstones
from models.actors import Actor
from models.database import Connection
from models.settings import Site


async def handle_undo(conn: Connection, site: Site, sender: Actor, activity: Undo) -> None:
    """By its id, or by what it says; an activity that comes after its own undoing is void."""
    inner = activity.object
    uri = inner if isinstance(inner, str) else inner.id
    if not isinstance(inner, str) and inner.actor != sender.uri:
        raise Ignored("Only whoever did it can undo it.")
    done = await _undo_by_id(conn, sender, uri) if uri else False
    if not done and not isinstance(inner, str):
        done = await _undo_by_meaning(conn, sender, inner)
    if not done and uri and same_origin(uri, sender.uri):
        await tombstones.save_undone(conn, uri, sender.uri)


async def _undo_by_id(conn: Connection, sender: Actor, uri: str) -> bool:
    follow = await follows.find_by_uri(conn, uri)
    if follow is not None and follow.follower_id == sender.id:
        return await follows.remove(conn, follower_id=sender.id, followed_id=follow.followed_id)
    if await blocks.remove_by_uri(conn, uri, sender.id):
        return True
    return await reactions.remove_by_uri(conn, uri, sender.id)


async def _undo_by_meaning(conn: Connection, sender: Actor, inner: object) -> bool:
    match inner:
        case Follow(object=uri) | Block(object=uri):
            target = await actors.find_by_uri(conn, uri)
            if target is None:
                return False
            if isinstance(inner, Block):
                return await blocks.remove(conn, actor_id=sender.id, target_id=target.id)
            return await follows.remove(conn, follower_id=sender.id, followed_id=target.id)
        case Like(object=str(uri)) | Announce(object=str(uri)):
            post = await posts.find_by_uri(conn, uri)
            if post is None:
                return False
            take_back = reactions.unfavourite if isinstance(inner, Like) else reactions.unshare
            return await take_back(conn, actor_id=sender.id, post_id=post.id)
        case _:
            return False
