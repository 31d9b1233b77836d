"""Yeses to follows of ours that take effect together (AX3), each by the id of what was asked.

All the rest is decided by `handlers.accept`: what answers something else, what was taken back meanwhile or lost its id.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from federation.vocabulary.activities.activities import Accept, Follow
from inbox.posts.sets.values import Sent, Touched
from models.relations import follows
from models.store.database import Connection
from models.traffic import answered_follows, backfills
from models.traffic.inbound import follow_contexts


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedFollow:
    """Which follow of ours holds from now on, what asked for it, and of whom."""

    follow_id: int
    uri: str
    followed_uri: str


def may_be_plain(activity: Accept) -> bool:
    """Whether it could be such a one, as far as it says itself."""
    return bool(_read_id(activity))


def _read_id(activity: Accept) -> str:
    answered = activity.object
    if isinstance(answered, str):
        return answered
    return answered.id if isinstance(answered, Follow) else ""


def list_touched(activity: Accept) -> Touched:
    """One by the same actor comes after the other: the first of ours who follows somebody wants what was before."""
    return Touched(changed=frozenset((activity.actor,)))


async def read_set(conn: Connection, sent: Sequence[Sent[Accept]]) -> list[AcceptedFollow | None]:
    """Which follow each answers, in one question; None where it is none."""
    found = await follow_contexts.load_asked(conn, [(_read_id(one.activity), one.sender.id) for one in sent])
    return [
        None if id is None else AcceptedFollow(follow_id=id, uri=_read_id(one.activity), followed_uri=one.sender.uri)
        for one, id in zip(sent, found, strict=True)
    ]


def decide(arrival: AcceptedFollow) -> AcceptedFollow:
    """What holds is what was found."""
    return arrival


async def write_set(conn: Connection, plain: Sequence[AcceptedFollow]) -> list[bool]:
    """They hold; where it is the first of ours who follows somebody, what came before is wanted too."""
    await answered_follows.confirm_many(conn, [(one.uri, one.followed_uri) for one in plain])
    newly = await follows.accept_many(conn, [one.follow_id for one in plain])
    for followed_id in await follows.filter_followed_once(conn, newly):
        await backfills.ask(conn, followed_id)
    return [True] * len(plain)
