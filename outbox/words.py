"""Agreements with people whose server reads none: a private note says what is asked, and a link answers it."""

from models import exchange_messages, posts
from models.actors import Actor
from models.agreements import links
from models.database import Connection
from models.exchanges import EventKind
from models.posts import Post
from models.settings import Site
from outbox import notes
from outbox.builders.agreement import Case
from outbox.builders.terms import ASKS, write_act, write_choice


async def write_to(conn: Connection, site: Site, case: Case, kind: EventKind, author: Actor, *, text: str = "") -> Post:
    """A private note of one of ours to the other side, in the thread, with a link where an answer is waited for.

    The link says yes in the other's name: its author does not get to read it.
    """
    held, other = case.agreement, case.other_of(author)
    language = "fr" if (case.listing.post.language or "fr") == "fr" else "en"
    choice = ""
    if kind in ASKS:
        token = await links.create(conn, agreement_id=held.id, actor_id=other.id, offer_uri=held.offer_uri)
        choice = write_choice(f"{site.url}/accord/{token}", language)
    words = write_act(kind, case.listing.details, held.terms, language)
    said = f"{text}\n\n{words}" if text else words
    draft = notes.NoteDraft(
        text=f"@{other.handle} {said}"[: notes.TEXT_LIMIT], audience="direct", language=language, secret=choice
    )
    return await notes.answer(conn, site, author, await _find_parent(conn, case, author), draft)


async def _find_parent(conn: Connection, case: Case, author: Actor) -> Post:
    """The last message of the other side, or the listing itself."""
    last = await exchange_messages.find_last_message(conn, case.agreement.exchange_id, case.other_of(author).id)
    found = await posts.find_visible(conn, last, author.id) if last is not None else None
    return found or case.listing.post
