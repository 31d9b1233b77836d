"""Follows of our people that take effect together (AX1): answered at once, each with a yes.

All the rest is decided by `handlers.follow`: what was undone before, whom its owner is asked about, who moved or may
not, what a block keeps apart, communities, the actors that every instance has, and whose row somebody holds just now.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from federation.vocabulary.activities.activities import Follow
from inbox.posts.sets.values import Sent, Touched
from models.news.told import Told, notify_many
from models.people import actors
from models.people.actors import BUILT_IN, Actor
from models.relations import follows
from models.relations.blocking import blocks
from models.relations.follows import NewFollow
from models.store.database import Connection
from models.traffic.inbound import follow_contexts
from models.traffic.inbound.follow_contexts import FollowContext, FollowQuery
from outbox.relations.follows import FollowAnswer, say_yes


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedFollow:
    """One of a set with who is followed, and how the two stand."""

    sent: Sent[Follow]
    followed: Actor
    known: FollowContext


def may_be_plain(activity: Follow) -> bool:
    """Whether it could be such a one, as far as it says itself: it has an id, by which it is taken back."""
    return bool(activity.id)


def list_touched(activity: Follow) -> Touched:
    """A second one by the same actor of the same person comes after the first."""
    return Touched(changed=frozenset((activity.id, f"Follow {activity.actor} {activity.object}")))


async def read_set(conn: Connection, sent: Sequence[Sent[Follow]]) -> list[ArrivedFollow | None]:
    """Whom each follows, in a few questions; None for what is decided alone. None of them blocks meanwhile."""
    people = await _find_followable(conn, {one.activity.object for one in sent})
    plain = [one for one in sent if one.activity.object in people]
    known = await follow_contexts.load(conn, [_ask_about(one, people[one.activity.object]) for one in plain])
    found = {one.activity.id: context for one, context in zip(plain, known, strict=True)}
    return [_combine(one, people.get(one.activity.object), found.get(one.activity.id)) for one in sent]


async def _find_followable(conn: Connection, uris: set[str]) -> dict[str, Actor]:
    found = {one.uri: one for one in await actors.list_by_uris(conn, sorted(uris)) if _answers_at_once(one)}
    free = await blocks.keep_from_blocking(conn, [one.id for one in found.values()])
    published = set(await actors.filter_published(conn, free))
    return {uri: one for uri, one in found.items() if one.id in published}


def _answers_at_once(one: Actor) -> bool:
    return (
        one.local
        and not one.locked
        and one.moved_to is None
        and one.suspended_at is None
        and one.username not in BUILT_IN
    )


def _ask_about(one: Sent[Follow], followed: Actor) -> FollowQuery:
    return FollowQuery(
        uri=one.activity.id, follower_id=one.sender.id, follower_uri=one.sender.uri, followed_id=followed.id
    )


def _combine(one: Sent[Follow], followed: Actor | None, known: FollowContext | None) -> ArrivedFollow | None:
    return None if followed is None or known is None else ArrivedFollow(sent=one, followed=followed, known=known)


def decide(arrival: ArrivedFollow) -> ArrivedFollow | None:
    """What is kept of it is what came; None for what something is in the way of."""
    return arrival if arrival.known.free else None


async def write_set(conn: Connection, plain: Sequence[ArrivedFollow]) -> list[bool]:
    """Keep them, say yes to each, and tell whoever is followed by somebody new."""
    await follows.save_many(
        conn,
        [
            NewFollow(
                uri=one.sent.activity.id, follower_id=one.sent.sender.id, followed_id=one.followed.id, state="accepted"
            )
            for one in plain
        ],
    )
    answers = [
        FollowAnswer(followed=one.followed, follower_id=one.sent.sender.id, follow=one.sent.activity) for one in plain
    ]
    await say_yes(conn, plain[0].sent.site, answers)
    await notify_many(conn, [_tell(one) for one in plain if not one.known.accepted])
    return [True] * len(plain)


def _tell(one: ArrivedFollow) -> Told:
    return Told(recipient_id=one.followed.id, type="follow", actor_id=one.sent.sender.id, post_id=None)
