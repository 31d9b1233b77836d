"""A post from elsewhere that is now otherwise: who here is told, and who waits no longer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from federation.vocabulary.embedded import Postlike, note_of
from models import posts
from models.listings import listings
from models.listings.listings import OPEN, OVER, ListingDetails
from models.meetings import meetings, occurrences
from models.meetings.meetings import FullMeeting
from models.meetings.occurrences import Occurrence
from models.news import notifications
from models.people.actors import Actor
from models.posts import Post
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import speaks
from outbox.meetings.remote import tell_of_changes
from outbox.threads.listing_endings import note_in_copies
from outbox.threads.waiting_requests import end_copies


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousPost:
    """A post as it was held, with what made it a listing."""

    post: Post
    details: ListingDetails | None
    meeting: FullMeeting | None = None
    times: Sequence[Occurrence] = ()


async def find_before(conn: Connection, object: Postlike) -> PreviousPost | None:
    """What is held of this object before its newer version is saved."""
    post = await posts.find_by_uri(conn, note_of(object).id)
    if post is None:
        return None
    listing = await listings.find_by_post(conn, post.id)
    full = await meetings.find_full(conn, post.id) if listing is not None and listing.details.meeting else None
    times = await occurrences.list_of_meeting(conn, post.id) if full is not None else []
    return PreviousPost(post=post, details=listing.details if listing else None, meeting=full, times=times)


async def notify_change(conn: Connection, site: Site, author: Actor, before: PreviousPost | None, post: Post) -> bool:
    """Whether the post changed. Whoever shared it is told; of another day, place or state everybody who reacted to it.

    Whoever has a thread about what is promised now, or to be had again, is told in it what became of hers, and not
    twice. Requests that wait for an answer about what is over end, where no server of its owner would say so.
    """
    if before is None or before.post.updated_at == post.updated_at:
        return False
    await _tell_registered(conn, site, before)
    listing = await listings.find_by_post(conn, post.id)
    now, then = listing.details if listing else None, before.details
    if now is None or then is None or outline(now) == outline(then):
        await notifications.notify_sharers(conn, author_id=author.id, post_id=post.id)
        return True
    told = speaks(author) and _is_promise(then, now)
    await notifications.notify_concerned(conn, author_id=author.id, post_id=post.id, but_threads=told)
    if now.status in OVER and then.status not in OVER:
        await _end(conn, site, author, post.id)
    return True


async def _end(conn: Connection, site: Site, author: Actor, listing_id: int) -> None:
    if not speaks(author):
        await end_copies(conn, site, author, listing_id)
    await note_in_copies(conn, listing_id, told=True)


def _is_promise(then: ListingDetails, now: ListingDetails) -> bool:
    """Whether it is promised to somebody now, or to be had again, and nothing else."""
    return {now.status, then.status} == set(OPEN) and outline(now)[1:] == outline(then)[1:]


async def _tell_registered(conn: Connection, site: Site, before: PreviousPost) -> None:
    if before.meeting is not None:
        await tell_of_changes(conn, site, before.meeting, before.times, at=datetime.now(UTC))


def outline(details: ListingDetails) -> tuple[object, ...]:
    """What somebody who means to come or to ask has to know."""
    return (details.status, details.begins_at, details.ends_at, details.place_name, details.postcode)
