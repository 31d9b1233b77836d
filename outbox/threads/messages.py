"""Write to the other one in a thread: a direct note under its listing, which both servers keep there."""

from dataclasses import dataclass

from models import posts
from models.errors import Conflict, Invalid
from models.exchanges import exchange_messages, exchanges, guests
from models.exchanges.exchanges import Exchange
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from models.texts import NOT_TYPED
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.presence import require_active
from outbox.threads.notices import notify_of_guest

SAID_LIMIT = 2_000
"""Characters of a message to a guest."""

LOOKED_BACK = 50
"""So many lines of a thread are looked through for a message that can be answered once the listing is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is written; `media_ids` are uploads of the author, in order."""

    text: str
    language: str = "fr"
    media_ids: tuple[int, ...] = ()


async def write(conn: Connection, site: Site, author: Actor, thread: Exchange, words: Words) -> Post | None:
    """A message in the thread. Raises Conflict where the two can no longer write to each other, Invalid, and
    AccountSuspended.

    It is a post, but for words to or from a guest: those are lines of the thread itself, and no door shows them.
    The same words again within a minute, with nothing said in between, are a second tap on one button: they are one.
    """
    require_active(author)
    other = await actors.get(conn, thread.other_of(author.id))
    if not await may_write(conn, author, other):
        raise Conflict("messaging_blocked")
    if other.guest or author.guest:
        await _send_guest_message(conn, site, author, thread, words)
        return None
    sources = [words.text.strip(), f"@{other.handle} {words.text.strip()}"]
    said = await exchange_messages.find_repeated(conn, thread.id, author.id, sources, len(words.media_ids))
    if said is not None:
        return (await posts.list_by_ids(conn, [said]))[0]
    parent = await find_parent(conn, author, thread)
    if parent is None:
        raise Conflict("nothing_to_answer")
    text = words.text if parent.author_id == other.id else f"@{other.handle} {words.text}"
    draft = NoteDraft(text=text, audience="direct", language=words.language, media_ids=words.media_ids)
    return await notes.answer(conn, site, author, parent, draft)


async def _send_guest_message(conn: Connection, site: Site, author: Actor, thread: Exchange, words: Words) -> None:
    if words.media_ids:
        raise Invalid("photos_not_mailed", field="photos")
    text = NOT_TYPED.sub("", words.text).replace("\r\n", "\n").strip()
    if not text:
        raise Invalid("message_missing", field="message")
    if len(text) > SAID_LIMIT:
        raise Invalid("message_too_long", most=SAID_LIMIT, field="message")
    if await exchanges.is_repeated_message(conn, thread.id, author.id, text):
        return
    id = await exchanges.add_event(conn, thread.id, "said", actor_id=author.id, details={"text": text})
    if id is not None and author.guest:
        await notify_of_guest(conn, site, await actors.get(conn, thread.other_of(author.id)), thread, id)


async def may_write(conn: Connection, author: Actor, other: Actor) -> bool:
    """Whether a message would be read: nobody is told which of the two does not want it."""
    for one in (author, other):
        if one.guest and not await guests.may_be_reached(conn, one.id):
            return False
    gone = other.deleted_at is not None or other.suspended_at is not None or other.moved_to is not None
    return not gone and author.moved_to is None and not await blocks.between(conn, author.id, other.id)


async def share_contact(conn: Connection, site: Site, author: Actor, thread: Exchange, words: Words) -> Post | None:
    """Give the other one a way to be reached, in a message and by nothing else; the thread says so. Raises Conflict."""
    before = (await exchanges.get_for(conn, thread.id, author.id)).last_id
    post = await write(conn, site, author, thread, words)
    if (await exchanges.get_for(conn, thread.id, author.id)).last_id != before:
        await exchanges.add_event(conn, thread.id, "contact", actor_id=author.id)
    return post


async def find_parent(conn: Connection, author: Actor, thread: Exchange) -> Post | None:
    """What a message answers: the other's latest, so that every server threads it, else the listing."""
    entries = await exchanges.list_entries(conn, thread.id, limit=LOOKED_BACK)
    written = [entry.id for entry in entries if entry.kind == "message"]
    visible = await posts.filter_visible(conn, [*written, thread.listing_id], author.id)
    found = {post.id: post for post in await posts.list_by_ids(conn, sorted(visible))}
    theirs = [found[id] for id in reversed(written) if id in found and found[id].author_id != author.id]
    mine = [found[id] for id in reversed(written) if id in found]
    return next(iter([*theirs, *([found[thread.listing_id]] if thread.listing_id in found else []), *mine]), None)
