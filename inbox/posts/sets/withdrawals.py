"""Likes and shares that are taken back together, each by its id (AX4). All else that is undone is decided alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from federation.vocabulary.activities.activities import Announce, Like, Undo
from inbox.posts.sets.values import Sent, Touched
from models.relations import reactions
from models.store.database import Connection
from models.traffic.inbound import reaction_contexts
from models.traffic.inbound.reaction_contexts import KeptReaction


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedWithdrawal:
    """One of a set with the like or the share that has this id."""

    actor_id: int
    kept: KeptReaction


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainWithdrawal:
    """Whose like or share of which post is gone."""

    pair: tuple[int, int]
    shared: bool


def may_be_plain(undo: Undo) -> bool:
    """Whether it could be such a one, as far as it says itself."""
    inner = undo.object
    return isinstance(inner, str) or (isinstance(inner, Like | Announce) and inner.actor == undo.actor)


def list_touched(undo: Undo) -> Touched:
    """What it takes back."""
    return Touched(changed=frozenset((_read_id(undo),)))


def _read_id(undo: Undo) -> str:
    return undo.object if isinstance(undo.object, str) else undo.object.id


async def read_set(conn: Connection, sent: Sequence[Sent[Undo]]) -> list[ArrivedWithdrawal | None]:
    """What each takes back, in one question; None where that is no like or share of theirs, or something else too."""
    found = await reaction_contexts.load_kept(conn, [(_read_id(one.activity), one.sender.id) for one in sent])
    return [
        ArrivedWithdrawal(actor_id=one.sender.id, kept=kept) if kept else None
        for one, kept in zip(sent, found, strict=True)
    ]


def decide(arrival: ArrivedWithdrawal) -> PlainWithdrawal:
    """What goes."""
    return PlainWithdrawal(pair=(arrival.actor_id, arrival.kept.post_id), shared=arrival.kept.shared)


async def write_set(conn: Connection, plain: Sequence[PlainWithdrawal]) -> list[bool]:
    """Take them back, with what was told of them."""
    liked, shared = ([one.pair for one in plain if one.shared is shared] for shared in (False, True))
    if liked:
        await reactions.unfavourite_many(conn, liked)
    if shared:
        await reactions.unshare_many(conn, shared)
    return [True] * len(plain)
