"""Follow: somebody elsewhere wants to see what one of ours publishes (AX1, AX2)."""

from federation.vocabulary.activities.activities import Follow
from inbox.errors import Ignored
from inbox.relations.friendships import process_follow
from models.news import notifications
from models.people import actors
from models.people.actors import BUILT_IN, Actor
from models.relations import follows
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.reject import build_reject
from outbox.communities.answers_in_words import ask_follower
from outbox.listings.marketplaces import answer_follow
from outbox.relations.follows import FollowAnswer, say_yes
from outbox.traffic.send import Recipients, send

UNFOLLOWABLE = "instance"
"""The actor that signs our fetches publishes nothing; only marketplaces ask it for what others publish."""


async def handle_follow(conn: Connection, site: Site, sender: Actor, activity: Follow) -> None:
    """Accepted at once, unless the account is locked: then its owner is asked. A repeated Follow is answered again.
    Whoever moved or is suspended says no.

    Administrators are told of a cooperative that begins to follow ours.
    """
    followed = await actors.find_by_uri(conn, activity.object)
    if followed is None or not followed.local or not await _is_there(conn, followed):
        raise Ignored("follows_nobody")
    await blocks.wait_for(conn, followed.id)
    if followed.username == UNFOLLOWABLE:
        await answer_follow(conn, site, followed, sender, activity)
        return
    if await _is_refused(conn, sender, followed):
        await send(conn, followed, build_reject(site, followed, activity), Recipients(named_ids=(sender.id,)))
        return
    state: follows.FollowState = "pending" if followed.locked else "accepted"
    await _require_own_id(conn, sender, followed, activity)
    before = await follows.find(conn, follower_id=sender.id, followed_id=followed.id)
    follow = await follows.save(conn, uri=activity.id, follower_id=sender.id, followed_id=followed.id, state=state)
    if follow.state == "accepted":
        await say_yes(conn, site, [FollowAnswer(followed=followed, follower_id=sender.id, follow=activity)])
    if before is None or before.state != follow.state:
        await _notify_followed(conn, sender, followed, follow.state)
        await ask_follower(conn, site, followed, sender)


async def _notify_followed(conn: Connection, sender: Actor, followed: Actor, state: follows.FollowState) -> None:
    """Whoever is followed is told, and of another cooperative those who look after servers."""
    await notifications.notify(
        conn,
        recipient_id=followed.id,
        type="follow" if state == "accepted" else "follow_request",
        actor_id=sender.id,
    )
    if followed.username in BUILT_IN and sender.speaks_for_cooperative:
        await process_follow(conn, sender)


async def _is_there(conn: Connection, followed: Actor) -> bool:
    """Not who is deleted, nor who waits to be let in."""
    return followed.deleted_at is None and await actors.is_published(conn, followed.id)


async def _require_own_id(conn: Connection, sender: Actor, followed: Actor, activity: Follow) -> None:
    """By its id a follow is taken back: no two have the same."""
    same = await follows.find_by_uri(conn, activity.id)
    if same is not None and (same.follower_id, same.followed_id) != (sender.id, followed.id):
        raise Ignored("follow_id_taken")


async def _is_refused(conn: Connection, sender: Actor, followed: Actor) -> bool:
    return (
        followed.moved_to is not None
        or followed.suspended_at is not None
        or await blocks.between(conn, followed.id, sender.id)
    )
