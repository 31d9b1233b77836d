"""Likes, shares and follows that are taken back together, each by its id (AX4).

All else that is undone is decided alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from federation.vocabulary.activities.activities import Announce, Follow, Like, Undo
from inbox.posts.sets.values import Sent, Touched
from models.relations import follows, reactions
from models.store.database import Connection
from models.traffic.inbound import reaction_contexts
from models.traffic.inbound.reaction_contexts import KeptAct


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedWithdrawal:
    """One of a set with what has this id."""

    actor_id: int
    kept: KeptAct


def may_be_plain(undo: Undo) -> bool:
    """Whether it could be such a one, as far as it says itself."""
    inner = undo.object
    return isinstance(inner, str) or (isinstance(inner, Like | Announce | Follow) and inner.actor == undo.actor)


def list_touched(undo: Undo) -> Touched:
    """What it takes back."""
    return Touched(changed=frozenset((_read_id(undo),)))


def _read_id(undo: Undo) -> str:
    return undo.object if isinstance(undo.object, str) else undo.object.id


async def read_set(conn: Connection, sent: Sequence[Sent[Undo]]) -> list[ArrivedWithdrawal | None]:
    """What each takes back, in one question; None where that is no such act of theirs, or something else too."""
    found = await reaction_contexts.load_kept(conn, [(_read_id(one.activity), one.sender.id) for one in sent])
    return [
        ArrivedWithdrawal(actor_id=one.sender.id, kept=kept) if kept else None
        for one, kept in zip(sent, found, strict=True)
    ]


def decide(arrival: ArrivedWithdrawal) -> ArrivedWithdrawal:
    """What goes is what was found."""
    return arrival


async def write_set(conn: Connection, plain: Sequence[ArrivedWithdrawal]) -> list[bool]:
    """Take them back, with what was told of likes and shares."""
    if liked := [(one.actor_id, one.kept.liked_id) for one in plain if one.kept.liked_id is not None]:
        await reactions.unfavourite_many(conn, liked)
    if shared := [(one.actor_id, one.kept.shared_id) for one in plain if one.kept.shared_id is not None]:
        await reactions.unshare_many(conn, shared)
    if followed := [(one.actor_id, one.kept.followed_id) for one in plain if one.kept.followed_id is not None]:
        await follows.remove_many(conn, followed)
    return [True] * len(plain)
