"""Posts that their own authors take back together (AX9), and what was never here.

All the rest is decided by `handlers.delete`: somebody who is no more, what a thread or an appointment of somebody here
is about, what was not for everybody, what waits for a look, what is no post.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from federation.vocabulary.activities.activities import Delete
from inbox.posts.remote_posts import require_own
from inbox.posts.sets.values import Sent, Touched
from models import posts
from models.store.database import Connection
from models.traffic import tombstones
from models.traffic.inbound import standing_posts
from models.traffic.inbound.standing_posts import DeletedPost


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedDeletion:
    """One of a set with what is held of it."""

    sent: Sent[Delete]
    held: DeletedPost


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainDeletion:
    """What is void from now on, by whom, and the post that goes, if there is one."""

    uri: str
    actor_uri: str
    post_id: int | None


def may_be_plain(delete: Delete) -> bool:
    """Whether it could be such a one, as far as it says itself."""
    return delete.object.id != delete.actor


def list_touched(delete: Delete) -> Touched:
    """The post."""
    return Touched(changed=frozenset((delete.object.id,)))


async def read_set(conn: Connection, sent: Sequence[Sent[Delete]]) -> list[ArrivedDeletion | None]:
    """What is held of each, in one question; None for what is decided alone."""
    asked = [(one.activity.object.id, one.sender.id) for one in sent]
    await standing_posts.lock(conn, asked)
    found = await standing_posts.load_deleted(conn, asked)
    return [ArrivedDeletion(sent=one, held=held) if held else None for one, held in zip(sent, found, strict=True)]


def decide(arrival: ArrivedDeletion) -> PlainDeletion:
    """What goes. Raises Ignored for what may not be theirs."""
    uri, sender = arrival.sent.activity.object.id, arrival.sent.sender
    require_own(sender, uri)
    return PlainDeletion(uri=uri, actor_uri=sender.uri, post_id=arrival.held.id)


async def write_set(conn: Connection, plain: Sequence[PlainDeletion]) -> list[bool]:
    """What comes later under these ids is void, and what is here of them goes."""
    await tombstones.save_all_deleted(conn, [(one.uri, one.actor_uri) for one in plain])
    if ids := [one.post_id for one in plain if one.post_id is not None]:
        await posts.delete_many(conn, ids)
    return [True] * len(plain)
