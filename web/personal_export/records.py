"""What is hers, a page at a time: each page is read on a connection that is given back before anything is written."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

from federation.instance import Instance
from federation.texts.html_cleaner import to_text
from models import posts
from models.exchanges import thanks
from models.exchanges.exchanges import Event, ThreadEntry, list_events, list_ids
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.posts import Post
from models.posts.media import media
from models.posts.media.media import Media
from models.posts.polls import polls
from models.posts.polls.polls import Poll
from models.store.database import Connection, connection
from web.http.row_ids import AnyRow
from web.news.leading_mentions import load_messages

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveOwner:
    """Whose archive it is, and the server that makes it."""

    instance: Instance
    account: Account
    actor: Actor


async def list_pages(
    owner: ArchiveOwner, read: Callable[[Connection, int | None], Awaitable[list[AnyRow]]]
) -> AsyncIterator[list[AnyRow]]:
    """Page after page of what `read` finds beyond an id."""
    place: int | None = None
    while True:
        async with connection(owner.instance.pool) as conn:
            rows = await read(conn, place)
        if rows:
            yield rows
            place = rows[-1].id
        if not rows:
            return


def list_own_pages(owner: ArchiveOwner, read: Callable[..., Awaitable[list[AnyRow]]]) -> AsyncIterator[list[AnyRow]]:
    """Page after page of what `read(conn, actor_id, before=…, limit=…)` finds of hers."""
    return list_pages(owner, lambda conn, place: read(conn, owner.actor.id, before=place, limit=PAGE))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPost:
    """One post with its author and pictures; for a listing what it is beside, and what it asks if it has a poll."""

    post: Post
    author: Actor
    pictures: list[Media]
    listing: Listing | None
    poll: Poll | None

    @property
    def id(self) -> int:
        """The post's id."""
        return self.post.id


async def load_posts(conn: Connection, ids: list[int]) -> list[ArchivedPost]:
    """These posts in their order, without those that are gone."""
    found = await posts.map_by_ids(conn, ids)
    writers = await actors.map_by_ids(conn, [post.author_id for post in found.values()])
    pictures = await media.list_by_posts(conn, list(found))
    asked = await polls.list_by_posts(conn, list(found), None)
    details = await listings.list_by_posts(conn, [id for id, post in found.items() if post.kind == "listing"])
    return [
        ArchivedPost(
            post=found[id],
            author=writers[found[id].author_id],
            pictures=pictures[id],
            listing=details.get(id),
            poll=asked.get(id),
        )
        for id in ids
        if id in found
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRecord:
    """A line of a thread: a message, or something that happened and who did it."""

    id: int
    message: ArchivedPost | None
    event: Event | None
    who: Actor | None


async def load_thread_records(conn: Connection, entries: list[ThreadEntry]) -> list[ThreadRecord]:
    """These lines in their order; messages that were taken back leave an empty place."""
    said = {one.id: one for one in await load_posts(conn, list_ids(entries, "message"))}
    events = await _list_events(conn, list_ids(entries, "event"))
    doers = [event.actor_id for event in events.values() if event.actor_id is not None]
    people = await actors.map_by_ids(conn, doers)
    records: list[ThreadRecord] = []
    for id in (entry.id for entry in entries):
        if event := events.get(id):
            records.append(ThreadRecord(id=id, message=None, event=event, who=people.get(event.actor_id or 0)))
        elif message := said.get(id):
            records.append(ThreadRecord(id=id, message=message, event=None, who=None))
    return records


async def _list_events(conn: Connection, ids: list[int]) -> dict[int, Event]:
    """What happened, thanks with their words."""
    notes = await thanks.list_notes(conn, ids)
    words = {id: to_text(post.content) for id, post in (await load_messages(conn, notes.values())).items()}
    return {
        one.id: replace(one, details=one.details | {"text": words[notes[one.id]]}) if one.id in notes else one
        for one in await list_events(conn, ids)
        if notes.get(one.id) is None or notes[one.id] in words
    }
