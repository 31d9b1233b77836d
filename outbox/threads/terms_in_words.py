"""Agreements with people whose server reads none: a private note says what is asked, and a link answers it."""

import re
from dataclasses import dataclass

from models import posts
from models.exchanges import exchange_messages
from models.exchanges.agreements import Terms, links
from models.exchanges.exchanges import ASKING, EventKind
from models.people.actors import Actor
from models.posts import Post
from models.repairs.results.notes import RepairNote
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import AgreementContext
from outbox.builders.texts.repair_results import write_noted
from outbox.builders.texts.term_changes import write_other
from outbox.builders.texts.terms import write_act, write_choice, write_link
from outbox.posts import notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What goes with an act: words of whoever acts, the terms in whose place she proposes others, or what came out."""

    text: str = ""
    before: Terms | None = None
    note: RepairNote | None = None


NOTHING_ELSE = Beside()


async def write_to(
    conn: Connection,
    site: Site,
    case: AgreementContext,
    kind: EventKind,
    author: Actor,
    beside: Beside = NOTHING_ELSE,
) -> Post:
    """A private note of one of ours to the other side, in the thread, with a link where an answer is waited for.

    Of terms that take the place of others it says first what is other.

    The link says yes in the other's name: its author does not get to read it.
    """
    language = find_language(case)
    choice = ""
    if kind in ASKING:
        choice = write_choice(await _make_link(conn, site, case, author), language, links.find_end(case.agreement))
    terms, details = case.agreement.terms, case.listing.details
    if beside.note is not None:
        asks = not case.agreement.verified
        said = write_noted(details.title, beside.note, language, asks=asks, by_words=True)
    elif beside.before is None:
        said = write_act(kind, details, terms, language)
    else:
        said = write_other(details, terms, beside.before, language)
    return await _write(conn, site, case, author, "\n\n".join(filter(None, (beside.text, tidy(said)))), choice)


async def write_by_itself(
    conn: Connection, site: Site, case: AgreementContext, author: Actor, said: str, *, link: bool = False
) -> Post:
    """The same in words of our own, in the name of a member who did nothing: what is unread to her stays so.

    With a `link` where it asks once more.
    """
    language = find_language(case)
    choice = ""
    if link:
        choice = write_link(await _make_link(conn, site, case, author), language, links.find_end(case.agreement))
    unread = await exchange_messages.find_unread(conn, case.agreement.exchange_id, author.id)
    note = await _write(conn, site, case, author, said, choice)
    await exchange_messages.restore_unread(conn, unread)
    return note


def find_language(case: AgreementContext) -> str:
    """That of the listing, as far as we have it: French or else English."""
    return "fr" if (case.listing.post.language or "fr") == "fr" else "en"


def tidy(words: str) -> str:
    """Words of ours around titles and names that others typed: those mention nobody."""
    return re.sub(r"(?<![\w/])@", "@\u2060", words)


async def _make_link(conn: Connection, site: Site, case: AgreementContext, author: Actor) -> str:
    return f"{site.url}/accord/{await links.create(conn, case.agreement, case.other_of(author).id)}"


async def _write(conn: Connection, site: Site, case: AgreementContext, author: Actor, said: str, choice: str) -> Post:
    draft = notes.NoteDraft(
        text=f"@{case.other_of(author).handle} {said}"[: notes.TEXT_LIMIT],
        audience="direct",
        language=find_language(case),
        secret=choice,
    )
    return await notes.answer(conn, site, author, await _find_parent(conn, case, author), draft)


async def _find_parent(conn: Connection, case: AgreementContext, author: Actor) -> Post:
    """The last message of the other side, or the listing itself; where that is gone, what she wrote last herself."""
    thread_id = case.agreement.exchange_id
    theirs = await exchange_messages.find_last_message(conn, thread_id, case.other_of(author).id)
    own = await exchange_messages.find_last_message(conn, thread_id, author.id)
    for id in (theirs, case.listing.id, own):
        found = await posts.find_visible(conn, id, author.id) if id is not None else None
        if found is not None:
            return found
    return case.listing.post
