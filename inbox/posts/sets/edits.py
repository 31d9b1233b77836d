"""Newer versions of ordinary posts by their own authors that take effect together (AX7).

What was held already, concerns nobody of ours in particular, then and now, and is no other listing than it was, but for
its words. All the rest is decided by `handlers.update`: whoever shared it is told, what was never seen counts as new,
an appointment that is another one is told to all who react to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from federation.vocabulary.activities.activities import Update
from federation.vocabulary.embedded import is_postlike, note_of
from inbox.posts.remote_changes import outline
from inbox.posts.sets import new_posts
from inbox.posts.sets.new_posts import ArrivedPost, PlainPost
from inbox.posts.sets.values import Sent, Touched
from models import posts
from models.listings import listings
from models.listings.listings import Listing
from models.posts.media import media
from models.store.database import Connection
from models.traffic.inbound import standing_posts
from models.traffic.inbound.standing_posts import EditedPost


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedEdit:
    """One of a set with what is held of it, and how it would be kept if it were new."""

    came: ArrivedPost
    published: datetime | None
    held: EditedPost
    listing: Listing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainEdit:
    """A post as it is now."""

    post_id: int
    post: PlainPost


def may_be_plain(update: Update) -> bool:
    """Whether it could be such a one, as far as it says itself."""
    return new_posts.may_be_plain(update)


def list_touched(update: Update) -> Touched:
    """As a new one."""
    return new_posts.list_touched(update)


async def read_set(conn: Connection, sent: Sequence[Sent[Update]]) -> list[ArrivedEdit | None]:
    """What has to be known of each; None for what is decided alone."""
    asked = [(note_of(one.activity.object).id, one.sender.id) for one in sent if is_postlike(one.activity.object)]
    await standing_posts.lock(conn, asked)
    found = await standing_posts.load_edited(conn, asked)
    ids = [held.id for held in found if held is not None and held.kind == "listing"]
    standing = await listings.list_by_posts(conn, ids) if ids else {}
    came = await new_posts.read_posts(conn, sent)
    published = [one.activity.published for one in sent]
    return [
        ArrivedEdit(came=new, published=moment, held=held, listing=standing.get(held.id)) if held else None
        for new, moment, held in zip(came, published, found, strict=True)
    ]


def decide(arrival: ArrivedEdit) -> PlainEdit | None:
    """The post as it is now; None for one that is decided alone. Raises Ignored for what concerns nobody here."""
    plain = new_posts.decide(arrival.came)
    if plain is None or plain.new.kind != arrival.held.kind:
        return None
    edited_at = plain.new.updated_at or arrival.published or datetime.now(UTC)
    if arrival.held.updated_at is not None and arrival.held.updated_at >= edited_at:
        return None
    if plain.details is not None and not _reads_as_it_did(plain, arrival.listing):
        return None
    return PlainEdit(post_id=arrival.held.id, post=replace(plain, new=replace(plain.new, updated_at=edited_at)))


def _reads_as_it_did(plain: PlainPost, held: Listing | None) -> bool:
    """Whether whoever means to come or to ask knows what there is to know."""
    return (
        held is not None
        and plain.details is not None
        and not held.details.meeting
        and held.details.kind != "repair_call"
        and outline(plain.details) == outline(held.details)
    )


async def write_set(conn: Connection, plain: Sequence[PlainEdit]) -> list[bool]:
    """Keep them with what was before; False for one that is no newer than what is held by now."""
    newer = set(await posts.save_edits(conn, {one.post_id: one.post.new for one in plain}))
    kept = {one.post_id: one.post for one in plain if one.post_id in newer}
    await listings.save_all_details(conn, {id: one.details for id, one in kept.items() if one.details is not None})
    await media.save_all_remote(conn, {id: one.attachments for id, one in kept.items()})
    return [one.post_id in newer for one in plain]
