"""A post of ours as it is now on the wire, with all that hangs on it: what is delivered again and what is served."""

from datetime import UTC, datetime

from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.meetings import Event
from federation.vocabulary.objects import Note
from models import posts
from models.errors import NotFound
from models.listings import listings
from models.meetings import meetings, occurrences, registrations
from models.meetings.meetings import FullMeeting
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.posts.media import media
from models.posts.polls import polls
from models.posts.quotes import quote_policies
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.event import Attendance, build_event
from outbox.builders.objects.note import add_poll, build_note
from outbox.builders.objects.proposal import build_proposal
from outbox.builders.objects.quotes import add_quotes
from outbox.builders.objects.withheld import build_withheld_event, build_withheld_note, build_withheld_proposal


async def build_document(conn: Connection, site: Site, author: Actor, post: Post) -> Note | Proposal | Event:
    """The Note, listing or meeting; while it is hidden, that it is put away. Raises NotFound where it went since."""
    if post.hidden_at is not None:
        return await _build_withheld(conn, site, author, post)
    pictures = (await media.list_by_posts(conn, [post.id]))[post.id]
    parts = (await quote_policies.load_parts(conn, [post]))[post.id]
    if post.kind == "listing":
        listing = await listings.find_by_post(conn, post.id)
        if listing is None:
            raise NotFound
        full = await meetings.find_full(conn, post.id) if listing.details.meeting else None
        if full is not None:
            return add_quotes(
                author, build_event(site, author, full, await load_attendance(conn, full), pictures), parts
            )
        return add_quotes(author, build_proposal(site, author, listing, pictures), parts)
    tags = (await posts.list_tags(conn, [post.id]))[post.id]
    mentioned = await actors.list_by_ids(conn, (await posts.list_mentions(conn, [post.id]))[post.id])
    note = build_note(site, author, post, media=pictures, tags=tags, mentioned=mentioned)
    return add_quotes(author, add_poll(note, await polls.find(conn, post.id, None)), parts)


async def load_attendance(conn: Connection, full: FullMeeting) -> Attendance:
    """The times of a meeting that are to come, and how many come to the next."""
    coming = await occurrences.list_of_meeting(conn, full.id, since=datetime.now(UTC))
    first = next((one for one in coming if not one.cancelled), None)
    taken = (await registrations.count(conn, [first.id]))[first.id].taken if first is not None else 0
    return Attendance(coming=coming, taken=taken)


async def _build_withheld(conn: Connection, site: Site, author: Actor, post: Post) -> Note | Proposal | Event:
    listing = await listings.find_by_post(conn, post.id) if post.kind == "listing" else None
    full = await meetings.find_full(conn, post.id) if listing is not None and listing.details.meeting else None
    if full is not None:
        return build_withheld_event(site, author, full)
    if listing is not None:
        return build_withheld_proposal(site, author, listing)
    return build_withheld_note(site, author, post)
