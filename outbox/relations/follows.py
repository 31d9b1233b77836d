"""Follow and unfollow, accept and refuse, whether the other one is here or elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from federation.documents.parse import parse_activity
from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Follow
from models.errors import Forbidden, Invalid, NotFound
from models.news import notifications
from models.people import accounts, actors
from models.people.actors import Actor
from models.relations import follows
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from models.traffic.outbound import activities
from outbox.builders.activities.accept import build_accept
from outbox.builders.activities.follow import build_follow
from outbox.builders.activities.reject import build_reject
from outbox.builders.activities.undo import build_undo
from outbox.traffic.send import PersonalAnswer, Recipients, send, send_answers

UNFOLLOWABLE = "Application"
"""Servers' own actors publish nothing (AX2)."""

PATIENCE = timedelta(minutes=1)
"""Nobody makes us say the same thing again more often."""


async def follow(conn: Connection, site: Site, follower: Actor, followed: Actor) -> follows.Follow:
    """Ask to follow; at once accepted among ourselves, unless the account is locked. Again changes nothing.

    One that was refused is asked again, and after a minute one whose answer may have been lost. Raises Invalid,
    Forbidden.
    """
    await _require_followable(conn, follower, followed)
    held = await follows.find(conn, follower_id=follower.id, followed_id=followed.id)
    if held is not None and held.state == "accepted":
        return held
    if followed.local:
        return await _follow_here(conn, site, follower, followed, held)
    if held is not None and held.state == "pending" and await _asked_just_now(conn, follower, followed):
        return held
    asked = build_follow(site, follower, followed)
    await send(conn, follower, asked, Recipients(named_ids=(followed.id,)), about=followed.uri)
    return await follows.save(conn, uri=asked.id, follower_id=follower.id, followed_id=followed.id, state="pending")


async def _require_followable(conn: Connection, follower: Actor, followed: Actor) -> None:
    """Raise Invalid or Forbidden where it cannot be. Until the transaction ends nobody else changes that."""
    if follower.id == followed.id:
        raise Invalid("follow_self", field="address")
    if followed.gone or followed.type == UNFOLLOWABLE:
        raise Invalid("not_followable", field="address")
    if followed.local:
        await blocks.wait_for(conn, followed.id)
    else:
        await accounts.lock_account(conn, follower.id)
    if await blocks.between(conn, follower.id, followed.id):
        raise Forbidden("not_followable")


async def _asked_just_now(conn: Connection, follower: Actor, followed: Actor) -> bool:
    said = await activities.find_latest(conn, actor_id=follower.id, type="Follow", object_uri=followed.uri)
    return said is not None and said.said_at > datetime.now(UTC) - PATIENCE


async def _follow_here(
    conn: Connection, site: Site, follower: Actor, followed: Actor, held: follows.Follow | None
) -> follows.Follow:
    saved = await follows.save(
        conn,
        uri=activity_uri(site, follower.username),
        follower_id=follower.id,
        followed_id=followed.id,
        state="pending" if followed.locked else "accepted",
    )
    if held is None or held.state != saved.state:
        await notifications.notify(
            conn,
            recipient_id=followed.id,
            type="follow_request" if followed.locked else "follow",
            actor_id=follower.id,
        )
    return saved


async def unfollow(conn: Connection, site: Site, follower: Actor, followed: Actor) -> bool:
    """Follow no longer, or no longer ask to. False when that is so already."""
    if not followed.local:
        await accounts.lock_account(conn, follower.id)
    held = await follows.find(conn, follower_id=follower.id, followed_id=followed.id)
    if held is None:
        return False
    if not followed.local:
        asked = await _find_follow(conn, held, follower, followed)
        await send(
            conn,
            follower,
            build_undo(site, follower, asked),
            Recipients(named_ids=(followed.id,)),
            about=followed.uri,
        )
    return await follows.remove(conn, follower_id=follower.id, followed_id=followed.id)


