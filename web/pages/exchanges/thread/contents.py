"""What the lines of a thread are about: messages, events and all that goes with them, in a fixed number of reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models import posts
from models.exchanges import exchanges
from models.exchanges.exchanges import Event, ThreadEntry
from models.people.actors import Actor
from models.posts import Post
from models.posts.media import media
from models.posts.media.media import Media
from models.posts.polls import polls
from models.posts.polls.polls import Poll
from models.store.database import Connection
from web.news.leading_mentions import load_messages
from web.news.thanks_notes import load_thanks_notes
from web.pages.traffic.delivery_status import DeliveryStatus, find_delivery_status


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadContents:
    """Messages, events, thanks, photos and polls by the id of their line; how far what the reader sent came, by URI."""

    messages: Mapping[int, Post]
    events: Mapping[int, Event]
    thanks: Mapping[int, Post]
    photos: Mapping[int, list[Media]]
    polls: Mapping[int, Poll]
    sent: Mapping[str, DeliveryStatus]


async def load_contents(
    conn: Connection, thread: exchanges.Exchange, other: Actor, reader_id: int, entries: Sequence[ThreadEntry]
) -> ThreadContents:
    """What these entries are about, as far as the reader may see it; photos of the listing too."""
    elsewhere = not other.local and not other.guest
    messages = await _load_messages(conn, thread, reader_id, entries, retold=elsewhere)
    events = await _load_events(conn, entries)
    return ThreadContents(
        messages=messages,
        events=events,
        thanks=await load_thanks_notes(conn, list(events.values()), reader_id),
        photos=await media.list_by_posts(conn, [thread.listing_id, *messages]),
        polls=await polls.list_by_posts(conn, list(messages), reader_id) if messages else {},
        sent=await _load_sent(conn, reader_id, messages, events) if elsewhere else {},
    )


async def _load_messages(
    conn: Connection, thread: exchanges.Exchange, reader_id: int, entries: Sequence[ThreadEntry], *, retold: bool
) -> dict[int, Post]:
    """Messages by their ids; where some may be `retold` by an event, without those that are."""
    written = exchanges.list_ids(entries, "message")
    if retold and written:
        again = await exchanges.list_event_messages(conn, thread.id, written)
        written = [id for id in written if id not in again]
    visible = await posts.filter_visible(conn, written, reader_id) if written else set()
    return await load_messages(conn, visible)


async def _load_events(conn: Connection, entries: Sequence[ThreadEntry]) -> dict[int, Event]:
    happened = exchanges.list_ids(entries, "event")
    return {event.id: event for event in await exchanges.list_events(conn, happened)} if happened else {}


async def _load_sent(
    conn: Connection, reader_id: int, messages: Mapping[int, Post], events: Mapping[int, Event]
) -> Mapping[str, DeliveryStatus]:
    own = [post.uri for post in messages.values() if post.author_id == reader_id]
    own += [sent for event in events.values() if (sent := find_sent(event, reader_id))]
    return await find_delivery_status(conn, own) if own else {}


def find_sent(event: Event, reader_id: int) -> str | None:
    """The activity that one's own act was sent as, or the note by which the clock spoke in one's name."""
    sent = event.details.get("activity")
    own = event.actor_id == reader_id or (event.actor_id is None and "note" in event.details)
    return sent if own and isinstance(sent, str) else None
