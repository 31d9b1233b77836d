"""A meeting as it is kept and sent: its three rows, its addressees and words, and the Update to whoever holds it."""

from dataclasses import replace

from models import posts
from models.errors import Conflict
from models.listings import listings
from models.listings.listings import ListingDetails
from models.meetings import meetings, registrations
from models.meetings.meetings import FullMeeting, Meeting
from models.people.actors import Actor
from models.posts import NewPost
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.update import build_update
from outbox.builders.objects.audience import build_address
from outbox.builders.objects.event import build_meeting_content, build_meeting_tags
from outbox.inside import find_members_uri
from outbox.posts.post_documents import build_document
from outbox.traffic.audience import find_recipients
from outbox.traffic.send import send


async def save(conn: Connection, site: Site, organiser: Actor, wanted: FullMeeting, new: NewPost) -> FullMeeting:
    """The three rows as they are now. Raises Conflict where somebody changed it at the same moment."""
    details = wanted.listing.details
    new = await complete(conn, site, organiser, new, details, wanted.meeting)
    if not await posts.save_edit(conn, wanted.id, new):
        raise Conflict("listing_changed")
    await posts.save_audience(conn, wanted.id, new)
    await listings.save_details(conn, wanted.id, details)
    await meetings.save(conn, wanted.meeting)
    changed = await meetings.find_full(conn, wanted.id)
    assert changed is not None
    return changed


def alter(held: FullMeeting, details: ListingDetails, meeting: Meeting) -> FullMeeting:
    """The meeting as it is wanted; calendars see by its number that it is another version."""
    meeting = replace(meeting, sequence=held.meeting.sequence + 1)
    return FullMeeting(listing=replace(held.listing, details=details), meeting=meeting)


async def complete(
    conn: Connection, site: Site, organiser: Actor, new: NewPost, details: ListingDetails, meeting: Meeting
) -> NewPost:
    """With its addressees, the HTML that timelines show, and its hashtags."""
    stays_in = await find_members_uri(conn, new.community_id)
    address = build_address(organiser, new.audience, stays_in=stays_in)
    content = build_meeting_content(site, details, meeting, url=new.url, language=new.language or "fr")
    tags = build_meeting_tags(details)
    return replace(new, content=content, tags=tags, to_uris=address.to, cc_uris=address.cc)


async def send_update(conn: Connection, site: Site, organiser: Actor, full: FullMeeting) -> None:
    """To followers, to whoever holds it, and to who registered from a server that only looked at it.

    Of what stays inside a community, to its members alone.
    """
    post = full.listing.post
    if post.audience == "coop" or post.hidden_at is not None:
        return
    update = build_update(site, organiser, await build_document(conn, site, organiser, post))
    recipients = await find_recipients(conn, organiser, post)
    if post.audience != "community":
        joined = await registrations.list_joined(conn, full.id)
        recipients = replace(recipients, named_ids=(*recipients.named_ids, *joined), holders_of=post.uri)
    await send(conn, organiser, update, recipients, about=post.uri)
