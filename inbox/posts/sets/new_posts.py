"""Ordinary posts that take effect together: read in a few questions, decided without any, written in a few statements.

Most of what comes in is a post by somebody whom somebody here follows, which names nobody of ours, or a post that
concerns nobody here. All the rest (what is addressed to our people, answers them, quotes, asks, is edited, waits or is
found by a filter) is decided by `remote_posts`, one at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from federation.circles import read_members_of
from federation.vocabulary.activities.activities import Create, Update
from federation.vocabulary.embedded import Postlike, is_postlike, note_of
from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.meetings import Event
from inbox.posts.contents import read_attachments
from inbox.posts.remote_posts import ask_about, blur_author, require_wanted
from inbox.posts.screened_posts import list_texts
from inbox.posts.sets.values import Sent, Touched
from inbox.posts.translation import read_details, read_new_post
from models import posts
from models.listings import listings
from models.listings.listings import ListingDetails
from models.moderation import filters
from models.moderation.filters import FiltersInForce
from models.people.actors import Actor
from models.posts import NewPost
from models.posts.media import media
from models.posts.media.media import RemoteDocument
from models.store.database import Connection
from models.traffic.inbound import incoming_context
from models.traffic.inbound.incoming_context import IncomingContext


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedPost:
    """One of a set with what has to be known of it."""

    object: Postlike
    author: Actor
    known: IncomingContext
    filters: FiltersInForce


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainPost:
    """A post that is kept as it stands, with what hangs on it; `details` where it is a listing."""

    new: NewPost
    details: ListingDetails | None
    attachments: list[RemoteDocument]


def may_be_plain(create: Create | Update) -> bool:
    """Whether it could be such a post, as far as it says itself."""
    object = create.object
    if not is_postlike(object) or isinstance(object, Event) or _is_repair_call(object):
        return False
    note = note_of(object)
    return (
        create.passed_on_by is None
        and note.attributed_to == create.actor
        and not note.may_be_vote
        and note.poll is None
        and note.quote is None
        and note.thanks_for is None
        and not read_members_of((*note.to, *note.cc))
    )


def _is_repair_call(object: Postlike) -> bool:
    """Members who live near are told of it."""
    return isinstance(object, Proposal) and "RepairCall" in object.kinds


def list_touched(create: Create | Update) -> Touched:
    """An answer and what it answers are kept one after the other."""
    assert is_postlike(create.object)
    note = note_of(create.object)
    return Touched(changed=frozenset((note.id,)), seen=frozenset((note.in_reply_to or "",)) - {""})


async def read_set(conn: Connection, sent: Sequence[Sent[Create]]) -> list[ArrivedPost | None]:
    """What has to be known of each; None for what is here already, as an edit that came as a Create."""
    return [None if one.known.held else one for one in await read_posts(conn, sent)]


async def read_posts(conn: Connection, sent: Sequence[Sent[Create | Update]]) -> list[ArrivedPost]:
    """What has to be known of each, in two questions for all."""
    asked = [(one.sender, one.activity.object) for one in sent if is_postlike(one.activity.object)]
    contexts = await incoming_context.load_contexts(conn, [ask_about(author, object) for author, object in asked])
    in_force = await filters.load_in_force(conn, local=False)
    return [
        ArrivedPost(object=object, author=author, known=context, filters=in_force)
        for (author, object), context in zip(asked, contexts, strict=True)
    ]


def decide(arrival: ArrivedPost) -> PlainPost | None:
    """The post that is kept; None for one that is decided alone. Raises Ignored for what concerns nobody here."""
    if arrival.known.gone:
        return None
    author, object = arrival.author, arrival.object
    require_wanted(object, arrival.known)
    if not _is_only_kept(arrival.known):
        return None
    new, details = read_new_post(author, object, arrival.known.known), None
    found = arrival.filters.rows and arrival.filters.match(list_texts(new, object))
    if new.audience == "direct" or found:
        return None
    if (read := read_details(object, new.content)) is not None:
        details = blur_author(author, read)
    return PlainPost(new=new, details=details, attachments=read_attachments(object))


def _is_only_kept(known: IncomingContext) -> bool:
    """Whether nobody here is told of it, or asked."""
    return known.followed and not (known.local_ids or known.parent_local or known.listener_ids)


async def write_set(conn: Connection, plain: Sequence[PlainPost]) -> list[bool]:
    """Keep them; False for what somebody else brought since it was read: what is kept may be newer."""
    created = await posts.create_many(conn, [one.new for one in plain])
    fresh = {id: one for id, one in zip(created, plain, strict=True) if id is not None}
    await listings.save_all_details(conn, {id: one.details for id, one in fresh.items() if one.details is not None})
    await media.save_new_remote(conn, {id: one.attachments for id, one in fresh.items() if one.attachments})
    return [id is not None for id in created]