async def undo_unknown_follow(conn: Connection, site: Site, follower: Actor, followed: Actor) -> None:
    """Take back a follow that the other server believes in and that is not known here: its id was lost."""
    unknown = Follow(
        id=activity_uri(site, follower.username), actor=follower.uri, object=followed.uri, to=(followed.uri,)
    )
    await send(
        conn, follower, build_undo(site, follower, unknown), Recipients(named_ids=(followed.id,)), about=followed.uri
    )


async def unfollow_again(conn: Connection, site: Site, uri: str, followed: Actor) -> bool:
    """Say again that a Follow of ours no longer holds, whose acceptance came after it was taken back.

    False when we never sent this Follow to them, when somebody of ours does follow them, and when it was just said.
    """
    kept = await activities.find_by_uri(conn, uri)
    asked = parse_activity(kept.body.encode()) if kept is not None and kept.type == "Follow" else None
    if kept is None or not isinstance(asked, Follow) or asked.object != followed.uri:
        return False
    if await follows.find(conn, follower_id=kept.actor_id, followed_id=followed.id) is not None:
        return False
    said = await activities.find_latest(conn, actor_id=kept.actor_id, type="Undo", object_uri=asked.id)
    if said is not None and said.said_at > datetime.now(UTC) - PATIENCE:
        return False
    follower = await actors.get(conn, kept.actor_id)
    undo = build_undo(site, follower, asked)
    await send(conn, follower, undo, Recipients(named_ids=(followed.id,)), about=asked.id)
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowAnswer:
    """To whom one of ours says yes, and to what: the Follow as it came."""

    followed: Actor
    follower_id: int
    follow: Follow


async def say_yes(conn: Connection, site: Site, answers: Sequence[FollowAnswer]) -> None:
    """Tell each who asked to follow one of ours that it holds, in few statements however many they are."""
    await send_answers(
        conn,
        [
            PersonalAnswer(
                sender=one.followed,
                activity=build_accept(site, one.followed, one.follow),
                recipient_id=one.follower_id,
            )
            for one in answers
        ],
    )


async def accept(conn: Connection, site: Site, followed: Actor, follower: Actor) -> follows.Follow:
    """Say yes to somebody who asked to follow one of ours. Raises NotFound when nobody asked."""
    held = await _get_request(conn, followed, follower)
    if await follows.accept(conn, held.id) and not follower.local:
        answer = FollowAnswer(followed=followed, follower_id=follower.id, follow=_describe(held, follower, followed))
        await say_yes(conn, site, [answer])
    if follower.local:
        await notifications.notify(conn, recipient_id=followed.id, type="follow", actor_id=follower.id)
    return await _get_request(conn, followed, follower)


async def reject(conn: Connection, site: Site, followed: Actor, follower: Actor) -> None:
    """Say no, now or after having said yes (AX3). Raises NotFound when nobody asked."""
    held = await _get_request(conn, followed, follower)
    if not follower.local:
        answer = build_reject(site, followed, _describe(held, follower, followed))
        await send(conn, followed, answer, Recipients(named_ids=(follower.id,)))
        await follows.remove(conn, follower_id=follower.id, followed_id=followed.id)
    else:
        await follows.reject(conn, held.id)
    await notifications.forget_follow(conn, recipient_id=followed.id, actor_id=follower.id)


async def _get_request(conn: Connection, followed: Actor, follower: Actor) -> follows.Follow:
    held = await follows.find(conn, follower_id=follower.id, followed_id=followed.id)
    if held is None:
        raise NotFound
    return held


async def _find_follow(conn: Connection, held: follows.Follow, follower: Actor, followed: Actor) -> Follow:
    """The Follow as it was sent: some peers know it only by its id, others only by who follows whom."""
    kept = await activities.find_by_uri(conn, held.uri) if held.uri else None
    sent = None if kept is None else parse_activity(kept.body.encode())
    return sent if isinstance(sent, Follow) else _describe(held, follower, followed)


def _describe(held: follows.Follow, follower: Actor, followed: Actor) -> Follow:
    return Follow(id=held.uri or "", actor=follower.uri, object=followed.uri, to=(followed.uri,))
