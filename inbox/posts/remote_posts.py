"""Keep a post from elsewhere, whichever activity brought it, and tell those whom it concerns."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict, Unpack

from federation.circles import read_members_of
from federation.json.fields import PUBLIC
from federation.uris import same_origin
from federation.vocabulary.embedded import Postlike, note_of
from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.meetings import Event
from federation.vocabulary.objects import Note
from inbox.communities.inside import keep_inside
from inbox.errors import Ignored
from inbox.meetings.events import save_event
from inbox.posts.call_reaches import only_goes_further, save_reach
from inbox.posts.contents import read_attachments
from inbox.posts.message_requests import Standing, screen_post
from inbox.posts.quotes import save_quoted
from inbox.posts.screened_posts import hide, screen_remote
from inbox.posts.translation import read_details, read_new_poll, read_new_post
from inbox.posts.waiting_posts import has_to_wait, keep_waiting, narrow
from models import posts
from models.ids import make_id
from models.listings import listings
from models.listings.listings import ListingDetails
from models.moderation import held_posts
from models.news import notifications
from models.people import actors
from models.people.actors import Actor
from models.places.geometry import blur_home
from models.posts import NewPost, Post, message_requests, notes
from models.posts.media import media
from models.posts.polls import polls
from models.posts.quotes import quotes
from models.store.database import Connection
from models.traffic.inbound import incoming_context
from models.traffic.inbound.incoming_context import ContextQuery, IncomingContext
from outbox.moderation.message_requests import show
from outbox.repairs.calls import telling
from outbox.screening import Verdict, keep_verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPost:
    """A post from elsewhere as it is kept here; `fresh` when it was not before, `older` when what is kept is newer."""

    post: Post
    fresh: bool
    older: bool = False


class Came(TypedDict, total=False):
    """How a post came: `through_share` of somebody else, or `passed_on_by` the community inside which it stays.

    `edited_at` is when it was edited, for servers that do not write that into the object.
    """

    through_share: bool
    edited_at: datetime
    passed_on_by: str | None


async def save_post(
    conn: Connection, author: Actor, object: Postlike, *, moment: datetime | None = None, **came: Unpack[Came]
) -> SavedPost:
    """Store the object or its newer version, and tell those whom it concerns. Raises Ignored for what is not kept here.

    What was published at a past `moment` takes its place among the posts of that day, and nobody is told.
    """
    through_share = came.get("through_share", False)
    arrival = await incoming_context.load_context(conn, ask_about(author, object))
    new = await _read_wanted(conn, author, object, arrival, came)
    if moment is None:
        welcome = through_share or arrival.followed or _is_welcome(new)
        standing = await screen_post(conn, author, new, _list_files(object), arrival, kept=welcome)
    else:
        new, standing = replace(new, id=make_id(moment)), Standing(accepted=True)
    new, arrival = _leave_out(new, standing.left_out), arrival.without(standing.left_out)
    waits = has_to_wait(new, arrival)
    kept = await narrow(conn, author, new, arrival, asked_for=through_share) if waits else new
    verdict = await screen_remote(conn, author, new, object)
    details = read_details(object, new.content)
    saved = await _store(conn, author, hide(kept, verdict), details, came.get("edited_at"))
    post, fresh = saved.post, saved.fresh
    if not saved.older:
        await _save_rest(conn, author, saved, object, verdict)
    if waits and fresh:
        await keep_waiting(conn, author, post, new, asked_for=through_share)
    await _accept_waiting(conn, post, standing.arrived, fresh=fresh)
    if moment is None:
        await _notify_readers(conn, author, post, arrival if fresh else None)
    return saved


async def _store(
    conn: Connection, author: Actor, kept: NewPost, details: ListingDetails | None, edited_at: datetime | None
) -> SavedPost:
    """The post, or the listing, as it is kept now. Raises Ignored where it is not theirs."""
    if details is None:
        post, fresh, edited = await notes.save_remote(conn, kept)
    else:
        listing, fresh, edited = await listings.save_remote(conn, kept, blur_author(author, details))
        post = listing.post
    if post.local or post.author_id != author.id or post.deleted_at is not None:
        raise Ignored("not_own_object")
    older = not (fresh or edited) and _is_older(kept.updated_at or edited_at, post)
    return SavedPost(post=post, fresh=fresh, older=older)


def _is_older(moment: datetime | None, held: Post) -> bool:
    """Whether a version of this moment is older than what is held (AX7). Of the same moment other figures may come."""
    return held.updated_at is not None and (moment is None or moment < held.updated_at)


async def _save_rest(conn: Connection, author: Actor, saved: SavedPost, object: Postlike, verdict: Verdict) -> None:
    """What was found in it, and what hangs on it."""
    await keep_verdict(conn, author, saved.post.id, verdict)
    if not saved.fresh:
        await held_posts.note_change(conn, saved.post.id)
    await _save_parts(conn, saved.post, object, fresh=saved.fresh)


def _is_welcome(new: NewPost) -> bool:
    """Whether it is kept whoever takes it: a listing for more than one person, and what members share inside."""
    return new.audience == "community" or (new.kind == "listing" and new.audience != "direct")


def blur_author(author: Actor, details: ListingDetails) -> ListingDetails:
    """Where a person is no finer than her cell, since her server may not blur: maps and searches ask the database."""
    if author.type == "Organization" or details.latitude is None or details.longitude is None:
        return details
    latitude, longitude, radius = blur_home(details.latitude, details.longitude, details.radius)
    return replace(details, latitude=latitude, longitude=longitude, radius=radius)


async def _read_wanted(
    conn: Connection,
    author: Actor,
    object: Postlike,
    arrival: IncomingContext,
    came: Came,
) -> NewPost:
    """The post as it is stored. Raises Ignored for one that was deleted already, or concerns nobody here."""
    if arrival.gone:
        raise Ignored("deleted_before")
    if not came.get("through_share"):
        require_wanted(object, arrival)
    new, edited_at = read_new_post(author, object, arrival.known), came.get("edited_at")
    new = await keep_inside(conn, author, note_of(object), new, passed_on_by=came.get("passed_on_by"))
    if edited_at is not None and new.updated_at is None and not await _only_counts(conn, new, object):
        return replace(new, updated_at=edited_at)
    return new


def _list_files(object: Postlike) -> list[tuple[str, str]]:
    return [(document.media_type, document.name) for document in note_of(object).attachments]


def _leave_out(new: NewPost, ids: frozenset[int]) -> NewPost:
    """The post as far as it is for anybody but these."""
    if not ids:
        return new
    named, silent = (tuple(id for id in those if id not in ids) for those in (new.mention_ids, new.silent_ids))
    return replace(new, mention_ids=named, silent_ids=silent)


async def _accept_waiting(conn: Connection, post: Post, reader_ids: tuple[int, ...], *, fresh: bool) -> None:
    """It waited for these, and comes now; where it was kept for others before, they are told of it here."""
    for request in await message_requests.settle(conn, post.uri, reader_ids) if reader_ids else ():
        if not fresh:
            await show(conn, post, request)


async def _save_parts(conn: Connection, post: Post, object: Postlike, *, fresh: bool) -> None:
    """What hangs on it: its times and seats where it is a meeting, its poll, pictures and other files."""
    if isinstance(object, Event):
        await save_event(conn, post.id, object)
    elif isinstance(object, Proposal) and not fresh:
        await save_reach(conn, post.id, object)
    poll, attachments = read_new_poll(note_of(object)), read_attachments(object)
    if poll is not None:
        await polls.save_remote(conn, post.id, poll)
    elif not fresh:
        await polls.remove(conn, post.id)
    if attachments or not fresh:
        await media.save_remote(conn, post.id, attachments)
    await save_quoted(conn, post, object, fresh=fresh)


async def _only_counts(conn: Connection, new: NewPost, object: Postlike) -> bool:
    """Whether a Question came again with other figures, a quote with its stamp, or a repair call that is told further,
    but nothing else: no edit.
    """
    note = note_of(object)
    poll = read_new_poll(note)
    if poll is None and note.quote is None and not isinstance(object, Proposal):
        return False
    held = await posts.find_by_uri(conn, new.uri)
    if held is None or (held.content, held.warning) != (new.content, new.warning):
        return False
    if isinstance(object, Proposal):
        return await only_goes_further(conn, held.id, object)
    if poll is None:
        quote = await quotes.find_by_quoting(conn, held.id)
        return quote is not None and quote.quoted_uri == note.quote
    known = await polls.find(conn, held.id, None)
    return known is not None and known.options == list(poll.options)


def ask_about(author: Actor, object: Postlike) -> ContextQuery:
    """What has to be known before this is kept or left."""
    note = note_of(object)
    people = {*note.to, *note.cc, *(mention.href for mention in note.mentions)} - {PUBLIC, author.followers_uri or ""}
    return ContextQuery(
        uri=note.id,
        author_id=author.id,
        author_uri=author.uri,
        author_host=author.host,
        in_reply_to=note.in_reply_to,
        people=sorted(people),
    )


def require_wanted(object: Postlike, arrival: IncomingContext) -> None:
    """Raise Ignored for what concerns nobody here."""
    note = note_of(object)
    if note.is_vote:
        raise Ignored("vote_as_post")
    inside = bool(read_members_of((*note.to, *note.cc)))  # `keep_inside` judges it
    if isinstance(object, Note) and not inside and not _is_wanted(arrival):
        raise Ignored("concerns_nobody")


def _is_wanted(arrival: IncomingContext) -> bool:
    """Every post of somebody followed here, answers to what is here, and what names somebody of ours."""
    return arrival.followed or arrival.parent_author_id is not None or bool(arrival.local_ids)


async def _notify_readers(conn: Connection, author: Actor, post: Post, arrival: IncomingContext | None) -> None:
    """Notify people named or addressed, whoever wrote what is answered, and who asked to be told of this author.

    `arrival` is None for what they were told of before. Members near a repair call are told once it is open to them.
    """
    if arrival is not None:
        told = set(arrival.local_ids)
        if arrival.parent_author_id is not None and post.audience in posts.PUBLIC:
            told.add(arrival.parent_author_id)
        await notifications.notify_all(conn, sorted(told), type="mention", actor_id=author.id, post_id=post.id)
        if post.in_reply_to_uri is None and post.audience != "direct":
            listeners = arrival.listener_ids
            await notifications.notify_all(conn, listeners, type="status", actor_id=author.id, post_id=post.id)
    if post.kind == "listing" and (listing := await listings.find_by_post(conn, post.id)) is not None:
        await telling.notify_near(conn, listing)


async def find_author(conn: Connection, sender: Actor, object: Postlike) -> Actor:
    """By whom a post is that `resolve` believed: not always whoever sends it. Raises Ignored for nobody kept here."""
    if note_of(object).attributed_to == sender.uri:
        return sender
    author = await actors.find_by_uri(conn, note_of(object).attributed_to or "")
    if author is None or author.local or author.suspended_at is not None or author.deleted_at is not None:
        raise Ignored("author_not_kept")
    return author


def require_own(author: Actor, uri: str) -> None:
    """Raise Ignored unless the thing with this id may be of this actor's server."""
    if not same_origin(author.uri, uri):
        raise Ignored("not_own_server")
