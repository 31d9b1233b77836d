"""Likes and shares that take effect together (AX14, AX15): of public posts known here.

All the rest is decided by `handlers.like` and `handlers.announce`: what was undone before, what is for some alone, what
a block keeps apart, and what is shown to us for the first time.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from federation.vocabulary.activities.activities import Announce, Like
from inbox.posts.sets.values import Sent, Touched
from models.news.told import Told, notify_many
from models.relations import reactions
from models.relations.reactions import Favourite, NewReaction, Share
from models.store.database import Connection
from models.traffic.inbound import reaction_contexts
from models.traffic.inbound.reaction_contexts import ReactedPost, ReactionQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedReaction:
    """One of a set with the post that it is about."""

    sent: Sent[Like | Announce]
    post: ReactedPost


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainReaction:
    """A like or a share that is kept; `tells_id` is who of ours is told of it."""

    new: NewReaction
    shares: bool
    tells_id: int | None


def may_be_plain(activity: Like | Announce) -> bool:
    """Whether it could be such a one, as far as it says itself: what is shared was not sent or fetched with it."""
    return isinstance(activity.object, str)


def list_touched(activity: Like | Announce) -> Touched:
    """A second one by the same actor of the same post comes after the first."""
    uri = str(activity.object)
    return Touched(
        changed=frozenset((activity.id, f"{type(activity).__name__} {activity.actor} {uri}")), seen=frozenset((uri,))
    )


async def read_set(conn: Connection, sent: Sequence[Sent[Like | Announce]]) -> list[ArrivedReaction | None]:
    """What each is about, in one question; None for what is decided alone."""
    found = await reaction_contexts.load_posts(
        conn,
        [
            ReactionQuery(
                uri=one.activity.id,
                actor_id=one.sender.id,
                actor_uri=one.sender.uri,
                post_uri=str(one.activity.object),
            )
            for one in sent
        ],
    )
    return [ArrivedReaction(sent=one, post=post) if post else None for one, post in zip(sent, found, strict=True)]


def decide(arrival: ArrivedReaction) -> PlainReaction:
    """What is kept of it."""
    activity, sender, post = arrival.sent.activity, arrival.sent.sender, arrival.post
    return PlainReaction(
        new=NewReaction(uri=activity.id, actor_id=sender.id, post_id=post.id),
        shares=isinstance(activity, Announce),
        tells_id=post.author_id if post.local else None,
    )


async def write_set(conn: Connection, plain: Sequence[PlainReaction]) -> list[bool]:
    """Keep them and tell whoever wrote what they are about; one that was there before has its newest id."""
    liked, shared = ([one.new for one in plain if one.shares is shares] for shares in (False, True))
    fresh = await _keep(conn, liked, reactions.favourite_many, reactions.renew_favourites)
    fresh |= await _keep(conn, shared, reactions.share_many, reactions.renew_shares)
    await notify_many(conn, [_tell(one, one.tells_id) for one in plain if one.tells_id and one.new.uri in fresh])
    return [True] * len(plain)


async def _keep(
    conn: Connection,
    news: list[NewReaction],
    keep: Callable[[Connection, list[NewReaction]], Awaitable[Sequence[Favourite | Share]]],
    renew: Callable[[Connection, list[NewReaction]], Awaitable[None]],
) -> set[str | None]:
    """The ids of those that were not there."""
    fresh = {one.uri for one in await keep(conn, news)}
    await renew(conn, [new for new in news if new.uri not in fresh])
    return fresh


def _tell(plain: PlainReaction, recipient_id: int) -> Told:
    return Told(
        recipient_id=recipient_id,
        type="reblog" if plain.shares else "favourite",
        actor_id=plain.new.actor_id,
        post_id=plain.new.post_id,
    )
