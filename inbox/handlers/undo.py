"""Undo: somebody takes a Follow, a Like, a share, a block or an Offer of terms back (AX4)."""

from federation.uris import same_origin
from federation.vocabulary.activities.activities import Activity, Announce, Block, Follow, Like, Undo
from federation.vocabulary.activities.participation import Join
from inbox.errors import Ignored
from inbox.exchanges.agreements import take_back
from inbox.meetings.participation import process_absence, undo_join
from inbox.relations import friendships
from models import posts
from models.people import actors
from models.people.actors import Actor
from models.posts import message_requests
from models.relations import follows, reactions
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from models.traffic import tombstones
from models.traffic.inbound import received


async def handle_undo(conn: Connection, site: Site, sender: Actor, activity: Undo) -> None:
    """By its id, or by what it says where the id was lost; an activity that comes after its own undoing is void.

    What came under the id already is no longer what holds, so its undoing takes nothing newer away (B-29, D10).
    """
    inner = activity.object
    uri = _read_id(sender, inner)
    if await _undo_by_id(conn, site, sender, uri, activity.content):
        return
    if not isinstance(inner, str) and not await received.has_come(conn, uri, sender.uri):
        await _undo_by_meaning(conn, site, sender, inner)
    if same_origin(uri, sender.uri):
        await tombstones.save_undone(conn, uri, sender.uri)


def _read_id(sender: Actor, undone: Activity | str) -> str:
    """The id of what is undone, or nothing where it was lost. Raises Ignored for what somebody else did."""
    if isinstance(undone, str):
        return undone
    if undone.actor != sender.uri:
        raise Ignored("undo_of_others")
    return undone.id


async def _undo_by_id(conn: Connection, site: Site, sender: Actor, uri: str, content: str) -> bool:
    await message_requests.take_back(conn, uri, sender.id)  # an Offer that waits
    if await _remove(conn, sender, uri) or await undo_join(conn, site, sender, uri):
        return True
    if await friendships.process_undo(conn, sender, uri):
        return True
    return await take_back(conn, site, sender, uri, content)


async def _remove(conn: Connection, sender: Actor, uri: str) -> bool:
    """The follow, the block or the reaction with this id. False where there is none of theirs."""
    follow = await follows.find_by_uri(conn, uri)
    if follow is not None and follow.follower_id == sender.id:
        return await _unfollow(conn, sender, follow.followed_id)
    if await blocks.remove_by_uri(conn, uri, sender.id):
        return True
    return await reactions.remove_by_uri(conn, uri, sender.id)


async def _unfollow(conn: Connection, sender: Actor, followed_id: int) -> bool:
    """What was refused for good, as marketplaces are that somebody stopped, stays so."""
    held = await follows.find(conn, follower_id=sender.id, followed_id=followed_id)
    if held is None or held.state == "rejected":
        return held is not None
    return await follows.remove(conn, follower_id=sender.id, followed_id=followed_id)


async def _undo_by_meaning(conn: Connection, site: Site, sender: Actor, inner: object) -> None:
    match inner:
        case Follow(object=uri) | Block(object=uri):
            target = await actors.find_by_uri(conn, uri)
            if target is not None and isinstance(inner, Block):
                await blocks.remove(conn, actor_id=sender.id, target_id=target.id)
            elif target is not None:
                await _unfollow(conn, sender, target.id)
        case Join(object=uri, recurs_at=recurs_at):
            await process_absence(conn, site, sender, uri, recurs_at)
        case Like(object=str(uri)) | Announce(object=str(uri)):
            post = await posts.find_by_uri(conn, uri)
            if post is not None:
                take_back = reactions.unfavourite if isinstance(inner, Like) else reactions.unshare
                await take_back(conn, actor_id=sender.id, post_id=post.id)
        case _:
            pass
